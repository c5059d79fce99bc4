"""The jump diffusion by maximum likelihood, with the gradient in closed form and two starting points."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from gramlib.models.estimate import Estimate, curvature_errors
from gramlib.models.jump import MAX_JUMPS, JumpParameters, jump_weights
from gramlib.units import BUSINESS_DAYS_PER_YEAR

_STARTS = ((0.6, 60.0, 1.5), (0.95, 5.0, 4.0))
"""(sigma, jumps a year, jump_sd), volatilities over the sample's: many small jumps, and few large ones."""

_BOUNDS = [
    (-1.0, 1.0),
    (math.log(0.1), math.log(2.0)),
    (math.log(1e-4), 0.0),
    (-10.0, 10.0),
    (math.log(0.05), math.log(30.0)),
]
"""Of mean, log sigma, log of jumps a day, jump_mean, log jump_sd, over the sample's volatility. A sigma below a tenth would
let the likelihood grow without bound on a single day (Honore 1998)."""

PERCENT = 100.0

_JUMPS = np.arange(MAX_JUMPS + 1)


def log_likelihood(theta: np.ndarray, z: np.ndarray) -> tuple[float, np.ndarray]:
    """Log-likelihood of `z` (n,) at working parameters `theta` (5,), and its gradient."""
    mean, log_sigma, log_rate, jump_mean, log_sd = theta
    rate = math.exp(log_rate)
    weight = jump_weights(rate)
    means = mean + _JUMPS * jump_mean
    variances = math.exp(2.0 * log_sigma) + _JUMPS * math.exp(2.0 * log_sd)
    off = z[:, None] - means
    with np.errstate(divide="ignore"):
        log_density = np.log(weight) - 0.5 * (np.log(2.0 * math.pi * variances) + off**2 / variances)
    of_day = logsumexp(log_density, axis=1)
    share = np.exp(log_density - of_day[:, None])
    by_mean = (share * off).sum(axis=0) / variances
    by_variance = 0.5 * ((share * off**2).sum(axis=0) / variances - share.sum(axis=0)) / variances
    # d log weight / d log rate; the last weight is that of three jumps or more.
    by_rate = np.append(_JUMPS[:-1] - rate, rate * weight[-2] / weight[-1] if weight[-1] > 0.0 else MAX_JUMPS)
    gradient = np.array(
        [
            by_mean.sum(),
            2.0 * math.exp(2.0 * log_sigma) * by_variance.sum(),
            share.sum(axis=0) @ by_rate,
            _JUMPS @ by_mean,
            2.0 * math.exp(2.0 * log_sd) * (_JUMPS @ by_variance),
        ]
    )
    return float(of_day.sum()), gradient


def fit_jump(log_return: np.ndarray) -> tuple[JumpParameters, Estimate]:
    """Fit `log_return` (n,), fractions per day; the better of two starting points.

    An optimum on a bound, or where the likelihood is flat, is returned with a note, `converged=False` and no errors.
    """
    n, unit = len(log_return), float(log_return.std())
    z = log_return / unit
    found = []
    for sigma, rate_year, jump_sd in _STARTS:
        log_rate = math.log(rate_year / BUSINESS_DAYS_PER_YEAR)
        start = np.array([z.mean(), math.log(sigma), log_rate, 0.0, math.log(jump_sd)])
        found.append(minimize(lambda theta: _negative(theta, z), start, jac=True, method="L-BFGS-B", bounds=_BOUNDS))
    best = min(found, key=lambda result: result.fun)

    def natural(theta: np.ndarray) -> dict[str, float]:
        return {
            "mean": float(theta[0]) * unit,
            "sigma": math.exp(theta[1]) * unit,
            "rate_year": math.exp(theta[2]) * BUSINESS_DAYS_PER_YEAR,
            "jump_mean": float(theta[3]) * unit,
            "jump_sd": math.exp(theta[4]) * unit,
        }

    inside = all(low + 1e-6 < value < high - 1e-6 for value, (low, high) in zip(best.x, _BOUNDS, strict=True))
    errors = curvature_errors(lambda theta: log_likelihood(theta, z)[1], best.x, natural) if inside else {}
    converged = bool(best.success and errors)
    parameters = JumpParameters(**natural(best.x))
    log_likelihood_percent = -float(best.fun) - n * math.log(PERCENT * unit)
    if converged:
        return parameters, Estimate(n, log_likelihood_percent, True, errors)
    note = f"the optimiser found no proper maximum on {n} returns; its best point stands, without errors"
    return parameters, Estimate(n, log_likelihood_percent, False, {}, note)


def _negative(theta: np.ndarray, z: np.ndarray) -> tuple[float, np.ndarray]:
    value, gradient = log_likelihood(theta, z)
    return -value, -gradient
