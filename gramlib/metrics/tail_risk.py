"""Value at risk, expected shortfall and drawdown of samples.

Losses are positive numbers. With sorted losses x_(1) <= ... <= x_(n) and k = ceil(n * level),

    VaR = x_(k)                                               the smallest x with F_n(x) >= level
    ES  = [ (k - n*level) x_(k) + sum_{i>k} x_(i) ] / (n (1 - level))

The weight k - n*level of the quantile itself makes ES the mean of the quantile function over (level, 1), exactly,
whether or not n*level is whole (Acerbi and Tasche 2002, Journal of Banking & Finance 26, definition 2.6 and
proposition 4.1). So ES >= VaR on every sample, which the mean of "losses beyond VaR" does not give with ties.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from gramlib.errors import DataContractError, ParameterError

_ROUNDING = 1e-9
"""0.9 * 10 is 9.000000000000002 in some orders of multiplication; the tail must not lose an observation to that."""


def value_at_risk(losses: ArrayLike, level: float) -> float:
    """Loss that is exceeded with probability at most 1 - `level`.

    Parameters
    ----------
    losses : array_like of shape (n,)
        Losses, positive when money is lost, in any unit.
    level : float
        Between 0 and 1, like 0.975.

    Returns the observation itself (no interpolation), in the unit of `losses`; NaN for an empty sample and for
    one that holds a NaN. Raises ParameterError for a level outside (0, 1), DataContractError unless 1-d.
    """
    tail = _upper_tail(losses, level)
    return math.nan if tail is None else float(tail[0])


def expected_shortfall(losses: ArrayLike, level: float) -> float:
    """Mean of the worst `1 - level` of the losses; never below the value at risk.

    Arguments, unit, NaN and empty samples as for `value_at_risk`.
    """
    tail = _upper_tail(losses, level)
    return math.nan if tail is None else shortfall_of_tail(tail, tail_rank(np.size(losses), level)[1])


def tail_rank(n: int, level: float) -> tuple[int, float]:
    """Rank k of the quantile among `n` sorted losses, and its weight k - n*level in the shortfall."""
    rank = max(1, math.ceil(n * level - _ROUNDING))
    return rank, max(0.0, rank - n * level)


def shortfall_of_tail(tail: np.ndarray, weight: float) -> float:
    """Expected shortfall from the quantile `tail[0]` with its `weight`, and the losses beyond it, `tail[1:]`."""
    quantile = float(tail[0])
    # Averaging the excess over the quantile keeps ES >= VaR in floating point too.
    excess = float((tail[1:] - quantile).sum())
    return quantile + (excess / (tail.size - 1 + weight) if excess else 0.0)


def max_drawdown(prices: ArrayLike) -> float | np.ndarray:
    """Deepest fall from an earlier high, as a positive fraction of that high.

    Parameters
    ----------
    prices : array_like of shape (n_days,) or (n_paths, n_days)
        Positive prices in time order, in any unit.

    Returns a float, or an array of shape (n_paths,). 0 for prices that never fall and for a single price; NaN
    for an empty series and for one that holds a NaN. Not to be confused with the total return: a series that
    recovers keeps its drawdown. Raises DataContractError for a price that is not positive.
    """
    series = np.asarray(prices, dtype=float)
    if series.ndim not in (1, 2):
        raise DataContractError(f"prices have {series.ndim} dimensions", expected="(n_days,) or (n_paths, n_days)")
    if (series <= 0).any():
        first = float(series[series <= 0][0])
        raise DataContractError(f"a price of {first:g}", expected="positive prices", remedy="mend the series first")
    if series.shape[-1] == 0:
        return math.nan if series.ndim == 1 else np.full(len(series), math.nan)
    deepest = (1.0 - series / np.maximum.accumulate(series, axis=-1)).max(axis=-1)
    return float(deepest) if series.ndim == 1 else deepest


def _upper_tail(losses: ArrayLike, level: float) -> np.ndarray | None:
    """The quantile first, then the losses beyond it in any order; None where the answer is NaN."""
    if not 0.0 < level < 1.0:
        raise ParameterError(f"level is {level!r}", expected="a number between 0 and 1, like 0.975")
    sample = np.asarray(losses, dtype=float)
    if sample.ndim != 1:
        raise DataContractError(f"losses have {sample.ndim} dimensions", expected="one, shape (n,)")
    if sample.size == 0 or np.isnan(sample).any():
        return None
    rank, _ = tail_rank(sample.size, level)
    return np.partition(sample, rank - 1)[rank - 1 :]
