"""The dates of a whole column: every reading is tried, and evidence, not habit, decides which number is the month."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.sources.files.date_cells import CENTURY_PIVOT, NO_OFFSET, NO_TIME, Stamp, stamp_of
from gramlib.sources.raw import Decision

Days = NDArray[np.datetime64]

ORDERS = {"ymd": "year-month-day", "dmy": "day-month-year", "mdy": "month-day-year", "ydm": "year-day-month"}
READINGS = {"ymd": ("ymd", "ydm"), "xyz": ("dmy", "mdy"), "xy2": ("dmy", "mdy", "ymd"), "fixed": ("ymd",), "month": ("ymd",)}
SWAPPED = "swapped"
"""A spreadsheet took 9/12/16 for the year 9: it stands as 2009/12/16 and means month 9, day 12, year 16."""
SIMPLE_ORDERS = {"ydm"}
"""Readings to fall back on only where the plain one is impossible."""
EPOCH_SECONDS = {10: 1, 13: 1000, 16: 10**6, 19: 10**9}
LAST_SECOND = 4_102_444_800
"""1 January 2100."""
SERIAL_ZERO = np.datetime64("1899-12-30")
IMPOSSIBLE_SHARE = 0.01
STRAY_SHARE = 0.01


@dataclass(frozen=True)
class DateColumn:
    """`days[i]` is the date of row i as written; `seconds` after its midnight and `offset` from UTC in minutes where stated.

    `monthly` says that cells name months without a day. `words` is the format in words, `orders` the order decided
    for each shape of cell.
    """

    days: Days
    seconds: NDArray[np.int64]
    offset: NDArray[np.int64]
    monthly: bool
    words: str
    decision: Decision
    orders: tuple[tuple[str, str], ...] = ()


class Reading(NamedTuple):
    """One way to read the column: the order of each shape, the days it gives (NaT where impossible)."""

    orders: tuple[tuple[str, str], ...]
    days: Days

    @property
    def impossible(self) -> int:
        return int(np.isnat(self.days).sum())

    def words(self) -> str:
        return " and ".join(_shape_words(shape, order) for shape, order in self.orders)


Level = Callable[[Days], float]
"""Spread of the price around the monthly history under these days; NaN when it cannot be told."""


def read_dates(cells: list[str], lines: list[int], origin: str, name: str, order: str = "auto", level: Level | None = None) -> DateColumn:
    """The dates in `cells`, decided for the whole column.

    Evidence in this order: months that do not exist; the order of the rows; weekends; the level of the price
    against the monthly history; the dotted form, which no country writes month first. Raises DataContractError
    naming the first cell that is no date, or naming `date_order` when two readings are left.
    """
    stamps = [stamp_of(cell) for cell in cells]
    if None in stamps:
        place = stamps.index(None)
        raise _no_date(cells[place], origin, lines[place], name)
    known = [stamp for stamp in stamps if stamp is not None]
    _refuse_stray_shapes(known, cells, lines, origin, name)
    readings = _readings(known, order)
    best, why = _decide(readings, cells, lines, origin, name, level)
    if best.impossible:
        place = int(np.flatnonzero(np.isnat(best.days))[0])
        raise _no_date(cells[place], origin, lines[place], name, best.words())
    plainly = len(best.orders) == 1 and best.orders[0][1] == "ymd" and best.orders[0][0] != "xy2"
    status = "ok" if plainly else "note"
    if any(chosen == SWAPPED for _, chosen in best.orders):
        status = "warning"
    decision = Decision("dates", status, f"{best.words()} in {name!r}, such as {cells[0]!r}", "one date format for the whole column", why)
    return DateColumn(
        best.days,
        np.array([stamp.seconds for stamp in known], dtype=np.int64),
        np.array([stamp.offset for stamp in known], dtype=np.int64),
        all(stamp.shape == "month" for stamp in known),
        best.words(),
        decision,
        best.orders,
    )


def days_as_decided(cells: list[str], orders: tuple[tuple[str, str], ...]) -> Days:
    """The dates in `cells` under `orders` decided elsewhere; NaT where a cell is no such date."""
    days = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[D]")
    decided = dict(orders)
    for place, cell in enumerate(cells):
        stamp = stamp_of(cell)
        if stamp is not None and stamp.shape in decided:
            days[place] = _days(stamp.shape, decided[stamp.shape], np.array([stamp[1:4]], dtype=np.int64))[0]
    return days


def read_date_numbers(cells: list[str], form: str, name: str) -> DateColumn:
    """The dates in a column of bare numbers; `form` is compact (20130415), epoch or serial (a spreadsheet's day number)."""
    if form == "compact":
        numbers = np.array([int(cell) for cell in cells], dtype=np.int64)
        days = civil(numbers // 10_000, numbers // 100 % 100, numbers % 100)
        seconds = np.full(len(cells), NO_TIME, dtype=np.int64)
        words, zone = "yyyymmdd", NO_OFFSET
    elif form == "epoch":
        epoch = np.array([epoch_second(cell) for cell in cells], dtype=np.int64)
        days, seconds = (epoch // 86_400).astype("datetime64[D]"), epoch % 86_400
        digits = sorted({len(cell.partition(".")[0].lstrip("-")) for cell in cells})
        units = {9: "seconds", 10: "seconds", 13: "milliseconds", 12: "milliseconds", 16: "microseconds", 15: "microseconds", 19: "nanoseconds", 18: "nanoseconds"}
        words, zone = "UTC " + " and ".join(dict.fromkeys(units[count] for count in digits)) + " since 1970", 0
    else:
        serial = np.array([float(cell) for cell in cells])
        days = SERIAL_ZERO + np.floor(serial).astype("timedelta64[D]")
        fraction = np.round((serial % 1) * 86_400).astype(np.int64)
        seconds = fraction if fraction.any() else np.full(len(cells), NO_TIME, dtype=np.int64)
        words, zone = "day numbers of a spreadsheet", NO_OFFSET
    decision = Decision("dates", "note" if form == "serial" else "ok", f"{words} in {name!r}, such as {cells[0]!r}",
                        "one date format for the whole column", "every number gives a date in the years of gold prices")  # fmt: skip
    return DateColumn(days, seconds, np.full(len(cells), zone, dtype=np.int64), False, words, decision)


def number_form(cells: list[str]) -> str:
    """How a column of bare numbers writes dates: compact, epoch, serial, or "" when it does not."""
    if not all(cell.lstrip("-").replace(".", "", 1).isdigit() and cell.isascii() for cell in cells):
        return ""
    if all(len(cell) == 8 and cell.isdigit() for cell in cells):
        numbers = np.array([int(cell) for cell in cells], dtype=np.int64)
        years = numbers // 10_000
        good = ~np.isnat(civil(years, numbers // 100 % 100, numbers % 100)) & (years >= 1900) & (years <= 2100)
        return "compact" if good.mean() > 0.98 else ""
    if all(len(cell.partition(".")[0].lstrip("-")) in (9, 10, 12, 13, 15, 16, 18, 19) for cell in cells):
        seconds = np.array([epoch_second(cell) for cell in cells])
        # Ten digits may be a volume: order must speak for a date. Thirteen and more, all of this age, are one anyhow.
        long = all(len(cell.partition(".")[0]) > 11 for cell in cells) and bool((seconds < LAST_SECOND).all())
        return "epoch" if long or _mostly_ordered(seconds) else ""
    if all(len(cell.partition(".")[0]) == 5 for cell in cells):
        serial = np.array([float(cell) for cell in cells])
        return "serial" if _mostly_ordered(serial) and (serial > 20_000).all() and (serial < 73_000).all() else ""
    return ""


def epoch_second(cell: str) -> int:
    """Seconds since 1970 of an epoch of any unit, told by its number of digits."""
    whole = cell.partition(".")[0]
    digits = len(whole.lstrip("-"))
    unit = next(divisor for length, divisor in EPOCH_SECONDS.items() if digits <= length)
    return int(whole) // unit


def civil(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> Days:
    """Dates of year, month and day; NaT where there is no such day."""
    possible = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1800) & (year <= 2199)
    first = ((np.where(possible, year, 1970) - 1970) * 12 + np.where(possible, month, 1) - 1).astype("datetime64[M]")
    days = first.astype("datetime64[D]") + (np.where(possible, day, 1) - 1).astype("timedelta64[D]")
    possible &= days.astype("datetime64[M]") == first
    return np.where(possible, days, np.datetime64("NaT"))


def _refuse_stray_shapes(stamps: list[Stamp], cells: list[str], lines: list[int], origin: str, name: str) -> None:
    """A shape that only a row or two have is a damaged cell, not a second format."""
    counts = Counter(stamp.shape for stamp in stamps)
    usual = counts.most_common(1)[0][0]
    for place, stamp in enumerate(stamps):
        rare = counts[stamp.shape] < max(2, STRAY_SHARE * len(stamps))
        if stamp.shape != usual and (rare or "month" in (stamp.shape, usual)):
            raise _no_date(cells[place], origin, lines[place], name, f"the column is written like {cells[[s.shape for s in stamps].index(usual)]!r}")


def _readings(stamps: list[Stamp], order: str) -> list[Reading]:
    shapes = np.array([stamp.shape for stamp in stamps])
    numbers = np.array([stamp[1:4] for stamp in stamps], dtype=np.int64)
    present = list(dict.fromkeys(shapes.tolist()))
    choices = []
    for shape in present:
        allowed = READINGS[shape]
        if order != "auto" and order in allowed:
            allowed = (order,)
        if shape == "ymd" and "xy2" in present:
            allowed = (*allowed, SWAPPED)
        choices.append(allowed)
    made = []
    for orders in itertools.product(*choices):
        days = np.full(len(stamps), np.datetime64("NaT"), dtype="datetime64[D]")
        for shape, chosen in zip(present, orders, strict=True):
            which = shapes == shape
            days[which] = _days(shape, chosen, numbers[which])
        made.append(Reading(tuple(zip(present, orders, strict=True)), days))
    return _distinct(made)


def _days(shape: str, order: str, numbers: NDArray[np.int64]) -> Days:
    a, b, c = numbers.T
    if order == SWAPPED:  # 2009/12/16: the century was put before a month
        return np.where((a // 100 == 20) & (c <= 99), civil(2000 + c, a % 100, b), np.datetime64("NaT"))
    year, month, day = {"ymd": (a, b, c), "ydm": (a, c, b), "dmy": (c, b, a), "mdy": (c, a, b)}[order]
    if shape == "xy2":
        year = np.where(year >= CENTURY_PIVOT, 1900, 2000) + year
    return civil(year, month, day)


def _distinct(readings: list[Reading]) -> list[Reading]:
    kept: list[Reading] = []
    for reading in sorted(readings, key=lambda item: sum(order in SIMPLE_ORDERS for _, order in item.orders)):
        if not any(np.array_equal(reading.days, other.days, equal_nan=True) for other in kept):
            kept.append(reading)
    return kept


def _decide(readings: list[Reading], cells: list[str], lines: list[int], origin: str, name: str, level: Level | None) -> tuple[Reading, str]:
    n = len(cells)
    if len(readings) == 1:
        return readings[0], "no other reading"
    fewest = min(reading.impossible for reading in readings)
    if fewest > IMPOSSIBLE_SHARE * n and fewest > 1:
        best = min(readings, key=lambda reading: reading.impossible)
        place = int(np.flatnonzero(np.isnat(best.days))[0])
        raise DataContractError(
            f"{cells[place]!r} where the column reads {best.words()}; {best.impossible:,} of {n:,} dates do not exist in any one reading",
            expected="day and month in one order in the whole column",
            origin=f"{origin}:{lines[place]}, column {name}",
            remedy="write the dates as YYYY-MM-DD, or split the file where the format changes",
        )
    left = [reading for reading in readings if reading.impossible <= max(fewest, 0.001 * n)]
    plain = [reading for reading in left if not any(order in SIMPLE_ORDERS for _, order in reading.orders)]
    left = plain or left
    if len(left) == 1:
        others = [reading for reading in readings if reading is not left[0] and not any(o in SIMPLE_ORDERS for _, o in reading.orders)]
        worst = min((reading.impossible for reading in others), default=0)
        return left[0], f"read so: {worst:,} date(s) do not exist otherwise" if worst else "no other reading"
    for test in (_by_order, _by_weekday):
        found = test(left)
        if found is not None:
            return found
    found = _by_level(left, level) or _by_dots(left, cells)
    if found is not None:
        return found
    first = next(place for place in range(n) if len({reading.days[place] for reading in left}) > 1)
    ways = " or ".join(f"{reading.words()} ({reading.days[first]})" for reading in left)
    orders = " or ".join(dict.fromkeys(order for reading in left for _, order in reading.orders if order != SWAPPED))
    raise DataContractError(
        f"{cells[first]!r} may be {ways}: no month, weekday or row order in {n:,} row(s) tells which",
        expected="dates that can be read in one way only",
        origin=f"{origin}:{lines[first]}, column {name}",
        remedy=f"set data.date_order (gram ingest --date-order) to {orders}, or write YYYY-MM-DD",
    )


def _by_order(left: list[Reading]) -> tuple[Reading, str] | None:
    breaks = [_breaks(reading.days) for reading in left]
    best = int(np.argmin(breaks))
    rest = min(count for place, count in enumerate(breaks) if place != best)
    n = len(left[best].days)
    if n >= 6 and breaks[best] <= 0.01 * n and rest >= max(2, 4 * breaks[best], 0.02 * n):
        return left[best], f"read so: the rows are then in order ({breaks[best]:,} break(s) of order against {rest:,})"
    return None


def _by_weekday(left: list[Reading]) -> tuple[Reading, str] | None:
    weekends = [int((weekday(reading.days) >= 5).sum()) for reading in left]
    best = int(np.argmin(weekends))
    rest = min(count for place, count in enumerate(weekends) if place != best)
    n = len(left[best].days)
    if n >= 6 and weekends[best] <= 0.01 * n and rest >= max(2, min(0.1 * n, 4), 4 * weekends[best]):
        return left[best], f"read so: {weekends[best]:,} date(s) fall on a weekend then, {rest:,} otherwise"
    return None


def _by_level(left: list[Reading], level: Level | None) -> tuple[Reading, str] | None:
    if level is None:
        return None
    spread = [level(reading.days) for reading in left]
    if not np.isfinite(spread).all():
        return None
    best = int(np.argmin(spread))
    rest = min(value for place, value in enumerate(spread) if place != best)
    if spread[best] < 0.05 and rest > max(0.06, 2.0 * spread[best]):
        return left[best], f"read so: the price then follows the monthly history (spread {spread[best]:.3f} against {rest:.3f})"
    return None


def _by_dots(left: list[Reading], cells: list[str]) -> tuple[Reading, str] | None:
    if not all("." in cell[:3] for cell in cells):
        return None
    days_first = [reading for reading in left if all(order == "dmy" for _, order in reading.orders)]
    return (days_first[0], "read so: dotted dates are written day first") if len(days_first) == 1 else None


def _breaks(days: Days) -> int:
    steps = np.diff(days[~np.isnat(days)]).astype(np.int64)
    return int(min((steps < 0).sum(), (steps > 0).sum()))


def weekday(days: Days) -> NDArray[np.int64]:
    """Monday 0 to Sunday 6."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7


def _mostly_ordered(numbers: NDArray) -> bool:
    steps = np.diff(numbers.astype(float))
    return len(steps) == 0 or min((steps < 0).mean(), (steps > 0).mean()) < 0.05 and (steps != 0).mean() > 0.5


def _shape_words(shape: str, order: str) -> str:
    if shape == "fixed":
        return "dates with the month in words"
    if shape == "month":
        return "months without a day"
    if order == SWAPPED:
        return "month-day-year taken for 20mm/dd/yy by a spreadsheet"
    return ORDERS[order] + (" with two-digit years" if shape == "xy2" else "")


def _no_date(cell: str, origin: str, line: int, name: str, words: str = "") -> DataContractError:
    return DataContractError(
        f"{cell[:60]!r} where a date was expected" + (f" ({words})" if words else ""),
        expected="a date that exists, in the format of the other rows",
        origin=f"{origin}:{line}, column {name}",
        remedy="mend that cell or take the line out",
    )
