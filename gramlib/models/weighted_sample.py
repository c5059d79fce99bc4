"""Samples of equal weight from values of unequal weight, so that every forecast can be scored alike."""

from __future__ import annotations

import numpy as np


def equal_weights(ordered: np.ndarray, weights: np.ndarray, n_samples: int) -> np.ndarray:
    """Sorted samples (n, n_samples) of the discrete laws with values `ordered` and `weights` (n, m), rows summing to one.

    `ordered` is (m,) for all rows, or (n, m). Sample i is the lowest value up to which there is a probability of at least
    (i - 1/2) / n_samples, i = 1, 2, ...
    """
    probability = (np.arange(n_samples) + 0.5) / n_samples
    samples = np.empty((len(weights), n_samples))
    for row, weight in enumerate(weights):
        values = ordered if ordered.ndim == 1 else ordered[row]
        place = np.searchsorted(np.cumsum(weight), probability)
        samples[row] = values[np.minimum(place, len(values) - 1)]
    return samples
