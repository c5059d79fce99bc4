"""The network's arithmetic in plain NumPy: what a trained one needs in order to speak, without TensorFlow.

A gated recurrent unit (Cho et al. 2014, in the form that Keras calls `reset_after`) reads one row of inputs a day,

    z = sig(x Wz + h Uz + b)    r = sig(x Wr + h Ur + b)    c = tanh(x Wc + b + r (h Uc + b'))    h' = z h + (1 - z) c

and its state h, whose entries lie in (-1, 1), gives the law of the next day: a mixture of three Student-t with six degrees
of freedom, whose distribution function is a polynomial (Shaw 2006). With four degrees the likelihood buys a good middle with
a variance 20% too large, and paths that feed on themselves run away; six fit as well and keep the variance. Weights, places
and scales come from a linear map of h, so that each is bounded. The mixture is centred: the network says how wide and how
skewed a day is, not where gold goes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gramlib.readable import readable

COMPONENTS = 3
DEGREES_OF_FREEDOM = 6.0
T6_VARIANCE = 1.5
T6_AT_NOUGHT = 15.0 / (16.0 * math.sqrt(6.0))
SQRT_6 = math.sqrt(6.0)
SMALLEST_PROBABILITY = 2.0**-53
LANES_AT_ONCE = 512
"""Keeps the working arrays of a step inside the processor's cache."""


@readable
@dataclass(frozen=True)
class GruWeights:
    """Trained weights, float32, as Keras orders them (update, reset, candidate), u units and f inputs.

    `kernel` (f, 3u), `recurrent` (u, 3u), `bias` (2, 3u), `head` (u, 9) and `head_bias` (9,): logits, places, log scales.
    """

    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray
    head: np.ndarray
    head_bias: np.ndarray

    @property
    def units(self) -> int:
        """Entries of the state."""
        return len(self.recurrent)

    def record(self) -> dict[str, Any]:
        """JSON-able mapping; a float32 written as the float64 it equals is read back bit for bit."""
        return {name: value.astype(float).tolist() for name, value in vars(self).items()}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> GruWeights:
        """The weights again."""
        return cls(**{name: np.array(value, dtype=np.float32) for name, value in record.items()})


def gru_step(weights: GruWeights, inputs: np.ndarray, state: np.ndarray) -> np.ndarray:
    """State (n, u) after a day with `inputs` (n, f), both float32; a row's does not depend on the rows beside it, to the bit."""
    u = weights.units
    following = np.empty((u, len(state)), dtype=np.float32)
    for start in range(0, len(state), LANES_AT_ONCE):
        lanes = slice(start, start + LANES_AT_ONCE)
        h = np.ascontiguousarray(state[lanes].T)
        given = linear(inputs[lanes].T, weights.kernel, weights.bias[0])
        kept = linear(h, weights.recurrent, weights.bias[1])
        gates = given[: 2 * u]
        gates += kept[: 2 * u]
        gates *= np.float32(0.5)
        np.tanh(gates, out=gates)
        gates += np.float32(1.0)
        gates *= np.float32(0.5)
        candidate = kept[2 * u :]
        candidate *= gates[u:]
        candidate += given[2 * u :]
        np.tanh(candidate, out=candidate)
        h -= candidate
        h *= gates[:u]
        h += candidate
        following[:, lanes] = h
    return following.T


def linear(values: np.ndarray, matrix: np.ndarray, constant: np.ndarray) -> np.ndarray:
    """Constant + values . matrix for `values` (k, n), as (m, n), summed in the order of k.

    Not a matrix product of the library's: that rounds a row by its place among the others, and a forecast would depend on
    which days are forecast beside it.
    """
    total = np.repeat(constant[:, None], values.shape[1], axis=1)
    term = np.empty_like(total)
    for row, weights in zip(values, matrix, strict=True):
        np.multiply(weights[:, None], row, out=term)
        total += term
    return total


@readable
@dataclass(frozen=True)
class Mixture:
    """Centred mixtures of Student-t(6), one a row: `weight`, `place` and `scale` (n, 3), float64."""

    weight: np.ndarray
    place: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, weights: GruWeights, state: np.ndarray) -> Mixture:
        """Law of the next day, in units of the filter's volatility, from states (n, u)."""
        return cls.from_head(linear(state.T, weights.head, weights.head_bias).T.astype(float))

    @classmethod
    def from_head(cls, head: np.ndarray) -> Mixture:
        """Read the head's outputs (n, 9)."""
        logit, place, log_scale = (head[:, i : i + COMPONENTS] for i in range(0, 3 * COMPONENTS, COMPONENTS))
        weight = np.exp(logit - logit.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        return cls(weight, place - (weight * place).sum(axis=1, keepdims=True), np.exp(log_scale))

    @property
    def deviation(self) -> np.ndarray:
        """Standard deviations (n,)."""
        return np.sqrt((self.weight * (T6_VARIANCE * self.scale**2 + self.place**2)).sum(axis=1))

    def draw(self, uniform: np.ndarray) -> np.ndarray:
        """One draw a row (n,), each from one uniform in [0, 1): its place among the weights picks the component, the rest the value."""
        first, second = self.weight[:, 0], self.weight[:, 0] + self.weight[:, 1]
        chosen = (uniform >= first).astype(np.intp) + (uniform >= second)
        rows = np.arange(len(self.weight))
        below = np.where(chosen == 0, 0.0, np.where(chosen == 1, first, second))
        within = (uniform - below) / self.weight[rows, chosen]
        within = np.clip(within, SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY)
        return self.place[rows, chosen] + self.scale[rows, chosen] * t6_quantile(within)

    def density(self, value: np.ndarray) -> np.ndarray:
        """Density (n,) at one value a row (n,)."""
        z = (value[:, None] - self.place) / self.scale
        return (self.weight * t6_density(z) / self.scale).sum(axis=1)

    def probability(self, value: np.ndarray) -> np.ndarray:
        """P(X <= value) (n, m) at values (n, m)."""
        z = (value[..., None] - self.place[:, None, :]) / self.scale[:, None, :]
        return (self.weight[:, None, :] * t6_probability(z)).sum(axis=-1)

    def quantiles(self, probability: np.ndarray) -> np.ndarray:
        """Quantiles (n, m) at increasing probabilities (m,), read between 387 points of each distribution function: to 1e-3."""
        n = len(self.weight)
        points = self.place[..., None] + self.scale[..., None] * t6_quantile(_POINTS)
        points = np.sort(points.reshape(n, -1), axis=1)
        known = self.probability(points)
        return np.array([np.interp(probability, row, at) for row, at in zip(known, points, strict=True)])

    def var_es(self, level: float) -> tuple[float, float]:
        """VaR and ES of the first row at `level`, losses positive, exact: the quantile is found by bisection."""
        law = Mixture(self.weight[:1], self.place[:1], self.scale[:1])
        ends = law.place + law.scale * t6_quantile(np.array([1.0 - level]))
        low, high = float(ends.min()), float(ends.max())
        for _ in range(60):
            middle = 0.5 * (low + high)
            if law.probability(np.array([[middle]]))[0, 0] < 1.0 - level:
                low = middle
            else:
                high = middle
        z = (low - law.place) / law.scale
        partial = law.place * t6_probability(z) - law.scale * (DEGREES_OF_FREEDOM + z**2) / 5.0 * t6_density(z)
        return -low, -float((law.weight * partial).sum()) / (1.0 - level)


def t6_density(t: np.ndarray) -> np.ndarray:
    """Density of the Student-t with six degrees of freedom."""
    return T6_AT_NOUGHT * (1.0 + t * t / 6.0) ** -3.5


def t6_probability(t: np.ndarray) -> np.ndarray:
    """Its distribution function, in a form that keeps its digits in the left tail."""
    e = 1.0 - np.abs(t) / np.sqrt(6.0 + t * t)
    tail = e**3 * (20.0 - 15.0 * e + 3.0 * e * e) / 16.0
    return np.where(t < 0.0, tail, 1.0 - tail)


def t6_quantile(probability: np.ndarray) -> np.ndarray:
    """Its quantile at `probability` in (0, 1), to twelve digits: the polynomial of `t6_probability` solved by Newton's steps."""
    tail = np.minimum(probability, 1.0 - probability)
    e = np.cbrt(0.8 * tail)
    e *= 1.0 + 0.25 * e + 0.11 * e * e
    for _ in range(3):
        e -= (e * (20.0 - 15.0 * e + 3.0 * e * e) - 16.0 * tail / (e * e)) / (15.0 * (2.0 - e) ** 2)
    value = SQRT_6 * (1.0 - e) / np.sqrt(e * (2.0 - e))
    return np.where(probability < 0.5, -value, value)


_POINTS = 0.5 * (1.0 + np.tanh(np.linspace(-8.0, 8.0, 129)))
"""Probabilities, dense towards both ends (from 1e-7), at which `quantiles` tabulates each component."""
