"""Student-t shocks as a monotone map of normal ones.

    t(z) = sign(z) sqrt(nu (exp(z^2 q(z^2)) - 1)),    scaled by sqrt((nu - 2) / nu) to variance 1

q is a polynomial of degree 7, fitted once for each nu to the exact quantiles, so that t(z) stands at the same
probability as z. As the map is monotone, a larger normal is a larger shock, as in any other model that uses the same draws.
The normals of `draws` lie within 6.77 on either side (2**-33 beyond); there the quantiles of nu of 4 or more are
right to 3e-6 of their value, those of nu = 3 to 4e-5, and those of the smallest that are fitted (2.05) to 2e-4.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from gramlib.errors import ParameterError

DEGREE = 7
FITTED_UNTIL = 6.8
LARGEST_NU = 1e6
"""Beyond it, and for infinity, the shocks are those of this nu: normal for any purpose."""


@lru_cache(maxsize=64)
def map_coefficients(nu: float) -> tuple[float, ...]:
    """Coefficients of q, the constant first. Raises ParameterError unless `nu` is above 2 (the variance exists)."""
    from scipy.special import ndtr, stdtrit

    nu = held(nu)
    points = 400
    # Chebyshev nodes of y = z^2: dense at both ends, where a polynomial fitted on an even grid goes astray.
    nodes = np.cos(np.pi * (np.arange(points) + 0.5) / points)
    y = FITTED_UNTIL**2 * (1.0 + nodes) / 2.0
    z = np.sqrt(y)
    exponent = np.log1p(stdtrit(nu, ndtr(-z)) ** 2 / nu)
    # The weight turns an error of q into the relative error of t.
    weight = y / -np.expm1(-exponent)
    fitted = np.polynomial.chebyshev.chebfit(nodes, exponent / y, DEGREE, w=weight)
    series = np.polynomial.Chebyshev(fitted, domain=[0.0, FITTED_UNTIL**2])
    return tuple(float(c) for c in series.convert(kind=np.polynomial.Polynomial).coef)


def held(nu: float) -> float:
    """`nu`, at most LARGEST_NU. Raises ParameterError unless it is above 2."""
    if not nu > 2.0:
        raise ParameterError(f"nu {nu}", expected="above 2, where a Student-t has a variance", origin="the price model")
    return min(nu, LARGEST_NU)


def student_t(z: Any, nu: float) -> Any:
    """Student-t shock of mean 0 and variance 1 at the probability of the standard normal `z`, a number or an array."""
    y = z * z
    q: Any = 0.0
    for coefficient in reversed(map_coefficients(nu)):
        q = coefficient + y * q
    return np.copysign(np.sqrt((held(nu) - 2.0) * np.expm1(y * q)), z)
