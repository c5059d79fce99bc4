"""Members of a sweep and the plan that follows: ids, hypercubes, what is shared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gramlib.errors import ParameterError
from gramlib.params.sweep import Dimension, Latin, load_sweep
from gramlib.runner.sweep_members import Member, latin_points, members_of
from gramlib.runner.sweep_plan import above, plan_tasks


def members(text: str, folder: Path, root: Path) -> list[Member]:
    path = folder / "mine.yaml"
    path.write_text(f"base: {root / 'params' / 'smoke.yaml'}\n{text}")
    return members_of(load_sweep(path, root))


def test_members_are_every_combination_with_ids_that_say_so(tmp_path: Path, workbench_root: Path) -> None:
    text = (
        "list: [{name: plain, set: {}}, {name: usd, set: {issuer: {file: gram_usd}}}]\n"
        "grid:\n  - {key: issuer.terms.fee, values: [0.001, 0.01]}\n  - {key: issuer.terms.gate, values: [null, 0.05]}\n"
    )
    made = members(text, tmp_path, workbench_root)
    assert [member.member_id for member in made[:3]] == [
        "plain_fee-0.001_gate-none", "plain_fee-0.001_gate-0.05", "plain_fee-0.01_gate-none",
    ]  # fmt: skip
    assert len(made) == 8 and made[7].settings == {"member": "usd", "issuer.terms.fee": 0.01, "issuer.terms.gate": 0.05}
    assert (made[7].run.params.issuer.peg, made[7].run.params.issuer.terms.fee) == ("usd", 0.01)
    assert made[7].run.run_id == "usd_fee-0.01_gate-0.05"
    assert made[7].run.record["title"] == "Gram smoke test: usd_fee-0.01_gate-0.05"
    wider = members(text.replace("[0.001, 0.01]", "[0.0005, 0.001, 0.01]"), tmp_path, workbench_root)
    assert {m.member_id: m.run.record["identity"] for m in made}.items() <= {
        m.member_id: m.run.record["identity"] for m in wider
    }.items()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("{key: issuer.terms.fees, values: [0.1]}", "did you mean 'fee'"),
        ("{key: issuer.terms.fee, values: [0.1, high]}", "expected: a number"),
        ("{key: predict.n_paths, values: [100, 1.5]}", "predict.n_paths is 1.5"),
        ("{key: scenarios, values: [[calm], [S1, nowhere]]}", "nowhere"),
        ("{key: issuer, values: [gram, grim]}", "grim"),
    ],
)
def test_a_member_that_would_not_run_is_refused_with_its_line(
    values: str, said: str, tmp_path: Path, workbench_root: Path
) -> None:
    with pytest.raises(ParameterError) as refused:
        members(f"grid:\n  - {values}\n", tmp_path, workbench_root)
    assert said in str(refused.value)
    assert "mine.yaml:3" in str(refused.value)


def test_two_members_that_are_one_run_are_refused(tmp_path: Path, workbench_root: Path) -> None:
    text = "list: [{name: a, set: {}}, {name: b, set: {title: 'Gram smoke test'}}]\n"
    made = members(text, tmp_path, workbench_root)
    assert made[0].run.record["identity"] != made[1].run.record["identity"]  # their titles tell them apart
    with pytest.raises(ParameterError, match="both be called"):
        members("grid: [{key: issuer.terms.fee, values: [0.0100000001, 0.0100000002]}]\n", tmp_path, workbench_root)


def test_a_hypercube_has_one_point_in_every_slice() -> None:
    latin = Latin(
        members=40,
        seed=3,
        keys=[Dimension(key="a", low=0.0, high=40.0), Dimension(key="b", low=1, high=16, scale="log")],
    )
    points = np.array(latin_points(latin))
    assert sorted(np.floor(points[:, 0]).astype(int)) == list(range(40))
    assert sorted(np.floor(np.log2(points[:, 1]) * 10).astype(int)) == list(range(40))
    assert latin_points(latin) == points.tolist()
    assert latin_points(latin.model_copy(update={"seed": 4})) != points.tolist()
    assert abs(np.corrcoef(points[:, 0], np.log(points[:, 1]))[0, 1]) < 0.5


def test_what_several_members_share_stands_above_them_once(tmp_path: Path, workbench_root: Path) -> None:
    text = "grid:\n  - {key: train.seed, values: [1, 2]}\n  - {key: issuer.terms.fee, values: [0.001, 0.01]}\n"
    made = members(text, tmp_path, workbench_root)
    tasks = plan_tasks(made, "predict")
    shared = [task for task in tasks if task.member is None]
    assert sorted([stage.name for stage in task.stages] for task in shared) == [["data"], ["train"], ["train"]]
    first = next(task for task in tasks if task.name == made[0].member_id)
    assert [stage.name for stage in first.stages] == ["predict"]
    chain = above(tasks, first)
    assert [one.name.split("-")[1] for one in chain] == ["data", "train"] and chain[0].above == ""
    assert plan_tasks(made, "predict") == tasks
    alone = plan_tasks(made[:1], "analyse")
    assert [[stage.name for stage in task.stages] for task in alone] == [["data", "train", "predict", "analyse"]]


def test_what_only_the_analysis_changes_shares_the_prediction(tmp_path: Path, workbench_root: Path) -> None:
    made = members("grid: [{key: analyse.level, values: [0.95, 0.99]}]\n", tmp_path, workbench_root)
    tasks = plan_tasks(made, "analyse")
    assert [[stage.name for stage in task.stages] for task in tasks] == [
        ["data", "train", "predict"],
        ["analyse"],
        ["analyse"],
    ]
