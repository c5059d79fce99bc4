from __future__ import annotations

import json
import math

import numpy as np
import pytest

from gramlib.errors import ParameterError
from gramlib.models import simulate_prices, train
from gramlib.models.far_tail import fall_odds
from gramlib.models.fhs import FilteredHistoricalSimulation
from gramlib.models.garch_t import GarchT
from gramlib.models.returns import usable_returns
from gramlib.models.window import TrainingWindow
from gramlib.params.stages import TrainParams

PARAMS = TrainParams(
    models=["fhs", "garch_t"], eval_days=60, min_train_days=1000, refit_every_days=60, horizons_days=[1]
)


@pytest.fixture(scope="module")
def training(synthetic_prices):
    return train(synthetic_prices, PARAMS, np.random.default_rng(9))


def paths_of(training, model: str, n_paths: int = 5000, n_days: int = 20, seed: int = 3):
    calibration = json.loads(json.dumps(training.calibration))
    return simulate_prices(calibration, training.residuals, model, 130.0, n_paths, n_days, np.random.default_rng(seed))


@pytest.mark.parametrize("model", ["champion", "fhs", "garch_t"])
def test_shape_start_and_next_day_volatility(training, model):
    prices, sigma = paths_of(training, model)
    assert prices.shape == sigma.shape == (5000, 21)
    assert prices.dtype == sigma.dtype == np.float64
    assert (prices[:, 0] == 130.0).all()
    assert (prices > 0).all()
    assert sigma[:, 0] == pytest.approx(training.calibration["filter"]["next_sigma"])
    assert (np.ptp(prices, axis=1) > 0).all()


@pytest.mark.parametrize("model", ["fhs", "garch_t"])
def test_variance_of_the_log_return_is_the_closed_form(training, model):
    prices, _ = paths_of(training, model, n_paths=100_000, n_days=10)
    growth = np.log(prices[:, 10] / 130.0)
    ten_day_sigma = training.calibration["filter"]["ten_day_sigma"]
    assert growth.std() == pytest.approx(ten_day_sigma, rel=0.02)
    drift = 10 * training.calibration["filter"]["parameters"]["mean"]
    assert growth.mean() == pytest.approx(drift, abs=4 * ten_day_sigma / math.sqrt(100_000))


def test_a_given_drift_takes_the_place_of_the_fitted_mean(training):
    def paths(drift_year):
        return simulate_prices(
            training.calibration, training.residuals, "fhs", 130.0, 20, 252, np.random.default_rng(3), drift_year
        )[0]

    mean = training.calibration["filter"]["parameters"]["mean"]
    days = np.arange(253)
    assert np.log(paths(0.05) / paths(None)) == pytest.approx(np.tile((0.05 / 252 - mean) * days, (20, 1)), abs=1e-12)
    assert paths(252 * mean) == pytest.approx(paths(None))


@pytest.mark.parametrize("model", ["fhs", "garch_t"])
def test_next_day_var_and_es_agree_with_the_paths(training, model):
    prices, _ = paths_of(training, model, n_paths=400_000, n_days=1)
    losses = -np.log(prices[:, 1] / prices[:, 0])
    record = training.calibration["models"][model]
    quantile = np.quantile(losses, 0.975)
    assert record["next_day_var_975"] == pytest.approx(quantile, rel=0.015)
    assert record["next_day_es_975"] == pytest.approx(losses[losses >= quantile].mean(), rel=0.015)
    assert record["next_day_var_990"] == pytest.approx(np.quantile(losses, 0.99), rel=0.02)


def test_champion_is_the_model_named_in_the_calibration(training):
    assert (paths_of(training, "champion")[0] == paths_of(training, "fhs")[0]).all()


def test_start_price_scales_every_path(training):
    generator = np.random.default_rng
    one, sigma_one = simulate_prices(training.calibration, training.residuals, "fhs", 100.0, 50, 5, generator(1))
    two, sigma_two = simulate_prices(training.calibration, training.residuals, "fhs", 200.0, 50, 5, generator(1))
    assert two == pytest.approx(2 * one, rel=1e-12)
    assert (sigma_one == sigma_two).all()


def test_volatility_clusters(training):
    prices, _ = paths_of(training, "fhs", n_paths=200, n_days=1000)
    size = np.abs(np.diff(np.log(prices), axis=1))
    centred = size - size.mean(axis=1, keepdims=True)
    correlation = (centred[:, 1:] * centred[:, :-1]).mean() / (centred**2).mean()
    assert correlation > 0.05


def test_refusals(training):
    with pytest.raises(ParameterError, match="did you mean 'garch_t'"):
        paths_of(training, "garch_tt")
    with pytest.raises(ParameterError, match="0 paths"):
        paths_of(training, "fhs", n_paths=0)
    with pytest.raises(ParameterError, match="10 residuals"):
        simulate_prices(
            training.calibration, training.residuals.head(10), "fhs", 130.0, 10, 5, np.random.default_rng(1)
        )


def test_extended_tails_see_the_fall_that_the_bare_bootstrap_called_impossible(gold_prices):
    """MODELS_AND_CHECKS D.1: fitted on the 1,500 days before 31 December 2025, a one-day fall of 9% within 30 days has a return
    period of about 200 years under the plain bootstrap and 24 under GARCH-t; it came on 30 January 2026."""
    returns = usable_returns(gold_prices)
    stop = int(np.searchsorted(returns.dates, np.datetime64("2026-01-01")))
    window = TrainingWindow(returns.until(stop), stop - 1500, persistence_cap=0.999, tail_share=0.05)
    bootstrap = FilteredHistoricalSimulation.fit(window)
    told = fall_odds({"fhs": bootstrap, "garch_t": GarchT.fit(window)}, np.random.default_rng(5))
    assert told[1]["return_period_years"] == pytest.approx(24, rel=0.2)
    assert told[0]["return_period_years"] == pytest.approx(37, rel=0.2)

    def years(simulate) -> float:
        rng = np.random.default_rng(7)
        falls = sum((np.diff(simulate(rng), axis=1).min(axis=1) < math.log(0.91)).sum() for _ in range(20))
        return 30 / 252 / (falls / 400_000)

    class BareBootstrap:
        def inverse(self, uniform):
            return window.residuals[(uniform * len(window.residuals)).astype(int)]

    from dataclasses import replace

    assert window.residuals.min() == pytest.approx(-5.3, abs=0.05)
    assert years(lambda rng: replace(bootstrap, law=BareBootstrap()).simulate(20_000, 30, rng)[0]) == pytest.approx(
        200, rel=0.2
    )
    assert years(lambda rng: GarchT.fit(window).simulate(20_000, 30, rng)[0]) == pytest.approx(24, rel=0.1)
    assert years(lambda rng: bootstrap.simulate(20_000, 30, rng)[0]) < 50
