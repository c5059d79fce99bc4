"""Are the places of outcomes in their forecasts uniform and unrelated? Kolmogorov-Smirnov, Anderson-Darling, Berkowitz.

Each takes probability integral transforms in (0, 1), one series (n,) or many (r, n), and gives statistic and p-value alike.
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, kolmogorov, ndtri

Pair = tuple[np.ndarray, np.ndarray]


def kolmogorov_smirnov(pit: np.ndarray) -> Pair:
    """Largest gap of `pit` (..., n) to the uniform law; p-value by the limit law with Stephens' (1970) correction for n."""
    ordered = np.sort(pit, axis=-1)
    n = ordered.shape[-1]
    steps = np.arange(1, n + 1) / n
    gap = np.maximum((steps - ordered).max(axis=-1), (ordered - steps + 1.0 / n).max(axis=-1))
    return gap, kolmogorov((np.sqrt(n) + 0.12 + 0.11 / np.sqrt(n)) * gap)


def anderson_darling(pit: np.ndarray) -> Pair:
    """A squared of `pit` (..., n), 0 to 1, which looks into the tails; p-value by the limit law (Marsaglia and Marsaglia 2004)."""
    ordered = np.sort(pit, axis=-1)
    n = ordered.shape[-1]
    weights = 2.0 * np.arange(1, n + 1) - 1.0
    statistic = -n - ((np.log(ordered) + np.log1p(-ordered[..., ::-1])) * weights).sum(axis=-1) / n
    return statistic, 1.0 - anderson_darling_limit(statistic)


def anderson_darling_limit(statistic: np.ndarray) -> np.ndarray:
    """Marsaglia and Marsaglia's approximation of the limit distribution function, error below 2e-6."""
    z = np.maximum(statistic, 1e-3)
    small = (2.00012, 0.247105, -0.0649821, 0.0347962, -0.0116720, 0.00168691)
    large = (1.0776, -2.30695, 0.43424, -0.082433, 0.008056, -0.0003146)
    low = z**-0.5 * np.exp(-1.2337141 / z) * np.polynomial.polynomial.polyval(z, small)
    capped = np.minimum(z, 32.0)  # the fit is of use up to there, where the tail is below 1e-13
    high = np.exp(-np.exp(np.polynomial.polynomial.polyval(capped, large)))
    return np.where(z < 2.0, low, np.where(z > 32.0, 1.0, high))


def berkowitz(pit: np.ndarray) -> Pair:
    """Likelihood ratio, chi2(3), of mean 0, variance 1 and no autocorrelation of the normal scores of `pit` (..., n) (Berkowitz 2001)."""
    z = ndtri(pit)
    now, before = z[..., 1:], z[..., :-1]
    n = now.shape[-1]
    centred, lagged = now - now.mean(axis=-1, keepdims=True), before - before.mean(axis=-1, keepdims=True)
    slope = (centred * lagged).sum(axis=-1) / np.maximum((lagged**2).sum(axis=-1), 1e-300)
    left = ((centred - slope[..., None] * lagged) ** 2).mean(axis=-1)
    statistic = (now**2).sum(axis=-1) - n * (np.log(np.maximum(left, 1e-300)) + 1.0)
    return statistic, chdtrc(3, np.maximum(statistic, 0.0))


UNIFORMITY = {
    "pit_kolmogorov_smirnov": kolmogorov_smirnov,
    "pit_anderson_darling": anderson_darling,
    "pit_berkowitz": berkowitz,
}
"""Test name in the backtests table: function."""
