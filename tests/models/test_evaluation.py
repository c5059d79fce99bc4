from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import ndtri
from synthetic_garch import garch_returns, price_table

from gramlib.errors import DataContractError, ParameterError
from gramlib.models.evaluation import FORECAST_COLUMNS, rolling_forecasts, stratified_uniform
from gramlib.models.refits import refit_interval
from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS
from gramlib.models.returns import Returns, usable_returns
from gramlib.params.stages import TrainParams

FHS, GARCH_T = PATH_MODELS["fhs"], PATH_MODELS["garch_t"]
MODELS = [*BASELINES, FHS, GARCH_T]
PARAMS = TrainParams(
    models=["fhs", "garch_t"], eval_days=60, min_train_days=1000, refit_every_days=25, horizons_days=[1, 5]
)


def evaluate(prices: pd.DataFrame, params: TrainParams = PARAMS) -> pd.DataFrame:
    returns = usable_returns(prices)
    return rolling_forecasts(returns, returns.first_on_or_after(params.start), MODELS, params, np.random.default_rng(1))


@pytest.fixture(scope="module")
def forecasts(synthetic_prices) -> pd.DataFrame:
    return evaluate(synthetic_prices)


def test_every_window_that_ends_in_the_evaluation_is_scored_once(forecasts, synthetic_prices):
    counts = forecasts.groupby(["model", "horizon_days"]).size()
    assert counts.to_dict() == {(m.name, h): 60 - h + 1 for m in MODELS for h in (1, 5)}
    dates = synthetic_prices["date"].to_numpy()
    for (_, horizon), group in forecasts.groupby(["model", "horizon_days"]):
        assert list(group["date"]) == list(dates[-60 + horizon - 1 :])


def test_realised_return_is_that_of_the_window(forecasts, synthetic_prices):
    log_price = np.log(synthetic_prices.set_index("date")["gold_usd_per_oz"])
    for horizon in (1, 5):
        rows = forecasts[(forecasts["model"] == "fhs") & (forecasts["horizon_days"] == horizon)]
        expected = log_price.diff(horizon).loc[rows["date"]]
        assert rows["realised_log_return"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-12)


@pytest.mark.parametrize("what", ["shuffled", "replaced"])
def test_no_forecast_knows_what_comes_after_its_origin(forecasts, synthetic_prices, what):
    """Change everything after an origin inside a refit period: what was forecast up to it stays, bit for bit."""
    returns = synthetic_prices["log_return"].to_numpy()[1:].copy()
    kept = len(returns) - 30
    rng = np.random.default_rng(77)
    returns[kept:] = rng.permutation(returns[kept:]) if what == "shuffled" else rng.normal(0.01, 0.05, 30)
    changed = evaluate(price_table(returns))
    columns = ["var_975", "es_975", "var_990"]  # the forecasts; scores know the outcome
    dates = synthetic_prices["date"].to_numpy()
    compared = 0
    for (model, horizon), group in forecasts.groupby(["model", "horizon_days"]):
        other = changed[(changed["model"] == model) & (changed["horizon_days"] == horizon)]
        # the window that ends on row t was forecast on row t - horizon
        last_origin_row = kept
        before = group["date"].to_numpy() <= dates[last_origin_row + horizon]
        assert (group[columns].to_numpy()[before] == other[columns].to_numpy()[before]).all()
        assert (group[columns].to_numpy()[~before] != other[columns].to_numpy()[~before]).any()
        compared += before.sum()
    assert compared > 150


@pytest.mark.slow
def test_no_model_there_is_knows_what_comes_after_its_origin(synthetic_prices):
    """The same for every model a run file may name: the future shuffled, the forecasts before it stay, bit for bit."""
    returns = usable_returns(synthetic_prices)
    kept = len(returns) - 30
    future = np.random.default_rng(78).permutation(returns.log_return[kept:])
    shuffled = Returns(returns.dates, np.concatenate((returns.log_return[:kept], future)))
    everyone = [*BASELINES, *PATH_MODELS.values(), *FORECASTERS.values()]
    before, after = (rolling_forecasts(r, 0, everyone, PARAMS, np.random.default_rng(1)) for r in (returns, shuffled))
    for (model, horizon), group in before.groupby(["model", "horizon_days"]):
        # the window that ends on day t was forecast on day t - horizon, the last of them that is safe on kept - 1
        known = (group["date"] <= returns.dates[kept - 1 + horizon]).to_numpy()
        other = after[(after["model"] == model) & (after["horizon_days"] == horizon)]
        columns = ["var_975", "es_975", "var_990"]
        assert (group[columns].to_numpy()[known] == other[columns].to_numpy()[known]).all(), model
        assert known.sum() >= 25


def test_forecasts_follow_volatility_day_by_day_between_refits(forecasts):
    one_day = forecasts[(forecasts["model"] == "garch_t") & (forecasts["horizon_days"] == 1)]
    assert one_day["var_975"].nunique() == 60


def test_var_and_es_are_ordered(forecasts):
    assert (forecasts["var_990"] > forecasts["var_975"]).all()
    assert (forecasts["es_975"] > forecasts["var_975"]).all()


def test_same_generator_state_same_bytes(forecasts, synthetic_prices):
    pd.testing.assert_frame_equal(forecasts, evaluate(synthetic_prices), check_exact=True)


def test_the_other_models_do_not_change_a_models_forecasts(forecasts, synthetic_prices):
    returns = usable_returns(synthetic_prices)
    alone = rolling_forecasts(returns, 0, [FHS], PARAMS, np.random.default_rng(1))
    together = forecasts[forecasts["model"] == "fhs"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone[FORECAST_COLUMNS], together[FORECAST_COLUMNS], check_exact=True)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_workers_does_not_change_a_bit(forecasts, synthetic_prices, workers):
    returns = usable_returns(synthetic_prices)
    other = rolling_forecasts(returns, 0, MODELS, PARAMS, np.random.default_rng(1), workers=workers)
    pd.testing.assert_frame_equal(forecasts, other, check_exact=True)


class Recorder:
    """A model that writes down what it was shown and forecasts the same normal law every day."""

    name = "recorder"
    refit_every_days: int | None = None

    @classmethod
    def fit(cls, window):
        cls.fits.append(len(window.returns))
        return cls()

    def forecast(self, returns, origins, horizons_days, uniform):
        type(self).seen.append((len(returns), int(origins[0]), int(origins[-1]), uniform[0, 0]))
        sample = np.sort(0.01 * ndtri(uniform[:, 0]))
        return {h: np.tile(np.sqrt(h) * sample, (len(origins), 1)) for h in horizons_days}


def record(prices: pd.DataFrame, **attributes) -> tuple[type, pd.DataFrame]:
    model = type("Recorded", (Recorder,), {"fits": [], "seen": [], **attributes})
    returns = usable_returns(prices)
    return model, rolling_forecasts(returns, 0, [model], PARAMS, np.random.default_rng(1), workers=1)


def test_each_model_is_refitted_at_its_own_interval(synthetic_prices):
    first = 1600 - 60
    assert sorted(record(synthetic_prices)[0].fits) == [first, first + 25, first + 50]
    assert sorted(record(synthetic_prices, refit_every_days=20)[0].fits) == [first, first + 20, first + 40]
    assert record(synthetic_prices, refit_every_days=60)[0].fits == [first]
    assert record(synthetic_prices, refit_every_days=252_000)[0].fits == [first]
    intervals = [refit_interval(type("M", (), {"refit_every_days": own}), PARAMS) for own in (None, 20, 60, 252_000)]
    assert intervals == [25, 20, 0, 0]


@pytest.mark.parametrize("interval", [None, 20, 252_000])
def test_purged_a_model_is_shown_nothing_of_the_windows_it_is_scored_on(synthetic_prices, interval):
    model, table = record(synthetic_prices, refit_every_days=interval)
    assert all(shown == last + 1 for shown, _, last, _ in model.seen)
    assert min(first for _, first, _, _ in model.seen) == min(model.fits) - 1
    assert table.groupby("horizon_days").size().to_dict() == {1: 60, 5: 56}


def test_the_random_numbers_of_a_day_are_those_of_every_model_whatever_its_refits(synthetic_prices):
    draws = []
    for interval in (None, 20, 252_000):
        model, _ = record(synthetic_prices, refit_every_days=interval)
        draws.append({day: draw for _, first, last, draw in model.seen for day in range(first, last + 1)})
    assert draws[0] == draws[1] == draws[2] and len(set(draws[0].values())) == 3


def test_an_exact_density_is_preferred_where_a_model_has_one(synthetic_prices):
    def density(self, returns, origins, horizon_days, outcome):
        return np.full(len(outcome), 1.5) if horizon_days == 1 else None

    plain, exact = record(synthetic_prices)[1], record(synthetic_prices, log_density=density)[1]
    one_day = exact["horizon_days"] == 1
    assert (exact.loc[one_day, "log_score"] == -1.5).all()
    pd.testing.assert_frame_equal(plain[~one_day], exact[~one_day], check_exact=True)


def test_a_fit_that_fails_ends_the_evaluation_with_its_error(synthetic_prices):
    def fail(cls, window):
        raise ParameterError("no such thing", expected="another", origin="a test")

    with pytest.raises(ParameterError, match="no such thing"):
        record(synthetic_prices, fit=classmethod(fail))


def test_true_forecasts_have_uniform_places(synthetic_prices):
    pit = evaluate(synthetic_prices, PARAMS.model_copy(update={"eval_days": 500, "refit_every_days": 250}))
    pit = pit[(pit["model"] == "garch_t") & (pit["horizon_days"] == 1)]["pit"]
    assert stats.kstest(pit, "uniform").pvalue > 0.01


def test_rows_that_are_not_quotes_are_masked(synthetic_prices):
    table = synthetic_prices.copy()
    table.loc[[100, 200], "log_return"] = np.nan
    table.loc[300, "stale"] = True
    table.loc[400, "filled"] = True
    assert len(usable_returns(table)) == len(table) - 1 - 4
    with pytest.raises(DataContractError, match="none of the"):
        usable_returns(table.assign(stale=True))


def test_strata_hold_one_draw_each_on_every_day():
    uniform = stratified_uniform(np.random.default_rng(3), 100, 4)
    assert np.sort(uniform, axis=0) == pytest.approx(np.tile((np.arange(100) + 0.5)[:, None] / 100, (1, 4)))
    assert abs(np.corrcoef(uniform.T) - np.eye(4)).max() < 0.4


def test_too_little_history_and_too_long_a_horizon_are_refused():
    prices = price_table(garch_returns(1059, seed=3))
    with pytest.raises(DataContractError, match="1059 usable returns"):
        evaluate(prices)
    with pytest.raises(ParameterError, match="40 days"):
        evaluate(price_table(garch_returns(1100, seed=3)), PARAMS.model_copy(update={"horizons_days": [40]}))
