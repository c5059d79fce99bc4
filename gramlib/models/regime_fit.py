"""Markov switching variance by maximum likelihood: L-BFGS on the exact gradient, which the smoothed states give (Fisher's identity).

The likelihood has many local maxima, all the more with three regimes, so that it is climbed from several starting points. The
mean is one for all regimes: those by regime have errors larger than themselves. The first day's regime is taken as
equally likely, which is forgotten within weeks.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

from gramlib.models.estimate import Estimate, curvature_errors
from gramlib.models.hidden_chain import smooth_states
from gramlib.models.regime_law import Regimes

PERCENT = 100.0
SMALLEST_SHARE = 0.01
"""A regime in which the chain spends fewer days describes a few of them, not a state of the market."""

EM_STEPS = 200
_NEVER = math.log(1e-3)
"""Logit of a transition that happens less than once in a thousand days of its regime: the data know no more than that, and the
likelihood is flat in it, so that it has no standard error."""

_LOG_SIGMA = (math.log(0.05), math.log(20.0))
_STARTS: dict[int, tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]] = {
    2: (((0.7, 1.8), (0.98, 0.94)), ((0.5, 1.2), (0.95, 0.95))),
    3: (((0.55, 0.95, 2.0), (0.98, 0.98, 0.95)), ((0.45, 1.0, 1.8), (0.6, 0.6, 0.97))),
}
"""By number of regimes: volatilities over the sample's, and the probabilities of staying."""


def fit_regimes(log_return: np.ndarray, k: int) -> tuple[Regimes, Estimate]:
    """Fit `k` (2 or 3) regimes to `log_return` (n,), fractions per day.

    Where the optimum is none (on a bound, flat, a regime of hardly any days), the result is that of 200 steps of the EM
    algorithm from the best starting point, and the estimate says so.
    """
    n, unit = len(log_return), float(log_return.std())
    z = log_return / unit
    tries = []
    for sigmas, stay in _STARTS[k]:
        start = _working(float(z.mean()), np.array(sigmas), np.array(stay))
        bounds = [(-5.0, 5.0), *[_LOG_SIGMA] * k, *[(-15.0, 15.0)] * (k * (k - 1))]
        found = minimize(_negative, start, (z, k), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
        tries.append((found.fun, found.success, _ordered(found.x, k), start))
    value, success, theta, start = min(tries, key=lambda one: one[0])
    regimes = _natural(theta, k)
    free = np.concatenate([np.ones(1 + k, dtype=bool), theta[1 + k :] > _NEVER])
    errors = curvature_errors(lambda at: -_negative(at, z, k)[1], theta, lambda at: _named(at, k, unit), free)
    sound = regimes.shares.min() >= SMALLEST_SHARE and regimes.sigma[0] > 1.01 * math.exp(_LOG_SIGMA[0])
    log_likelihood = -value - n * math.log(PERCENT * unit)
    if success and sound and errors:
        return _scaled(regimes, unit), Estimate(n, log_likelihood, True, errors, "")
    reason = (
        "the optimiser did not converge" if not success else
        "the optimum is flat" if sound else f"one regime holds fewer than {SMALLEST_SHARE:.0%} of days"
    )  # fmt: skip
    note = (
        f"{reason} with {k} regimes on {n} returns; {EM_STEPS} steps of the EM algorithm stand instead, without errors"
    )
    regimes, log_likelihood = _expectation_maximisation(_natural(start, k), z)
    return _scaled(regimes, unit), Estimate(n, log_likelihood - n * math.log(PERCENT * unit), False, {}, note)


def _working(mean: float, sigma: np.ndarray, stay: np.ndarray) -> np.ndarray:
    """Working parameters: mean, log sigmas, and row by row the logits of leaving against staying."""
    k = len(sigma)
    logits = np.repeat(np.log((1.0 - stay) / (k - 1) / stay), k - 1)
    return np.concatenate([[mean], np.log(sigma), logits])


def _natural(theta: np.ndarray, k: int) -> Regimes:
    logits = np.zeros((k, k))
    logits[~np.eye(k, dtype=bool)] = theta[1 + k :]
    return Regimes(float(theta[0]), np.exp(theta[1 : 1 + k]), softmax(logits, axis=1))


def _ordered(theta: np.ndarray, k: int) -> np.ndarray:
    """The same law, its regimes in order of volatility."""
    order = np.argsort(theta[1 : 1 + k])
    transition = _natural(theta, k).transition[np.ix_(order, order)]
    logits = np.log(transition) - np.log(np.diag(transition))[:, None]
    return np.concatenate([theta[:1], theta[1 : 1 + k][order], logits[~np.eye(k, dtype=bool)]])


def _scaled(regimes: Regimes, unit: float) -> Regimes:
    return Regimes(regimes.mean * unit, regimes.sigma * unit, regimes.transition)


def _named(theta: np.ndarray, k: int, unit: float) -> dict[str, float]:
    regimes = _scaled(_natural(theta, k), unit)
    named = {"mean": regimes.mean, **{f"sigma_{j}": float(sigma) for j, sigma in enumerate(regimes.sigma)}}
    return named | {f"p_{i}{j}": float(regimes.transition[i, j]) for i in range(k) for j in range(k)}


def _negative(theta: np.ndarray, z: np.ndarray, k: int) -> tuple[float, np.ndarray]:
    """Minus the log-likelihood of `z` (n,), and minus its gradient."""
    regimes = _natural(theta, k)
    smoothed = smooth_states(regimes.log_density(z), regimes.transition, np.full(k, 1.0 / k))
    off = z - regimes.mean
    days = smoothed.probability.sum(axis=0)
    by_mean = float((smoothed.probability.T @ off / regimes.sigma**2).sum())
    by_log_sigma = smoothed.probability.T @ off**2 / regimes.sigma**2 - days
    leaving = smoothed.transitions - smoothed.transitions.sum(axis=1, keepdims=True) * regimes.transition
    gradient = np.concatenate([[by_mean], by_log_sigma, leaving[~np.eye(k, dtype=bool)]])
    return -smoothed.log_likelihood, -gradient


def _expectation_maximisation(regimes: Regimes, z: np.ndarray) -> tuple[Regimes, float]:
    """`regimes` after some steps of the EM algorithm (Hamilton 1990), each of which raises the likelihood."""
    k = len(regimes.sigma)
    log_likelihood = -math.inf
    for _ in range(EM_STEPS):
        smoothed = smooth_states(regimes.log_density(z), regimes.transition, np.full(k, 1.0 / k))
        gained, log_likelihood = smoothed.log_likelihood - log_likelihood, smoothed.log_likelihood
        if gained < 1e-6:
            break
        weight = smoothed.probability / regimes.sigma**2
        mean = float((weight.sum(axis=1) @ z) / weight.sum())
        variance = smoothed.probability.T @ (z - mean) ** 2 / smoothed.probability.sum(axis=0)
        transition = smoothed.transitions / smoothed.transitions.sum(axis=1, keepdims=True)
        regimes = Regimes(mean, np.sqrt(np.maximum(variance, math.exp(2.0 * _LOG_SIGMA[0]))), transition)
    order = np.argsort(regimes.sigma)
    return Regimes(regimes.mean, regimes.sigma[order], regimes.transition[np.ix_(order, order)]), log_likelihood
