"""Standard errors of statistics of dependent days: the stationary block bootstrap and the HAC sandwich."""

from __future__ import annotations

import numpy as np

from gramlib.errors import DataContractError


def block_rows(n: int, mean_block: float, rng: np.random.Generator) -> np.ndarray:
    """Row numbers (n,) of one stationary bootstrap sample: blocks of geometric length, wrapped (Politis and Romano 1994)."""
    starts = rng.random(n) < 1.0 / mean_block
    starts[0] = True
    first = rng.integers(n, size=n)
    where = np.maximum.accumulate(np.where(starts, np.arange(n), 0))
    return (first[where] + np.arange(n) - where) % n


def newey_west(scores: np.ndarray, lags: int) -> np.ndarray:
    """Long-run covariance (k, k) of the sum of `scores` (n, k), Bartlett weights to `lags` (Newey and West 1987).

    Raises DataContractError for fewer rows than lags.
    """
    n = len(scores)
    if n <= lags:
        raise DataContractError(f"{n} days for a covariance over {lags} lags", expected=f"more than {lags} days",
                                origin="gramlib.models.resampling", remedy="take fewer lags or a longer series")  # fmt: skip
    total = scores.T @ scores
    for lag in range(1, lags + 1):
        product = scores[lag:].T @ scores[:-lag]
        total += (1.0 - lag / (lags + 1.0)) * (product + product.T)
    return total
