"""The standard table on the sample and on real gold, and properties on made-up calendars."""

from __future__ import annotations

import dataclasses
import time
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib import prices, sources
from gramlib.artefacts import check_table
from gramlib.errors import DataContractError, ParameterError
from gramlib.params.stages import DataParams
from gramlib.prices.rows import calendar
from gramlib.sources.london_calendar import business_days
from gramlib.units import GRAMS_PER_TROY_OUNCE, GRAMS_PER_UNIT


@pytest.fixture(scope="module")
def sample():
    return sources.load(DataParams())


def series(raw, days, values, unit="oz"):
    """`raw` with other rows: dates `days` and `values`."""
    frame = pd.DataFrame(
        {"date": pd.DatetimeIndex(days).astype("datetime64[us]"), "value": np.asarray(values, dtype=float)}
    )
    return dataclasses.replace(raw, frame=frame, unit=unit)


def row(table, check):
    return table.set_index("check").loc[check]


def test_the_sample_becomes_one_row_a_business_day_in_under_a_second():
    started = time.perf_counter()
    raw = sources.load(DataParams())
    table, quality = prices.standardise(raw, DataParams())
    assert time.perf_counter() - started < 1.0
    assert len(table) == 13_039 and table["log_return"].notna().sum() == 13_038
    assert not table[["filled", "stale", "outlier"]].to_numpy().any()
    assert [(r.check, r.status) for r in quality.itertuples() if r.status != "ok"] == [("source", "warning")]
    assert check_table("prices", table, "test") is not None and check_table("quality", quality, "test") is not None
    assert str(table["date"].dtype) == "datetime64[us]"


def test_both_units_are_the_same_price(sample):
    table, _ = prices.standardise(sample, DataParams(start="2020-01-01"))
    assert np.allclose(table["gold_usd_per_oz"] / table["gold_usd_per_g"], GRAMS_PER_TROY_OUNCE, rtol=1e-14)
    assert table["log_return"].iloc[5] == pytest.approx(
        np.log(table["gold_usd_per_oz"].iloc[5] / table["gold_usd_per_oz"].iloc[4])
    )


@pytest.mark.parametrize("unit", GRAMS_PER_UNIT)
def test_the_unit_a_price_came_in_changes_nothing(sample, unit):
    window = DataParams(start="2020-01-01")
    expected, _ = prices.standardise(sample, window)
    scaled = sample.frame["value"] * GRAMS_PER_UNIT[unit] / GRAMS_PER_TROY_OUNCE
    found, _ = prices.standardise(series(sample, sample.frame["date"], scaled, unit), window)
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


def test_start_and_end_are_kept_themselves(sample):
    table, quality = prices.standardise(sample, DataParams(start="2013-04-15", end="2013-04-17"))
    assert table["date"].dt.strftime("%Y-%m-%d").tolist() == ["2013-04-15", "2013-04-16", "2013-04-17"]
    assert row(quality, "window")["status"] == "note"


def test_a_window_outside_the_data_is_a_parameter_error(sample):
    with pytest.raises(ParameterError, match="1975-01-02 to 2026-07-31"):
        prices.standardise(sample, DataParams(start="2027-01-01"))


@settings(deadline=None, max_examples=50)
@given(data=st.data(), max_fill_days=st.integers(0, 6))
def test_no_return_bridges_a_gap_and_none_within_one_is_invented(sample, data, max_fill_days):
    days = business_days(date(2015, 1, 2), date(2015, 12, 31))
    dropped = data.draw(st.sets(st.integers(1, len(days) - 2), max_size=100))
    kept = [n for n in range(len(days)) if n not in dropped]
    level = 1200 + 0.37 * np.arange(len(days))
    table, _ = prices.standardise(
        series(sample, [days[n] for n in kept], level[kept]), DataParams(max_fill_days=max_fill_days)
    )
    number = {day: n for n, day in enumerate(days)}
    place = np.array([number[day.date()] for day in table["date"]])
    quoted = set(kept)
    for n, log_return, filled in zip(place, table["log_return"], table["filled"], strict=True):
        assert filled == (n not in quoted)
        if n in quoted and n - 1 in quoted:
            assert log_return == pytest.approx(np.log(level[n] / level[n - 1]))
        else:
            assert np.isnan(log_return)
    gaps = np.split(sorted(dropped), np.flatnonzero(np.diff(sorted(dropped)) > 1) + 1) if dropped else []
    assert table["filled"].sum() == sum(len(gap) for gap in gaps if len(gap) <= max_fill_days)
    assert table["log_return"].isna().sum() + table["log_return"].notna().sum() == len(table)


@settings(deadline=None, max_examples=25)
@given(order=st.permutations(range(30)))
def test_the_order_of_rows_does_not_matter(sample, order):
    rows = sample.frame.iloc[12_000:12_030].reset_index(drop=True)
    expected, _ = prices.standardise(dataclasses.replace(sample, frame=rows), DataParams())
    found, _ = prices.standardise(dataclasses.replace(sample, frame=rows.iloc[list(order)]), DataParams())
    pd.testing.assert_frame_equal(found, expected)


def test_the_calendar_has_its_exact_type():
    days = calendar(pd.Timestamp("2022-06-01"), pd.Timestamp("2022-06-06"))
    assert str(days.dtype) == "datetime64[us]" and days.strftime("%d").tolist() == ["01", "06"]


@pytest.mark.parametrize("step", [5, 21])
def test_weekly_and_monthly_series_are_refused(sample, step):
    with pytest.raises(DataContractError, match="rows lie"):
        prices.standardise(dataclasses.replace(sample, frame=sample.frame.iloc[::step]), DataParams())


def test_real_gold_stands_as_it_is(reference_data):
    table, quality, document = prices.read_price_file(reference_data / "gold_daily_spliced_1968_2026.csv")
    by_day = table.set_index("date")
    assert (len(table), document["grade"], document["end"]) == (14_740, "C", "2026-07-13")
    assert np.expm1(by_day.loc["1980-01-22", "log_return"]) == pytest.approx(-0.1324, abs=5e-5)
    assert np.expm1(by_day.loc["2026-01-30", "log_return"]) == pytest.approx(-0.099, abs=5e-4)
    assert not table["outlier"].any()
    assert "1980-01-03 +13.3%" in row(quality, "outliers")["found"]
    assert table["log_return"].notna().mean() > 0.97


def test_real_gold_has_the_measured_statistics(reference_data):
    table, _, _ = prices.read_price_file(reference_data / "gold_daily_spliced_1968_2026.csv")
    facts = prices.stylised_facts(table)
    assert len(facts) == 38
    outside = facts[~facts["value"].between(facts["expected_low"], facts["expected_high"])]
    assert outside.empty, outside


def test_tokens_that_trade_seven_days_come_down_to_five(reference_data):
    table, quality, document = prices.read_price_file(reference_data / "paxg_daily_binance_usdt_2020_2026.csv")
    assert (table["date"].dt.day_of_week < 5).all() and document["grade"] == "C"
    assert row(quality, "weekend_bars")["found"].startswith("5")
