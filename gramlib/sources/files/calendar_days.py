"""Dates as arrays of days: from year, month and day, and to days of the week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
"""datetime64[D], NaT where there is no such day."""


def civil(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> Days:
    """Dates of year, month and day; NaT where there is no such day."""
    possible = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1800) & (year <= 2199)
    first = ((np.where(possible, year, 1970) - 1970) * 12 + np.where(possible, month, 1) - 1).astype("datetime64[M]")
    days = first.astype("datetime64[D]") + (np.where(possible, day, 1) - 1).astype("timedelta64[D]")
    possible &= days.astype("datetime64[M]") == first
    return np.where(possible, days, np.datetime64("NaT"))


def weekday(days: Days) -> NDArray[np.int64]:
    """Monday 0 to Sunday 6."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
