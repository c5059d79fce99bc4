"""How large one loss is. A severity is a frozen dataclass of a law on [0, inf): `cdf`, `quantile`,
`mean`, `second_moment`, `limited_mean`.

All in USD (or any unit; every law scales with it). The tests hold
the formulas to numerical integrals of the survival function and to scipy's laws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtr, ndtri

from gramlib.errors import ParameterError
from gramlib.readable import readable


class Severity(Protocol):
    """One loss; `quantile` takes uniforms in [0, 1) of any shape. A moment that does not exist is infinite."""

    @property
    def mean(self) -> float:
        """Expected loss."""
        ...

    @property
    def second_moment(self) -> float:
        """Expected square of the loss."""
        ...

    def limited_mean(self, limit: np.ndarray | float) -> np.ndarray:
        """Expected min(loss, `limit`): the integral of the survival function up to `limit`."""
        ...

    def cdf(self, loss: np.ndarray) -> np.ndarray:
        """Probability of a loss of at most `loss`."""
        ...

    def quantile(self, uniform: np.ndarray) -> np.ndarray:
        """Loss at `uniform`."""
        ...


@readable
@dataclass(frozen=True)
class FixedLoss:
    """A loss that is always `amount`, in the unit of the others."""

    amount: float

    def __post_init__(self) -> None:
        _positive("amount of a fixed loss", self.amount)

    @property
    def mean(self) -> float:
        """Expected loss."""
        return self.amount

    @property
    def second_moment(self) -> float:
        """Expected square of the loss."""
        return self.amount**2

    def limited_mean(self, limit: np.ndarray | float) -> np.ndarray:
        """Expected min(loss, `limit`)."""
        return np.clip(limit, 0.0, self.amount)

    def cdf(self, loss: np.ndarray) -> np.ndarray:
        """Probability of a loss of at most `loss`."""
        return (np.asarray(loss) >= self.amount).astype(float)

    def quantile(self, uniform: np.ndarray) -> np.ndarray:
        """Loss at `uniform`."""
        return np.full(np.shape(uniform), self.amount)


@readable
@dataclass(frozen=True)
class ParetoLoss:
    """Generalised Pareto, threshold 0, shape `xi` in [0, 1), capped at `cap`: the law of the drivers.

    `uncapped_mean` is the mean before the cap, as in the issuer's parameters; the scale is uncapped_mean (1 - xi). xi = 0 is the exponential law. xi >= 1/2 without a cap has no variance.
    """

    uncapped_mean: float
    xi: float
    cap: float = math.inf

    def __post_init__(self) -> None:
        _positive("mean of a Pareto loss", self.uncapped_mean)
        _positive("cap of a Pareto loss", self.cap)
        if not 0.0 <= self.xi < 1.0:
            raise ParameterError(f"shape {self.xi} of a Pareto loss", expected="from 0 to below 1, so that the mean exists",
                                 origin="gramlib.models.actuarial.severity", remedy="correct the driver's tail_xi")  # fmt: skip

    @property
    def scale(self) -> float:
        """Scale beta of the law."""
        return self.uncapped_mean * (1.0 - self.xi)

    def survival(self, loss: np.ndarray | float) -> np.ndarray | float:
        """Probability of a loss above `loss`, before the cap."""
        if self.xi == 0.0:
            return np.exp(-np.asarray(loss) / self.scale)
        return np.exp(-np.log1p(self.xi * np.asarray(loss) / self.scale) / self.xi)

    @property
    def mean(self) -> float:
        """Expected loss, after the cap."""
        return self.uncapped_mean if math.isinf(self.cap) else float(self.limited_mean(self.cap))

    def limited_mean(self, limit: np.ndarray | float) -> np.ndarray:
        """Expected min(loss, `limit`)."""
        limit = np.clip(limit, 0.0, self.cap)
        if self.xi == 0.0:
            return self.scale * -np.expm1(-limit / self.scale)
        return self.uncapped_mean * -np.expm1((1.0 - 1.0 / self.xi) * np.log1p(self.xi * limit / self.scale))

    @property
    def second_moment(self) -> float:
        """Expected square: twice the integral of x times the survival function up to the cap."""
        xi, beta, cap = self.xi, self.scale, self.cap
        if math.isinf(cap):
            return 2.0 * beta**2 / ((1.0 - xi) * (1.0 - 2.0 * xi)) if xi < 0.5 else math.inf
        if xi == 0.0:
            return 2.0 * beta**2 * (1.0 - math.exp(-cap / beta) * (1.0 + cap / beta))
        # With v = 1 + xi x / beta:  2 (beta/xi)^2 * integral of (v - 1) v^(-1/xi) from 1 to the cap.
        top = 1.0 + xi * cap / beta
        power = lambda p: math.log(top) if abs(p) < 1e-12 else (top**p - 1.0) / p  # noqa: E731
        return 2.0 * (beta / xi) ** 2 * (power(2.0 - 1.0 / xi) - power(1.0 - 1.0 / xi))

    def cdf(self, loss: np.ndarray) -> np.ndarray:
        """Probability of a loss of at most `loss`."""
        loss = np.asarray(loss, dtype=float)
        below = 1.0 - np.asarray(self.survival(np.clip(loss, 0.0, self.cap if math.isfinite(self.cap) else None)))
        return np.where(loss < 0.0, 0.0, np.where(loss >= self.cap, 1.0, below))

    def quantile(self, uniform: np.ndarray) -> np.ndarray:
        """Loss at `uniform`."""
        tail = -np.log1p(-np.asarray(uniform, dtype=float))
        excess = tail if self.xi == 0.0 else np.expm1(self.xi * tail) / self.xi
        return np.minimum(self.cap, self.scale * excess)


def exponential_loss(mean: float) -> ParetoLoss:
    """The exponential law: every closed form of this package has it as its case."""
    return ParetoLoss(mean, 0.0)


@readable
@dataclass(frozen=True)
class LognormalLoss:
    """Lognormal with this `mean` and coefficient of variation `cv`: sigma^2 = log(1 + cv^2), mu = log(mean) - sigma^2/2."""

    mean: float
    cv: float

    def __post_init__(self) -> None:
        _positive("mean of a lognormal loss", self.mean)
        _positive("cv of a lognormal loss", self.cv)

    @property
    def sigma(self) -> float:
        """Standard deviation of the log."""
        return math.sqrt(math.log1p(self.cv**2))

    @property
    def mu(self) -> float:
        """Mean of the log."""
        return math.log(self.mean) - self.sigma**2 / 2.0

    @property
    def second_moment(self) -> float:
        """Expected square of the loss."""
        return self.mean**2 * (1.0 + self.cv**2)

    def limited_mean(self, limit: np.ndarray | float) -> np.ndarray:
        """Expected min(loss, `limit`): mean Phi(z - sigma) + limit (1 - Phi(z)), z = (log limit - mu) / sigma."""
        limit = np.maximum(limit, 0.0)
        with np.errstate(divide="ignore"):
            z = (np.log(limit) - self.mu) / self.sigma
        return self.mean * ndtr(z - self.sigma) + limit * ndtr(-z)

    def cdf(self, loss: np.ndarray) -> np.ndarray:
        """Probability of a loss of at most `loss`."""
        loss = np.asarray(loss, dtype=float)
        with np.errstate(divide="ignore"):
            return ndtr((np.log(np.maximum(loss, 0.0)) - self.mu) / self.sigma)

    def quantile(self, uniform: np.ndarray) -> np.ndarray:
        """Loss at `uniform`."""
        return np.exp(self.mu + self.sigma * ndtri(np.asarray(uniform, dtype=float)))


def _positive(name: str, value: float) -> None:
    if not value > 0.0:
        raise ParameterError(f"{name} is {value}", expected="above zero", origin="gramlib.models.actuarial.severity",
                             remedy="leave the line out where nothing can be lost")  # fmt: skip
