"""Proper scores of forecasts given as sorted samples, vectorised over forecasts, and the standard error of their mean.

Lower is better. `gramlib.backtests` has the same scores for single forecasts, in their textbook form.
"""

from __future__ import annotations

import numpy as np

PINBALL_LEVELS = {
    "005": 0.005,
    "010": 0.01,
    "025": 0.025,
    "050": 0.05,
    "950": 0.95,
    "975": 0.975,
    "990": 0.99,
    "995": 0.995,
}


def sample_quantile(ordered: np.ndarray, probability: float) -> np.ndarray:
    """Quantile (n,) of each row of `ordered` (n, m), the i-th of m values standing at (i - 1/2)/m (Hazen)."""
    m = ordered.shape[1]
    position = min(max(probability * m - 0.5, 0.0), m - 1.0)
    below = min(int(position), m - 2)
    weight = position - below
    return (1.0 - weight) * ordered[:, below] + weight * ordered[:, below + 1]


def sample_shortfall(ordered: np.ndarray, level: float) -> np.ndarray:
    """Expected shortfall (n,), losses positive: minus the mean of the lowest (1 - level) m values, the last one in part."""
    m = ordered.shape[1]
    mass = (1.0 - level) * m
    whole = int(mass)
    total = ordered[:, :whole].sum(axis=1) + (mass - whole) * ordered[:, whole]
    return -total / mass


def crps(ordered: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score (n,) of each sorted row (n, m) at `outcome` (n,).

    E|X - y| - E|X - X'|/2 of the sample's distribution (Gneiting and Raftery 2007, eq. 21).
    """
    m = ordered.shape[1]
    weights = (2.0 * np.arange(1, m + 1) - m - 1.0) / m**2
    return np.abs(ordered - outcome[:, None]).mean(axis=1) - ordered @ weights


def pinball(quantile: np.ndarray, outcome: np.ndarray, tau: float) -> np.ndarray:
    """Quantile loss (n,): (tau - 1{y < q}) (y - q) (Koenker and Bassett 1978)."""
    return (tau - (outcome < quantile)) * (outcome - quantile)


def newey_west_variance(values: np.ndarray, lags: int) -> float:
    """Variance of the mean of `values` (n,), which may be correlated up to `lags` (Newey and West 1987, Bartlett weights)."""
    n = len(values)
    centred = values - values.mean()
    total = centred @ centred
    for lag in range(1, min(lags, n - 1) + 1):
        total += 2.0 * (1.0 - lag / (lags + 1.0)) * (centred[lag:] @ centred[:-lag])
    return float(max(total, 0.0)) / n**2
