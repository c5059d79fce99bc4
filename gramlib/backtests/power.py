"""What each test could have noticed: its chance to reject at 5% when forecasts are wrong in a way that is spelt out.

Exact where it can be (Kupiec, the Basel zones: binomial), else simulated, 1,000 samples of the length at hand, once for each
length and level; the draws are the same every time, and the standard error of a simulated power is at most 0.016. A pass of
a test without power is no evidence.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.signal import lfilter
from scipy.special import bdtrc, chdtri, ndtr, xlog1py, xlogy

from gramlib.backtests.coverage import YELLOW_FROM, cumulative_probability
from gramlib.backtests.dynamic_quantile import LAGS, dynamic_quantiles
from gramlib.backtests.uniformity import UNIFORMITY
from gramlib.simulation.draws import generator

SIZE = 0.05
SAMPLES = 1000
CLUSTER_SEED, DYNAMIC_QUANTILE_SEED, PLACES_SEED = 1998, 2004, 2001
"""Addresses of their own, so that a power is a property of the test and not of a run."""

RATE_FACTOR = 2.0
CLUSTER_CHANCE = 0.15
LARGER_LOSSES = 1.25
WIDER_SPREAD = 1.10

TWICE = "exceptions twice as often"
CLUSTERS = "right rate, but after an exception the next day's chance is 15%"
LARGER_EXCEPTIONS = "exceptions as often as forecast, each a quarter larger"
LARGER = "all losses a quarter larger than forecast"
WIDER = "outcomes spread a tenth wider than forecast"


def basel_power(days: int, level: float, true_rate: float) -> float:
    """Exact chance that the zone is yellow or red when exceptions come at `true_rate`."""
    count = 0
    while cumulative_probability(count, days, level) < YELLOW_FROM:
        count += 1
    return float(bdtrc(count - 1, days, true_rate))


@lru_cache(maxsize=64)
def clustered(n: int, p: float) -> np.ndarray:
    """Exceptions (1000, n) bool of a two-state chain with rate `p` and a chance of 15% after an exception."""
    rng = generator(CLUSTER_SEED, "bootstrap", n, round(1e6 * p))
    after_calm = p * (1.0 - CLUSTER_CHANCE) / (1.0 - p)
    uniform = rng.random((n, SAMPLES))
    hits = np.empty((n, SAMPLES), dtype=bool)
    hits[0] = uniform[0] < p
    for day in range(1, n):
        hits[day] = uniform[day] < np.where(hits[day - 1], CLUSTER_CHANCE, after_calm)
    return hits.T


@lru_cache(maxsize=64)
def dynamic_quantile_power(n: int, p: float) -> float:
    """Chance that the dynamic quantile test notices clusters; its value at risk is an unrelated series with memory 0.98."""
    rng = generator(DYNAMIC_QUANTILE_SEED, "bootstrap", n, round(1e6 * p))
    memory = lfilter([1.0], [1.0, -0.98], rng.standard_normal((SAMPLES, n)), axis=1)
    statistic = dynamic_quantiles(clustered(n, p), memory, p)
    return float((statistic > chdtri(LAGS + 2, SIZE)).mean())


@lru_cache(maxsize=64)
def christoffersen_power(n: int, p: float) -> tuple[float, float]:
    """Chances that the tests of independence and of conditional coverage notice clusters."""
    hits = clustered(n, p)
    before, after = hits[:, :-1], hits[:, 1:]
    n01, n11 = (after & ~before).sum(axis=1), (after & before).sum(axis=1)
    from_hit = before.sum(axis=1)
    from_calm, total = n - 1 - from_hit, n01 + n11
    chain = _log_likelihood(n01, from_calm) + _log_likelihood(n11, from_hit)
    independence = 2.0 * (chain - _log_likelihood(total, np.full_like(total, n - 1)))
    nominal = xlogy(total, p) + xlog1py(n - 1 - total, -p)
    conditional = 2.0 * (chain - nominal)
    return float((independence > chdtri(1, SIZE)).mean()), float((conditional > chdtri(2, SIZE)).mean())


def _log_likelihood(hits: np.ndarray, days: np.ndarray) -> np.ndarray:
    rate = hits / np.maximum(days, 1)
    return xlogy(hits, rate) + xlog1py(days - hits, -rate)


@lru_cache(maxsize=64)
def uniformity_power(n: int) -> dict[str, float]:
    """Chance that each test of `UNIFORMITY` notices outcomes a tenth wider than forecast, independent normals."""
    rng = generator(PLACES_SEED, "bootstrap", n)
    pit = np.clip(ndtr(WIDER_SPREAD * rng.standard_normal((SAMPLES, n))), 1e-12, 1.0 - 1e-12)
    return {name: float((test(pit)[1] < SIZE).mean()) for name, test in UNIFORMITY.items()}
