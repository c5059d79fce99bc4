"""Columns of bare numbers that are dates: 20130415, seconds since 1970 in any unit, day numbers of a spreadsheet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gramlib.sources.files.calendar_days import civil
from gramlib.sources.files.date_cells import NO_OFFSET, NO_TIME
from gramlib.sources.files.date_column import DateColumn
from gramlib.sources.raw import Decision

EPOCH_UNITS = {10: (1, "seconds"), 13: (10**3, "milliseconds"), 16: (10**6, "microseconds"), 19: (10**9, "nanoseconds")}
"""By the most digits a stamp has: how many make a second."""
LAST_SECOND = 4_102_444_800
"""1 January 2100."""
SERIAL_ZERO = np.datetime64("1899-12-30")


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
        units = dict.fromkeys(_epoch_unit(cell)[1] for cell in cells)
        words, zone = f"UTC {' and '.join(units)} since 1970", 0
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
    return int(cell.partition(".")[0]) // _epoch_unit(cell)[0]


def _epoch_unit(cell: str) -> tuple[int, str]:
    digits = len(cell.partition(".")[0].lstrip("-"))
    return next(unit for most, unit in EPOCH_UNITS.items() if digits <= most)


def _mostly_ordered(numbers: NDArray) -> bool:
    steps = np.diff(numbers.astype(float))
    return len(steps) == 0 or (min((steps < 0).mean(), (steps > 0).mean()) < 0.05 and (steps != 0).mean() > 0.5)
