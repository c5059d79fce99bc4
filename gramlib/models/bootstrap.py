"""Stationary block bootstrap: days that happened, in runs of random length, so that calm and storm last (Politis and Romano 1994).

The block length is that of Politis and White (2004, corrected 2009) for the size of returns. For returns themselves it is
about one day, which draws them independently and destroys the clusters of volatility (MODELS_AND_CHECKS D.2, note 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gramlib.models.ewma import simulate_beside_ewma
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable

LONGEST_BLOCK_DAYS = 60.0
"""Or the cube root of the number of days, where that is more: longer blocks leave too few different ones."""


def optimal_block_days(values: np.ndarray) -> float:
    """Mean block length of Politis and White for a stationary bootstrap of `values` (n,)."""
    # arch takes seconds to import, and simulating from a calibration does without it.
    from arch.bootstrap import optimal_block_length

    return float(optimal_block_length(values)["stationary"].iloc[0])


def ar1_block_days(correlation: float, n: int) -> float:
    """The length that `optimal_block_days` estimates, for an autoregression of order one: ((2 rho/(1 - rho^2))^2 n)^(1/3)."""
    return ((2.0 * correlation / (1.0 - correlation**2)) ** 2 * n) ** (1.0 / 3.0)


@readable
@dataclass(frozen=True, eq=False)
class StationaryBootstrap:
    """The days of the window (n,), and the mean length of a run of them, as wanted and as used."""

    log_return: np.ndarray
    wanted_block_days: float
    mean_block_days: float

    name: ClassVar[str] = "bootstrap"
    refit_every_days: ClassVar[int | None] = None

    @classmethod
    def fit(cls, window: TrainingWindow) -> StationaryBootstrap:
        """Choose the block length; nothing else is estimated."""
        log_return = window.log_return
        wanted = optimal_block_days(np.abs(log_return))
        longest = max(LONGEST_BLOCK_DAYS, len(log_return) ** (1.0 / 3.0))
        return cls(log_return, wanted, min(max(wanted, 1.0), longest))

    @property
    def mean(self) -> float:
        """Mean daily log-return of the window."""
        return float(self.log_return.mean())

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Sums of bootstrapped days, the same for every origin: the model does not look at today's volatility.

        A day's uniform says both whether a new block begins (where it is below 1 / mean_block_days) and on which day.
        """
        n, share = len(self.log_return), 1.0 / self.mean_block_days
        row = (uniform[:, 0] * n).astype(np.intp)
        total = self.log_return[row]
        samples = {}
        for day in range(1, max(horizons_days) + 1):
            if day > 1:
                u = uniform[:, day - 1]
                row = np.where(u < share, np.minimum(u / share, 1.0) * n, row + 1.0).astype(np.intp) % n
                total = total + self.log_return[row]
            if day in horizons_days:
                samples[day] = np.broadcast_to(np.sort(total), (len(origins), len(total)))
        return samples

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paths of log growth, and an exponentially weighted volatility beside them that starts at the sample's."""
        n, mean = len(self.log_return), self.mean
        shocks = self.log_return - mean
        row = rng.integers(n, size=n_paths) - 1

        def draw() -> np.ndarray:
            nonlocal row
            row = (row + 1) % n
            begins = np.flatnonzero(rng.random(n_paths) < 1.0 / self.mean_block_days)
            row[begins] = rng.integers(n, size=len(begins))
            return shocks[row]

        return simulate_beside_ewma(mean, float(self.log_return.var(ddof=1)), draw, n_paths, n_days)

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the log-return on any day, losses positive: those of the window's days."""
        ordered = np.sort(self.log_return)
        mass = (1.0 - level) * len(ordered)
        whole = int(mass)
        total = float(ordered[:whole].sum() + (mass - whole) * ordered[whole])
        return -float(ordered[whole]), -total / mass

    def record(self) -> dict[str, Any]:
        """JSON-able mapping, the days themselves among it."""
        return {
            "kind": "bootstrap",
            "mean_block_days": self.mean_block_days,
            "wanted_block_days": self.wanted_block_days,
            "log_return": self.log_return.tolist(),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> StationaryBootstrap:
        """The model again; it does not need `residuals`."""
        return cls(np.array(record["log_return"]), record["wanted_block_days"], record["mean_block_days"])

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        n = len(self.log_return)
        used = (
            f"held at {self.mean_block_days:.0f}" if self.mean_block_days < self.wanted_block_days else "used as it is"
        )
        return {
            "title": "Stationary block bootstrap",
            "what": (
                "Paths are runs of days that happened, cut at random and joined; nothing is assumed about the law of returns. Runs are "
                "long enough to keep calm and stormy times together. Volatility beside the paths is exponentially weighted."
            ),
            "parameters": (
                f"mean block of {self.mean_block_days:.1f} days (the size of returns asks for {self.wanted_block_days:.0f}, {used}); about "
                f"{n / self.mean_block_days:.0f} blocks' worth of independent history stand behind every figure; nothing else is estimated, "
                "so there are no standard errors"
            ),
            "fails_when": (
                f"No day is worse than the worst of the {n:,} in the window ({self.log_return.min():.1%}); paths begin anywhere in history, "
                "so today's volatility does not count, and forecasts are too wide in calm times and too narrow in a storm; a seam "
                "between two blocks breaks the cluster. The drift is the window's mean, and a past mean is no promise."
            ),
        }
