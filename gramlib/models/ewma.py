"""Paths of models without a volatility of their own: an exponentially weighted one is stated beside them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gramlib.models.garch import LARGEST_DAILY_MOVE

DECAY = 0.94
"""RiskMetrics (1996)."""


def simulate_beside_ewma(
    mean: float, next_variance: float, draw_shocks: Callable[[], np.ndarray], n_paths: int, n_days: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cumulative log growth and volatility, both (n_paths, n_days + 1), day-contiguous (Fortran order).

    Day by day `draw_shocks()` gives the returns of all paths less `mean`. Volatility starts at the root of `next_variance`;
    its square is then 0.94 times the day before's plus 0.06 times the squared shock. It follows the paths and does not
    move them.
    """
    growth = np.zeros((n_days + 1, n_paths))
    variance = np.empty((n_days + 1, n_paths))
    variance[0] = next_variance
    for day in range(1, n_days + 1):
        shock = np.clip(draw_shocks(), -LARGEST_DAILY_MOVE, LARGEST_DAILY_MOVE)
        growth[day] = growth[day - 1] + shock + mean
        variance[day] = DECAY * variance[day - 1] + (1.0 - DECAY) * shock**2
    return growth.T, np.sqrt(variance, out=variance).T
