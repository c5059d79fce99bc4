"""The GARCH(1,1) filter: variance recursion, closed-form forecasts and the two day loops built on it.

    e_t = r_t - mean,    s2_{t+1} = omega + (alpha + gamma [e_t < 0]) e_t^2 + beta s2_t

With gamma = 0 it is Bollerslev's (1986), otherwise that of Glosten, Jagannathan and Runkle (1993). Gold's gamma is negative:
it is the price rises that raise its volatility.

Everything here is in natural units: log-returns as fractions, variances per day.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from gramlib.readable import readable

BACKCAST_DAYS = 75
BACKCAST_DECAY = 0.94

ORIGINS_AT_ONCE = 50
"""Keeps the working arrays of a loop over days inside the processor's cache."""

LARGEST_DAILY_MOVE = 0.5
"""No simulated day moves the log price further, the bound that the catalogue sets on recorded days too; gold's largest
since 1975 is a quarter of it. Heavy-tailed shocks feed the variance that scales the next ones; unbounded, one path in
some ten thousand ends a year at prices that have no meaning."""


@readable
@dataclass(frozen=True)
class GarchParameters:
    """Parameters of the recursion; `mean` 1/day, `omega` 1/day, `alpha`, `beta` and `gamma` (of either sign) pure numbers."""

    mean: float
    omega: float
    alpha: float
    beta: float
    gamma: float = 0.0

    @property
    def persistence(self) -> float:
        """Share of a variance shock left after one day: alpha + gamma/2 + beta, for innovations that are symmetric."""
        return self.alpha + 0.5 * self.gamma + self.beta

    @property
    def long_run_variance(self) -> float:
        """Variance per day that forecasts settle at, omega / (1 - persistence); infinite at persistence 1."""
        return self.omega / (1.0 - self.persistence) if self.persistence < 1.0 else math.inf

    @property
    def half_life_days(self) -> float:
        """Days until half of a variance shock is left."""
        return math.log(0.5) / math.log(self.persistence) if self.persistence < 1.0 else math.inf

    def variance_forecast(self, next_variance: float, horizon_days: int) -> float:
        """Expected variance of the day `horizon_days` ahead, given the variance of the next day (horizon 1)."""
        if self.persistence == 1.0:
            return next_variance + (horizon_days - 1) * self.omega
        decayed = self.persistence ** (horizon_days - 1)
        return self.omega * (1.0 - decayed) / (1.0 - self.persistence) + decayed * next_variance

    def variance_of_sum(self, next_variance: float, horizon_days: int) -> float:
        """Expected variance of the log-return over the next `horizon_days` days."""
        return sum(self.variance_forecast(next_variance, day) for day in range(1, horizon_days + 1))

    def record(self) -> dict[str, float]:
        """The parameters as a JSON-able mapping."""
        return asdict(self)


def filter_variance(parameters: GarchParameters, log_return: np.ndarray) -> np.ndarray:
    """Conditional variances (n + 1,): entry t is known before return t; the last belongs to the day after the data.

    The recursion starts from the exponentially weighted square of the first 75 returns (decay 0.94), as arch does.
    """
    # scipy.signal takes most of a second to import, and simulating from a calibration does without it.
    from scipy.signal import lfilter

    squared = (log_return - parameters.mean) ** 2
    weights = BACKCAST_DECAY ** np.arange(min(BACKCAST_DAYS, len(squared)))
    backcast = float(squared[: len(weights)] @ weights / weights.sum())
    weights_of_news = np.where(log_return < parameters.mean, parameters.alpha + parameters.gamma, parameters.alpha)
    first = (parameters.alpha + 0.5 * parameters.gamma) * backcast
    news = parameters.omega + np.concatenate(([first], weights_of_news * squared))
    variance, _ = lfilter([1.0], [1.0, -parameters.beta], news, zi=[parameters.beta * backcast])
    return variance


def simulate_growth(
    parameters: GarchParameters, next_variance: float, draw: Callable[[int], np.ndarray], n_paths: int, n_days: int
) -> tuple[np.ndarray, np.ndarray]:
    """Random paths: cumulative log growth and volatility, both (n_paths, n_days + 1).

    `draw(n)` gives n innovations of mean 0 and variance 1. Volatility at index t is that of day t + 1, known at the
    end of day t. The arrays are day-contiguous (Fortran order), because the issuer's engine walks through them day by day.
    """
    growth = np.zeros((n_days + 1, n_paths))
    volatility = np.empty((n_days + 1, n_paths))
    variance = np.full(n_paths, next_variance)
    volatility[0] = math.sqrt(next_variance)
    for day in range(1, n_days + 1):
        shock = draw(n_paths)
        shock *= volatility[day - 1]
        np.clip(shock, -LARGEST_DAILY_MOVE, LARGEST_DAILY_MOVE, out=shock)
        np.add(growth[day - 1], shock, out=growth[day])
        growth[day] += parameters.mean
        variance *= parameters.beta
        variance += _news(parameters, shock)
        variance += parameters.omega
        np.sqrt(variance, out=volatility[day])
    return growth.T, volatility.T


def _news(parameters: GarchParameters, shock: np.ndarray) -> np.ndarray:
    """What the day's `shock` adds to the next variance; overwrites `shock`."""
    weight: float | np.ndarray = parameters.alpha
    if parameters.gamma:
        weight = np.where(shock < 0.0, parameters.alpha + parameters.gamma, parameters.alpha)
    shock *= shock
    shock *= weight
    return shock


def forecast_sums(
    parameters: GarchParameters, next_variance: np.ndarray, innovations: np.ndarray, horizons_days: Sequence[int]
) -> dict[int, np.ndarray]:
    """Forecast samples of the log-return over each horizon, sorted: {horizon: (n_origins, n_samples)}.

    `next_variance` (n_origins,) starts each origin; `innovations` (n_samples, max horizon) are shared by all origins.
    """
    by_day = np.ascontiguousarray(innovations.T)
    samples = {horizon: np.empty((len(next_variance), len(innovations))) for horizon in horizons_days}
    for rows in in_turns(len(next_variance)):
        variance = np.repeat(next_variance[rows, None], len(innovations), axis=1)
        total = np.zeros_like(variance)
        for day in range(1, max(horizons_days) + 1):
            shock = np.sqrt(variance)
            shock *= by_day[day - 1]
            total += shock
            if day in samples:
                np.add(np.sort(total, axis=1), parameters.mean * day, out=samples[day][rows])
            variance *= parameters.beta
            variance += _news(parameters, shock)
            variance += parameters.omega
    return samples


def in_turns(n_origins: int) -> Iterator[slice]:
    """Slices of at most 50 that make up `n_origins`."""
    for first in range(0, n_origins, ORIGINS_AT_ONCE):
        yield slice(first, min(first + ORIGINS_AT_ONCE, n_origins))
