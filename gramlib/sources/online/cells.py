"""From the cells of an answer to dated values, strictly: what is neither a number nor a known blank is an error."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError

EARLIEST, LATEST = pd.Timestamp("1800-01-01"), pd.Timestamp("2200-01-01")
BLANKS = frozenset({"", ".", "..", "…", "n/a", "nan", "null"})
ORDERED_SHARE = 0.98
"""Share of bars whose close must lie between low and high; real feeds break it now and then, swapped columns always."""


def read_json(content: bytes) -> Any:
    """The JSON document in `content`; NaN and Infinity, which JSON has not, are errors."""

    def no_constant(name: str) -> float:
        raise ValueError(f"{name} is no JSON number")

    return json.loads(content, parse_constant=no_constant)


def number(cell: Any) -> float:
    """`cell` as a float, NaN for a blank; raises ValueError for anything else, booleans and infinities included."""
    if cell is None:
        return math.nan
    if isinstance(cell, str):
        text = cell.strip()
        if text.lower() in BLANKS:
            return math.nan
        cell = float(text)
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise ValueError(f"{cell!r} is no number")
    if math.isinf(cell):
        raise ValueError("an infinite number")
    return float(cell)


def numbers(cells: Iterable[Any]) -> np.ndarray:
    """`number` of each cell, as an array."""
    return np.array([number(cell) for cell in cells], dtype="float64")


def epoch_days(stamps: Iterable[Any], unit: str, timezone: str = "UTC") -> pd.Series:
    """Calendar days in `timezone` of epoch `stamps` counted in `unit` (s, ms or us)."""
    moments = pd.to_datetime(pd.Series(numbers(stamps)), unit=unit, utc=True)
    return moments.dt.tz_convert(timezone).dt.tz_localize(None).dt.normalize()


def text_days(cells: Sequence[str], form: str) -> pd.Series:
    """Calendar days of texts written in the strptime `form`, every one of them."""
    return pd.to_datetime(pd.Series(list(cells), dtype="object"), format=form)


def series(days: Any, values: Any) -> pd.DataFrame:
    """Frame of `date` (datetime64[us]) and `value` (float), rows counted from 1 in the answer's order.

    Raises ValueError for a row without a date, or with one before 1800 or after 2200.
    """
    dates = pd.Series(days).astype("datetime64[us]").reset_index(drop=True)
    odd = ~dates.between(EARLIEST, LATEST)  # no date at all is not between them either
    if odd.any():
        raise ValueError(f"row {int(odd.argmax()) + 1} has no date of a market's history")
    frame = pd.DataFrame({"date": dates, "value": np.asarray(values, dtype="float64")})
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return frame


def check_bars(low: np.ndarray, close: np.ndarray, high: np.ndarray) -> None:
    """Raise DataContractError when closes do not lie between lows and highs: columns have moved."""
    known = ~np.isnan(low + close + high)
    ordered = (low <= close * 1.0001) & (close <= high * 1.0001)
    share = float(ordered[known].mean()) if known.any() else 1.0
    if share < ORDERED_SHARE:
        raise DataContractError(
            f"the close lies between low and high in {100 * share:.0f}% of {int(known.sum()):,} bars",
            expected=f"at least {100 * ORDERED_SHARE:.0f}%: the columns stand in another order than documented",
            remedy="name another source, and report it",
        )
