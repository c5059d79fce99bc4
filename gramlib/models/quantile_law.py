"""A law given by a grid of quantiles: put in order, read off between them, extended beyond them.

Quantiles that are fitted one by one may cross. Sorting each forecast's grid mends that and brings it no further from the
truth, nearer wherever they crossed (Chernozhukov, Fernandez-Val and Galichon 2010). Between the levels the quantile is linear
in the normal quantile of the level; below the lowest and above the highest it follows a generalised Pareto law, whose scale
moves with the day's volatility and whose shape was fitted to all the days that fell beyond their own edge.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from gramlib.models.tails import GpdFit, fit_gpd, gpd_excess

BODY_LEVELS = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)


def levels_of(tail_share: float) -> tuple[float, ...]:
    """Levels of the grid: the edges of the two tails, and those of BODY_LEVELS between them."""
    body = [level for level in BODY_LEVELS if 1.05 * tail_share < level < 1.0 - 1.05 * tail_share]
    return (tail_share, *body, 1.0 - tail_share)


def rearranged(grid: np.ndarray) -> np.ndarray:
    """The grid (n, levels) in order along each row."""
    return np.sort(grid, axis=1)


def tails_beyond(grid: np.ndarray, outcome: np.ndarray) -> tuple[GpdFit, GpdFit]:
    """Tails fitted to what outcomes (n,) exceeded the edges of their rearranged rows (n, levels) by, lower and upper.

    For horizons above a day neighbouring outcomes overlap: the fit stands, its standard errors are too small.
    """
    below, above = grid[:, 0] - outcome, outcome - grid[:, -1]
    return fit_gpd(below[below > 0.0]), fit_gpd(above[above > 0.0])


def samples_of(
    grid: np.ndarray, levels: np.ndarray, lower: tuple[float, float], upper: tuple[float, float], n_samples: int
) -> np.ndarray:
    """Sorted samples (n, n_samples) at probabilities (i - 1/2)/n_samples, from rearranged rows (n, levels) and tails (xi, beta)."""
    probability = (np.arange(n_samples) + 0.5) / n_samples
    place = np.interp(ndtri(np.clip(probability, levels[0], levels[-1])), ndtri(levels), np.arange(len(levels)))
    left = np.minimum(place.astype(np.intp), len(levels) - 2)
    weight = place - left
    samples = (1.0 - weight) * grid[:, left] + weight * grid[:, left + 1]
    low, high = probability < levels[0], probability > levels[-1]
    samples[:, low] -= gpd_excess(probability[low] / levels[0], *lower)
    samples[:, high] += gpd_excess((1.0 - probability[high]) / (1.0 - levels[-1]), *upper)
    return samples
