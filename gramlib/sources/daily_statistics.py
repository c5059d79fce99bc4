"""The statistics a daily gold series is described by; log returns in percent, losses positive.

Conventions are those that reproduce the measured table (MODELS_AND_CHECKS D.2) from the real series: quantiles
interpolate linearly, expected shortfall is the mean of losses at or beyond the quantile, ten-day returns
overlap, excess kurtosis uses population moments, autocorrelation is Pearson's between r_t and r_{t+k}.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LARGEST_TAIL = 0.05
"""Share of a sample that still counts as its tail."""


def autocorrelation(x: Floats, lag: int) -> float:
    """Pearson correlation of `x` with itself `lag` steps later."""
    return float(np.corrcoef(x[:-lag], x[lag:])[0, 1])


def hill(x: Floats, k: int) -> float:
    """Hill's (1975) tail index of the `k` largest values of `x` over the next one; NaN beyond the largest 5%."""
    if k > LARGEST_TAIL * len(x):
        return float("nan")
    largest = np.sort(x)[::-1][: k + 1]
    return float(1 / np.mean(np.log(largest[:k] / largest[k])))


def quantile_and_mean_beyond(losses: Floats, level: float) -> tuple[float, float]:
    """Empirical value at risk and expected shortfall of `losses` at `level`."""
    at = np.quantile(losses, level)
    return float(at), float(losses[losses >= at].mean())


def describe(prices: Floats) -> dict[str, float]:
    """Every statistic of `anchors.STATISTICS` for daily `prices` (n,), in any unit, without gaps; n > 300."""
    r = 100 * np.diff(np.log(prices))
    centred = r - r.mean()
    ten = np.convolve(r, np.ones(10), "valid")
    var_975, es_975 = quantile_and_mean_beyond(-r, 0.975)
    var_990, es_990 = quantile_and_mean_beyond(-r, 0.99)
    ten_var_975, ten_es_975 = quantile_and_mean_beyond(-ten, 0.975)
    ten_var_990, ten_es_990 = quantile_and_mean_beyond(-ten, 0.99)
    return {
        "sd": float(r.std(ddof=1)),
        "skewness": float((centred**3).mean() / r.std() ** 3),
        "excess_kurtosis": float((centred**4).mean() / r.std() ** 4 - 3),
        "ac1_return": autocorrelation(r, 1),
        "ac1_abs": autocorrelation(np.abs(r), 1),
        "ac20_abs": autocorrelation(np.abs(r), 20),
        "hill_left_100": hill(-r, 100),
        "hill_left_200": hill(-r, 200),
        "hill_right_200": hill(r, 200),
        "var_975_1d": var_975,
        "es_975_1d": es_975,
        "var_990_1d": var_990,
        "es_990_1d": es_990,
        "var_975_10d": ten_var_975,
        "es_975_10d": ten_es_975,
        "var_990_10d": ten_var_990,
        "es_990_10d": ten_es_990,
        "worst_day": float(r.min()),
        "max_drawdown": float(100 * (1 - prices / np.maximum.accumulate(prices)).max()),
    }
