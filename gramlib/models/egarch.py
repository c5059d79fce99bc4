"""EGARCH(1,1,1) with Student-t or skewed Student-t innovations: the logarithm of variance moves, so that no sign is forced.

ln s2_{t+1} = omega + alpha (|z_t| - sqrt(2/pi)) + gamma z_t + beta ln s2_t,    z_t = (r_t - mean) / s_t    (Nelson 1991)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gramlib.models.estimate import Estimate
from gramlib.models.garch import BACKCAST_DAYS, BACKCAST_DECAY, LARGEST_DAILY_MOVE, in_turns
from gramlib.models.returns import Returns
from gramlib.models.skew_t import SkewT
from gramlib.models.window import TrainingWindow
from gramlib.readable import readable

MEAN_SIZE = math.sqrt(2.0 / math.pi)
"""Of a normal innovation. arch subtracts it whatever the law; omega takes up the difference."""

LARGEST_LOG_VARIANCE = 2.0 * math.log(0.25)
"""No day's volatility goes beyond 25%, three times the highest that was ever estimated for gold. Under heavy tails the mean
of exp(alpha |z|) is infinite, and without a bound a few paths in a million run away."""


@readable
@dataclass(frozen=True)
class EgarchParameters:
    """Parameters of the recursion in natural units; `mean` 1/day, the others pure numbers."""

    mean: float
    omega: float
    alpha: float
    gamma: float
    beta: float

    def record(self) -> dict[str, float]:
        """The parameters as a JSON-able mapping."""
        return asdict(self)

    def following(self, log_variance: np.ndarray, shock: np.ndarray) -> np.ndarray:
        """Log variance of the next day after `shock`, one for each entry; overwrites `shock`."""
        shock *= np.exp(-0.5 * log_variance)
        ahead = self.alpha * (np.abs(shock) - MEAN_SIZE)
        shock *= self.gamma
        ahead += shock
        ahead += self.beta * log_variance
        ahead += self.omega
        return np.minimum(ahead, LARGEST_LOG_VARIANCE, out=ahead)


def filter_log_variance(parameters: EgarchParameters, log_return: np.ndarray) -> np.ndarray:
    """Logarithms of the conditional variances (n + 1,), as `garch.filter_variance`, from the same start."""
    mean, omega, alpha, gamma, beta = asdict(parameters).values()
    squared = (log_return[:BACKCAST_DAYS] - mean) ** 2
    weights = BACKCAST_DECAY ** np.arange(len(squared))
    # As in arch, the day before the first is an average one whose news is nought.
    value = omega + beta * math.log(float(squared @ weights / weights.sum()))
    constant = omega - alpha * MEAN_SIZE
    filtered = [value]
    for shock in (log_return - mean).tolist():
        z = shock * math.exp(-0.5 * value)
        value = min(constant + alpha * abs(z) + gamma * z + beta * value, LARGEST_LOG_VARIANCE)
        filtered.append(value)
    return np.array(filtered)


@readable
@dataclass(frozen=True)
class EgarchT:
    """Fitted recursion, law of the innovations, and the log variance of the day after the data."""

    parameters: EgarchParameters
    law: SkewT
    next_log_variance: float
    estimate: Estimate

    name: ClassVar[str] = "egarch_t"
    refit_every_days: ClassVar[int | None] = None
    skewed: ClassVar[bool] = False

    @property
    def mean(self) -> float:
        """Mean daily log-return of the fitted window."""
        return self.parameters.mean

    @classmethod
    def fit(cls, window: TrainingWindow) -> Self:
        """Maximum likelihood on the window; the variance of the next day from a filter over the whole history."""
        # arch takes seconds to import, and simulating from a calibration does without it.
        from gramlib.models.egarch_fit import fit_egarch

        parameters, law, estimate = fit_egarch(window.log_return, cls.skewed, window.persistence_cap)
        filtered = filter_log_variance(parameters, window.returns.log_return)
        return cls(parameters, law, float(filtered[-1]), estimate)

    def forecast(
        self, returns: Returns, origins: np.ndarray, horizons_days: Sequence[int], uniform: np.ndarray
    ) -> dict[int, np.ndarray]:
        """Simulated sums from each origin's filtered variance (see protocol)."""
        filtered = filter_log_variance(self.parameters, returns.log_return[: origins.max() + 1])
        by_day = np.ascontiguousarray(self.law.inverse(uniform).T)
        samples = {horizon: np.empty((len(origins), len(uniform))) for horizon in horizons_days}
        for rows in in_turns(len(origins)):
            log_variance = np.repeat(filtered[origins[rows] + 1][:, None], len(uniform), axis=1)
            total = np.zeros_like(log_variance)
            for day in range(1, max(horizons_days) + 1):
                shock = np.exp(0.5 * log_variance)
                shock *= by_day[day - 1]
                np.clip(shock, -LARGEST_DAILY_MOVE, LARGEST_DAILY_MOVE, out=shock)
                total += shock
                if day in samples:
                    np.add(np.sort(total, axis=1), self.mean * day, out=samples[day][rows])
                if day < max(horizons_days):
                    log_variance = self.parameters.following(log_variance, shock)
        return samples

    def simulate(self, n_paths: int, n_days: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Paths of log growth and volatility (see protocol)."""
        growth = np.zeros((n_days + 1, n_paths))
        volatility = np.empty((n_days + 1, n_paths))
        log_variance = np.full(n_paths, self.next_log_variance)
        volatility[0] = math.exp(0.5 * self.next_log_variance)
        for day in range(1, n_days + 1):
            shock = self.law.draw(rng, n_paths)
            shock *= volatility[day - 1]
            np.clip(shock, -LARGEST_DAILY_MOVE, LARGEST_DAILY_MOVE, out=shock)
            np.add(growth[day - 1], shock, out=growth[day])
            growth[day] += self.mean
            log_variance = self.parameters.following(log_variance, shock)
            np.exp(0.5 * log_variance, out=volatility[day])
        return growth.T, volatility.T

    def next_day(self, level: float) -> tuple[float, float]:
        """VaR and ES of the next day's log-return, losses positive."""
        sigma = math.exp(0.5 * self.next_log_variance)
        var, shortfall = self.law.loss_var_es(level)
        return sigma * var - self.mean, sigma * shortfall - self.mean

    def record(self) -> dict[str, Any]:
        """JSON-able mapping."""
        return {
            "kind": "egarch_skew_t",
            "parameters": self.parameters.record(),
            "nu": self.law.nu,
            "skew": self.law.skew,
            "next_log_variance": self.next_log_variance,
            "estimate": self.estimate.record(),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any], residuals: np.ndarray) -> Self:
        """The model again; it does not need `residuals`."""
        law = SkewT(record["nu"], record["skew"])
        parameters = EgarchParameters(**record["parameters"])
        return cls(parameters, law, record["next_log_variance"], Estimate(**record["estimate"]))

    def card(self) -> dict[str, str]:
        """Model card in plain sentences."""
        shown, found = self.estimate.shown, self.parameters
        law = shown("nu", self.law.nu, ".2f") + (f", {shown('skew', self.law.skew)}" if self.skewed else "")
        tails = "a skewed Student-t, whose longer tail the data choose" if self.skewed else "a Student-t"
        half_life = math.log(0.5) / math.log(found.beta) if 0.0 < found.beta < 1.0 else math.inf
        return {
            "title": f"EGARCH(1,1,1) with {'skewed ' if self.skewed else ''}Student-t errors",
            "what": (
                "The logarithm of volatility moves up after large days and decays back; a positive gamma means that rises move it "
                f"more than falls, as for gold. Each day's surprise is {tails}, of that volatility."
            ),
            "parameters": (
                f"{self.estimate.warning}mean {found.mean:.2e} a day, {shown('omega', found.omega)}, {shown('alpha', found.alpha)}, "
                f"{shown('gamma', found.gamma)}, {shown('beta', found.beta)}, {law}; a shock to log variance halves in {half_life:.0f} days"
            ),
            "fails_when": (
                "One very large day multiplies volatility, where GARCH adds to it, and under heavy tails the expected variance of "
                "later days is infinite: a bound of 25% a day holds simulated paths. Forecasts of more than a day exist "
                "by simulation only. The drift is the window's mean, and a past mean is no promise."
            ),
        }


class EgarchSkewT(EgarchT):
    """The same with innovations whose two tails may differ in length."""

    name: ClassVar[str] = "egarch_skewt"
    skewed: ClassVar[bool] = True
