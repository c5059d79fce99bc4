from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from gramlib.backtests.chain_months import months_of, redeemed_share


def prices(n: int = 130, start: str = "2010-01-04") -> pd.DataFrame:
    dates = pd.bdate_range(start, periods=n).astype("datetime64[us]")
    false = np.zeros(n, dtype=bool)
    return pd.DataFrame(
        {"date": dates, "gold_usd_per_g": 40.0 + np.arange(n), "filled": false, "stale": false, "joined": false}
    )


def flows(shares, flags=None, start: str = "2010-01-29") -> pd.DataFrame:
    n = len(shares)
    dates = pd.bdate_range(start, periods=n).astype("datetime64[us]")
    return pd.DataFrame({"date": dates, "product": "gld", "change_share": shares, "flag": flags or [""] * n})


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "us")


def test_a_month_ends_on_its_last_day_and_its_window_has_twenty_days_more():
    found = months_of(prices(), "2010-02", 20)
    assert [str(month.as_of)[:10] for month in found] == ["2010-02-26", "2010-03-31", "2010-04-30", "2010-05-31"]
    assert all(len(month.prices_usd_per_g) == 21 for month in found)
    table = prices().set_index("date")["gold_usd_per_g"]
    assert all(month.prices_usd_per_g[0] == table[pd.Timestamp(month.as_of)] for month in found)
    assert all(month.prices_usd_per_g[-1] == table[pd.Timestamp(month.until)] for month in found)


def test_windows_that_are_apart_share_no_day_and_none_is_dropped_without_need():
    found = months_of(prices(2600), "2010-01", 22)
    apart = [month for month in found if month.apart]
    assert all(later.as_of >= earlier.until for earlier, later in pairwise(apart))
    for before, after in pairwise(found):
        assert after.apart or after.as_of < before.until
    assert 0.5 < len(apart) / len(found) < 1.0
    assert all(month.apart for month in months_of(prices(2600), "2010-01", 20))


def test_a_day_without_a_quote_ends_no_month():
    table = prices()
    table.loc[table["date"] == "2010-02-26", "filled"] = True
    table.loc[table["date"] == "2010-03-31", "stale"] = True
    found = months_of(table, "2010-02", 20)
    assert [str(month.as_of)[:10] for month in found][:2] == ["2010-02-25", "2010-03-30"]


def test_windows_over_a_join_or_a_gap_are_left_out():
    joined = prices()
    joined.loc[joined["date"] == "2010-03-15", "joined"] = True
    assert "2010-02-26" not in [str(month.as_of)[:10] for month in months_of(joined, "2010-02", 20)]
    gap = prices()
    gap = gap[(gap["date"] < "2010-03-08") | (gap["date"] > "2010-04-05")].reset_index(drop=True)
    assert "2010-02-26" not in [str(month.as_of)[:10] for month in months_of(gap, "2010-02", 20)]


def test_a_table_too_short_has_no_months():
    assert months_of(prices(15), "2010-01", 20) == []
    assert months_of(prices(), "2011-01", 20) == []


def test_the_fund_s_share_is_its_quantity_at_both_ends():
    shares = np.r_[np.nan, np.full(20, -0.01)]
    assert redeemed_share(flows(shares), "gld", day("2010-01-29"), day("2010-02-26")) == pytest.approx(1 - 0.99**20)


def test_what_no_holder_decided_is_left_out_and_what_is_not_known_is_no_number():
    shares = np.full(21, 0.001)
    flags = [""] * 21
    shares[5], flags[5] = -0.9, "split"
    found = redeemed_share(flows(shares, flags), "gld", day("2010-01-29"), day("2010-02-26"))
    assert found == pytest.approx(1 - 1.001**19)
    flags[5] = "gap"
    assert np.isnan(redeemed_share(flows(shares, flags), "gld", day("2010-01-29"), day("2010-02-26")))
    assert np.isnan(redeemed_share(flows(shares), "other", day("2010-01-29"), day("2010-02-26")))
    assert np.isnan(redeemed_share(flows(shares), "gld", day("2010-01-28"), day("2010-02-25")))
    assert np.isnan(redeemed_share(flows(shares), "gld", day("2010-02-16"), day("2010-03-16")))
    assert np.isnan(redeemed_share(flows(shares).iloc[:0], "gld", day("2010-01-29"), day("2010-02-26")))
