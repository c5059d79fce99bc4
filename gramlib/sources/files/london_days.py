"""From stamps to London days: intraday rows to the last price of a day, stamps that belong to another day, a last bar that is not closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gramlib.sources.files.calendar_days import Days, weekday
from gramlib.sources.files.date_cells import NO_OFFSET, NO_TIME
from gramlib.sources.files.date_column import DateColumn
from gramlib.sources.raw import Decision

DAY_SECONDS = 86_400
MANY_A_DAY = 1.5
"""Rows with different times for one date, on average, from which a file is intraday."""
OPEN_BAR_HOURS = 4
FEWEST_DAYS = 10
OFF_DAY_SHARE = 0.12
TRADES_WEEKENDS = 0.2
QUIET = 0.75


@dataclass(frozen=True)
class DayRows:
    """`rows` are the places of the rows kept, in the file's order, and `days` their London days."""

    rows: NDArray[np.int64]
    days: Days
    intraday: bool
    notes: tuple[Decision, ...]


def to_london_days(dates: DateColumn, values: NDArray[np.float64]) -> DayRows:
    """One row a day where the file has many, else every row with the day it belongs to."""
    rows = np.arange(len(values), dtype=np.int64)
    timed = dates.seconds != NO_TIME
    if not timed.any():
        return DayRows(rows, dates.days, False, ())
    seconds = np.where(timed, dates.seconds, 0)
    distinct = len(np.unique(dates.days))
    if len(np.unique(dates.days.astype(np.int64) * DAY_SECONDS + seconds)) >= MANY_A_DAY * distinct:
        return _intraday(dates, seconds, values)
    days, rows, notes = _daily(dates, seconds, rows)
    return DayRows(rows, days, False, tuple(notes))


def london_seconds(utc_seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Seconds since 1970 as a London clock shows them."""
    stamps = pd.DatetimeIndex(utc_seconds.astype("datetime64[s]"), tz="UTC")
    return stamps.tz_convert("Europe/London").tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)


def last_of_day(clock: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places of the last row with a value of each day, by `clock` in seconds; ascending by day."""
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(clock[known], kind="stable")]
    day = clock[order] // DAY_SECONDS
    return order[np.append(day[1:] != day[:-1], True)] if len(order) else order


def open_last_day(days: Days, last_second: NDArray[np.int64]) -> Decision | None:
    """What to say when the last of `days` ends hours before the others do; None when it does not.

    `last_second` is the second of the day of each one's last row; days ascend. Weekends, with an hour of trade at
    most, tell nothing.
    """
    if len(days) < FEWEST_DAYS:
        return None
    open_days = weekday(days[:-1]) < 5
    usual = np.quantile(last_second[:-1][open_days], 0.1) if open_days.any() else 0.0
    hours = float(usual - last_second[-1]) / 3600
    if hours <= OPEN_BAR_HOURS:
        return None
    return Decision(
        "open_day",
        "note",
        f"the last day, {days[-1]}, ends {hours:.1f} hours before the others do",
        "days that are over",
        "left out: not closed yet",
    )


def _intraday(dates: DateColumn, seconds: NDArray[np.int64], values: NDArray[np.float64]) -> DayRows:
    stamp = dates.days.astype(np.int64) * DAY_SECONDS + seconds
    aware = dates.offset != NO_OFFSET
    clock = np.where(aware, london_seconds(stamp - np.where(aware, dates.offset, 0) * 60), stamp)
    rows = last_of_day(clock, values)
    notes = [intraday_note(len(values), len(rows), bool(aware.all()))]
    days = (clock[rows] // DAY_SECONDS).astype("datetime64[D]")
    unfinished = open_last_day(days, clock[rows] % DAY_SECONDS)
    if unfinished is not None:
        return DayRows(rows[:-1], days[:-1], True, (*notes, unfinished))
    return DayRows(rows, days, True, tuple(notes))


def intraday_note(rows: int, days: int, aware: bool) -> Decision:
    """The quality row of an intraday file brought to days."""
    zone = "stamps state their zone: brought to London time" if aware else "stamps state no zone: taken as London time"
    return Decision(
        "intraday",
        "note",
        f"{rows:,} rows on {days:,} days; {zone}",
        "one price a day",
        "the last price of each London day is kept",
    )


def _daily(
    dates: DateColumn, seconds: NDArray[np.int64], rows: NDArray[np.int64]
) -> tuple[Days, NDArray[np.int64], list[Decision]]:
    """Days as written; where stamps are UTC instants, the day of the place they were made in shows in the weekdays."""
    notes = []
    counts = pd.Series(seconds).value_counts()
    usual = counts.index[counts >= max(2, 0.02 * len(seconds))]
    newest = int(np.argmax(dates.days.astype(np.int64) * DAY_SECONDS + seconds))
    if len(rows) >= FEWEST_DAYS and 0 < len(usual) <= 3 and seconds[newest] not in usual:
        day = np.datetime_as_string(dates.days[newest])
        notes.append(Decision("open_day", "note", f"the newest row is stamped {day} {_clock(int(seconds[newest]))}, the others {_clock(int(usual[0]))}",
                              "days that are over", "left out: its day was not closed when the file was made"))  # fmt: skip
        rows = np.delete(rows, newest)
    return _days_of_clock(dates.days[rows], seconds[rows], dates.offset[rows]), rows, notes


def _days_of_clock(days: Days, seconds: NDArray[np.int64], offset: NDArray[np.int64]) -> Days:
    """`days` as written, or London's where only its clock is constant.

    London midnight is 00:00 UTC in winter and 23:00 of the day before in summer.
    """
    if not (offset == 0).all() or len(np.unique(seconds)) < 2:
        return days
    clock = london_seconds(days.astype(np.int64) * DAY_SECONDS + seconds)
    return (clock // DAY_SECONDS).astype("datetime64[D]") if len(np.unique(clock % DAY_SECONDS)) == 1 else days


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"


def shifted_weekdays(days: Days) -> tuple[int, Decision | None]:
    """By how many days a five-day series is off, told by its weekdays: Sunday to Thursday +1, Tuesday to Saturday -1."""
    n = len(days)
    if n < FEWEST_DAYS:
        return 0, None
    share = np.bincount(weekday(days), minlength=7) / n
    for missing, extra, other, shift, words in (
        (4, 6, 5, 1, "Sunday to Thursday"),
        (0, 5, 6, -1, "Tuesday to Saturday"),
    ):
        if share[extra] > OFF_DAY_SHARE and share[missing] < 0.01 and share[other] < 0.01:
            return shift, Decision("weekdays", "warning", f"dates run from {words}", "Monday to Friday",
                                   f"every date moved by {shift:+d} day: stamps of midnight in another time zone")  # fmt: skip
    return 0, None


def day_before_suspicion(days: Days, values: NDArray[np.float64]) -> Decision | None:
    """Whether a seven-day series looks stamped at the start of the day after: told by the quiet days of the week.

    Gold hardly moves on Saturday and Sunday. Where the quiet returns stand on Sunday and Monday and Saturday is as
    lively as a weekday, the price of a day stands under the date of the next.
    """
    order = np.argsort(days, kind="stable")
    days, values = days[order], values[order]
    step = np.diff(days).astype(np.int64) == 1
    good = step & np.isfinite(values[1:]) & np.isfinite(values[:-1]) & (values[1:] > 0) & (values[:-1] > 0)
    if good.sum() < 15 * 7 or (weekday(days) >= 5).mean() < TRADES_WEEKENDS:
        return None
    moves = np.abs(np.log(values[1:][good] / values[:-1][good]))
    on = weekday(days[1:][good])
    mean = np.bincount(on, weights=moves, minlength=7) / np.maximum(np.bincount(on, minlength=7), 1)
    if not mean[1:5].all():
        return None
    saturday, sunday, monday = mean[[5, 6, 0]] / mean[1:5].mean()
    found = f"mean move against Tuesday to Friday: Saturday {saturday:.2f}, Sunday {sunday:.2f}, Monday {monday:.2f}"
    if sunday < QUIET and monday < QUIET and saturday > max(QUIET, 1.3 * monday):
        return Decision("day_shift", "warning", found, "quiet on Saturday and Sunday, when gold does not trade",
                        "dates kept as they are; they look like the day after: set data.day_shift to -1 (gram ingest --day-shift -1)")  # fmt: skip
    return Decision(
        "day_shift", "ok", found, "quiet on Saturday and Sunday, when gold does not trade", "dates kept as they are"
    )
