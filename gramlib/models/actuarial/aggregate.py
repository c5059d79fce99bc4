"""What a year of losses costs: compound Poisson, exact on a grid, with bounds for what the grid hides.

S = X_1 + ... + X_N, N Poisson with rate lambda, X severities. Independent lines add up to one compound Poisson of rate
sum(lambda_i) and severity sum(lambda_i F_i) / lambda, so several lines are one.

Severities are put on a grid of `step` three ways (Klugman, Panjer and Willmot, Loss Models, 5th ed., section 9.6, the recursive method):

    matched   each loss split between the two points around it so that its mean stays: the central figure
    lower     mass of [kh, kh + h) at kh: every loss rounded down, a lower bound of every quantile
    upper     mass of (kh - h, kh] at kh: every loss rounded up, an upper bound

and each is convolved by one of two methods, which agree to rounding because they solve the same discrete problem:

    panjer    g_0 = exp(-lambda (1 - f_0)),   g_k = lambda/k sum_{j=1..k} j f_j g_{k-j}      (Panjer 1981)
    fft       exp(lambda (f^ - 1)) with exponential tilting against wrap-around          (Gruebel and Hermesmeier 1999)

Losses beyond the grid do not touch the distribution below its end. VaR is read from the distribution; ES takes the mean from
the severities' own formulas, so that the tail beyond the grid is in it: ES = (E S - E[S; S <= VaR] - VaR (level - P(S <= VaR)))
/ (1 - level), which is Acerbi and Tasche's for laws with atoms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gramlib.errors import ParameterError
from gramlib.models.actuarial.severity import Severity
from gramlib.readable import readable

Method = Literal["fft", "panjer"]
TILT = 10.0
"""Tilt over the grid, which is padded to twice its length: wrap-around shrinks by exp(-20), rounding grows by exp(10)."""
MAX_POINTS_PANJER = 2**15
"""Its work grows with the square: 32,768 points take about a second."""


@readable
@dataclass(frozen=True)
class LossLine:
    """One kind of loss: its `name`, events a year, and the law of one loss."""

    name: str
    rate_year: float
    severity: Severity

    @property
    def mean(self) -> float:
        """Expected loss a year: lambda E X."""
        return self.rate_year * self.severity.mean

    @property
    def variance(self) -> float:
        """Variance of a year's loss: lambda E X^2; infinite for tails without a variance."""
        return self.rate_year * self.severity.second_moment if self.rate_year > 0.0 else 0.0


@readable
@dataclass(frozen=True)
class AggregateLoss:
    """Distribution of a year's loss: `matched`, `lower`, `upper` (n,) hold P(S = k step); `mean` is the severities' own.

    The three sum to less than one where losses may exceed the grid's end, (n - 1) step. `grid_means` are the expected losses
    of the three discrete laws, beyond the grid's end included; `mean` and `variance` are exact (variance may be infinite).
    """

    step: float
    matched: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    mean: float
    variance: float
    grid_means: tuple[float, float, float]

    def var(self, level: float) -> float:
        """Loss of a year that is exceeded with probability at most 1 - `level`."""
        return self._quantile(self.matched, level)

    def var_bounds(self, level: float) -> tuple[float, float]:
        """Lower and upper bound of `var` whatever the severities do between two points of the grid."""
        return self._quantile(self.lower, level), self._quantile(self.upper, level)

    def es(self, level: float) -> float:
        """Expected loss of the worst 1 - `level` of years."""
        return self._shortfall(self.matched, level, self.grid_means[0])

    def es_bounds(self, level: float) -> tuple[float, float]:
        """Lower and upper bound of `es` whatever the severities do between two points of the grid."""
        _, low, high = self.grid_means
        return self._shortfall(self.lower, level, low), self._shortfall(self.upper, level, high)

    def survival(self, loss: float) -> float:
        """Probability that a year costs more than `loss` (at most the grid's end)."""
        return 1.0 - float(self.matched[: math.floor(loss / self.step + 1e-9) + 1].sum())

    def _quantile(self, mass: np.ndarray, level: float) -> float:
        return self.step * self._place(mass, level)

    def _place(self, mass: np.ndarray, level: float) -> int:
        below = np.cumsum(mass)
        if not 0.0 < level < 1.0 or level > below[-1]:
            raise ParameterError(f"level {level} of a year's loss", origin="gramlib.models.actuarial.aggregate",
                                 expected=f"between 0 and {below[-1]:.8f}, what a grid up to {(len(mass) - 1) * self.step:,.0f} holds",
                                 remedy="ask for a lower level, or give a larger grid (max_loss)")  # fmt: skip
        return int(np.searchsorted(below, level))

    def _shortfall(self, mass: np.ndarray, level: float, mean: float) -> float:
        place = self._place(mass, level)
        inside = mass[: place + 1]
        var, reached = place * self.step, float(inside.sum())
        body = self.step * float(np.arange(place + 1) @ inside)
        return (mean - body - var * (level - reached)) / (1.0 - level)


def aggregate_loss(
    lines: Sequence[LossLine], step: float, n_points: int = 2**14, method: Method = "fft"
) -> AggregateLoss:
    """A year's loss over independent `lines`, on the grid 0, step, ..., (n_points - 1) step (USD).

    Raises ParameterError for no rate above zero, a step that is not positive, or too many points for Panjer's recursion.
    """
    rate = sum(line.rate_year for line in lines)
    if not (rate > 0.0 and step > 0.0 and n_points >= 2) or any(line.rate_year < 0.0 for line in lines):
        raise ParameterError(f"{len(lines)} lines with {rate:g} losses a year on {n_points} points of {step:g}",
                             expected="a rate and a step above zero, no rate below, two points or more",
                             origin="gramlib.models.actuarial.aggregate", remedy="leave out what cannot happen")  # fmt: skip
    if method == "panjer" and n_points > MAX_POINTS_PANJER:
        raise ParameterError(f"Panjer's recursion over {n_points:,} points", expected=f"at most {MAX_POINTS_PANJER:,}",
                             origin="gramlib.models.actuarial.aggregate", remedy="take method fft, or a larger step")  # fmt: skip
    convolve = compound_poisson_fft if method == "fft" else compound_poisson_panjer
    kinds = [discretise(lines, rate, step, n_points, kind) for kind in ("matched", "lower", "upper")]
    matched, lower, upper = (convolve(severity, rate) for severity in kinds)
    end = (n_points - 1) * step
    mean = sum(line.mean for line in lines)
    # Of losses beyond the end the grid knows nothing; rounding shifts each of them by less than a step.
    below = _grid_mean(kinds[1], lines, rate, step, end + step, -step)
    above = _grid_mean(kinds[2], lines, rate, step, end, step)
    return AggregateLoss(step, matched, lower, upper, mean, sum(line.variance for line in lines), (mean, below, above))


def _grid_mean(
    severity: np.ndarray, lines: Sequence[LossLine], rate: float, step: float, end: float, shift: float
) -> float:
    """Mean of a year on the grid, and of losses beyond `end` their own, shifted."""
    excess = sum(line.rate_year * float(line.severity.mean - line.severity.limited_mean(end)) for line in lines)
    body = step * float(np.arange(len(severity)) @ severity)
    return rate * (body + (end + shift) * (1.0 - float(severity.sum()))) + excess


def grid_step(lines: Sequence[LossLine], n_points: int = 2**14, beyond: float = 1e-5) -> float:
    """A step whose grid reaches, for each line, the loss that some loss of a year exceeds with probability `beyond`."""
    reach = max(float(line.severity.quantile(np.array(1.0 - min(0.5, beyond / line.rate_year))))
                for line in lines if line.rate_year > 0.0)  # fmt: skip
    spread = sum(line.mean for line in lines)
    return 1.5 * (reach + spread) / n_points


def discretise(lines: Sequence[LossLine], rate: float, step: float, n_points: int, kind: str) -> np.ndarray:
    """Severity of one loss of any line on the grid, (n_points,); `kind` as in the module's table."""
    grid = step * np.arange(n_points + 1)
    mass = np.zeros(n_points)
    for line in lines:
        if kind == "matched":
            limited = np.asarray(line.severity.limited_mean(grid)) / step
            own = -np.diff(np.diff(limited), prepend=1.0)
        else:
            # `lower` has cells [kh, kh + h): just below their right ends, which belong to the next one.
            edges = grid[:n_points] if kind == "upper" else np.nextafter(grid[:n_points] + step, 0.0)
            own = np.diff(line.severity.cdf(edges), prepend=0.0)
        mass += line.rate_year / rate * own
    return np.maximum(mass, 0.0)


def compound_poisson_panjer(severity: np.ndarray, rate: float) -> np.ndarray:
    """P(S = k) by Panjer's recursion, for severities with mass `severity` (n,) at 0, 1, ..."""
    n = len(severity)
    weighted = rate * np.arange(n) * severity
    mass = np.zeros(n)
    mass[0] = math.exp(-rate * (1.0 - severity[0]))
    for k in range(1, n):
        mass[k] = weighted[1 : k + 1] @ mass[k - 1 :: -1] / k
    return mass


def compound_poisson_fft(severity: np.ndarray, rate: float) -> np.ndarray:
    """P(S = k) by Fourier transform, for severities with mass `severity` (n,) at 0, 1, ...; exponentially tilted."""
    n = len(severity)
    tilt = np.exp(-TILT / n * np.arange(n))
    transform = np.fft.rfft(severity * tilt, 2 * n)
    mass = np.fft.irfft(np.exp(rate * (transform - 1.0)), 2 * n)[:n]
    return np.maximum(mass / tilt, 0.0)
