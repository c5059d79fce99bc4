"""Bootstrap intervals of VaR and ES without drawing whole resamples.

Both depend on the upper tail of a resample only. The j-th largest of n draws with replacement from sorted x is
x[floor(n U_j)], with U_j the j-th largest of n uniforms, and these come directly from exponentials (Renyi 1953, Acta
Mathematica Hungarica 4:191-231):

    -ln U_j = e_1/n + e_2/(n-1) + ... + e_j/(n-j+1)

The law is exactly that of the percentile bootstrap (`intervals.bootstrap_interval`); for 100,000 paths at 97.5% it
takes 2,501 draws a resample instead of 100,000.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from gramlib.metrics.intervals import Interval
from gramlib.metrics.tail_risk import shortfall_of_tail, tail_rank, value_at_risk


def tail_bootstrap_intervals(
    losses: ArrayLike, level: float, rng: np.random.Generator, n_samples: int = 500, confidence: float = 0.95
) -> tuple[Interval, Interval]:
    """Intervals of the value at risk and of the expected shortfall of `losses`, shape (n,), at `level`.

    NaN at all ends for an empty sample and for one with a NaN; raises as `value_at_risk` does.
    """
    if math.isnan(value_at_risk(losses, level)):
        nothing = Interval(math.nan, math.nan)
        return nothing, nothing
    ordered = np.sort(np.asarray(losses, dtype=float))
    n = ordered.size
    rank, weight = tail_rank(n, level)
    ranks_left = np.arange(n, rank - 1, -1)
    values = np.empty((n_samples, 2))
    for sample in range(n_samples):
        uniforms = np.exp(-np.cumsum(rng.standard_exponential(ranks_left.size) / ranks_left))
        tail = ordered[np.minimum((n * uniforms).astype(np.int64), n - 1)]
        values[sample] = tail[-1], shortfall_of_tail(tail[::-1], weight)
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    (var_low, es_low), (var_high, es_high) = np.quantile(values, ends, axis=0)
    return Interval(float(var_low), float(var_high)), Interval(float(es_low), float(es_high))
