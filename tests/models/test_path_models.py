"""What every price model must keep, whatever it is: no look-ahead, no dependence on company, records, cards, paths."""

from __future__ import annotations

import json

import numpy as np
import pytest
from synthetic_garch import garch_returns, price_table

from gramlib.models.evaluation import stratified_uniform
from gramlib.models.protocol import FIT_ONCE
from gramlib.models.registry import BASELINES, PATH_MODELS
from gramlib.models.returns import Returns, usable_returns
from gramlib.models.window import TrainingWindow
from gramlib.simulation.price_driver import KINDS, PriceDriver
from gramlib.simulation.price_models import price_paths

HORIZONS = [1, 5, 20]
N, STOP = 1600, 1500
ALL = [*BASELINES, *PATH_MODELS.values()]
GIVEN = ("egarch", "garch_skewt", "gjr_skewt", "network", "ensemble")
"""Their paths reach the issuer's kernel as prices from outside."""

NEW = [name for name in PATH_MODELS if name not in ("fhs", "garch_t")]


@pytest.fixture(scope="module")
def returns() -> Returns:
    return usable_returns(price_table(garch_returns(N, seed=11)))


@pytest.fixture(scope="module")
def fitted(returns) -> dict:
    window = TrainingWindow(returns.until(STOP), 100, persistence_cap=0.999, tail_share=0.05)
    return {model.name: model.fit(window) for model in ALL}


@pytest.fixture(scope="module")
def uniform() -> np.ndarray:
    return stratified_uniform(np.random.default_rng(5), 2000, max(HORIZONS))


@pytest.fixture(scope="module")
def residuals(returns) -> np.ndarray:
    return TrainingWindow(returns.until(STOP), 100, persistence_cap=0.999, tail_share=0.05).residuals


def shuffled_after(returns: Returns, stop: int) -> Returns:
    later = np.random.default_rng(3).permutation(returns.log_return[stop:]) * 3.0
    return Returns(returns.dates, np.concatenate([returns.log_return[:stop], later]))


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_shuffling_the_future_changes_neither_fit_nor_forecasts(model, returns, fitted, uniform):
    other = shuffled_after(returns, STOP)
    again = model.fit(TrainingWindow(other.until(STOP), 100, persistence_cap=0.999, tail_share=0.05))
    if model.name in PATH_MODELS:
        assert json.dumps(again.record()) == json.dumps(fitted[model.name].record())
    origins = np.arange(STOP - 40, STOP)
    before = fitted[model.name].forecast(returns, origins, HORIZONS, uniform)
    after = again.forecast(other, origins, HORIZONS, uniform)
    for horizon in HORIZONS:
        assert (before[horizon] == after[horizon]).all()


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.name)
def test_an_origin_is_forecast_as_if_it_were_alone(model, returns, fitted, uniform):
    origins = np.arange(STOP, STOP + 50)
    together = fitted[model.name].forecast(returns, origins, HORIZONS, uniform)
    for place in (0, 31, 49):
        known = returns.until(origins[place] + 1)
        alone = fitted[model.name].forecast(known, origins[place : place + 1], HORIZONS, uniform)
        for horizon in HORIZONS:
            assert (alone[horizon][0] == together[horizon][place]).all()
            assert (np.diff(together[horizon][place]) >= 0).all()


@pytest.mark.parametrize("name", PATH_MODELS)
def test_a_record_holds_the_whole_model(name, fitted, residuals):
    model = fitted[name]
    document = json.loads(json.dumps(model.record(), allow_nan=False))
    again = PATH_MODELS[name].from_record(document, residuals)
    paths = [one.simulate(500, 30, np.random.default_rng(1)) for one in (model, again)]
    for first, second in zip(*paths, strict=True):
        assert first.shape == second.shape == (500, 31)
        assert (first == second).all()
        assert first.flags.f_contiguous
    growth, volatility = paths[0]
    assert (growth[:, 0] == 0).all()
    assert (volatility > 0).all()
    assert (np.ptp(growth, axis=1) > 0).all()
    assert json.dumps(again.record()) == json.dumps(model.record())


@pytest.mark.parametrize("name", NEW)
def test_next_day_var_and_es_agree_with_paths_and_forecast(name, returns, fitted, uniform):
    model = fitted[name]
    growth, _ = model.simulate(200_000, 1, np.random.default_rng(2))
    losses = np.sort(-growth[:, 1])
    for level in (0.975, 0.99):
        var, shortfall = model.next_day(level)
        assert var == pytest.approx(np.quantile(losses, level), rel=0.02)
        assert shortfall == pytest.approx(losses[losses >= np.quantile(losses, level)].mean(), rel=0.03)
    day = model.forecast(returns, np.array([STOP - 1]), [1], uniform)[1][0]
    assert -np.quantile(day, 0.025) == pytest.approx(model.next_day(0.975)[0], rel=0.06)
    assert day.std() == pytest.approx(growth[:, 1].std(), rel=0.04)


@pytest.mark.parametrize("name", NEW)
def test_mean_and_spread_of_paths_are_those_of_the_forecast(name, returns, fitted, uniform):
    model = fitted[name]
    growth, _ = model.simulate(40_000, 20, np.random.default_rng(4))
    assert growth[:, 20].mean() == pytest.approx(20 * model.mean, abs=5 * growth[:, 20].std() / 200)
    month = model.forecast(returns, np.array([STOP - 1]), [20], uniform)[20][0]
    assert np.quantile(month, [0.05, 0.95]) == pytest.approx(np.quantile(growth[:, 20], [0.05, 0.95]), rel=0.1)


@pytest.mark.parametrize("name", [name for name in NEW if not name.startswith(GIVEN)])
def test_the_kernels_driver_reads_the_record_and_draws_the_same_law(name, fitted):
    record = json.loads(json.dumps(fitted[name].record()))
    assert record["kind"] in KINDS
    driver = PriceDriver.from_record(record["kind"], record)
    prices, sigma = price_paths(driver, 100.0, 20_000, 10, seed=7)
    growth, volatility = fitted[name].simulate(20_000, 10, np.random.default_rng(7))
    drawn = np.log(prices / 100.0)
    for day in (1, 10):
        assert drawn[:, day].std() == pytest.approx(growth[:, day].std(), rel=0.04)
        assert drawn[:, day].mean() == pytest.approx(growth[:, day].mean(), abs=5 * growth[:, day].std() / 100)
    assert sigma.mean(axis=0)[[0, 10]] == pytest.approx(volatility.mean(axis=0)[[0, 10]], rel=0.02)


@pytest.mark.parametrize("name", PATH_MODELS)
def test_card_says_what_it_is_and_where_it_fails(name, fitted):
    card = fitted[name].card()
    assert set(card) == {"title", "what", "parameters", "fails_when"}
    assert all(text.endswith(".") for key, text in card.items() if key in ("what", "fails_when"))
    if name in NEW:
        assert "s.e." in card["parameters"] or "standard errors" in card["parameters"] or "errors" in card["parameters"]


def test_each_model_says_how_often_it_is_refitted():
    intervals = {model.name: model.refit_every_days for model in ALL}
    assert intervals.pop("regime3") == intervals.pop("network") == FIT_ONCE
    assert set(intervals.values()) == {None}
    names = [model.name for model in ALL]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", NEW)
def test_scaling_returns_scales_the_forecast(name, returns, fitted, uniform):
    twice = Returns(returns.dates, 2.0 * returns.log_return)
    window = TrainingWindow(twice.until(STOP), 100, persistence_cap=0.999, tail_share=0.05)
    scaled = PATH_MODELS[name].fit(window)
    one, two = fitted[name].next_day(0.975), scaled.next_day(0.975)
    assert two == pytest.approx(tuple(2.0 * value for value in one), rel=5e-3)
