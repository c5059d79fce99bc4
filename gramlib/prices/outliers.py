"""Prices that are no market moves: refused when a slip or a change of unit explains them, flagged when merely suspicious.

Real gold fell 13.2% on 1980-01-22 and 9.9% on 2026-01-30 and rose 13.3% on 1980-01-03: size alone convicts nobody.
A spike that is taken back the next day is suspicious and is kept with a flag; a step no market makes is refused.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.prices.quality import QualityLog, examples
from gramlib.units import GRAMS_PER_KILOGRAM, GRAMS_PER_TOLA, GRAMS_PER_TROY_OUNCE

SPIKE = 0.10
TAKEN_BACK = 0.8
IMPOSSIBLE_LOG_STEP = 0.5
LONG_GAP_DAYS = 250
EXPLAINED_WITHIN = 0.15
EXPLANATIONS = {
    "a decimal point slipped by one place": 10.0,
    "a decimal point slipped by two places": 100.0,
    "a decimal point slipped by three places": 1000.0,
    "USD per ounce and per gram mixed": GRAMS_PER_TROY_OUNCE,
    "USD per kilogram and per ounce mixed": GRAMS_PER_KILOGRAM / GRAMS_PER_TROY_OUNCE,
    "USD per ounce and per tola mixed": GRAMS_PER_TROY_OUNCE / GRAMS_PER_TOLA,
}


def refuse_impossible_steps(frame: pd.DataFrame, gap_days: NDArray[np.int64], origin: str) -> None:
    """Raise DataContractError at the first step from row to row beyond a factor of 1.65, with what explains it.

    `gap_days` (n,) counts business days since the row before. The limit grows with the square root of the gap,
    to a factor of 7.4; over a year without a quote nothing is judged.
    """
    step = np.diff(np.log(frame["value"].to_numpy()), prepend=np.nan)
    limit = np.minimum(IMPOSSIBLE_LOG_STEP * np.sqrt(np.maximum(gap_days, 1)), 2.0)
    bad = np.flatnonzero((np.abs(step) > limit) & (gap_days <= LONG_GAP_DAYS))
    if not len(bad):
        return
    place = int(bad[0])
    before, row = frame.iloc[place - 1], frame.iloc[place]
    raise DataContractError(
        f"{row['date']:%Y-%m-%d}: {row['value']:g} after {before['value']:g}, {len(bad)} such step(s): {explain(step[place])}",
        expected="no step beyond a factor of 1.65 in a day: gold's largest since 1968 is 1.15",
        origin=f"{origin}:{frame.index[place]}",
        remedy="mend that row, or the one before it",
    )


def explain(log_step: float) -> str:
    """What a step of that log size most likely is."""
    for words, factor in EXPLANATIONS.items():
        if abs(abs(log_step) - np.log(factor)) < EXPLAINED_WITHIN:
            return f"{words} (a factor of {np.exp(abs(log_step)):.3g})"
    return f"no market move (a factor of {np.exp(abs(log_step)):.3g})"


def flag_spikes(frame: pd.DataFrame, log: QualityLog) -> NDArray[np.bool_]:
    """Which rows (n,) moved by more than 10% and were taken back by 80% or more on the next; they are kept."""
    log_price = np.log(frame["value"].to_numpy())
    step = np.diff(log_price, prepend=log_price[0])
    following = np.append(step[1:], 0.0)
    large = np.abs(step) > np.log1p(SPIKE)
    spike = large & (-following * np.sign(step) >= TAKEN_BACK * np.abs(step))
    real = large & ~spike & ~np.append(False, spike[:-1])
    log.add(
        "outliers",
        "warning" if spike.any() else "ok",
        f"{int(spike.sum())} spike(s) beyond 10% taken back next day" + _listed(frame, spike, step)
        + f"; {int(real.sum())} move(s) beyond 10% that stayed" + _listed(frame, real, step),
        "no spike beyond 10% that reverts by 80% next day; a move that stays is a market's",
        "kept, flagged in column outlier" if spike.any() else "kept" if real.any() else "nothing",
    )  # fmt: skip
    return spike


def _listed(frame: pd.DataFrame, which: NDArray[np.bool_], step: NDArray[np.float64]) -> str:
    items = [
        f"{frame['date'].iloc[place]:%Y-%m-%d} {100 * np.expm1(step[place]):+.1f}%" for place in np.flatnonzero(which)
    ]
    return f" ({examples(items)})" if items else ""
