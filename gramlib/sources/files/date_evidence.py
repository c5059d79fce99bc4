"""Evidence for one reading of a column of dates: what does not exist, what is in order, what falls on a weekend, what fits the level."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gramlib.errors import DataContractError
from gramlib.sources.files.calendar_days import Days, weekday
from gramlib.sources.files.date_readings import SWAPPED, Reading

IMPOSSIBLE_SHARE = 0.01
FEWEST_TO_JUDGE = 6
CLOSE_LEVEL, FAR_LEVEL = 0.05, 0.06

Level = Callable[[Days], float]
"""Spread of the price around the monthly history under these days; NaN when it cannot be told."""


def decide_reading(
    readings: list[Reading], cells: list[str], lines: list[int], origin: str, name: str, level: Level | None
) -> tuple[Reading, str]:
    """The reading of `cells` that evidence leaves, and that evidence in words.

    In this order: months that do not exist; the order of the rows; weekends; the level of the price against the
    monthly history (`level`); the dotted form, which no country writes month first. Raises DataContractError where
    no reading fits or two are left; then it names `date_order`.
    """
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
    plain = [reading for reading in left if not reading.is_fallback]
    left = plain or left
    if len(left) == 1:
        others = (reading for reading in readings if reading is not left[0] and not reading.is_fallback)
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
    if n >= FEWEST_TO_JUDGE and breaks[best] <= 0.01 * n and rest >= max(2, 4 * breaks[best], 0.02 * n):
        return left[best], f"read so: the rows are then in order ({breaks[best]:,} break(s) of order against {rest:,})"
    return None


def _by_weekday(left: list[Reading]) -> tuple[Reading, str] | None:
    weekends = [int((weekday(reading.days) >= 5).sum()) for reading in left]
    best = int(np.argmin(weekends))
    rest = min(count for place, count in enumerate(weekends) if place != best)
    n = len(left[best].days)
    if n >= FEWEST_TO_JUDGE and weekends[best] <= 0.01 * n and rest >= max(2, min(0.1 * n, 4), 4 * weekends[best]):
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
    if spread[best] < CLOSE_LEVEL and rest > max(FAR_LEVEL, 2.0 * spread[best]):
        found = f"(spread {spread[best]:.3f} against {rest:.3f})"
        return left[best], f"read so: the price then follows the monthly history {found}"
    return None


def _by_dots(left: list[Reading], cells: list[str]) -> tuple[Reading, str] | None:
    if not all("." in cell[:3] for cell in cells):
        return None
    days_first = [reading for reading in left if all(order == "dmy" for _, order in reading.orders)]
    return (days_first[0], "read so: dotted dates are written day first") if len(days_first) == 1 else None


def _breaks(days: Days) -> int:
    steps = np.diff(days[~np.isnat(days)]).astype(np.int64)
    return int(min((steps < 0).sum(), (steps > 0).sum()))
