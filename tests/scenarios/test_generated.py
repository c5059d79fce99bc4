"""Sizes and frequencies from price models, against a law whose answers are known in closed form."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from gramlib import models
from gramlib.errors import DataContractError
from gramlib.scenarios import ModelMoves, build_path, load_scenarios, scenarios_used
from gramlib.scenarios.generated import Frequency
from gramlib.scenarios.measures import sharpest_move
from gramlib.scenarios.scenario import ReturnPeriod

SIGMA = {"calm": 0.008, "wild": 0.012}
CALIBRATION = {"champion": "calm", "models": {"calm": {}, "wild": {}}}
NO_PRICES = pd.DataFrame({"date": pd.DatetimeIndex([]), "gold_usd_per_g": [], "filled": []})


@pytest.fixture(autouse=True)
def normal_models(monkeypatch):
    """Both models are random walks with independent normal steps."""

    def simulate(calibration, residuals, model, start, n_paths, n_days, rng, drift_year):
        steps = SIGMA[model] * rng.standard_normal((n_paths, n_days))
        return start * np.exp(np.cumsum(np.c_[np.zeros(n_paths), steps], axis=1)), np.zeros(0)

    monkeypatch.setattr(models, "simulate_prices", simulate)


def moves(model="champion") -> ModelMoves:
    return ModelMoves(CALIBRATION, pd.DataFrame(), np.random.default_rng(7), 0.0, model)


def exact(years, days, side, model) -> float:
    z = NormalDist().inv_cdf(days / (252 * years)) * SIGMA[model] * days**0.5
    return float(np.expm1(z if side == "fall" else -z))


@pytest.mark.parametrize(
    ("years", "days", "side"), [(10.0, 20, "fall"), (25.0, 20, "rise"), (25.0, 20, "fall"), (100.0, 10, "fall")]
)
def test_sizes_are_the_law_s_quantiles(years, days, side):
    found = moves().size(ReturnPeriod(years=years, days=days, side=side))
    known = exact(years, days, side, "calm")
    assert found.low <= found.size <= found.high
    assert found.size == pytest.approx(known, rel=0.03)
    assert found.low - 0.01 * abs(known) <= known <= found.high + 0.01 * abs(known)
    widest = found.models_low if side == "fall" else found.models_high
    assert widest == pytest.approx(exact(years, days, side, "wild"), rel=0.08)
    assert len(found.log_returns) == days
    assert np.expm1(found.log_returns.sum()) == pytest.approx(found.size, rel=1e-9)
    assert np.std(found.log_returns) == pytest.approx(SIGMA["calm"], rel=0.6), (
        "a path that happened, not a straight line"
    )


@pytest.mark.parametrize(("years", "days"), [(5.0, 20), (50.0, 5)])
def test_frequency_turns_a_size_back_into_its_return_period(years, days):
    log_move = np.log1p(exact(years, days, "fall", "calm"))
    found = moves().frequency(log_move, days)
    assert isinstance(found, Frequency)
    assert found.low < years < found.high
    assert found.years == pytest.approx(years, rel=0.15)
    assert found.models_low < found.years <= found.models_high


def test_a_move_that_never_happens_is_rarer_than_something() -> None:
    found = moves().frequency(np.log(0.5), 1)
    assert (found.years, found.high, found.models_low, found.models_high) == (None, None, None, None)
    assert found.low > 1000
    assert moves().frequency(0.0, 5) is None
    assert moves().frequency(-0.5, 300) is None


def test_the_same_draws_give_the_same_answer_and_each_model_has_its_own() -> None:
    wanted = ReturnPeriod(years=10.0, days=20, side="fall")
    first = moves()
    first.frequency(-0.1, 3)
    np.testing.assert_array_equal(first.size(wanted).log_returns, moves().size(wanted).log_returns)
    assert moves("wild").size(wanted).size == pytest.approx(exact(10.0, 20, "fall", "wild"), rel=0.03)


def test_model_scenarios_carry_size_interval_and_convention(workbench_root):
    names = ["M10_fall20", "M25_fall20", "M100_fall10", "M25_rise20"]
    source = moves()
    paths = [build_path(s, NO_PRICES, "D", 100.0, source) for s in load_scenarios(names, workbench_root)]
    for path in paths:
        wanted = path.record["return_period"]
        total = path.price_usd_per_g[wanted["days"]] / 100.0 - 1.0
        assert total == pytest.approx(path.shocks["size"], rel=1e-9)
        assert (total < 0) == (wanted["side"] == "fall")
        assert path.shocks["size_low"] <= total <= path.shocks["size_high"]
        assert path.shocks["return_period_years"] == wanted["years"]
        assert "windows do not overlap" in path.note and "calm expects" in path.note
        assert path.price_usd_per_g[-1] == pytest.approx(path.price_usd_per_g[wanted["days"]])
    assert abs(paths[1].shocks["size"]) > abs(paths[0].shocks["size"])


def test_price_only_scenarios_say_how_rare_they_are_and_others_do_not(workbench_root):
    loaded = load_scenarios(["S2", "S4", "S9", "calm"], workbench_root)
    fall, long, run, calm = (build_path(s, NO_PRICES, "D", 100.0, moves("wild")) for s in loaded)
    assert fall.frequency.startswith("a 20-day fall of 20.0%: 1 in ")
    probability = NormalDist().cdf(np.log(0.8) / (SIGMA["wild"] * 20**0.5))
    shocks = fall.shocks
    assert shocks["return_period_low_years"] < 20 / 252 / probability < shocks["return_period_high_years"]
    assert [path.frequency for path in (long, run, calm)] == ["", "", ""]
    assert scenarios_used([fall], 100.0)["scenarios"][0]["frequency"] == fall.frequency


def test_a_model_scenario_without_models_is_refused(workbench_root):
    (scenario,) = load_scenarios(["M10_fall20"], workbench_root)
    with pytest.raises(DataContractError, match="takes its size from a price model"):
        build_path(scenario, NO_PRICES, "D", 100.0)


def test_the_sharpest_move_is_from_high_to_low_or_from_low_to_high():
    log_move, days = sharpest_move(np.log([1.1, 0.9, 0.9, 1.05]))
    assert (np.expm1(log_move), days) == (pytest.approx(-0.19), 2)
    log_move, days = sharpest_move(np.log([0.95, 1.1, 1.1]))
    assert (np.expm1(log_move), days) == (pytest.approx(0.21), 2)
