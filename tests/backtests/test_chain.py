"""The chain month by month: nothing later is known, and what is said is what models and engine say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gramlib import models
from gramlib.artefacts.analyse_backtests import CHAIN_BACKTEST, CHAIN_TESTS
from gramlib.artefacts.checking import _schema
from gramlib.backtests import ChainRules, chain_backtest, chain_tests
from gramlib.backtests.chain_fits import fits_of, monthly_model
from gramlib.models.returns import usable_returns
from gramlib.params.issuer import Issuer
from gramlib.params.stages import DataParams, PredictParams
from gramlib.prices import standardise
from gramlib.prices.flows import flow_table
from gramlib.prices.quality import QualityLog
from gramlib.simulation import Market, OwnFundsRule, simulate
from gramlib.sources import load, quantity_file

RULES = ChainRules(first_month="2013-01", min_train_days=700)
N_DAYS = 1000


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    sigma = 0.01 * np.exp(0.4 * np.sin(np.arange(N_DAYS) / 60.0))
    log_return = np.r_[np.nan, (sigma * rng.standard_t(5, N_DAYS) * np.sqrt(0.6))[1:]]
    return table_of(log_return)


def table_of(log_return: np.ndarray) -> pd.DataFrame:
    n = len(log_return)
    dates = pd.bdate_range("2010-01-04", periods=n).astype("datetime64[us]")
    false = np.zeros(n, dtype=bool)
    usd_per_g = 40.0 * np.exp(np.nancumsum(log_return))
    return pd.DataFrame({"date": dates, "gold_usd_per_g": usd_per_g, "log_return": log_return, "filled": false,
                         "stale": false, "joined": false})  # fmt: skip


@pytest.fixture(scope="module")
def flows(prices) -> pd.DataFrame:
    share = np.random.default_rng(8).normal(0.0, 0.002, len(prices))
    return pd.DataFrame({"date": prices["date"], "product": "gld", "change_share": share, "flag": ""})


def market_of(prices: pd.DataFrame, model: str = "garch_t", grade: str = "B", **params) -> Market:
    returns = usable_returns(prices)
    fitted = next(fits_of(returns, [len(returns)], 0, model, 0.999, 0.05))
    calibration = fitted.calibration | {
        "grade": grade,
        "last_price_usd_per_g": float(prices["gold_usd_per_g"].iloc[-1]),
    }
    calibration["training"] = calibration["training"] | {"start": "2000-01-01"}
    settings = PredictParams(n_paths=10, start_gold_usd_per_oz=4000.0, **params)
    return Market(Issuer(), calibration, fitted.residuals, settings, OwnFundsRule(reserve_share=0.02), models)


@pytest.fixture(scope="module")
def market(prices) -> Market:
    return market_of(prices)


@pytest.fixture(scope="module")
def chain(market, prices, flows) -> pd.DataFrame:
    return chain_backtest(market, prices, flows, 600, RULES)


def test_every_month_whose_window_is_over_has_a_row_as_the_catalogue_says(chain, prices):
    _schema(CHAIN_BACKTEST).validate(chain)
    assert [f"{day:%Y-%m}" for day in chain["as_of"]] == ["2013-01", "2013-02", "2013-03", "2013-04", "2013-05", "2013-06",
                                                         "2013-07", "2013-08", "2013-09"]  # fmt: skip
    assert (chain["until"] <= prices["date"].iloc[-1]).all()
    assert (chain["model"] == "garch_t").all()
    assert (chain["n"] == 600).all()
    assert (chain["evidence"] == "history").all()


@pytest.mark.parametrize("model", ["fhs", "garch_t", "regime"])
def test_the_future_of_a_month_changes_nothing_that_it_said(model, prices, flows):
    """The returns after the third window are shuffled: rows up to it stay to the bit, later ones do not."""
    market = market_of(prices, model)
    chain = chain_backtest(market, prices, flows, 600, RULES)
    row = chain.iloc[2]
    log_return = prices["log_return"].to_numpy(copy=True)
    after = np.flatnonzero(prices["date"] > row["until"])
    log_return[after] = np.random.default_rng(9).permutation(log_return[after])
    other_flows = flows.assign(change_share=np.where(flows["date"] > row["until"], 0.5, flows["change_share"]))
    again = chain_backtest(market, table_of(log_return), other_flows, 600, RULES)
    pd.testing.assert_frame_equal(again.iloc[:3], chain.iloc[:3])
    assert (again["var_975"].iloc[4:] != chain["var_975"].iloc[4:]).all()


def test_what_came_changes_no_forecast(chain, market, prices, flows):
    """Shuffled within a window, the forecast of its own month stays; what it is held against does not."""
    row = chain.iloc[2]
    log_return = prices["log_return"].to_numpy(copy=True)
    after = np.flatnonzero(prices["date"] > row["as_of"])
    log_return[after] = np.random.default_rng(9).permutation(log_return[after])
    again = chain_backtest(market, table_of(log_return), flows, 600, RULES).iloc[2]
    said = [name for name in chain if name.startswith(("var", "es_", "chance", "alone", "redeemed", "n_train"))]
    pd.testing.assert_series_equal(again[said], row[said], check_names=False)
    assert again["realised_loss"] != row["realised_loss"]


def test_a_forecast_is_that_of_the_model_and_the_replay_that_of_the_engine(chain, market, prices):
    """VaR of a month within the error of 20,000 paths that the fitted model draws by itself."""
    row, returns = chain.iloc[0], usable_returns(prices)
    stop = int(np.searchsorted(returns.dates, row["as_of"].to_datetime64(), side="right"))
    assert stop == row["n_train"]
    fitted = next(fits_of(returns, [stop], 0, "garch_t", 0.999, 0.05))
    paths, _ = models.simulate_prices(fitted.calibration, fitted.residuals, "garch_t", 1.0, 20_000, 20,
                                      np.random.default_rng(1), 0.0)  # fmt: skip
    assert row["var_975"] == pytest.approx(1.0 - np.quantile(paths[:, -1], 0.025), rel=0.25)
    assert row["es_975"] > row["var_975"] < row["var_990"] < row["es_990"]
    at = int(prices.index[prices["date"] == row["as_of"]][0])
    path = prices["gold_usd_per_g"].to_numpy()[at : at + 21]
    assert row["realised_loss"] == pytest.approx(1.0 - path[-1] / path[0])
    replay = simulate(Issuer(), path / path[0] * market.start_usd_per_g, own_funds=market.own_funds)
    assert row["replay_redeemed"] == pytest.approx(1.0 - replay.end_tokens_share[0])
    assert row["exceeded_975"] == (row["realised_loss"] > row["var_975"])


def test_a_crash_that_nobody_foresaw_is_an_exception_and_fails_the_replay(market, prices, flows):
    log_return = prices["log_return"].to_numpy(copy=True)
    row = int(np.searchsorted(prices["date"], pd.Timestamp("2013-05-06")))
    log_return[row : row + 5] = -0.12
    found = chain_backtest(market, table_of(log_return), flows, 600, RULES).set_index("as_of").loc["2013-04-30"]
    assert found["exceeded_990"]
    assert found["realised_loss"] > 0.4
    assert found["replay_queue"]
    assert "F7" in found["replay_failures"].split()
    assert found["replay_redeemed"] > found["redeemed_upper"]


def test_months_draw_on_their_own_and_a_run_gives_the_same_twice(chain, market, prices, flows):
    pd.testing.assert_frame_equal(chain_backtest(market, prices, flows, 600, RULES), chain)
    other = market_of(prices, seed=5)
    assert (chain_backtest(other, prices, flows, 600, RULES)["var_990"] != chain["var_990"]).all()


def test_what_ifs_of_the_run_are_no_history(chain, prices, flows):
    stressed = market_of(prices, volatility_scale=3.0)
    pd.testing.assert_frame_equal(chain_backtest(stressed, prices, flows, 600, RULES), chain)


def test_drivers_of_the_run_are_in_the_chances_and_not_in_those_of_prices(chain, prices, flows):
    calm = chain_backtest(market_of(prices, drivers=[]), prices, flows, 600, RULES)
    assert (calm["chance_queue"] == calm["alone_queue"]).all()
    pd.testing.assert_series_equal(calm["alone_queue"], chain["alone_queue"])
    assert (chain["chance_queue"] > chain["alone_queue"]).all()


def test_without_flows_and_on_grade_d_nothing_is_claimed(market, prices, flows):
    found = chain_backtest(market_of(prices, grade="D"), prices, flows.iloc[:0], 100, RULES)
    assert found["fund_redeemed"].isna().all()
    assert (found["place"] == "").all()
    assert (found["evidence"] == "mechanics only").all()


def test_left_out_it_is_a_table_without_rows_and_so_are_its_tests(market, prices, flows):
    for none in (
        chain_backtest(market, prices, flows, 0),
        chain_backtest(market, prices.iloc[:500], flows, 100, RULES),
    ):
        assert none.empty
        assert chain_tests(_schema(CHAIN_BACKTEST).validate(none)).pipe(_schema(CHAIN_TESTS).validate).empty


def test_progress_ends_where_it_said(market, prices, flows):
    heard = []
    chain_backtest(market, prices, flows, 50, RULES, lambda *said: heard.append(said))
    assert [done for done, _, _ in heard] == list(range(10))
    assert all(total == 9 for _, total, _ in heard)


@pytest.mark.parametrize("dear", ["network", "regime3"])
def test_a_model_too_dear_to_fit_every_month_has_a_stand_in_that_says_so(dear):
    name, reason = monthly_model(dear)
    assert name == "fhs"
    assert dear in reason
    assert monthly_model("jump") == ("jump", "")


def test_a_model_that_draws_outside_the_kernel_goes_through_too(prices, flows):
    found = chain_backtest(market_of(prices, "egarch_t"), prices, flows, 100, ChainRules("2013-09", min_train_days=700))
    assert list(found["model"]) == ["egarch_t"]


@pytest.mark.slow
def test_three_years_of_real_gold_and_of_its_fund(reference_data: Path):
    """April 2013: gold lost 8% in the window from March's end, more than foreseen, and the fund over a tenth."""
    raw = load(DataParams(source="file", path=str(reference_data / "gold_daily_spliced_1968_2026.csv")))
    gold = standardise(raw, DataParams())[0]
    fund = quantity_file.load("gld", str(reference_data / "gld_daily_holdings_spdr_2004_2025.csv"))
    flows = flow_table([("gld", fund)], "", QualityLog())
    some = gold[gold["date"] < "2015-02-15"].reset_index(drop=True)
    found = chain_backtest(market_of(some, "fhs"), some, flows, 5000, ChainRules("2012-01"))
    _schema(CHAIN_BACKTEST).validate(found)
    assert len(found) == 36
    april = found.set_index("as_of").loc["2013-03-28"]
    assert april["exceeded_990"]
    assert april["fund_redeemed"] == pytest.approx(0.115, abs=0.01)
    assert april["place"] == "above"
    tests = chain_tests(found).pipe(_schema(CHAIN_TESTS).validate).set_index("test")
    coverage = tests.loc["interval_coverage"]
    assert coverage["found"] > coverage["expected"]
    assert coverage["adjusted_p_value"] < 0.05
