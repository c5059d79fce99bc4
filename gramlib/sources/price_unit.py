"""For which weight of gold is a price quoted? Told by its size against the monthly history.

The ratio of a price to the shipped average of its month is about 1 for a troy ounce, 1/31.10 for a gram, 32.15
for a kilogram and 0.375 for a tola; the median decides. Nothing else lies near those figures, so returns, rates,
indices and other currencies are found out, and so is a price multiplied by 31.10 where it had to be divided.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.readable import readable
from gramlib.sources.monthly import monthly_yardstick
from gramlib.sources.raw import Decision
from gramlib.units import GRAMS_PER_TROY_OUNCE, GRAMS_PER_UNIT

RATIO_OF_UNIT = {unit: grams / GRAMS_PER_TROY_OUNCE for unit, grams in GRAMS_PER_UNIT.items()}
EXPECTED = "1 for USD/oz, 0.0322 for USD/g, 32.15 for USD/kg, 0.375 for USD/tola"
FULL_MONTH_DAYS = 15
ENOUGH_FULL_MONTHS = 6
CLOSE_FULL_MONTHS = (
    0.028  # fix, spot and token lie within 0.002, a future in contango up to 0.014; x 31.10 for / 31.10 is 0.033 off
)
CLOSE_ONE_MONTH = 0.03  # the fix keeps within 0.009 in every month since 1975
CLOSE_FEW_DAYS = (
    0.05  # plus what the average itself moved to the months beside: holds on 99.6% of real windows of 1 to 10 days
)
CLOSE_DECLARED = 0.35  # where the user names the unit: wide enough for a hypothetical path, not for pounds sterling
CLOSE_BEYOND_HISTORY = 0.45  # log distance from the nearest known month; a tola and an ounce are 0.98 apart
MONTHS_FOLLOWING = 0.8
FOLLOWS_WITHIN = 0.04
FEWEST_FOR_SPREAD = 10

Values = NDArray[np.float64]


@readable
@dataclass(frozen=True)
class Comparison:
    """`ratio` is the median of price over the average of its month, in `months` months (`full` ones or not).

    `following` is the share of months whose mean lies near that ratio; `closeness` how far in logs the ratio may lie
    from a unit's; `beyond_history` says that no month is known.
    """

    ratio: float
    months: int
    full: bool
    beyond_history: bool
    following: float
    closeness: float

    def sentence(self) -> str:
        """The comparison in words."""
        against = (
            "the nearest known month's average"
            if self.beyond_history
            else f"the monthly history, {self.months} month(s)"
        )
        return f"ratio {self.ratio:.4g} to {against}"

    def unit(self) -> tuple[str, float]:
        """The unit whose ratio lies nearest, and the log distance to it."""
        nearest = min(RATIO_OF_UNIT, key=lambda name: abs(np.log(self.ratio / RATIO_OF_UNIT[name])))
        return nearest, float(np.log(self.ratio / RATIO_OF_UNIT[nearest]))

    @property
    def is_gold(self) -> bool:
        """Whether the size is that of gold in USD in one of the units, and moves as gold did."""
        return abs(self.unit()[1]) <= self.closeness and not (self.full and self.following < MONTHS_FOLLOWING)


def compare(days: NDArray[np.datetime64], values: Values) -> Comparison | None:
    """Compare `values` (n,) on `days` (n,) with the monthly averages; None without a positive value on a known day.

    Full months (15 quotes or more) count alone when there are six of them.
    """
    usable = np.isfinite(values) & (values > 0) & ~np.isnat(days)
    if not usable.any():
        return None
    values = values[usable]
    months = days[usable].astype("datetime64[M]").astype(np.int64)
    history, first = _history()
    place = months - first
    inside = (place >= 0) & (place < len(history))
    if not inside.any():
        nearest = history[0 if place.min() < 0 else -1]
        count = len(np.unique(months))
        return Comparison(_median(values) / float(nearest), count, False, True, 1.0, CLOSE_BEYOND_HISTORY)
    values, place = values[inside], place[inside]
    size = np.bincount(place, minlength=len(history))
    mean = np.bincount(place, weights=values, minlength=len(history)) / np.maximum(size, 1)
    full, common = size >= FULL_MONTH_DAYS, size > 0
    enough = bool(full.sum() >= ENOUGH_FULL_MONTHS)
    chosen = full if full.any() else common
    closeness = CLOSE_FULL_MONTHS if enough else CLOSE_ONE_MONTH if full.any() else CLOSE_FEW_DAYS + _movement(common)
    ratio = _median(values[chosen[place]] / history[place[chosen[place]]])
    off = np.abs(np.log(mean[chosen] / history[chosen]) - np.log(ratio))
    # Months off by more than a factor of two hold a change of unit or a slip, which is told row by row later.
    near = off[off < np.log(2)] <= FOLLOWS_WITHIN
    following = float(near.mean()) if len(near) else 1.0
    return Comparison(ratio, int(chosen.sum()), enough, False, following, closeness)


def is_gold(days: NDArray[np.datetime64], values: Values) -> bool:
    """Whether `values` have the size of a gold price in USD per oz, g, kg or tola on these `days`."""
    found = compare(days, values)
    return found is not None and found.is_gold


def spread_around_history(days: NDArray[np.datetime64], values: Values) -> float:
    """Log distance from the monthly averages that four fifths of `values` keep, about their median; NaN for few rows."""
    history, first = _history()
    place = days.astype("datetime64[M]").astype(np.int64) - first
    usable = np.isfinite(values) & (values > 0) & ~np.isnat(days) & (place >= 0) & (place < len(history))
    if usable.sum() < FEWEST_FOR_SPREAD:
        return float("nan")
    ratio = np.log(values[usable] / history[place[usable]])
    return float(np.quantile(np.abs(ratio - np.median(ratio)), 0.8))


def decide_unit(frame: pd.DataFrame, declared: str, named: str, origin: str) -> tuple[str, list[Decision]]:
    """The unit (oz, g, kg or tola) of `frame`'s values, and what was decided.

    `declared` is the user's word, auto or a unit; `named` the unit the column's name speaks of, or empty. Raises
    DataContractError when the size fits no unit, or another one than declared, with the ratio found.
    """
    found = compare(frame["date"].to_numpy().astype("datetime64[D]"), frame["value"].to_numpy(dtype=np.float64))
    if found is None:
        raise DataContractError(
            "no positive price in the file",
            expected="gold prices in USD",
            origin=origin,
            remedy="give a file of prices",
        )
    unit, off = found.unit()
    claim = named if declared == "auto" and named else declared
    if claim not in ("auto", unit):
        whose = "the column's name says" if declared == "auto" else "declared"
        raise DataContractError(
            f"{whose} USD/{claim}, but by size the values fit USD/{unit} best: {found.sentence()}",
            expected=EXPECTED,
            origin=origin,
            remedy=f"set data.unit to {unit} if that is what they are, or name the right column",
        )
    closeness = found.closeness if declared == "auto" or found.beyond_history else CLOSE_DECLARED
    if abs(off) > closeness or (declared == "auto" and not found.is_gold):
        raise DataContractError(
            f"not a gold price in USD per oz, g, kg or tola: {found.sentence()}, {100 * found.following:.0f}% of months near it",
            expected=f"{EXPECTED}; within {100 * np.expm1(closeness):.0f}%, and the same in at least {100 * MONTHS_FOLLOWING:.0f}% of months",
            origin=origin,
            remedy="give prices in USD (returns, indices and other currencies are not prices in USD), or name the right column",
        )
    return unit, [_decision(found, unit, declared, off)]


@lru_cache
def _history() -> tuple[Values, int]:
    """Monthly averages and the number of their first month since 1970-01."""
    history = monthly_yardstick()
    return history.to_numpy(dtype=np.float64), (history.index[0].year - 1970) * 12 + history.index[0].month - 1


def _median(values: Values) -> float:
    # Of two middle values take one, never their mean: a file that changes its unit half-way has nothing between them.
    return float(np.quantile(values, 0.5, method="lower"))


def _movement(months: NDArray[np.bool_]) -> float:
    """Largest log step of the average to or from one of `months`."""
    history, _ = _history()
    steps = np.abs(np.diff(np.log(history)))
    beside = np.maximum(np.append(0.0, steps), np.append(steps, 0.0))
    return float(beside[months].max())


def _decision(found: Comparison, unit: str, declared: str, off: float) -> Decision:
    said = f"declared USD/{unit}" if declared != "auto" else f"unit found by size: USD/{unit}"
    if found.beyond_history:
        return Decision(
            "unit", "note", found.sentence(), EXPECTED, f"{said}; there is no month in common to check it by"
        )
    if abs(off) > found.closeness or (found.full and found.following < MONTHS_FOLLOWING):
        doubt = f"{said}; the level does not follow the monthly history of gold ({100 * found.following:.0f}% of months near the ratio)"
        return Decision("unit", "warning", found.sentence(), EXPECTED, doubt)
    return Decision("unit", "ok", found.sentence(), EXPECTED, said)
