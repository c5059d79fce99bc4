"""The calendar against published bank holidays and against the days gold was really fixed."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.sources.london_calendar import bank_holidays, business_days, easter_sunday, is_business_day

# gov.uk/bank-holidays, England and Wales
PUBLISHED = {
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_published_bank_holidays(year):
    found = sorted(day for day in bank_holidays(year) if day.weekday() < 5)
    assert found == [date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year].split()]


@pytest.mark.parametrize("day", ["1977-06-07", "1981-07-29", "1999-12-31", "2002-06-04", "2012-06-05", "2020-05-08"])
def test_days_given_once(day):
    assert not is_business_day(date.fromisoformat(day))


def test_moved_days_are_worked_where_they_would_have_been():
    assert (
        is_business_day(date(2020, 5, 4)) and is_business_day(date(2022, 5, 30)) and is_business_day(date(1977, 5, 30))
    )


@pytest.mark.parametrize("day", ["1975-03-30", "1980-04-06", "2000-04-23", "2008-03-23", "2011-04-24", "2038-04-25"])
def test_easter(day):
    assert easter_sunday(int(day[:4])) == date.fromisoformat(day)


@settings(deadline=None, max_examples=50)
@given(first=st.dates(date(1972, 1, 1), date(2040, 1, 1)), length=st.integers(0, 800))
def test_business_days_are_ordered_complete_and_never_on_a_weekend(first, length):
    last = first + timedelta(length)
    days = business_days(first, last)
    assert days == sorted(set(days)) and all(day.weekday() < 5 for day in days)
    every = [first + timedelta(n) for n in range(length + 1)]
    assert [day for day in every if is_business_day(day)] == days


def test_against_the_days_gold_was_fixed(reference_data):
    frame = pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"])
    fixed = set(frame.loc[frame["source"] == "LBMA_PM_FRED", "date"].dt.date)
    fixed = {day for day in fixed if day.year >= 1972}
    expected = set(business_days(date(1972, 1, 3), max(fixed)))
    assert fixed - expected == set(), "fixed on a bank holiday"
    eves = {(12, day) for day in (22, 23, 24, 29, 30, 31)}  # no afternoon auction on the last day before
    unexplained = [day for day in expected - fixed if (day.month, day.day) not in eves]
    assert len(unexplained) <= 8, sorted(unexplained)
