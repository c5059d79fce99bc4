"""How sure a figure is: intervals for proportions, paired differences, quantiles and anything else.

    wilson_interval              a proportion            Wilson 1927, JASA 22:209-212
    paired_difference_interval   two proportions on the same paths   Agresti and Min 2005, Statistics in Medicine 24:729-740
    quantile_interval            a quantile, distribution-free       order statistics, normal approximation of their ranks
    bootstrap_interval           any statistic           Efron 1979, percentile bootstrap

They measure Monte Carlo error only: what the model itself does not know is no part of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gramlib.errors import DataContractError, ParameterError


class Interval(NamedTuple):
    """Lower and upper end."""

    lower: float
    upper: float


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Score interval of a proportion at `confidence` (0.95); honest at 0 and at `trials` successes, where the textbook one has width 0.

    Raises DataContractError unless 0 <= successes <= trials and trials >= 1.
    """
    if not 0 <= successes <= trials or trials < 1:
        raise DataContractError(
            f"{successes} successes in {trials} trials", expected="0 <= successes <= trials, trials >= 1"
        )
    z2 = normal_quantile(confidence) ** 2
    share = successes / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    lower = 0.0 if successes == 0 else max(0.0, centre - half)
    upper = 1.0 if successes == trials else min(1.0, centre + half)
    return Interval(lower, upper)


def paired_difference_interval(only_first: int, only_second: int, pairs: int, confidence: float = 0.95) -> Interval:
    """Interval at `confidence` of (first rate - second rate) when both were observed on the same `pairs`.

    `only_first` pairs failed in the first alone, `only_second` in the second alone; agreeing pairs cancel, which is
    why common random numbers make the difference so much surer than its two rates. Half a pair is added to each of
    the four cells (Agresti and Min), so that two rates which never differed do not get an interval of width 0.
    Raises DataContractError for counts that do not fit.
    """
    if min(only_first, only_second) < 0 or only_first + only_second > pairs or pairs < 1:
        raise DataContractError(
            f"{only_first} and {only_second} discordant of {pairs} pairs", expected="counts that add up"
        )
    n = pairs + 2
    difference = (only_first - only_second) / n
    variance = (only_first + only_second + 1) / n - difference**2
    half = normal_quantile(confidence) * math.sqrt(variance / n)
    return Interval(max(-1.0, difference - half), min(1.0, difference + half))


def quantile_interval(sample: ArrayLike, level: float, confidence: float = 0.95) -> Interval:
    """Distribution-free interval at `confidence` of the `level` quantile: two order statistics of `sample`, shape (n,).

    Where the sample is too small to bound the quantile on a side, that end is NaN rather than a number that
    looks sure. An empty sample and one with a NaN give NaN at both ends.
    """
    ordered = np.sort(np.asarray(sample, dtype=float))
    n = ordered.size
    if n == 0 or np.isnan(ordered).any():
        return Interval(math.nan, math.nan)
    spread = normal_quantile(confidence) * math.sqrt(n * level * (1 - level))
    low, high = math.floor(n * level - spread), math.ceil(n * level + spread) + 1
    return Interval(
        float(ordered[low - 1]) if low >= 1 else math.nan,
        float(ordered[high - 1]) if high <= n else math.nan,
    )


def bootstrap_interval(
    sample: ArrayLike,
    statistic: Callable[[np.ndarray], float],
    rng: np.random.Generator,
    n_samples: int = 500,
    confidence: float = 0.95,
) -> Interval:
    """Percentile bootstrap interval at `confidence` of `statistic` over independent observations `sample`, shape (n,).

    Random numbers come from `rng` alone. An empty sample gives NaN at both ends. Not for time series: days are
    not independent, paths are.
    """
    observed = np.asarray(sample, dtype=float)
    if observed.size == 0:
        return Interval(math.nan, math.nan)
    tail = (1 - _checked(confidence)) / 2
    values = [statistic(observed[rng.integers(observed.size, size=observed.size)]) for _ in range(n_samples)]
    lower, upper = np.quantile(values, [tail, 1 - tail])
    return Interval(float(lower), float(upper))


def normal_quantile(confidence: float) -> float:
    """How many standard errors a two-sided interval reaches."""
    return NormalDist().inv_cdf(0.5 + _checked(confidence) / 2)


def _checked(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise ParameterError(f"confidence is {confidence!r}", expected="a number between 0 and 1, like 0.95")
    return confidence
