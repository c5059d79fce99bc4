"""The law of Markov switching variance: regimes that differ in volatility and follow each other as a Markov chain (Hamilton 1989).

r_t = mean + sigma_j z_t,    z normal,    j the regime of day t, numbered from the calmest
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gramlib.models.hidden_chain import filter_states, stationary
from gramlib.models.normal_mixture import NormalMixture
from gramlib.readable import readable


@readable
@dataclass(frozen=True, eq=False)
class Regimes:
    """Mean of a day's log-return; volatility by regime (k,), ascending; transition (k, k) from each regime to each."""

    mean: float
    sigma: np.ndarray
    transition: np.ndarray

    def log_density(self, log_return: np.ndarray) -> np.ndarray:
        """Logarithms of the densities of each return (n,) in each regime: (n, k)."""
        z = (log_return[:, None] - self.mean) / self.sigma
        return -0.5 * z**2 - np.log(self.sigma * math.sqrt(2.0 * math.pi))

    def filtered(self, log_return: np.ndarray) -> np.ndarray:
        """Probabilities of the regimes (n, k) on each day, given the returns up to it."""
        return filter_states(self.log_density(log_return), self.transition, stationary(self.transition))[0]

    @property
    def shares(self) -> np.ndarray:
        """Share of days (k,) in each regime in the long run."""
        return stationary(self.transition)

    @property
    def durations_days(self) -> np.ndarray:
        """Mean length (k,) of a stay in each regime."""
        return 1.0 / (1.0 - np.diag(self.transition))

    @property
    def variance(self) -> float:
        """Unconditional variance of a day's log-return."""
        return float(self.shares @ self.sigma**2)

    def of_next_day(self, state: np.ndarray) -> NormalMixture:
        """Law of the next day's log-return, given the probabilities (k,) of today's regime."""
        return NormalMixture(state @ self.transition, np.full(len(self.sigma), self.mean), self.sigma)
