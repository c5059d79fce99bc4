from __future__ import annotations

import json

import numpy as np
import pytest
from synthetic_garch import TRUE_ALPHA, TRUE_BETA, TRUE_MEAN, TRUE_OMEGA, garch_returns, price_table

from gramlib.models.boosted import BoostedGrid, BoostedQuantiles
from gramlib.models.features import CHANGE_DAYS, OWN_NAMES, raw_features
from gramlib.models.garch import GarchParameters, filter_variance
from gramlib.models.protocol import FIT_ONCE
from gramlib.models.quantile_law import levels_of, rearranged, samples_of, tails_beyond
from gramlib.models.quantile_regression import LinearGrid, QuantileRegression
from gramlib.models.returns import Returns, usable_returns
from gramlib.models.scores import crps
from gramlib.models.window import TrainingWindow

N, STOP = 2600, 2000
ORIGINS = np.arange(STOP - 1, N - 21)
HORIZONS = [1, 3, 10, 20, 30]
UNIFORM = np.zeros((1000, 30))
MODELS = [QuantileRegression, BoostedQuantiles]


def window(returns: Returns, stop: int = STOP) -> TrainingWindow:
    return TrainingWindow(returns.until(stop), 100, persistence_cap=0.999, tail_share=0.05)


@pytest.fixture(scope="module")
def returns() -> Returns:
    return usable_returns(price_table(garch_returns(N, seed=31)))


@pytest.fixture(scope="module")
def fitted(returns) -> dict:
    return {model: model.fit(window(returns)) for model in MODELS}


@pytest.fixture(scope="module")
def forecasts(returns, fitted) -> dict:
    return {model: one.forecast(returns, ORIGINS, HORIZONS, UNIFORM) for model, one in fitted.items()}


def realised(returns: Returns, horizon: int) -> np.ndarray:
    total = np.concatenate(([0.0], np.cumsum(returns.log_return)))
    return total[ORIGINS + 1 + horizon] - total[ORIGINS + 1]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_samples_are_in_order_and_as_many_as_asked(forecasts, model):
    for horizon in HORIZONS:
        assert forecasts[model][horizon].shape == (len(ORIGINS), 1000)
        assert (np.diff(forecasts[model][horizon], axis=1) >= 0).all()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_they_learn_the_conditional_scale(returns, forecasts, model):
    forecast, outcome = forecasts[model][1], realised(returns, 1)
    unconditional = np.tile(np.sort(returns.log_return[100:STOP]), (len(ORIGINS), 1))
    gain = crps(unconditional, outcome) - crps(forecast, outcome)
    assert gain.mean() > 1.5 * gain.std() / np.sqrt(len(gain))
    truth = filter_variance(GarchParameters(TRUE_MEAN, TRUE_OMEGA, TRUE_ALPHA, TRUE_BETA), returns.log_return)
    width = forecast[:, 950] - forecast[:, 50]
    assert np.corrcoef(np.log(width), np.log(truth[ORIGINS + 1]))[0, 1] > 0.85


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("horizon", [1, 10])
def test_about_as_many_days_fall_below_a_quantile_as_it_says(returns, forecasts, model, horizon):
    below = realised(returns, horizon)[:, None] < forecasts[model][horizon][:, [49, 499, 949]]
    spread = 4.0 * np.sqrt(horizon / len(ORIGINS))
    assert below.mean(axis=0) == pytest.approx([0.05, 0.5, 0.95], abs=spread)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_two_fits_and_a_record_give_the_same_forecasts(returns, fitted, forecasts, model):
    again = model.fit(window(returns))
    text = json.dumps(fitted[model].record(), allow_nan=False)
    assert json.dumps(again.record()) == text
    read = model.from_record(json.loads(text), np.empty(0))
    assert json.dumps(read.record()) == text
    for horizon, samples in read.forecast(returns, ORIGINS, HORIZONS, UNIFORM).items():
        assert (samples == forecasts[model][horizon]).all()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_shuffling_the_future_changes_neither_fit_nor_forecast(returns, fitted, model):
    later = np.random.default_rng(3).permutation(returns.log_return[STOP:]) * 3.0
    other = Returns(returns.dates, np.concatenate([returns.log_return[:STOP], later]))
    assert json.dumps(model.fit(window(other)).record()) == json.dumps(fitted[model].record())
    origins = np.arange(STOP - 40, STOP)
    before, after = (fitted[model].forecast(known, origins, HORIZONS, UNIFORM) for known in (returns, other))
    for horizon in HORIZONS:
        assert (before[horizon] == after[horizon]).all()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_an_origin_is_forecast_as_if_it_were_alone(returns, fitted, forecasts, model):
    for place in (0, 23, 200):
        known = returns.until(ORIGINS[place] + 1)
        alone = fitted[model].forecast(known, ORIGINS[place : place + 1], HORIZONS, UNIFORM)
        for horizon in HORIZONS:
            assert (alone[horizon][0] == forecasts[model][horizon][place]).all()


def test_a_horizon_between_two_lies_between_them(forecasts):
    spread = {h: forecasts[QuantileRegression][h].std(axis=1).mean() for h in HORIZONS}
    assert spread[1] < spread[3] < spread[10] < spread[20] < spread[30]
    assert spread[30] == pytest.approx(spread[20] * np.sqrt(1.5))


def test_trees_as_arrays_predict_what_scikit_learn_predicts():
    from sklearn.ensemble import HistGradientBoostingRegressor

    from gramlib.models.boosted import LEARNING_RATE, MAX_LEAVES, MIN_DAYS_A_LEAF, TREES

    rng = np.random.default_rng(6)
    features, fresh = rng.normal(size=(900, 4)), rng.normal(size=(300, 4)) * 2.0
    target = features[:, 0] + rng.normal(size=900) * np.exp(features[:, 1])
    levels = (0.1, 0.5)
    grid = BoostedGrid.fit(features, target, levels)
    for i, level in enumerate(levels):
        model = HistGradientBoostingRegressor(
            loss="quantile",
            quantile=level,
            max_iter=TREES,
            learning_rate=LEARNING_RATE,
            max_leaf_nodes=MAX_LEAVES,
            min_samples_leaf=MIN_DAYS_A_LEAF,
            early_stopping=False,
            random_state=0,
        ).fit(features, target)
        assert grid.predict(fresh)[:, i] == pytest.approx(model.predict(fresh), abs=1e-12)


def test_a_linear_grid_recovers_a_location_and_scale_law():
    rng = np.random.default_rng(7)
    x = rng.uniform(-1.0, 1.0, (20_000, 1))
    target = 0.3 + 0.5 * x[:, 0] + (1.0 + 0.4 * x[:, 0]) * rng.normal(size=20_000)
    grid = LinearGrid.fit(x, target, (0.05, 0.5, 0.95))
    z = np.array([-1.644854, 0.0, 1.644854])
    assert grid.coefficients == pytest.approx(np.column_stack((0.3 + z, 0.5 + 0.4 * z)), abs=0.06)
    assert grid.unconverged == 0


def test_levels_that_did_not_converge_are_counted(monkeypatch):
    monkeypatch.setattr("gramlib.models.quantile_regression.MAX_ITERATIONS", 2)
    rng = np.random.default_rng(7)
    x = rng.normal(size=(300, 3))
    assert LinearGrid.fit(x, x[:, 0] + rng.normal(size=300), (0.1, 0.5, 0.9)).unconverged == 3


def test_crossing_quantiles_are_rearranged_and_come_nearer():
    truth = np.array([[-2.0, -0.5, 0.0, 0.5, 2.0]])
    crossed = np.array([[-2.1, 0.2, -0.1, 0.6, 1.9]])
    mended = rearranged(crossed)
    assert (np.diff(mended) >= 0).all()
    assert np.abs(mended - truth).sum() <= np.abs(crossed - truth).sum()


def test_samples_of_a_normal_grid_with_its_own_tails_are_normal():
    from scipy.special import ndtri

    levels = np.array(levels_of(0.05))
    assert levels[0] == 0.05
    assert levels[-1] == 0.95
    grid = np.tile(ndtri(levels), (40_000, 1))
    outcome = np.random.default_rng(8).normal(size=40_000)
    lower, upper = tails_beyond(grid, outcome)
    samples = samples_of(grid[:2], levels, (lower.xi, lower.beta), (upper.xi, upper.beta), 4000)
    assert samples[0] == pytest.approx(samples[1])
    assert samples[0].std() == pytest.approx(1.0, abs=0.02)
    inside = slice(220, 3780)
    assert samples[0][inside] == pytest.approx(ndtri((np.arange(4000) + 0.5) / 4000)[inside], abs=1e-6)
    assert np.quantile(samples[0], [0.005, 0.995]) == pytest.approx(ndtri([0.005, 0.995]), abs=0.1)


def test_a_wide_tail_share_leaves_levels_between_the_edges():
    assert levels_of(0.25) == (0.25, 0.35, 0.5, 0.65, 0.75)


def test_features_know_nothing_after_their_day(returns):
    rows, sigma = raw_features(returns, ())
    known, known_sigma = raw_features(returns.until(500), ())
    assert rows.shape == (N, len(OWN_NAMES))
    assert np.array_equal(rows[:500], known, equal_nan=True)
    assert (sigma[:500] == known_sigma).all()


@pytest.fixture(scope="module")
def told() -> Returns:
    """Returns whose size is known a day ahead to "gvz" from day 900 on; the dollar has a hole, the real yield begins late."""
    rng = np.random.default_rng(12)
    burst = np.exp(rng.normal(0.0, 0.8, N))
    shocks = np.concatenate(([0.0], burst[:-1])) * rng.normal(0.0, 0.008, N)
    known = {
        "gvz": np.where(np.arange(N) < 900, np.nan, np.sqrt(252) * 0.008 * burst),
        "dollar": np.where(np.arange(N) == 700, np.nan, rng.normal(100.0, 1.0, N)),
        "real_yield": np.where(np.arange(N) < 1200, np.nan, rng.normal(0.01, 0.001, N)),
    }
    return Returns(np.datetime64("2010-01-04", "us") + np.arange(N).astype("timedelta64[D]"), shocks, known)


@pytest.fixture(scope="module")
def told_fitted(told) -> dict:
    return {model: model.fit(window(told)) for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_covariates_are_used_where_they_are_known_for_long_enough(told, told_fitted, model):
    """One known on half of the days is used on all, one that begins later is not; what knows tomorrow's true size helps."""
    plain = Returns(told.dates, told.log_return)
    without, with_them = model.fit(window(plain)), told_fitted[model]
    assert with_them.covariates == ("gvz", "dollar")
    assert without.covariates == ()
    assert with_them.n == without.n == STOP - 100
    assert "gvz, dollar" in with_them.card()["parameters"]
    assert "the data bring none" in without.card()["parameters"]
    outcome = told.log_return[ORIGINS + 1]
    blind, seeing = (m.forecast(told, ORIGINS, [1], UNIFORM)[1] for m in (without, with_them))
    assert crps(seeing, outcome).mean() < 0.95 * crps(blind, outcome).mean()
    assert json.dumps(model.from_record(with_them.record(), np.empty(0)).record()) == json.dumps(with_them.record())


def test_a_covariate_that_is_not_known_is_read_at_its_mean(told, told_fitted):
    fitted = told_fitted[QuantileRegression]
    plain = Returns(told.dates, told.log_return)
    at = len(OWN_NAMES)
    mean = fitted.scale.centre[at] + np.log(raw_features(plain, ())[1])
    rise = fitted.scale.centre[at + 1] * np.arange(N) / CHANGE_DAYS
    level = {"gvz": np.sqrt(252) * np.exp(mean), "dollar": 100.0 * np.exp(rise)}
    unknown = fitted.forecast(plain, ORIGINS[:50], HORIZONS, UNIFORM)
    average = fitted.forecast(Returns(told.dates, told.log_return, level), ORIGINS[:50], HORIZONS, UNIFORM)
    for horizon in HORIZONS:
        assert unknown[horizon] == pytest.approx(average[horizon], abs=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_shuffling_later_covariates_changes_neither_fit_nor_forecast(told, told_fitted, model):
    rng = np.random.default_rng(5)
    later = {name: np.concatenate([v[:STOP], rng.permutation(v[STOP:])]) for name, v in told.covariates.items()}
    other = Returns(told.dates, told.log_return, later)
    fitted = told_fitted[model]
    assert json.dumps(model.fit(window(other)).record()) == json.dumps(fitted.record())
    origins = np.arange(STOP - 40, STOP + 40)
    before, after = (fitted.forecast(known, origins, [1, 20], UNIFORM) for known in (told, other))
    for horizon in (1, 20):
        assert (before[horizon][:40] == after[horizon][:40]).all()
        assert (before[horizon][40:] != after[horizon][40:]).any()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_card_and_refits(fitted, model):
    card = fitted[model].card()
    assert set(card) == {"title", "what", "parameters", "fails_when"}
    assert "s.e." in card["parameters"] or "standard errors" in card["parameters"]
    assert "no paths" in card["what"]
    assert model.refit_every_days == FIT_ONCE
