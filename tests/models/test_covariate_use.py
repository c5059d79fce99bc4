"""Covariates from the table of stage data to the league: no look-ahead, named where used, measured on the real files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from real_series import real_covariates, real_gold

from gramlib.artefacts import check_table
from gramlib.models import train
from gramlib.models.boosted import BoostedQuantiles
from gramlib.models.evaluation import rolling_forecasts
from gramlib.models.fhs import FilteredHistoricalSimulation
from gramlib.models.quantile_regression import QuantileRegression
from gramlib.models.returns import Returns, usable_returns
from gramlib.models.scores import newey_west_variance
from gramlib.params.stages import TrainParams

PARAMS = TrainParams(eval_days=60, min_train_days=1000, refit_every_days=25, horizons_days=[1, 5])
FORECAST = ["var_975", "es_975", "var_990"]


def covariates(prices: pd.DataFrame, seed: int = 4) -> pd.DataFrame:
    """The catalogue's table, drawn: gvz from the third year on, real yields throughout, known the day after."""
    rng = np.random.default_rng(seed)
    days = prices["date"].to_numpy()
    tables = [
        pd.DataFrame({"date": days[first:-1], "name": name, "value": values[first:-1], "unit": unit, "known_on": days[first + 1 :], "source": "x"})
        for name, first, values, unit in (
            ("gvz", 500, 0.16 * np.exp(0.1 * rng.standard_normal(len(days))), "1/sqrt(year)"),
            ("real_yield", 0, 0.01 + np.cumsum(0.0005 * rng.standard_normal(len(days))), "1/year"),
        )
    ]  # fmt: skip
    return check_table("covariates", pd.concat(tables, ignore_index=True), "a test")


def test_no_forecast_knows_a_covariate_of_its_future(synthetic_prices):
    table = covariates(synthetic_prices)
    dates = usable_returns(synthetic_prices).dates
    kept = len(dates) - 30
    rng = np.random.default_rng(78)
    later = (table["known_on"] >= dates[kept]).to_numpy()
    value = table["value"].to_numpy(copy=True)
    value[later] *= np.exp(rng.normal(0.0, 1.0, later.sum()))
    histories = [usable_returns(synthetic_prices, each) for each in (table, table.assign(value=value))]
    log_return = histories[0].log_return
    future = rng.permutation(log_return[kept:])
    histories[1] = Returns(dates, np.concatenate((log_return[:kept], future)), histories[1].covariates)
    before, after = (rolling_forecasts(r, 0, [QuantileRegression], PARAMS, np.random.default_rng(1)) for r in histories)
    assert set(before["covariates"]) == {"real_yield, gvz"}
    for (model, horizon), group in before.groupby(["model", "horizon_days"]):
        other = after[(after["model"] == model) & (after["horizon_days"] == horizon)]
        # the window that ends on row t was forecast on row t - horizon, the last of them that is safe on kept - 1
        known = (group["date"] <= dates[kept - 1 + horizon]).to_numpy()
        assert (group[FORECAST].to_numpy()[known] == other[FORECAST].to_numpy()[known]).all(), model
        assert (group[FORECAST].to_numpy()[~known] != other[FORECAST].to_numpy()[~known]).any(), model
        assert known.sum() >= 25


def test_models_without_covariates_do_not_notice_them(synthetic_prices):
    plain, told = usable_returns(synthetic_prices), usable_returns(synthetic_prices, covariates(synthetic_prices))
    tables = [
        rolling_forecasts(r, 0, [FilteredHistoricalSimulation], PARAMS, np.random.default_rng(1)) for r in (plain, told)
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    assert set(tables[1]["covariates"]) == {""}


def test_league_and_card_name_what_was_used(synthetic_prices):
    params = PARAMS.model_copy(update={"models": ["fhs", "quantreg"], "start": "2000-06-01"})
    table = covariates(synthetic_prices)
    training = train(synthetic_prices, params, np.random.default_rng(9), covariates=table[table["name"] == "gvz"])
    check_table("league", training.league, "train")
    used = training.league.groupby("model")["covariates"].unique().map(list).to_dict()
    assert used == {"hs": [""], "hs_age": [""], "fhs": [""], "quantreg": ["gvz"]}
    cards = {card["model"]: card["parameters"] for card in training.calibration["model_cards"]}
    assert "covariates: gvz" in cards["quantreg"] and "gvz" not in cards["fhs"]


@pytest.mark.slow
def test_what_covariates_are_worth_on_real_gold(reference_data: Path):
    """Measured and printed, not asserted: whether they help. Were they from the future, they would help a great deal."""
    prices, table = real_gold(reference_data), real_covariates(reference_data)
    last = int(np.searchsorted(prices["date"], table["known_on"].max(), side="right"))
    params = TrainParams(eval_days=2500, min_train_days=1000, horizons_days=[1, 20])
    scored = {}
    for name, given in (("none", table[:0]), ("all", table)):
        returns = usable_returns(prices[:last], given)
        first = returns.first_on_or_after("2000-01-01")
        models = [QuantileRegression, BoostedQuantiles]
        scored[name] = rolling_forecasts(returns, first, models, params, np.random.default_rng(1))
    assert set(scored["all"]["covariates"]) == {"real_yield, gvz"}
    pinball = [column for column in scored["all"] if column.startswith("pinball")]
    for (model, horizon), told in scored["all"].groupby(["model", "horizon_days"]):
        plain = scored["none"].loc[told.index]
        assert (plain["realised_log_return"] == told["realised_log_return"]).all()
        for column in [*pinball, "crps"]:
            gain = (plain[column] - told[column]).to_numpy()
            share = gain.mean() / plain[column].mean()
            t = gain.mean() / np.sqrt(newey_west_variance(gain, horizon - 1))
            print(f"{model}, {horizon} days, {column}: score lower by {share:+.2%} with covariates (t {t:+.1f})")
            assert abs(share) < 0.25
