"""A plug-in's version and files are part of the key of the stages that may run it, and of run.json."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramlib.runner.plan import first_change, stage_params
from gramlib.runner.plugin_keys import plugins_that_ran
from gramlib.runner.resolve import ResolvedRun, resolve_run

SETTINGS = ["train.models=[fhs, calm_normal]", "data.source=vault", "data.start=2000-01-03"]


def resolved(root: Path, *more: str) -> ResolvedRun:
    return resolve_run(root / "params" / "smoke.yaml", [*SETTINGS, *more], root)


def plugged(run: ResolvedRun, stage: str) -> dict[str, str]:
    return {key: value for key, value in stage_params(run, stage).items() if key.startswith("plug-in ")}


@pytest.fixture
def book(tmp_path: Path) -> str:
    (tmp_path / "book.txt").write_text("1 2")
    return f"data.path={tmp_path / 'book.txt'}"


def test_each_stage_knows_the_plug_ins_that_may_run_in_it(example: Path, workbench_root: Path, book: str) -> None:
    run = resolved(workbench_root, book)
    records = {record["name"]: record for record in run.record["plug_ins"]}
    assert set(records) == {"calm_normal", "vault"}
    digest = records["calm_normal"]["sha256"]
    said = f"gram-example 0.1.0, files {digest[:12]}"
    assert plugged(run, "data") == {"plug-in vault": said}
    for stage in ("train", "predict", "analyse"):
        assert plugged(run, stage) == {"plug-in calm_normal": said}
    assert plugged(run, "report") == {}
    keys = [{"params": stage_params(run, stage)} for stage in ("data", "train")]
    assert plugins_that_ran(keys) == {"calm_normal": said, "vault": said}
    assert run.input_digests == list(run.inputs.values()) and len(run.inputs) == 1


def test_another_version_of_it_is_a_reason_to_run_again_and_no_other_run(
    example: Path, workbench_root: Path, book: str
) -> None:
    before = resolved(workbench_root, book)
    module = example / "gram_example" / "calm_normal.py"
    module.write_text(module.read_text() + "\n# another day\n")
    after = resolved(workbench_root, book)
    assert before.run_id == after.run_id
    keys = [{"params": stage_params(run, "train")} for run in (before, after)]
    common = {"inputs": [], "upstream": {}, "notebook": "", "modules": {}, "lock": "", "python": ""}
    said = first_change(*({**common, **key} for key in keys))
    assert (
        said.startswith("plug-in calm_normal changed gram-example 0.1.0, files ") and " -> gram-example 0.1.0" in said
    )


def test_a_run_without_any_has_none(workbench_root: Path) -> None:
    run = resolve_run(workbench_root / "params" / "smoke.yaml", [], workbench_root)
    assert run.record["plug_ins"] == []
    assert all(plugged(run, stage) == {} for stage in ("data", "train", "predict", "analyse", "report"))
