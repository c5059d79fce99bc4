"""Why a stage runs again, named part by part; how stages are chosen."""

from __future__ import annotations

import pytest

from gramlib.errors import ParameterError
from gramlib.runner.pipeline import STAGES, select, stage_named
from gramlib.runner.plan import first_change

KEY = {
    "params": {"train.eval_days": 20, "train.seed": 1},
    "inputs": [],
    "notebook": "n",
    "modules": {"gramlib.models": "m"},
    "upstream": {"data": "d"},
    "lock": "l",
    "python": "3.11",
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, ""),
        ({"params": {"train.eval_days": 40, "train.seed": 1}}, "train.eval_days changed 20 -> 40"),
        ({"params": {"train.eval_days": 20}}, "train.seed changed 1 -> (absent)"),
        ({"inputs": ["x"]}, "the input file changed"),
        ({"upstream": {"data": "e"}}, "the outputs of data changed"),
        ({"notebook": "o"}, "its notebook changed"),
        ({"modules": {"gramlib.models": "x"}}, "gramlib.models changed"),
        ({"modules": {"gramlib.models": "x", "gramlib.units": "y"}}, "gramlib.models changed and 1 more module(s)"),
        ({"lock": "k"}, "requirements.lock changed"),
        ({"python": "3.12"}, "Python changed 3.11 -> 3.12"),
    ],
)
def test_the_first_change_is_named(change: dict, says: str) -> None:
    assert first_change(KEY, {**KEY, **change}) == says


def test_selection() -> None:
    assert [s.name for s in select(STAGES)] == ["data", "train", "predict", "analyse", "report"]
    assert [s.name for s in select(STAGES, first="predict")] == ["predict", "analyse", "report"]
    assert [s.name for s in select(STAGES, only="train")] == ["train"]
    with pytest.raises(ParameterError, match="did you mean 'analyse'"):
        stage_named("analyze")


def test_every_stage_reads_only_from_stages_before_it() -> None:
    names = [stage.name for stage in STAGES]
    for stage in STAGES:
        assert all(names.index(upstream) < names.index(stage.name) for upstream in stage.upstream)
        assert stage.outputs
