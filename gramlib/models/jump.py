"""Merton's (1976) jump diffusion by maximum likelihood: quiet days, and days with one or more jumps on top.

    r = mean + sigma z + J_1 + ... + J_K,    K Poisson(rate / 252), at most 3 a day,    J normal(jump_mean, jump_sd)

Given K a day's return is normal, so that the likelihood is that of a mixture of four normal laws whose means and variances
rise in equal steps. That at most three jumps fit into a day holds in the likelihood as in the paths: the last weight is that
of three or more. The record's mean is that of a day without jumps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from gramlib.models.estimate import Estimate
from gramlib.models.ewma import simulate_beside_ewma
from gramlib.models.normal_mixture import NormalMixture
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable
from gramlib.units import BUSINESS_DAYS_PER_YEAR

MAX_JUMPS = 3


@readable
@dataclass(frozen=True)
class JumpParameters:
    """`mean` and `sigma` of a day without jumps, `rate_year` jumps a year, `jump_mean` and `jump_sd` of the log size of one."""

    mean: float
    sigma: float
    rate_year: float
    jump_mean: float
    jump_sd: float

    def of_a_day(self) -> NormalMixture:
        """Law of a day's log-return."""
        jumps = np.arange(MAX_JUMPS + 1)
        sd = np.sqrt(self.sigma**2 + jumps * self.jump_sd**2)
        return NormalMixture(
            jump_weights(self.rate_year / BUSINESS_DAYS_PER_YEAR), self.mean + jumps * self.jump_mean, sd
        )


def jump_weights(rate_day: float) -> np.ndarray:
    """Probabilities of 0, 1, 2 and of 3 or more jumps on a day."""
    weights = [math.exp(-rate_day) * rate_day**k / math.factorial(k) for k in range(MAX_JUMPS)]
    return np.array([*weights, max(1.0 - math.fsum(weights), 0.0)])


def merton_moments(sigma: float, rate: float, jump_mean: float, jump_sd: float) -> tuple[float, float, float]:
    """Variance, skewness and excess kurtosis of the log-return over a unit of time, jumps uncapped."""
    second = jump_mean**2 + jump_sd**2
    third = jump_mean**3 + 3.0 * jump_mean * jump_sd**2
    fourth = jump_mean**4 + 6.0 * jump_mean**2 * jump_sd**2 + 3.0 * jump_sd**4
    variance = sigma**2 + rate * second
    return variance, rate * third / variance**1.5, rate * fourth / variance**2


@readable
@dataclass(frozen=True)
class JumpDiffusion:
    """Fitted parameters and how their estimation went."""

    parameters: JumpParameters
    estimate: Estimate

    name: ClassVar[str] = "jump"
    refit_every_days: ClassVar[int | None] = None

    @classmethod
    def fit(cls, window: TrainingWindow) -> JumpDiffusion:
        """Maximum likelihood on the window."""
        # The optimiser takes most of a second to import, and simulating from a calibration does without it.
        from gramlib.models.jump_fit import fit_jump

        return cls(*fit_jump(window.log_return))

    @property
    def mean(self) -> float:
        """Mean daily log-return, jumps included."""
        law = self.parameters.of_a_day()
        return float(law.weight @ law.mean)

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Sums of independent days, the same for every origin: the model does not look at today's volatility."""
        total = np.cumsum(self.parameters.of_a_day().inverse(uniform), axis=1)
        return {
            horizon: np.broadcast_to(np.sort(total[:, horizon - 1]), (len(origins), len(total)))
            for horizon in horizons_days
        }

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paths of log growth, and an exponentially weighted volatility beside them that starts at the model's own."""
        law = self.parameters.of_a_day()
        at_most = np.cumsum(law.weight)[:-1]
        shift = law.mean - self.parameters.mean

        def draw() -> np.ndarray:
            jumps = np.searchsorted(at_most, rng.random(n_paths), side="right")
            return shift[jumps] + law.sd[jumps] * rng.standard_normal(n_paths)

        found = self.parameters
        rate_day = found.rate_year / BUSINESS_DAYS_PER_YEAR
        next_variance = merton_moments(found.sigma, rate_day, found.jump_mean, found.jump_sd)[0]
        return simulate_beside_ewma(found.mean, next_variance, draw, n_paths, n_days)

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the log-return on any day, losses positive."""
        return self.parameters.of_a_day().loss_var_es(level)

    def record(self) -> dict[str, Any]:
        """JSON-able mapping."""
        return {"kind": "jump", **asdict(self.parameters), "estimate": self.estimate.record()}

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> JumpDiffusion:
        """The model again; it does not need `residuals`."""
        numbers = {name: record[name] for name in ("mean", "sigma", "rate_year", "jump_mean", "jump_sd")}
        return cls(JumpParameters(**numbers), Estimate(**record["estimate"]))

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        shown, found = self.estimate.shown, self.parameters
        return {
            "title": "Merton jump diffusion",
            "what": (
                "Every day is a normal return of constant volatility; on random days jumps of random size come on top, which makes gaps and "
                "fat tails without any memory. Volatility beside the paths is exponentially weighted."
            ),
            "parameters": (
                f"{self.estimate.warning}a day without jumps: {shown('mean', found.mean, '.5f')}, {shown('sigma', found.sigma, '.5f')}; "
                f"{shown('rate_year', found.rate_year, '.1f')} jumps a year of {shown('jump_mean', found.jump_mean, '.5f')} and "
                f"{shown('jump_sd', found.jump_sd, '.5f')}"
            ),
            "fails_when": (
                "Days are independent: volatility does not cluster, so the fitted jumps are mostly the days of stormy times, far too many "
                "and too small to be gaps; several bad days in a row are too rare, and sums over weeks look nearly normal. The drift "
                "is the window's mean, and a past mean is no promise."
            ),
        }
