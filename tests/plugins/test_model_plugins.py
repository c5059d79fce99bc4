"""A price model of another package: in the league as our own, or refused with its package and entry point by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gramlib.errors import ParameterError
from gramlib.models import simulate_prices, train
from gramlib.models.plugins import plugged_in, require_protocol
from gramlib.models.registry import generates_paths, path_model, price_model
from gramlib.params.stages import DataParams, TrainParams
from gramlib.prices import standardise
from gramlib.runner.catalogue import rows
from gramlib.sources import load
from gramlib.store.parts import Parts

SOUND = (Path(__file__).parent / "example" / "src" / "gram_example" / "calm_normal.py").read_text()


def params() -> TrainParams:
    """Small ones; names of models are taken only while their package is installed."""
    return TrainParams(
        start="2015-01-01", models=["fhs", "calm_normal"], eval_days=60, min_train_days=1000, refit_every_days=30,
        horizons_days=[1],
    )  # fmt: skip


def listed(what: str, root: Path) -> dict[str, str]:
    return dict(rows(what, root, root / "reports"))


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    params = DataParams(start="2014-01-02")
    return standardise(load(params), params)[0]


def test_it_enters_league_acceptance_and_simulation(example: Path, prices: pd.DataFrame) -> None:
    done = train(prices, params(), np.random.default_rng(1))
    assert set(done.league["model"]) == {"hs", "hs_age", "fhs", "calm_normal"}
    assert set(done.acceptance["model"]) == {"fhs", "calm_normal"}
    assert done.calibration["models"]["calm_normal"]["kind"] == "calm_normal"
    assert "calm_normal" in {card["model"] for card in done.calibration["model_cards"]}
    asked = done.calibration, done.residuals, "calm_normal", 100.0, 50, 10
    growth, volatility = simulate_prices(*asked, np.random.default_rng(1))
    again, _ = simulate_prices(*asked, np.random.default_rng(1))
    assert growth.shape == (50, 11) and (growth == again).all()
    assert np.unique(volatility) == pytest.approx([done.calibration["models"]["calm_normal"]["volatility"]])


def test_forecasts_kept_of_other_files_are_not_taken_up(
    declare: Callable, prices: pd.DataFrame, tmp_path: Path
) -> None:
    """The package is updated between two trainings that share a folder of finished parts."""
    found = []
    for factor in ("", "1.5 * "):
        declare(
            "own", SOUND.replace("days[:, None]", f"{factor}days[:, None]"), models={"calm_normal": "own:CalmNormal"}
        )
        importlib.invalidate_caches()
        parts = Parts(tmp_path / "parts", print)
        table = train(prices, params(), np.random.default_rng(1), parts=parts).forecasts
        found.append(table[table["model"] == "calm_normal"]["var_975"].to_numpy())
    assert found[1] == pytest.approx(1.5 * found[0], rel=0.1) and (found[0] != found[1]).all()


BROKEN = {
    "absent": ("", "no_such_module:X", "cannot be imported (ModuleNotFoundError"),
    "raises": ("raise RuntimeError('not today')", "raises:X", "cannot be imported (RuntimeError: not today)"),
    "hollow": ("x = 1", "hollow:X", "cannot be imported (AttributeError"),
    "number": ("X = 3", "number:X", "it has no class: it is int"),
    "partial": ("class X:\n    name = 'partial'\n    def fit(self): ...", "partial:X", "it has no forecast, no card"),
    "misnamed": (SOUND, "misnamed:CalmNormal", "the model calls itself 'calm_normal'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_that_cannot_be_used_says_whose_it_is_and_why(declare: Callable, workbench_root: Path, name: str) -> None:
    code, target, said = BROKEN[name]
    declare(name, code, models={name: target})
    declare("sound", SOUND, models={"calm_normal": "sound:CalmNormal"})
    with pytest.raises(ParameterError) as caught:
        path_model(name)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"plug-in {name!r} of {name} 1.0: ") and said in lines[0]
    assert f"from: entry point {name} = {target} in gramlib.models" in lines and len(lines) <= 4
    found = listed("models", workbench_root)
    assert said in found[name] and found[name].startswith("cannot be used: ")
    assert found[name].endswith(f"plug-in of {name} 1.0")
    assert found["calm_normal"].startswith("Normal days, as volatile as the last 63")
    assert generates_paths(price_model("calm_normal"))


def test_one_that_claims_our_name_is_listed_beside_ours(declare: Callable, workbench_root: Path) -> None:
    declare("greedy", SOUND, models={"fhs": "greedy:CalmNormal"})
    found = listed("models", workbench_root)
    assert found["fhs"] == "filtered historical simulation"
    assert found["fhs (greedy)"] == "cannot be used: the name 'fhs' is the workbench's own; plug-in of greedy 1.0"
    assert plugged_in("fhs") is None


def test_one_that_looks_ahead_is_stopped_before_it_is_judged(declare: Callable, prices: pd.DataFrame) -> None:
    ahead = SOUND.replace("returns.log_return[max(0, o + 1 - WINDOW_DAYS) : o + 1]", "returns.log_return[o - 40 :]")
    declare("prophet", ahead, models={"calm_normal": "prophet:CalmNormal"})
    with pytest.raises(ParameterError) as caught:
        train(prices, params(), np.random.default_rng(1))
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(
        "plug-in 'calm_normal' of prophet 1.0: it breaks the protocol, no look-ahead: other days after"
    )
    assert lines[1] == "expected: nothing after an origin, or after the window, changes what is said before"


def test_the_checklist_runs_once_for_the_same_files(declare: Callable) -> None:
    counted = SOUND.replace("WINDOW_DAYS = 63\n", "WINDOW_DAYS = 63\nFITS = []\n")
    counted = counted.replace("        log_return = window", "        FITS.append(1)\n        log_return = window")
    declare("counted", counted, models={"calm_normal": "counted:CalmNormal"})
    require_protocol("calm_normal")
    once = len(sys.modules["counted"].FITS)
    require_protocol("calm_normal")
    assert once == len(sys.modules["counted"].FITS) > 0


def test_a_model_of_the_workbench_needs_no_checklist_at_the_door() -> None:
    require_protocol("fhs")
    with pytest.raises(ParameterError, match="there is no price model 'fsh'; did you mean 'fhs'"):
        price_model("fsh")
    assert not generates_paths(price_model("quantreg"))
