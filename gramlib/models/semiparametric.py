"""The law filtered historical simulation draws from: residuals in the middle, a GPD beyond on each side.

Bootstrapping residuals alone never draws anything worse than the worst day on record, and a window of a few years
overstates safety badly (MODELS_AND_CHECKS D.1). So the outermost `share` of residuals on each side is replaced by a GPD
whose shape and scale come from a longer history of residuals (McNeil and Frey 2000, with the body kept empirical).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gramlib.models.tails import GpdFit, fit_gpd, gpd_excess, gpd_var_es
from gramlib.readable import readable

SMALLEST_PROBABILITY = 2.0**-53


@readable
@dataclass(frozen=True)
class SemiparametricLaw:
    """A law of mean 0 and variance 1.

    `table` (n,) holds the sorted residuals, standardised. The outer `k` entries on each side stand for the tails: they repeat
    the edges `table[k]` and `table[n - k - 1]`, from which the GPDs (xi, beta) `lower` and `upper` start, beta in
    standardised units.
    """

    table: np.ndarray
    k: int
    lower: tuple[float, float]
    upper: tuple[float, float]

    @property
    def share(self) -> float:
        """Probability of each tail."""
        return self.k / len(self.table)

    def inverse(self, uniform: np.ndarray) -> np.ndarray:
        """Quantiles at `uniform` in [0, 1): an entry of the table, or the GPD's quantile in the tails."""
        table, share = self.table, self.share
        value = table[(uniform * len(table)).astype(np.intp)]
        low = np.flatnonzero(uniform < share)
        survival = np.maximum(uniform[low] / share, SMALLEST_PROBABILITY)
        value[low] = table[self.k] - gpd_excess(survival, *self.lower)
        high = np.flatnonzero(uniform >= 1.0 - share)
        survival = np.minimum((1.0 - uniform[high]) / share, 1.0)
        value[high] = table[-self.k - 1] + gpd_excess(survival, *self.upper)
        return value

    def loss_var_es(self, level: float) -> tuple[float, float]:
        """VaR and ES at `level` of the loss side, in standard deviations: the GPD's closed form, or the table inside the body."""
        n, edge = len(self.table), -float(self.table[self.k])
        if 1.0 - level <= self.share:
            return gpd_var_es(edge, *self.lower, n, self.k, level)
        last = min(int((1.0 - level) * n), n - 1)
        _, beyond_edge = gpd_var_es(edge, *self.lower, n, self.k, 1.0 - self.share)
        total = self.k * beyond_edge - float(self.table[self.k : last].sum())
        return -float(self.table[last]), total / last


def make_law(
    residuals: np.ndarray, tail_share: float, lower: tuple[float, float], upper: tuple[float, float]
) -> SemiparametricLaw:
    """Join `residuals` (n,) with tails (xi, beta) in residual units, then standardise.

    A heavier tail raises the variance; left alone, that would push alpha E[z^2] + beta beyond the persistence that was
    fitted and capped. So the joined law is centred and scaled to mean 0 and variance 1, exactly.
    """
    table = np.sort(np.asarray(residuals, dtype=float))
    n = len(table)
    k = max(1, round(tail_share * n))
    first = second = 0.0
    for sign, edge, (xi, beta) in ((-1.0, table[k], lower), (1.0, table[n - k - 1], upper)):
        mean_excess = beta / (1.0 - xi)
        mean_square = 2.0 * beta**2 / ((1.0 - xi) * (1.0 - 2.0 * xi))
        first += k / n * (edge + sign * mean_excess)
        second += k / n * (edge**2 + 2.0 * sign * edge * mean_excess + mean_square)
    body = table[k : n - k]
    centre = first + body.sum() / n
    scale = math.sqrt(second + (body**2).sum() / n - centre**2)
    table = (np.clip(table, table[k], table[n - k - 1]) - centre) / scale
    return SemiparametricLaw(table, k, (lower[0], lower[1] / scale), (upper[0], upper[1] / scale))


def fit_tails(residuals: np.ndarray, long_residuals: np.ndarray, tail_share: float) -> dict[str, dict[str, Any]]:
    """GPD records of the `lower` and `upper` tail: thresholds from `residuals`, exceedances from `long_residuals`."""
    table = np.sort(residuals)
    k = max(1, round(tail_share * len(table)))
    records = {}
    for side, sign, threshold in (("lower", -1.0, -table[k]), ("upper", 1.0, table[-k - 1])):
        losses = sign * long_residuals
        fit: GpdFit = fit_gpd(losses[losses > threshold] - threshold)
        records[side] = {
            "threshold": float(threshold),
            "xi": fit.xi,
            "beta": fit.beta,
            "xi_standard_error": fit.xi_standard_error,
            "beta_standard_error": fit.beta_standard_error,
            "n_exceed": fit.n_exceed,
            "n": len(long_residuals),
            "note": fit.note,
        }
    return records
