"""Finite mixtures of normal laws: quantiles, value at risk and expected shortfall."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from gramlib.readable import readable

_HALVINGS = 60


@readable
@dataclass(frozen=True, eq=False)
class NormalMixture:
    """Weights that sum to one, means and standard deviations, each (k,)."""

    weight: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    def cdf(self, value: np.ndarray) -> np.ndarray:
        """Probability of at most `value`."""
        return ndtr((value[..., None] - self.mean) / self.sd) @ self.weight

    def inverse(self, uniform: np.ndarray) -> np.ndarray:
        """Quantiles at `uniform` in (0, 1), by bisection between the components' own quantiles."""
        distinct, place = np.unique(uniform, return_inverse=True)
        ends = self.mean + self.sd * ndtri(distinct)[:, None]
        low, high = ends.min(axis=1), ends.max(axis=1)
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            below = self.cdf(middle) < distinct
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (0.5 * (low + high))[place].reshape(uniform.shape)

    def loss_var_es(self, level: float) -> tuple[float, float]:
        """VaR and ES at `level`, losses positive."""
        quantile = float(self.inverse(np.array([1.0 - level]))[0])
        z = (quantile - self.mean) / self.sd
        below = self.mean * ndtr(z) - self.sd * np.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi)
        return -quantile, -float(self.weight @ below) / (1.0 - level)
