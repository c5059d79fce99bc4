"""Open, high, low and close told apart by what they do, for tables whose columns have no telling names."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gramlib.sources.files.calendar_days import Days

HOLDS = 0.97
FEWEST_ROWS = 5
FAR_NEARER = 0.5
NEAR = 0.5
"""Sides of one day's bar lie within this log distance of each other."""

Column = tuple[str, NDArray[np.float64]]


def last_price_of(columns: list[Column], days: Days) -> tuple[int, str] | None:
    """Place of the closing price among `columns` and why, None unless exactly four of them make a daily bar.

    The highest and the lowest are above and below the two others in 97% of rows. Of the two left the second is the
    close, unless the days follow on far better the other way round: a day opens where the one before has closed.
    """
    if len(columns) < 4 or len(days) < FEWEST_ROWS:
        return None
    order = np.argsort(days, kind="stable")
    for four in combinations(range(min(len(columns), 8)), 4):
        values = np.column_stack([columns[place][1] for place in four])[order]
        values = values[np.isfinite(values).all(axis=1) & (values > 0).all(axis=1)]
        if len(values) < FEWEST_ROWS or np.median(np.log(values.max(axis=1) / values.min(axis=1))) > NEAR:
            continue
        high = _side(values, values.max(axis=1))
        low = _side(values, values.min(axis=1))
        if len(high) != 1 or len(low) != 1 or high == low:
            continue
        first, second = (place for place in range(4) if place not in (high[0], low[0]))
        return four[
            _close(values, first, second)
        ], "the close of four unnamed sides of a daily bar, told by highest, lowest and what the next day opens at"
    return None


def _side(values: NDArray[np.float64], extreme: NDArray[np.float64]) -> list[int]:
    return [place for place in range(4) if (values[:, place] == extreme).mean() >= HOLDS]


def _close(values: NDArray[np.float64], first: int, second: int) -> int:
    # Everybody writes the open before the close; only strong evidence says otherwise.
    follow = np.median(np.abs(np.log(values[1:, first] / values[:-1, second])))
    lead = np.median(np.abs(np.log(values[1:, second] / values[:-1, first])))
    return first if lead < FAR_NEARER * follow else second
