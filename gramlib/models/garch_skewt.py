"""GARCH(1,1) and GJR-GARCH(1,1,1) with Hansen's skewed Student-t innovations: the two tails may differ in length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gramlib.models.estimate import Estimate
from gramlib.models.garch import GarchParameters, filter_variance, forecast_sums, simulate_growth
from gramlib.models.returns import Returns
from gramlib.models.skew_t import SkewT
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class GarchSkewT:
    """Fitted recursion, law of the innovations, variance of the day after the data, and how the estimation went."""

    parameters: GarchParameters
    law: SkewT
    next_variance: float
    estimate: Estimate

    name: ClassVar[str] = "garch_skewt"
    refit_every_days: ClassVar[int | None] = None
    asymmetric: ClassVar[bool] = False

    @classmethod
    def fit(cls, window: TrainingWindow) -> Self:
        """Maximum likelihood on the window; the variance of the next day from a filter over the whole history."""
        # arch takes seconds to import, and simulating from a calibration does without it.
        from gramlib.models.arch_fit import fit_garch_t

        fit = fit_garch_t(window.log_return, window.persistence_cap, cls.asymmetric, skewed=True)
        variance = filter_variance(fit.parameters, window.returns.log_return)
        return cls(fit.parameters, SkewT(fit.nu, fit.skew), float(variance[-1]), fit.estimate)

    @property
    def mean(self) -> float:
        """Mean daily log-return of the fitted window."""
        return self.parameters.mean

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Simulated sums from each origin's filtered variance (see protocol)."""
        variance = filter_variance(self.parameters, returns.log_return[: origins.max() + 1])
        return forecast_sums(self.parameters, variance[origins + 1], self.law.inverse(uniform), horizons_days)

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paths of log growth and volatility (see protocol)."""
        return simulate_growth(self.parameters, self.next_variance, lambda n: self.law.draw(rng, n), n_paths, n_days)

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the next day's log-return, losses positive."""
        sigma = math.sqrt(self.next_variance)
        var, shortfall = self.law.loss_var_es(level)
        return sigma * var - self.mean, sigma * shortfall - self.mean

    def record(self) -> dict[str, Any]:
        """JSON-able mapping."""
        return {
            "kind": "gjr_garch_skew_t",
            "parameters": self.parameters.record(),
            "nu": self.law.nu,
            "skew": self.law.skew,
            "next_variance": self.next_variance,
            "estimate": self.estimate.record(),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> Self:
        """The model again; it does not need `residuals`."""
        law = SkewT(record["nu"], record["skew"])
        parameters = GarchParameters(**record["parameters"])
        return cls(parameters, law, record["next_variance"], Estimate(**record["estimate"]))

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        shown, found = self.estimate.shown, self.parameters
        gamma = f"{shown('gamma', found.gamma)}, " if self.asymmetric else ""
        leaning = ", more after falls where gamma is positive, more after rises where it is negative" if gamma else ""
        return {
            "title": f"{'GJR-GARCH(1,1,1)' if gamma else 'GARCH(1,1)'} with skewed Student-t errors",
            "what": (
                f"Volatility moves up after large days and decays back{leaning}; each day's surprise is a skewed Student-t of that "
                "volatility, whose longer tail the data choose: that of losses where skew is negative."
            ),
            "parameters": (
                f"{self.estimate.warning}mean {found.mean:.2e} a day, omega {found.omega:.2e}, {shown('alpha', found.alpha)}, "
                f"{gamma}{shown('beta', found.beta)}, {shown('nu', self.law.nu, '.2f')}, {shown('skew', self.law.skew)}; "
                f"a variance shock halves in {found.half_life_days:.0f} days"
            ),
            "fails_when": (
                "Skew is one number for all times and small for gold, so that next to the symmetric law it changes the far tails by "
                "less than their own uncertainty; both tails thin out alike; regimes and jumps are averaged; near persistence 1 "
                "the volatility of distant days is set by the cap. The drift is the window's mean, and a past mean is no promise."
            ),
        }


class GjrSkewT(GarchSkewT):
    """The same with a recursion in which falls and rises may move volatility differently."""

    name: ClassVar[str] = "gjr_skewt"
    asymmetric: ClassVar[bool] = True
