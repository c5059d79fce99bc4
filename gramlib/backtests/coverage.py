"""Coverage tests of a value at risk: Kupiec, Christoffersen, the Basel zones, and what such a test can see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, chdtrc, chdtri, gammaln, xlog1py, xlogy

from gramlib.errors import ParameterError
from gramlib.readable import readable

YELLOW_FROM, RED_FROM = 0.95, 0.9999
"""Cumulative probabilities at which the zones begin (Basel Committee, MAR99.16, formerly the 1996 backtesting framework)."""


@readable
@dataclass(frozen=True)
class LikelihoodRatio:
    """A likelihood-ratio statistic, its degrees of freedom and the chi-squared p-value."""

    statistic: float
    degrees_of_freedom: int

    @property
    def p_value(self) -> float:
        """Probability of a statistic at least this large if the hypothesis holds."""
        return float(chdtrc(self.degrees_of_freedom, self.statistic))


@readable
@dataclass(frozen=True)
class Christoffersen:
    """The three tests: exceptions as often as stated, not in clusters, and both together."""

    unconditional: LikelihoodRatio
    independence: LikelihoodRatio
    conditional: LikelihoodRatio


def _check(exceptions: int, observations: int, p: float) -> None:
    if not (0 <= exceptions <= observations and observations > 0 and 0.0 < p < 1.0):
        raise ParameterError(
            f"{exceptions} exceptions in {observations} observations at probability {p}",
            expected="0 <= exceptions <= observations, observations > 0, 0 < p < 1",
            origin="gramlib.backtests",
            remedy="count again; p is the exception probability, 0.01 for a 99% value at risk",
        )


def _ratio(statistic: float, degrees_of_freedom: int) -> LikelihoodRatio:
    # Rounding leaves a statistic of zero a hair below it.
    return LikelihoodRatio(max(float(statistic), 0.0), degrees_of_freedom)


def _log_likelihood(exceptions: float, others: float, p: float) -> float:
    """Bernoulli log-likelihood with 0 log 0 = 0."""
    return float(xlogy(exceptions, p) + xlog1py(others, -p))


def kupiec(exceptions: int, observations: int, p: float) -> LikelihoodRatio:
    """Proportion-of-failures test (Kupiec 1995): -2 log of the likelihood at `p` over that at the observed rate, chi2(1)."""
    _check(exceptions, observations, p)
    others = observations - exceptions
    best = _log_likelihood(exceptions, others, exceptions / observations)
    return _ratio(2.0 * (best - _log_likelihood(exceptions, others, p)), 1)


def christoffersen(n00: int, n01: int, n10: int, n11: int, p: float) -> Christoffersen:
    """Conditional coverage (Christoffersen 1998) from the counts of transitions; n01 is calm followed by an exception.

    `p` is the chance of an exception a day that the forecast claims. Independence compares a first-order Markov chain with one rate for all days, chi2(1); unconditional is Kupiec's on the
    same transitions; conditional is their sum, chi2(2).
    """
    if min(n00, n01, n10, n11) < 0:
        raise ParameterError(
            f"transition counts {n00}, {n01}, {n10}, {n11}",
            expected="no negative count",
            origin="gramlib.backtests.christoffersen",
            remedy="count again",
        )
    exceptions, observations = n01 + n11, n00 + n01 + n10 + n11
    unconditional = kupiec(exceptions, observations, p)
    after_calm = n01 / (n00 + n01) if n00 + n01 else 0.0
    after_exception = n11 / (n10 + n11) if n10 + n11 else 0.0
    chain = _log_likelihood(n01, n00, after_calm) + _log_likelihood(n11, n10, after_exception)
    single = _log_likelihood(exceptions, observations - exceptions, exceptions / observations)
    independence = _ratio(2.0 * (chain - single), 1)
    conditional = _ratio(unconditional.statistic + independence.statistic, 2)
    return Christoffersen(unconditional, independence, conditional)


def cumulative_probability(exceptions: int, observations: int, level: float) -> float:
    """Probability of at most `exceptions` in `observations` if a value at risk at `level` is exact (binomial)."""
    _check(exceptions, observations, 1.0 - level)
    return float(bdtr(exceptions, observations, 1.0 - level))


def basel_zone(exceptions: int, observations: int, level: float) -> str:
    """Basel traffic light of forecasts at `level` (0.99): "green", "yellow" or "red".

    Yellow begins with the first count whose cumulative probability reaches 95%, red with 99.99%: at 99% and 250 days with
    5 and 10 exceptions.
    """
    probability = cumulative_probability(exceptions, observations, level)
    if probability >= RED_FROM:
        return "red"
    return "yellow" if probability >= YELLOW_FROM else "green"


def kupiec_power(observations: int, p: float, true_rate: float, size: float = 0.05) -> float:
    """Exact probability that Kupiec's test at nominal `size` rejects `p` when exceptions come at `true_rate` (binomial).

    With `true_rate` equal to `p` this is the test's true size. Little power means that passing is no evidence.
    """
    _check(0, observations, p)
    _check(0, observations, true_rate)
    count = np.arange(observations + 1)
    others = observations - count
    statistic = 2.0 * (
        xlogy(count, count / observations)
        + xlogy(others, others / observations)
        - xlogy(count, p)
        - xlog1py(others, -p)
    )
    log_probability = (
        gammaln(observations + 1)
        - gammaln(count + 1)
        - gammaln(others + 1)
        + xlogy(count, true_rate)
        + xlog1py(others, -true_rate)
    )
    return float(np.exp(log_probability[statistic > chdtri(1, size)]).sum())
