"""Refits to histories that might have happened: spread as the fit's own errors say, the same today, reproducible."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from synthetic_garch import garch_returns

from gramlib.errors import ParameterError
from gramlib.models import residual_law
from gramlib.models.bootstrap import StationaryBootstrap
from gramlib.models.fhs import FilteredHistoricalSimulation
from gramlib.models.garch_t import GarchT
from gramlib.models.gjr_t import GjrT
from gramlib.models.jump import JumpDiffusion
from gramlib.models.refit_bootstrap import REFITTABLE, bootstrap_calibrations, refitted_model
from gramlib.models.regime import Regime
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow
from gramlib.simulation import PriceDriver

N_DAYS = 3000
QUICK = (FilteredHistoricalSimulation, GarchT, GjrT, StationaryBootstrap)
SLOW = (Regime, JumpDiffusion)


@pytest.fixture(scope="module")
def window() -> TrainingWindow:
    dates = pd.bdate_range("2001-01-01", periods=N_DAYS).astype("datetime64[us]").to_numpy()
    return TrainingWindow(Returns(dates, garch_returns(N_DAYS, seed=3)), 0, 0.999, 0.05)


@pytest.fixture(scope="module")
def trained(window) -> tuple[dict[str, Any], pd.DataFrame]:
    residuals = pd.DataFrame(
        {"date": window.returns.dates, "sigma": np.sqrt(window.variance[:-1]), "residual": window.residuals}
    )
    models = {each.name: each.fit(window).record() for each in QUICK}
    calibration = {
        "champion": "fhs", "training": {"n": N_DAYS}, "models": models, "sigma_sample": float(window.log_return.std(ddof=1)),
        "filter": {"parameters": window.garch.parameters.record()}, "last_price_usd_per_g": 100.0,
    }  # fmt: skip
    return calibration, residuals


def refits(trained, n: int, model: str = "champion", seed: int = 1) -> list:
    return bootstrap_calibrations(*trained, n, np.random.default_rng(seed), model=model)


def test_spread_of_refits_is_the_standard_error_of_the_fit(trained, window):
    """Ratio of a standard deviation of 40 to the truth: within 0.8 to 1.25 in 95%; asymptotic errors are off by as much."""
    found = pd.DataFrame(
        [each.calibration["models"]["garch_t"]["parameters"] for each in refits(trained, 40, "garch_t")]
    )
    for name in ("mean", "alpha", "beta"):
        error = window.garch.standard_errors[name]
        assert 0.65 * error < found[name].std() < 1.5 * error
        centre = getattr(window.garch.parameters, name)
        assert abs(found[name].mean() - centre) < 0.7 * error


def test_today_stays_today(trained):
    """The volatility at the start is the new parameters' filter over the days that happened, not over the rebuilt ones."""
    base = trained[0]["models"]["garch_t"]["next_variance"]
    found = np.array(
        [each.calibration["models"]["garch_t"]["next_variance"] for each in refits(trained, 12, "garch_t")]
    )
    assert np.all(np.abs(np.log(found / base)) < 0.35) and found.std() > 0.0


def test_fhs_gets_a_new_law_with_new_tails(trained):
    calibration, residuals = trained
    xi = []
    for each in refits(trained, 8):
        law = residual_law(each.calibration, each.residuals)
        assert len(each.residuals) == N_DAYS and each.residuals["date"].equals(residuals["date"])
        assert not each.residuals["residual"].equals(residuals["residual"])
        assert law.table.mean() != residual_law(calibration, residuals).table.mean()
        xi.append(each.calibration["models"]["fhs"]["tails"]["lower"]["xi"])
    tail = calibration["models"]["fhs"]["tails"]["lower"]
    assert abs(np.mean(xi) - tail["xi"]) < 3 * tail["xi_standard_error"] / np.sqrt(8) + 0.05
    assert 0.3 * tail["xi_standard_error"] < np.std(xi) < 2.0 * tail["xi_standard_error"]


def test_every_kind_is_tried_here():
    assert {each.name for each in (*QUICK, *SLOW)} == set(REFITTABLE)


@pytest.mark.slow
@pytest.mark.parametrize("model", SLOW)
def test_slow_refits_can_be_drawn_from_and_differ(trained, window, model):
    calibration = trained[0] | {"models": {model.name: model.fit(window).record()}}
    test_every_refit_can_be_drawn_from_and_differs((calibration, trained[1]), model.name)


@pytest.mark.parametrize("model", [each.name for each in QUICK])
def test_every_refit_can_be_drawn_from_and_differs(trained, model):
    found = refits(trained, 2, model)
    records = [each.calibration["models"][model] for each in found]
    assert [each.calibration["champion"] for each in found] == [model, model]
    assert records[0] != records[1] != trained[0]["models"][model]
    for each in found:
        driver = PriceDriver.from_calibration(each.calibration, residual_law(each.calibration, each.residuals))
        assert driver.kind == trained[0]["models"][model]["kind"]
        assert each.calibration["sigma_sample"] == trained[0]["sigma_sample"]


def test_refits_depend_on_their_generator_alone(trained):
    first, second, other = (refits(trained, 2, seed=seed)[1].calibration["models"] for seed in (4, 4, 5))
    assert first == second != other


def test_what_cannot_be_refitted_has_a_stand_in_or_is_refused(trained):
    calibration, residuals = trained
    assert refitted_model(calibration, "network") == "fhs"
    assert refitted_model({**calibration, "champion": "ensemble"}) == "fhs"
    assert refitted_model(calibration, "gjr_t") == "gjr_t"
    with pytest.raises(ParameterError, match="network"):
        refitted_model({"champion": "network", "models": {"network": {}}})
    with pytest.raises(ParameterError, match="2999 residuals"):
        bootstrap_calibrations(calibration, residuals.iloc[1:], 1, np.random.default_rng(1))


def test_no_refits_take_nothing(trained):
    assert refits(trained, 0) == []
