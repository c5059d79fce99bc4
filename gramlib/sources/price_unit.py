"""For which weight of gold is a price quoted? Told by its size against the monthly history.

The ratio of a price to the shipped average of its month is about 1 for a troy ounce, 1/31.10 for a gram, 32.15
for a kilogram and 0.375 for a tola; the median decides. Nothing else lies near those
figures, so returns, rates, indices and other currencies are found out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.sources.monthly import monthly_history
from gramlib.sources.raw import Decision
from gramlib.units import GRAMS_PER_TROY_OUNCE, GRAMS_PER_UNIT

RATIO_OF_UNIT = {unit: grams / GRAMS_PER_TROY_OUNCE for unit, grams in GRAMS_PER_UNIT.items()}
FULL_MONTH_DAYS = 15
ENOUGH_FULL_MONTHS = 6
CLOSE_FULL_MONTHS = 0.05  # the afternoon fix has a median month within 0.0005, a token or future within 0.02
CLOSE_FEW_DAYS = 0.25  # a part of a month may lie this far from the month's average
CLOSE_DECLARED = 0.35  # where the user names the unit: wide enough for a hypothetical path, not for pounds sterling
CLOSE_BEYOND_HISTORY = 0.45  # log distance from the nearest known month; a tola and an ounce are 0.98 apart
MONTHS_FOLLOWING = 0.8
FOLLOWS_WITHIN = 0.04


@dataclass(frozen=True)
class Comparison:
    """`ratio` is the median of price over the average of its month, in `months` months (`full` ones or not).

    `following` is the share of months whose mean lies near that ratio; `beyond_history` says that no month is known.
    """

    ratio: float
    months: int
    full: bool
    beyond_history: bool
    following: float

    def sentence(self) -> str:
        """The comparison in words."""
        against = (
            "the nearest known month's average"
            if self.beyond_history
            else f"the monthly history, {self.months} month(s)"
        )
        return f"ratio {self.ratio:.4g} to {against}"


def compare(frame: pd.DataFrame) -> Comparison:
    """Compare `frame` (date, value; positive values only are used) with the monthly averages.

    Full months (15 quotes or more) count alone when there are six of them.
    """
    usable = frame[frame["value"] > 0]
    months = usable["date"].dt.to_period("M")
    by_month = usable.groupby(months)["value"].agg(["mean", "size"])
    history = monthly_history()
    common = by_month[by_month.index.isin(history.index)]
    if common.empty:
        nearest = history.iloc[[0 if by_month.index[0] < history.index[0] else -1]].to_numpy()[0]
        return Comparison(float(by_month["mean"].median() / nearest), len(by_month), False, True, 1.0)
    full = common[common["size"] >= FULL_MONTH_DAYS]
    chosen = full if len(full) >= ENOUGH_FULL_MONTHS else common
    inside = months.isin(chosen.index)
    by_day = usable.loc[inside, "value"].to_numpy() / history[months[inside]].to_numpy()
    # Of two middle values take one, never their mean: a file that changes its unit half-way has nothing between them.
    median = float(np.quantile(by_day, 0.5, method="lower"))
    off = np.abs(np.log(chosen["mean"].to_numpy() / history[chosen.index].to_numpy() / median))
    # Months off by more than a factor of two hold a change of unit or a slip, which is told row by row later.
    near = off[off < np.log(2)] <= FOLLOWS_WITHIN
    following = float(near.mean()) if len(near) else 1.0
    return Comparison(median, len(chosen), chosen is full, False, following)


def decide_unit(frame: pd.DataFrame, declared: str, named: str, origin: str) -> tuple[str, list[Decision]]:
    """The unit (oz, g, kg or tola) of `frame`'s values, and what was decided.

    `declared` is the user's word, auto or a unit; `named` the unit the column's name speaks of, or empty. Raises DataContractError when the size fits no unit, or another one than declared, with the ratio found.
    """
    if not (frame["value"] > 0).any():
        raise DataContractError(
            "no positive price in the file",
            expected="gold prices in USD",
            origin=origin,
            remedy="give a file of prices",
        )
    found = compare(frame)
    unit = min(RATIO_OF_UNIT, key=lambda name: abs(np.log(found.ratio / RATIO_OF_UNIT[name])))
    off = float(np.log(found.ratio / RATIO_OF_UNIT[unit]))
    expected = "1 for USD/oz, 0.0322 for USD/g, 32.15 for USD/kg, 0.375 for USD/tola"
    claim = named if declared == "auto" and named else declared
    if claim not in ("auto", unit):
        whose = "the column's name says" if declared == "auto" else "declared"
        raise DataContractError(
            f"{whose} USD/{claim}, but by size the values fit USD/{unit} best: {found.sentence()}",
            expected=expected,
            origin=origin,
            remedy=f"set data.unit to {unit} if that is what they are, or name the right column",
        )
    closeness = _closeness(found, declared)
    if abs(off) > closeness or (declared == "auto" and found.full and found.following < MONTHS_FOLLOWING):
        raise DataContractError(
            f"not a gold price in USD per oz, g, kg or tola: {found.sentence()}, {100 * found.following:.0f}% of months near it",
            expected=f"{expected}; within {100 * np.expm1(closeness):.0f}%, and the same in at least {100 * MONTHS_FOLLOWING:.0f}% of months",
            origin=origin,
            remedy="give prices in USD (returns, indices and other currencies are not prices in USD), or name the right column",
        )
    return unit, [_decision(found, unit, declared, off, expected)]


def _closeness(found: Comparison, declared: str) -> float:
    if found.beyond_history:
        return CLOSE_BEYOND_HISTORY
    if declared != "auto":
        return CLOSE_DECLARED
    return CLOSE_FULL_MONTHS if found.full else CLOSE_FEW_DAYS


def _decision(found: Comparison, unit: str, declared: str, off: float, expected: str) -> Decision:
    said = f"declared USD/{unit}" if declared != "auto" else f"unit found by size: USD/{unit}"
    if found.beyond_history:
        return Decision(
            "unit", "note", found.sentence(), expected, f"{said}; there is no month in common to check it by"
        )
    if abs(off) > CLOSE_FULL_MONTHS or found.following < MONTHS_FOLLOWING:
        doubt = f"{said}; the level does not follow the monthly history of gold ({100 * found.following:.0f}% of months near the ratio)"
        return Decision("unit", "warning", found.sentence(), expected, doubt)
    return Decision("unit", "ok", found.sentence(), expected, said)
