"""Sweep files: what they say, and what is refused with its line before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gramlib.errors import ParameterError
from gramlib.params.layers import resolve_layers
from gramlib.params.sweep import Assignment, Dimension, SweepFile, load_sweep

Load = Callable[[str], SweepFile]


@pytest.fixture
def load(bench: Path) -> Load:
    """load(text): the sweep file params/sweeps/mine.yaml with this text, above params/run.yaml."""
    (bench / "params" / "run.yaml").write_text("title: Base\nissuer: gram\npredict: {n_paths: 500}\n")

    def read(text: str) -> SweepFile:
        path = bench / "params" / "sweeps" / "mine.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("base: ../run.yaml\n" + text)
        return load_sweep(path, bench)

    return read


@pytest.mark.parametrize("name", ["tiny", "policy", "issuers", "latin"])
def test_shipped_sweeps_are_valid(name: str, workbench_root: Path) -> None:
    sweep = load_sweep(workbench_root / "params" / "sweeps" / f"{name}.yaml", workbench_root)
    assert sweep.stem == name
    assert sweep.base.name in {"smoke.yaml", "baseline.yaml"}


def test_values_lie_on_top_of_the_base_with_the_line_they_stand_on(load: Load, bench: Path) -> None:
    sweep = load("set: {train: {seed: 7}}\ngrid:\n  - key: issuer.terms.fee\n    values: [0.001, 0.002]\n")
    chosen = [Assignment("issuer.terms.fee", 0.002, "params/sweeps/mine.yaml:5")]
    run = resolve_layers(sweep.layered(chosen), sweep.base, bench)
    assert (run.issuer.terms.fee, run.stages["train"].model_dump()["seed"]) == (0.002, 7)
    assert run.provenance["issuer.terms.fee"] == "params/sweeps/mine.yaml:5"
    assert run.provenance["train.seed"] == "params/sweeps/mine.yaml:2"
    assert run.stem == "run"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\n", "a sweep in which nothing varies"),
        ("grid: [{key: issuer.terms.fee, values: []}]\n", "grid.0.values"),
        ("grid: [{keys: issuer.terms.fee, values: [1]}]\n", "did you mean 'key'"),
        ("until: train\ngrid: [{key: train.seed, values: [1, 2]}]\n", "predict, analyse, report"),
        ("grid: [{key: train.seed, values: [1, 1]}]\n", "train.seed takes 1 twice"),
        ("grid: [{key: train.seed, values: [1]}, {key: train.seed, values: [2]}]\n", "train.seed stands twice"),
        ("latin: {members: 5, keys: [{key: train.seed, low: 3, high: 2}]}\n", "3 to 2"),
        ("latin: {members: 5, keys: [{key: train.tail_share, low: 0, high: 0.2, scale: log}]}\n", "0 to 0.2"),
        ("grid: [{key: train.seed, values: [1, 2]}]\nlatin: {members: 9999, keys: [{key: train.eval_days, low: 1, high: 9}]}\n", "19,998"),
        ("list: [{name: a, set: {}}, {name: a, set: {}}]\n", "a stands twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_told_with_its_place(load: Load, text: str, said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        load(text)
    assert said in str(refused.value)
    assert "params/sweeps/mine.yaml" in str(refused.value)


def test_a_base_that_is_not_there_is_told_with_its_neighbour(bench: Path) -> None:
    (bench / "params" / "run.yaml").write_text("title: Base\n")
    path = bench / "params" / "mine.yaml"
    path.write_text("base: rum.yaml\ngrid: [{key: train.seed, values: [1, 2]}]\n")
    with pytest.raises(ParameterError, match=r"did you mean 'run\.yaml'"):
        load_sweep(path, bench)


def test_a_dimension_spans_its_range() -> None:
    flat = Dimension(key="a", low=2, high=4)
    assert (flat.at(0.0), flat.at(0.5)) == (2.0, 3.0)
    log = Dimension(key="a", low=1, high=100, scale="log")
    assert (log.at(0.0), log.at(0.5)) == (1.0, 10.0)
    assert Dimension(key="a", low=1, high=5, whole=True).at(0.3) == 2
