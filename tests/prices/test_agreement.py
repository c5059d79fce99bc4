"""Agreement of two series, against closed forms and against the figures measured on real files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standard_tables import random_gold

from gramlib.prices.agreement import compare, compare_monthly, correlation, monthly_differences

GOLD = random_gold("2015-01-05", "2019-12-31")


@settings(deadline=None, max_examples=30)
@given(st.floats(-0.2, 0.2))
def test_a_series_scaled_by_a_factor_lies_that_far_away_every_day_and_week(log_factor: float) -> None:
    found = compare(GOLD, GOLD * np.exp(log_factor), ("a", "b"), (15, 15))
    for figure in (found.median_bp, found.p99_bp, found.max_bp, found.week_median_bp, found.week_p99_bp):
        assert figure == pytest.approx(1e4 * abs(log_factor), abs=1e-6)
    assert found.drift_bp == pytest.approx(1e4 * log_factor, abs=1e-6)
    assert found.correlation == pytest.approx(1.0) and found.common_days == len(GOLD)
    assert found.agrees == (abs(log_factor) <= 5e-4)


def test_levels_are_judged_by_week_unless_the_hours_are_known_and_alike() -> None:
    noise = np.exp(0.002 * np.random.default_rng(5).standard_normal(len(GOLD)))
    by_day, by_week = (compare(GOLD, GOLD * noise, ("a", "b"), hours) for hours in ((15, 15.5), (15, 22)))
    assert (by_day.basis, by_week.basis, compare(GOLD, GOLD, ("a", "b"), (15, None)).basis) == ("day", "week", "week")
    assert by_week.judged[0] < by_day.judged[0] / 1.8  # a mean of five: noise falls by the root of five
    assert by_week.agrees and not by_day.agrees


def test_a_series_misdated_by_a_day_keeps_its_level_and_loses_its_correlation() -> None:
    found = compare(GOLD, GOLD.shift(1).dropna(), ("a", "b"))
    assert abs(found.correlation) < 0.1 and found.week_median_bp < 60


def test_two_series_without_a_common_day_say_so() -> None:
    found = compare(GOLD, random_gold("2020-01-06", "2020-12-31"), ("a", "b"))
    assert found.common_days == 0 and not found.agrees and not found.same_fix and "no day in common" in found.sentence()
    assert np.isnan(correlation(GOLD.iloc[:2], GOLD.iloc[:2]))


def test_monthly_means_against_an_average_of_the_same_days() -> None:
    months = pd.PeriodIndex(GOLD.index, freq="M")
    history = GOLD.groupby(months).mean()
    history[pd.Period("2017-03", "M")] *= 1.05
    found = compare_monthly(GOLD, history)
    assert (found.months, found.max_month) == (60, "2017-03")
    assert found.median_bp == pytest.approx(0.0, abs=1e-9) and found.max_bp == pytest.approx(1e4 * np.log(1.05))
    assert len(monthly_differences(GOLD.iloc[:10], history)) == 0  # a part of a month is no month


def real(folder, name: str, column: str, **options) -> pd.Series:
    frame = pd.read_csv(folder / name, **options)
    return pd.Series(
        frame[column].to_numpy(dtype="float64"), index=pd.DatetimeIndex(frame["date"]).astype("datetime64[us]")
    ).dropna()


@pytest.fixture(scope="module")
def published(reference_data) -> pd.Series:
    """The London afternoon fix to March 2021, as FRED published it."""
    frame = pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"])
    frame = frame[frame["source"] == "LBMA_PM_FRED"]
    return pd.Series(frame["price"].to_numpy(), index=pd.DatetimeIndex(frame["date"]).astype("datetime64[us]"))


def test_the_fix_implied_by_the_fund_is_the_published_one(reference_data, published) -> None:
    """SOURCES, agreement: 3,991 days, 0 / 0 bp / 3.2% (2007-05-29), correlation 1.00."""
    implied = real(reference_data, "gld_daily_holdings_spdr_2004_2025.csv", "lbma_pm_implied", parse_dates=["date"])
    found = compare(published, implied, ("fred", "gld"), (15, 15))
    assert found.common_days == 3991 and found.median_bp < 0.01 and found.p99_bp < 0.05
    assert (round(found.max_bp), found.max_day, round(found.correlation, 2)) == (324, "2007-05-29", 1.0)
    assert found.same_fix and found.agrees


def test_new_york_close_agrees_with_the_fix_by_week_alone(reference_data, published) -> None:
    """SOURCES, agreement, Stooq against the fix from 2000: median 24 bp, 6.9% at most (2008-10-10), correlation 0.68."""
    frame = pd.read_csv(reference_data.parent / "dirty" / "stooq_no_header.csv", header=None, parse_dates=[0])
    close = pd.Series(frame[4].to_numpy(), index=pd.DatetimeIndex(frame[0]).astype("datetime64[us]"))
    found = compare(published, close, ("fred", "stooq"), (15, 21))
    assert found.common_days == 4333  # this copy ends in April 2017
    assert found.median_bp == pytest.approx(24.6, abs=0.1) and found.max_bp == pytest.approx(692, abs=1)
    assert (found.max_day, round(found.correlation, 2)) == ("2008-10-10", 0.67)
    assert found.agrees and not found.same_fix
    assert not compare(published, close, ("fred", "stooq"), (15, 15)).agrees


def test_the_shipped_averages_follow_the_fix_and_the_unmended_ones_do_not(reference_data, published) -> None:
    """SOURCES, agreement: 636 months of the unmended source (here one less: March 2021 has two quotes), 10.1% at most."""
    shipped = compare_monthly(published)
    assert (shipped.months, shipped.agrees) == (554, True) and shipped.median_bp < 6
    frame = pd.read_csv(reference_data / "gold_monthly_usd_per_oz.csv")
    unmended = pd.Series(frame["gold_usd_per_oz"].to_numpy(), index=pd.PeriodIndex(frame["month"], freq="M"))
    found = compare_monthly(published, unmended)
    assert (found.months, found.max_month, found.agrees) == (635, "1980-12", False)
    assert found.max_bp == pytest.approx(1006, abs=1)
