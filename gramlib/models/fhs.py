"""Filtered historical simulation: the GARCH filter, fed with residuals that happened, their tails extended by a GPD."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gramlib.models.estimate import Estimate
from gramlib.models.garch import GarchParameters, filter_variance, forecast_sums, simulate_growth
from gramlib.models.returns import Returns
from gramlib.models.semiparametric import SemiparametricLaw, fit_tails, make_law
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class FilteredHistoricalSimulation:
    """Fitted filter, the law of its residuals, the variance of the day after the data, and how the filter's estimation went."""

    parameters: GarchParameters
    law: SemiparametricLaw
    tail_share: float
    tails: dict[str, dict[str, Any]]
    next_variance: float
    estimate: Estimate

    name: ClassVar[str] = "fhs"
    refit_every_days: ClassVar[int | None] = None

    @classmethod
    def fit(cls, window: TrainingWindow) -> FilteredHistoricalSimulation:
        """Residuals of the window under its GARCH fit; GPD tails from the residuals of the whole history."""
        tails = fit_tails(window.residuals, window.long_residuals, window.tail_share)
        fit = window.garch
        next_variance = float(window.variance[-1])
        return cls._joined(fit.parameters, window.residuals, window.tail_share, tails, next_variance, fit.estimate)

    @classmethod
    def _joined(
        cls,
        parameters: GarchParameters,
        residuals: np.ndarray,
        tail_share: float,
        tails: dict[str, Any],
        next_variance: float,
        estimate: Estimate,
    ) -> FilteredHistoricalSimulation:
        lower, upper = ((tails[side]["xi"], tails[side]["beta"]) for side in ("lower", "upper"))
        law = make_law(residuals, tail_share, lower, upper)
        return cls(parameters, law, tail_share, tails, next_variance, estimate)

    @property
    def mean(self) -> float:
        """Mean daily log-return of the fitted window."""
        return self.parameters.mean

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Simulated sums from each origin's filtered variance (see protocol)."""
        variance = filter_variance(self.parameters, returns.log_return[: origins.max() + 1])
        innovations = self.law.inverse(uniform.ravel()).reshape(uniform.shape)
        return forecast_sums(self.parameters, variance[origins + 1], innovations, horizons_days)

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paths of log growth and volatility (see protocol)."""
        return simulate_growth(
            self.parameters, self.next_variance, lambda n: self.law.inverse(rng.random(n)), n_paths, n_days
        )

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the next day's log-return, losses positive."""
        sigma = math.sqrt(self.next_variance)
        var, shortfall = self.law.loss_var_es(level)
        return sigma * var - self.parameters.mean, sigma * shortfall - self.parameters.mean

    def record(self) -> dict[str, Any]:
        """JSON-able mapping; the residuals themselves are the table `residuals`."""
        return {
            "kind": "fhs",
            "parameters": self.parameters.record(),
            "tail_share": self.tail_share,
            "tails": self.tails,
            "next_variance": self.next_variance,
            "estimate": self.estimate.record(),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> FilteredHistoricalSimulation:
        """The model again, from its record and the window's residuals (n,)."""
        return cls._joined(
            GarchParameters(**record["parameters"]),
            residuals,
            record["tail_share"],
            record["tails"],
            record["next_variance"],
            Estimate(**record["estimate"]),
        )

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        lower, upper = self.tails["lower"], self.tails["upper"]
        shown, found = self.estimate.shown, self.parameters
        return {
            "title": "Filtered historical simulation with extended tails",
            "what": (
                "Volatility as in the GARCH filter; each day's surprise is one that happened, measured in the volatility of its day. The "
                f"outer {self.tail_share:.0%} on each side are drawn from generalised Pareto tails fitted on the long history."
            ),
            "parameters": (
                f"{self.estimate.warning}{shown('alpha', found.alpha)}, {shown('beta', found.beta)}; loss tail xi {lower['xi']:.3f} "
                f"(s.e. {lower['xi_standard_error']:.3f}, {lower['n_exceed']} exceedances), gain tail xi {upper['xi']:.3f} "
                f"(s.e. {upper['xi_standard_error']:.3f})"
            ),
            "fails_when": (
                "Residuals are drawn independently, so several bad days in a row come only through volatility; a kind of day that the "
                "history does not hold is reached only through the fitted tail. The drift is the window's mean, and a past mean "
                "is no promise."
            ),
        }
