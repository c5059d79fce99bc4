"""GARCH(1,1) with Student-t innovations: volatility clusters, and every tail is the fitted t's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import stdtrit

from gramlib.models.estimate import Estimate
from gramlib.models.garch import GarchParameters, filter_variance, forecast_sums, simulate_growth
from gramlib.models.returns import Returns
from gramlib.models.tails import student_t_var_es
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class GarchT:
    """Fitted filter, degrees of freedom, the variance of the day after the data, and how the estimation went."""

    parameters: GarchParameters
    nu: float
    next_variance: float
    estimate: Estimate

    name: ClassVar[str] = "garch_t"
    refit_every_days: ClassVar[int | None] = None

    @classmethod
    def fit(cls, window: TrainingWindow) -> Self:
        """The window's GARCH fit as it is."""
        fit = window.garch
        return cls(fit.parameters, fit.nu, float(window.variance[-1]), fit.estimate)

    @property
    def _scale(self) -> float:
        return math.sqrt((self.nu - 2.0) / self.nu)

    @property
    def mean(self) -> float:
        """Mean daily log-return of the fitted window."""
        return self.parameters.mean

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Simulated sums from each origin's filtered variance (see protocol)."""
        variance = filter_variance(self.parameters, returns.log_return[: origins.max() + 1])
        innovations = self._scale * stdtrit(self.nu, uniform)
        return forecast_sums(self.parameters, variance[origins + 1], innovations, horizons_days)

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paths of log growth and volatility (see protocol)."""

        def draw(n: int) -> np.ndarray:
            innovations = rng.standard_t(self.nu, n)
            innovations *= self._scale
            return innovations

        return simulate_growth(self.parameters, self.next_variance, draw, n_paths, n_days)

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the next day's log-return, losses positive."""
        sigma = math.sqrt(self.next_variance)
        var, shortfall = student_t_var_es(self.nu, level)
        return sigma * var - self.parameters.mean, sigma * shortfall - self.parameters.mean

    def record(self) -> dict[str, Any]:
        """JSON-able mapping."""
        return {
            "kind": "gjr_garch_t",
            "parameters": self.parameters.record(),
            "nu": self.nu,
            "next_variance": self.next_variance,
            "estimate": self.estimate.record(),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> Self:
        """The model again; it does not need `residuals`."""
        parameters = GarchParameters(**record["parameters"])
        return cls(parameters, record["nu"], record["next_variance"], Estimate(**record["estimate"]))

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        shown, found = self.estimate.shown, self.parameters
        return {
            "title": "GARCH(1,1) with Student-t errors",
            "what": "Volatility moves up after large days and decays back; each day's surprise is a Student-t of that volatility.",
            "parameters": (
                f"{self.estimate.warning}mean {found.mean:.2e} a day, omega {found.omega:.2e}, {shown('alpha', found.alpha)}, "
                f"{shown('beta', found.beta)}, {shown('nu', self.nu, '.2f')}; a variance shock halves in {found.half_life_days:.0f} days"
            ),
            "fails_when": (
                "Losses and gains have the same tail by construction; regimes and jumps are averaged; near persistence 1 the "
                "volatility of distant days is set by the cap, not by the data. The drift is the window's mean, and a past mean "
                "is no promise."
            ),
        }
