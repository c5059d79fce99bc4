"""The stage models: types are strict, bounds hold, and the module stays light."""

from __future__ import annotations

import subprocess
import sys
import typing
from pathlib import Path

import pytest
from pydantic import ValidationError

from gramlib.params.fields import meaning_of
from gramlib.params.stages import (
    DRIVER_NAMES,
    STAGE_NAMES,
    STAGE_PARAMS,
    AnalyseParams,
    DataParams,
    PredictParams,
    TrainParams,
)

_PLAIN = {str, int, float, bool, list[str], list[int], list[float]}


def test_five_stages_in_order() -> None:
    assert tuple(STAGE_PARAMS) == STAGE_NAMES == ("data", "train", "predict", "analyse", "report")


@pytest.mark.parametrize("stage", STAGE_NAMES)
def test_every_field_is_plain_has_a_default_and_a_meaning(stage: str) -> None:
    hints = typing.get_type_hints(STAGE_PARAMS[stage])
    for name, field in STAGE_PARAMS[stage].model_fields.items():
        assert hints[name] in _PLAIN, name
        assert not field.is_required(), name
        assert meaning_of(field), name
        assert not set("=#\n") & set(field.description or ""), name
    assert STAGE_PARAMS[stage]() == STAGE_PARAMS[stage].model_validate(STAGE_PARAMS[stage]().model_dump())


@pytest.mark.parametrize("value", ["abc", True, 1.5, 2000.0, "2000", None, 0, -1, [2000]])
def test_a_count_is_a_whole_number(value: object) -> None:
    with pytest.raises(ValidationError):
        PredictParams.model_validate({"n_paths": value})


@pytest.mark.parametrize("value", ["0.9", True, None, float("nan"), float("inf"), 0.5, 1.0, 1])
def test_a_level_is_a_number_between_a_half_and_one(value: object) -> None:
    with pytest.raises(ValidationError):
        AnalyseParams.model_validate({"level": value})


def test_a_whole_number_will_do_for_a_price() -> None:
    assert PredictParams(start_gold_usd_per_oz=4000).start_gold_usd_per_oz == 4000.0


@pytest.mark.parametrize("value", ["2013-02-30", "15.04.2013", "2013-4-15", "20130415", "today", 2013])
def test_dates_exist_and_are_written_one_way(value: object) -> None:
    with pytest.raises(ValidationError):
        DataParams.model_validate({"start": value})


@pytest.mark.parametrize(
    "values",
    [
        {"models": []}, {"models": ["fhs", "fhs"]}, {"models": ["arma"]}, {"models": "fhs"}, {"horizons_days": []},
        {"horizons_days": [0]}, {"horizons_days": [1.5]}, {"horizons_days": [True]}, {"horizons_days": [1, 1]},
    ],
)  # fmt: skip
def test_lists_hold_known_items_once(values: dict) -> None:
    with pytest.raises(ValidationError):
        TrainParams.model_validate(values)


def test_no_drivers_means_prices_alone() -> None:
    assert PredictParams(drivers=[]).drivers == []


def test_all_drivers_are_written_out_by_name() -> None:
    every = PredictParams(drivers=["all"])
    assert every.drivers == list(DRIVER_NAMES)
    assert every == PredictParams(drivers=list(DRIVER_NAMES)) == PredictParams(drivers=["lease", "all"])
    for wrong in (["al"], ["lease", "lease"], "all"):
        with pytest.raises(ValidationError):
            PredictParams.model_validate({"drivers": wrong})


def test_params_import_no_heavy_library(workbench_root: Path) -> None:
    """Deciding that a run is unchanged has 1.5 s in all, so resolving must need neither numpy nor pandas."""
    code = (
        "import sys; from gramlib.params import resolve_params; resolve_params('params/baseline.yaml', [], '.');"
        "print(sorted({'numpy', 'pandas', 'scipy', 'matplotlib', 'papermill', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=workbench_root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
