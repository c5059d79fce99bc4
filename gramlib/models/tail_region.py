"""How surely a generalised Pareto tail is known: intervals by profile likelihood for whatever follows from it.

The profile-likelihood interval of a figure q(xi, beta) is all values that q takes where the likelihood lies within half of the
chi-squared quantile (one degree of freedom) of its maximum. So the edge of that region is traced once,
and every figure that rises or falls with xi and beta has its extremes there. Unlike an interval from standard errors it is
skewed, as a far quantile's must be.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from gramlib.models.tails import gpd_maximum
from gramlib.readable import readable

CONFIDENCE = 0.95
DIRECTIONS = 144
HALVINGS = 40
FARTHEST = 40.0
"""Standard errors from the maximum at which the edge is looked for; a region that reaches on is cut there."""
LEAST_XI = -0.5
"""Below, the likelihood of a GPD has no regular maximum (Smith 1985)."""

Quantity = Callable[[np.ndarray, np.ndarray], np.ndarray]


@readable
@dataclass(frozen=True, eq=False)
class TailRegion:
    """Maximum likelihood `xi`, `beta`, their asymptotic `covariance` (2, 2), and the edge (m,) of the 95% region."""

    xi: float
    beta: float
    covariance: np.ndarray
    edge_xi: np.ndarray
    edge_beta: np.ndarray

    def at(self, quantity: Quantity) -> tuple[float, float, float, float]:
        """Value at the maximum, standard error (delta method) and profile-likelihood interval of `quantity`(xi, beta).

        `quantity` is monotone in both and takes arrays; the interval may be infinite.
        """
        value, *moved = (
            float(quantity(np.array(self.xi + step[0]), np.array(self.beta * (1.0 + step[1]))))
            for step in ((0.0, 0.0), (1e-5, 0.0), (-1e-5, 0.0), (0.0, 1e-5), (0.0, -1e-5))
        )
        gradient = np.array([moved[0] - moved[1], (moved[2] - moved[3]) / self.beta]) / 2e-5
        edge = quantity(self.edge_xi, self.edge_beta)
        return value, math.sqrt(gradient @ self.covariance @ gradient), float(edge.min()), float(edge.max())


def tail_region(excesses: np.ndarray) -> TailRegion:
    """Region of the GPD fitted to positive `excesses` (n,)."""
    xi, beta = gpd_maximum(excesses)
    spread = max(1.0 + xi, 0.05)
    # Of xi and log beta (Smith 1987); its root makes the region nearly a circle.
    covariance = spread / len(excesses) * np.array([[spread, -1.0], [-1.0, 2.0]])
    angle = np.linspace(0.0, 2.0 * math.pi, DIRECTIONS, endpoint=False)
    direction = np.linalg.cholesky(covariance) @ np.vstack((np.cos(angle), np.sin(angle)))
    floor = gpd_log_likelihood(excesses, np.array([xi]), np.array([beta]))[0] - 0.5 * chdtri(1.0, 1.0 - CONFIDENCE)
    inside, outside = np.zeros(DIRECTIONS), np.full(DIRECTIONS, FARTHEST)
    for _ in range(HALVINGS):
        middle = 0.5 * (inside + outside)
        above = gpd_log_likelihood(excesses, xi + middle * direction[0], beta * np.exp(middle * direction[1])) >= floor
        inside, outside = np.where(above, middle, inside), np.where(above, outside, middle)
    scale = np.array([1.0, beta])
    return TailRegion(xi, beta, covariance * np.outer(scale, scale), xi + inside * direction[0],
                      beta * np.exp(inside * direction[1]))  # fmt: skip


def gpd_log_likelihood(excesses: np.ndarray, xi: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Log-likelihood (m,) of `excesses` (n,) at m pairs `xi`, `beta`; minus infinity where a pair cannot be."""
    argument = xi[:, None] * excesses[None, :] / beta[:, None]
    possible = (argument.min(axis=1) > -1.0) & (xi > LEAST_XI)
    near_nought = np.abs(xi) < 1e-9
    total = np.log1p(np.where(possible[:, None], argument, 0.0)).sum(axis=1)
    shape = np.where(near_nought, 1.0, xi)
    body = np.where(near_nought, excesses.sum() / beta, (1.0 + 1.0 / shape) * total)
    return np.where(possible, -len(excesses) * np.log(beta) - body, -np.inf)
