"""Stamps become London days: intraday to the last price, open bars left out, days off by one told by their weekdays."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import price_damage
import pytest

from gramlib.sources.files import FileSettings, read_any
from gramlib.sources.files.london_days import last_of_day, london_seconds

ROWS = price_damage.sample_rows("2012-03-01", "2012-04-30")
DAYS = [str(day) for day, _ in ROWS]


def found(path, **settings):
    raw = read_any(str(path), FileSettings(**settings), today=settings.pop("today", ""))
    return raw, {note.check: note for note in raw.notes}


def test_summer_time_turns_an_evening_into_the_next_day():
    stamps = np.array([np.datetime64("2012-01-10T23:30", "s"), np.datetime64("2012-07-10T23:30", "s")]).astype(np.int64)
    assert london_seconds(stamps).astype("datetime64[s]").astype(str).tolist() == [
        "2012-01-10T23:30:00",
        "2012-07-11T00:30:00",
    ]


def test_the_last_price_of_a_day_whatever_the_order():
    clock = np.array([100, 86_500, 50, 86_400, 90_000])
    assert last_of_day(clock, np.array([1.0, 2.0, 3.0, 4.0, np.nan])).tolist() == [0, 1]


@pytest.mark.parametrize("zone", ["Z", ""])
def test_hours_become_days(write, zone):
    text = "time,price\n" + "".join(
        f"{day}T{hour:02d}:00:00{zone},{price - 21 + hour:.2f}\n" for day, price in ROWS for hour in range(8, 22)
    )
    raw, notes = found(write(text))
    assert raw.frame["date"].dt.strftime("%Y-%m-%d").tolist() == DAYS
    assert raw.frame["value"].tolist() == pytest.approx([price for _, price in ROWS])
    assert ("brought to London time" if zone else "taken as London time") in notes["intraday"].found


def test_a_last_day_that_was_not_over(write):
    text = (
        "time,price\n"
        + "".join(f"{day} {hour:02d}:00,{price:.2f}\n" for day, price in ROWS for hour in range(8, 22))
        + "2012-05-01 08:00,1600\n2012-05-01 09:00,1601\n"
    )
    raw, notes = found(write(text))
    assert raw.card.end == "2012-04-30" and "ends 12.0 hours before the others do" in notes["open_day"].found


def test_a_time_in_a_column_of_its_own(write):
    text = "<DATE>\t<TIME>\t<CLOSE>\n" + "".join(
        f"{day:%Y.%m.%d}\t{hour:02d}:30:00\t{price - 20 + hour:.2f}\n" for day, price in ROWS for hour in (9, 20)
    )
    raw, _ = found(write(text))
    assert raw.frame["value"].tolist() == pytest.approx([price for _, price in ROWS])


@pytest.mark.parametrize("hours", [-1, -2, -6])
def test_midnight_in_another_zone_is_told_by_the_weekdays(write, hours):
    stamps = [dt.datetime(day.year, day.month, day.day) + dt.timedelta(hours=hours) for day, _ in ROWS]
    raw, notes = found(
        write(
            "time,close\n"
            + "".join(f"{stamp.isoformat()}Z,{price}\n" for stamp, (_, price) in zip(stamps, ROWS, strict=True))
        )
    )
    assert raw.frame["date"].dt.strftime("%Y-%m-%d").tolist() == DAYS
    assert notes["weekdays"].status == "warning" and "Sunday to Thursday" in notes["weekdays"].found


def test_local_midnight_with_its_offset_keeps_its_date(write):
    raw, notes = found(write("Date,Close\n" + "".join(f"{day} 00:00:00-05:00,{price}\n" for day, price in ROWS)))
    assert raw.frame["date"].dt.strftime("%Y-%m-%d").tolist() == DAYS and "weekdays" not in notes


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        ("Europe/London", "00:00"),
        ("Europe/Berlin", "00:00"),
        ("America/New_York", "17:00"),
        ("UTC", "23:59"),
        ("Asia/Tokyo", "00:00"),
    ],
)
def test_instants_of_a_daily_clock_anywhere_keep_its_dates_over_the_year(write, zone, clock):
    rows = price_damage.sample_rows("2012-01-03", "2012-12-31")
    stamps = pd.DatetimeIndex([f"{day} {clock}" for day, _ in rows]).tz_localize(zone).tz_convert("UTC")
    text = "time,price\n" + "".join(
        f"{stamp:%Y-%m-%dT%H:%M:%S}Z,{price}\n" for stamp, (_, price) in zip(stamps, rows, strict=True)
    )
    raw, _ = found(write(text))
    assert raw.frame["date"].dt.date.tolist() == [day for day, _ in rows]


def seven_days(shift):
    """A token's close a day, quiet on weekends; `shift` 1 stamps it at the start of the day after."""
    days = pd.date_range("2020-09-01", "2021-08-31")
    lively = np.where(days.day_of_week < 5, 0.008, 0.002)
    price = 1850 * np.exp(np.cumsum(lively * np.sin(1.7 * np.arange(len(days)) ** 1.3)) * 0.2)
    return "date,price\n" + "".join(
        f"{day + pd.Timedelta(days=shift):%Y-%m-%d},{value:.3f}\n" for day, value in zip(days, price, strict=True)
    )


def test_a_token_series_stamped_at_the_day_after_is_reported_and_moved_only_when_told(write):
    straight, notes = found(write(seven_days(0)))
    assert notes["day_shift"].status == "ok"
    late, notes = found(write(seven_days(1)))
    assert notes["day_shift"].status == "warning" and "set data.day_shift to -1" in notes["day_shift"].decision
    assert late.card.start == "2020-09-02"
    moved, notes = found(write(seven_days(1)), day_shift=-1)
    assert moved.card.start == straight.card.start and moved.frame["value"].tolist() == straight.frame["value"].tolist()
    assert notes["day_shift"].status == "note"


def test_todays_bar_is_left_out_and_days_to_come_are_doubted(write):
    path = str(write("date,price\n" + "".join(f"{day},{price}\n" for day, price in ROWS)))
    raw = read_any(path, today="2012-04-30")
    assert raw.card.end == "2012-04-27" and "of today" in next(
        note.found for note in raw.notes if note.check == "open_day"
    )
    raw = read_any(path, today="2012-04-27")
    assert (
        raw.card.end == "2012-04-30" and next(note.status for note in raw.notes if note.check == "future") == "warning"
    )
