"""The simplest price model that keeps the protocol: each day normal, with the volatility of the last quarter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import ndtr, ndtri

from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow

WINDOW_DAYS = 63


@dataclass(frozen=True)
class CalmNormal:
    """Normal days, as volatile as the last 63: it knows no heavy tails and no clusters."""

    mean: float
    volatility: float

    name: ClassVar[str] = "calm_normal"
    refit_every_days: ClassVar[int | None] = None

    @classmethod
    def fit(cls, window: TrainingWindow) -> CalmNormal:
        """Mean of the window, volatility of its last quarter."""
        log_return = window.log_return
        return cls(float(log_return.mean()), float(log_return[-WINDOW_DAYS:].std(ddof=1)))

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Sums of normal days, as volatile as the 63 that end at each origin."""
        days = np.array([returns.log_return[max(0, o + 1 - WINDOW_DAYS) : o + 1].std(ddof=1) for o in origins])
        sums = np.cumsum(ndtri(uniform), axis=1)
        return {h: h * self.mean + days[:, None] * np.sort(sums[:, h - 1]) for h in horizons_days}

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random walks, their volatility the same on every day."""
        growth = np.zeros((n_paths, n_days + 1), order="F")
        for day in range(1, n_days + 1):
            growth[:, day] = growth[:, day - 1] + self.mean + self.volatility * rng.standard_normal(n_paths)
        return growth, np.full_like(growth, self.volatility)

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of a normal day, losses positive."""
        z = float(ndtri(level))
        density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        shortfall = density / (1.0 - float(ndtr(z)))
        return self.volatility * z - self.mean, self.volatility * shortfall - self.mean

    def record(self) -> dict[str, Any]:
        """Both numbers."""
        return {"kind": "calm_normal", "mean": self.mean, "volatility": self.volatility}

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> CalmNormal:
        """The model again; it does not need `residuals`."""
        return cls(record["mean"], record["volatility"])

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        error = self.volatility / math.sqrt(2.0 * WINDOW_DAYS)
        return {
            "title": "Normal days of the last quarter",
            "what": "Every day is normal and independent, with the volatility of the last 63 days.",
            "parameters": f"daily volatility {self.volatility:.4f} (s.e. {error:.4f})",
            "fails_when": "Markets move more than a normal law allows, which they do every year.",
        }
