from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from gramlib.artefacts import check_table
from gramlib.backtests import backtest_table, christoffersen, kupiec
from gramlib.backtests.uniformity import UNIFORMITY


def forecasts(
    realised: np.ndarray, horizon: int = 1, var_975: float = 1.959964, var_990: float = 2.326348
) -> pd.DataFrame:
    n = len(realised)
    return pd.DataFrame(
        {
            "model": "normal",
            "horizon_days": horizon,
            "date": pd.bdate_range("2015-01-01", periods=n).astype("datetime64[us]"),
            "realised_log_return": realised,
            "var_975": var_975,
            "es_975": 2.337803,
            "var_990": var_990,
            "crps": 0.5,
            "log_score": 1.0,
            "pit": np.clip(ndtr(realised), 1e-6, 1 - 1e-6),
        }
    )


def test_rows_and_catalogue():
    one = forecasts(np.random.default_rng(1).normal(size=1000))
    ten = forecasts(np.random.default_rng(2).normal(size=991), horizon=10)
    table = check_table("backtests", backtest_table(pd.concat([one, ten])), "test")
    everywhere = [*["acerbi_szekely_z1", "acerbi_szekely_z2"], *UNIFORMITY]
    assert sorted(table[table["horizon_days"] == 10]["test"]) == sorted(["kupiec"] * 2 + everywhere)
    chains = ["christoffersen_independence", "christoffersen_conditional", "dynamic_quantile"]
    assert sorted(table[table["horizon_days"] == 1]["test"]) == sorted(
        ["kupiec", *chains] * 2 + ["basel_zone"] + everywhere
    )


def test_power_and_alternative_stand_beside_every_p_value_and_the_family_is_the_table():
    table = backtest_table(forecasts(np.random.default_rng(1).normal(size=1000)))
    assert table["p_value"].notna().all() and table["power"].between(0, 1).all() and table["alternative"].all()
    assert (table["family_size"] == len(table)).all()
    assert (table["adjusted_p_value"] >= table["p_value"]).all()
    assert table["adjusted_p_value"].min() == pytest.approx(min(1.0, len(table) * table["p_value"].min()))


def test_without_exceptions_z1_says_nothing():
    table = backtest_table(forecasts(np.zeros(300))).set_index(["test", "level"])
    assert np.isnan(table.loc[("acerbi_szekely_z1", 0.975), "p_value"])
    assert table.loc[("acerbi_szekely_z2", 0.975), "statistic"] == 1.0
    assert table["family_size"].iloc[0] == len(table) - 1


def test_statistics_are_those_of_the_counts():
    realised = np.zeros(500)
    realised[[10, 11, 100, 200, 300, 400]] = -3.0
    realised[[50, 250]] = -2.1
    table = backtest_table(forecasts(realised)).set_index(["test", "level"])
    assert table.loc[("kupiec", 0.99), "exceptions"] == 6
    assert table.loc[("kupiec", 0.975), "exceptions"] == 8
    assert table.loc[("kupiec", 0.99), "statistic"] == kupiec(6, 500, 0.01).statistic
    expected = christoffersen(488, 5, 5, 1, 0.01)
    assert table.loc[("christoffersen_independence", 0.99), "statistic"] == expected.independence.statistic
    assert table.loc[("christoffersen_conditional", 0.99), "p_value"] == expected.conditional.p_value
    basel = table.loc[("basel_zone", 0.99)]
    assert (basel["exceptions"], basel["observations"], basel["statistic"]) == (2, 250, 0.0)


def test_longer_horizons_are_thinned_to_windows_that_do_not_overlap():
    realised = np.zeros(100)
    realised[-10:] = -3.0  # one bad stretch, seen by ten overlapping windows
    table = backtest_table(forecasts(realised, horizon=10))
    assert (table["observations"] == 10).all()
    assert (table["exceptions"] == 1).all()
    assert not table["test"].str.startswith("pit_").any()  # ten windows are too few


def test_power_is_stated_for_kupiec_and_grows_with_the_sample():
    short, long = (backtest_table(forecasts(np.zeros(n))) for n in (250, 1000))
    power = [t[(t["test"] == "kupiec") & (t["level"] == 0.99)]["power"].item() for t in (short, long)]
    assert power == pytest.approx([0.243, 0.782], abs=5e-4)


def test_a_value_at_risk_half_as_large_as_it_should_be_is_rejected_and_red():
    realised = np.random.default_rng(3).normal(size=1000)
    table = backtest_table(forecasts(realised, var_975=0.98, var_990=1.16)).set_index(["test", "level"])
    assert table.loc[("kupiec", 0.99), "p_value"] < 1e-6
    assert table.loc[("basel_zone", 0.99), "statistic"] == 2.0
    assert table.loc[("acerbi_szekely_z2", 0.975), "adjusted_p_value"] < 0.05


def test_true_forecasts_are_rejected_about_one_time_in_twenty():
    rng = np.random.default_rng(6)
    p_values = [backtest_table(forecasts(rng.normal(size=500)))["p_value"].iloc[0] for _ in range(150)]
    assert 0.01 < np.mean(np.array(p_values) < 0.05) < 0.12
