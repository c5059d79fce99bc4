"""Hansen's (1994) skewed Student-t of mean 0 and variance 1: its quantiles, tail means and draws in closed form.

    z = ((1 + side lambda) s T - a) / b,    s = sqrt((nu - 2)/nu)

T is the positive half of a Student-t; the side is -1 with probability (1 - lambda)/2, else +1, and -T is taken where
it is -1. lambda = 0 is the Student-t; a negative lambda makes the loss side the longer one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, stdtrit

from gramlib.models.tails import student_t_var_es
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class SkewT:
    """`nu` above 2 degrees of freedom, `skew` (lambda) in (-1, 1)."""

    nu: float
    skew: float = 0.0

    @property
    def _a(self) -> float:
        log_c = gammaln((self.nu + 1.0) / 2.0) - gammaln(self.nu / 2.0) - 0.5 * math.log(math.pi * (self.nu - 2.0))
        return 4.0 * self.skew * math.exp(log_c) * (self.nu - 2.0) / (self.nu - 1.0)

    @property
    def _b(self) -> float:
        return math.sqrt(1.0 + 3.0 * self.skew**2 - self._a**2)

    @property
    def _scale(self) -> float:
        return math.sqrt((self.nu - 2.0) / self.nu)

    def inverse(self, uniform: np.ndarray) -> np.ndarray:
        """Quantiles at `uniform` in (0, 1)."""
        left = 0.5 * (1.0 - self.skew)
        below = uniform < left
        within = np.where(below, uniform / (1.0 - self.skew), 0.5 + (uniform - left) / (1.0 + self.skew))
        width = np.where(below, 1.0 - self.skew, 1.0 + self.skew)
        return (width * self._scale * stdtrit(self.nu, within) - self._a) / self._b

    def draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """`n` random values."""
        value = rng.standard_t(self.nu, n)
        if self.skew:
            np.abs(value, out=value)
            left = rng.random(n) < 0.5 * (1.0 - self.skew)
            value *= np.where(left, self.skew - 1.0, self.skew + 1.0)
        value *= self._scale / self._b
        value -= self._a / self._b
        return value

    def loss_var_es(self, level: float) -> tuple[float, float]:
        """VaR and ES at `level` of the loss side, which holds it: 1 - level below (1 - skew)/2."""
        var, shortfall = student_t_var_es(self.nu, 1.0 - (1.0 - level) / (1.0 - self.skew))
        return tuple(((1.0 - self.skew) * loss + self._a) / self._b for loss in (var, shortfall))  # type: ignore[return-value]
