"""Every way to read a column of dates: each form of cell under each order of year, month and day it may have."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gramlib.sources.files.calendar_days import Days, civil
from gramlib.sources.files.date_cells import CENTURY_PIVOT, Stamp

ORDERS = {"ymd": "year-month-day", "dmy": "day-month-year", "mdy": "month-day-year", "ydm": "year-day-month"}
READINGS = {
    "ymd": ("ymd", "ydm"),
    "xyz": ("dmy", "mdy"),
    "xy2": ("dmy", "mdy", "ymd"),
    "fixed": ("ymd",),
    "month": ("ymd",),
}
SWAPPED = "swapped"
"""A spreadsheet took 9/12/16 for the year 9: it stands as 2009/12/16 and means month 9, day 12, year 16."""
FALLBACK = "ydm"
"""A reading to think of only where the plain one is impossible."""


class Reading(NamedTuple):
    """One way to read the column: the order of each shape, the days it gives (NaT where impossible)."""

    orders: tuple[tuple[str, str], ...]
    days: Days

    @property
    def impossible(self) -> int:
        """How many cells are no date in this reading."""
        return int(np.isnat(self.days).sum())

    @property
    def is_fallback(self) -> bool:
        """Whether it is one that nobody writes on purpose."""
        return any(order == FALLBACK for _, order in self.orders)

    def words(self) -> str:
        """The format in words."""
        return " and ".join(_shape_words(shape, order) for shape, order in self.orders)


def readings_of(stamps: list[Stamp], order: str) -> list[Reading]:
    """Readings of `stamps` that differ; `order` (auto, ymd, dmy, mdy) leaves only those that have it."""
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
            days[which] = days_of(shape, chosen, numbers[which])
        made.append(Reading(tuple(zip(present, orders, strict=True)), days))
    return _distinct(made)


def days_of(shape: str, order: str, numbers: NDArray[np.int64]) -> Days:
    """The days that the three `numbers` (n, 3) of a cell of that shape mean in that order."""
    a, b, c = numbers.T
    if order == SWAPPED:  # 2009/12/16: the century was put before a month
        return np.where((a // 100 == 20) & (c <= 99), civil(2000 + c, a % 100, b), np.datetime64("NaT"))
    year, month, day = {"ymd": (a, b, c), "ydm": (a, c, b), "dmy": (c, b, a), "mdy": (c, a, b)}[order]
    if shape == "xy2":
        year = np.where(year >= CENTURY_PIVOT, 1900, 2000) + year
    return civil(year, month, day)


def _distinct(readings: list[Reading]) -> list[Reading]:
    kept: list[Reading] = []
    for reading in sorted(readings, key=lambda item: item.is_fallback):
        if not any(np.array_equal(reading.days, other.days, equal_nan=True) for other in kept):
            kept.append(reading)
    return kept


def _shape_words(shape: str, order: str) -> str:
    if shape == "fixed":
        return "dates with the month in words"
    if shape == "month":
        return "months without a day"
    if order == SWAPPED:
        return "month-day-year taken for 20mm/dd/yy by a spreadsheet"
    return ORDERS[order] + (" with two-digit years" if shape == "xy2" else "")
