"""Tests of forecast chances against what came: how many, how well told apart, and as a warning; each with its power.

n months have chances p (n,) and outcomes o (n,) bool. If the chances are right and the months independent, then the number of
outcomes has the Poisson-binomial law, the sum of unlike coins; its probabilities are computed exactly, by convolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln

from gramlib.backtests.power import SIZE
from gramlib.readable import readable
from gramlib.simulation.draws import generator

SAMPLES = 4000
BRIER_SEED, WARNING_SEED = 1950, 1922
"""Addresses of their own, so that a p-value is a property of the forecasts and not of a run."""

_ROUNDING = 1e-9


@readable
@dataclass(frozen=True)
class Found:
    """A test's statistic, its p-value and its chance to reject at 5% under the alternative."""

    statistic: float
    p_value: float
    power: float


@readable
@dataclass(frozen=True)
class Warnings:
    """What a warning was worth: outcomes it preceded, warnings nothing followed, outcomes without one; hits by luck alone."""

    hits: int
    false_alarms: int
    missed: int
    expected_hits: float
    test: Found


def seen_chance(share: np.ndarray, n_paths: np.ndarray | int) -> np.ndarray:
    """Chances (n,) from the shares of `n_paths` on which something happened: (k + 1/2)/(n + 1), Jeffreys' mean.

    Never nought: what no path of 5,000 did is not impossible.
    """
    return (np.asarray(share) * n_paths + 0.5) / (np.asarray(n_paths) + 1.0)


def count_law(chances: np.ndarray) -> np.ndarray:
    """Probabilities (n + 1,) of 0 to n outcomes of independent events with `chances` (n,)."""
    law = np.ones(1)
    for chance in chances:
        law = np.append(law * (1.0 - chance), 0.0) + np.append(0.0, law * chance)
    return law


def count_test(found: int, chances: np.ndarray, truly: np.ndarray) -> Found:
    """Exact two-sided test that `found` outcomes are what `chances` (n,) say; power if they are `truly` (n,).

    The p-value is the probability of every count no likelier than the one found; the statistic is the count found less the
    one expected.
    """
    law = count_law(chances)
    p_values = np.array([law[law <= each * (1.0 + _ROUNDING)].sum() for each in law])
    power = float(count_law(truly)[p_values <= SIZE].sum())
    return Found(found - float(chances.sum()), min(float(p_values[found]), 1.0), min(power, 1.0))


def brier_test(outcomes: np.ndarray, chances: np.ndarray, truly: np.ndarray) -> Found:
    """Is the Brier score mean((p - o)^2) larger than right chances would give; power if the chances are `truly`.

    One-sided; laws of 4,000 drawn samples each, ties counted in full.
    """

    def scores(chance: np.ndarray, replicate: int) -> np.ndarray:
        uniform = generator(BRIER_SEED, "bootstrap", len(chances), replicate).random((SAMPLES, len(chances)))
        return np.sort(np.mean((chances - (uniform < chance)) ** 2, axis=1))

    score = float(np.mean((chances - outcomes) ** 2))
    right, other = scores(chances, 0), scores(truly, 1)
    as_large = SAMPLES - np.searchsorted(right, score * (1.0 - _ROUNDING))
    as_large_other = SAMPLES - np.searchsorted(right, other * (1.0 - _ROUNDING))
    power = float(np.mean((1 + as_large_other) / (1 + SAMPLES) <= SIZE))
    return Found(score, float((1 + as_large) / (1 + SAMPLES)), power)


def warning_test(outcomes: np.ndarray, chances: np.ndarray, above: float) -> Warnings:
    """Does a chance `above` so much foretell the outcome: Fisher's exact test, one-sided, that warnings are luck.

    Its statistic is the hit rate less the false-alarm rate (Peirce), not a number without outcomes or without other months.
    The power is the chance to reject if outcomes come with exactly the `chances`, from 4,000 drawn samples.
    """
    warned = chances > above
    n, n_warned, came = len(chances), int(warned.sum()), int(outcomes.sum())
    hits = int((warned & outcomes).sum())
    alarms = n_warned - hits
    score = hits / came - alarms / (n - came) if 0 < came < n else float("nan")
    drawn = generator(WARNING_SEED, "bootstrap", n).random((SAMPLES, n)) < chances
    pairs = np.stack([(drawn & warned).sum(axis=1), drawn.sum(axis=1)], axis=1)
    unlike, repeats = np.unique(pairs, axis=0, return_counts=True)
    rejects = np.array([hits_by_luck(int(h), n, n_warned, int(k)) <= SIZE for h, k in unlike])
    found = Found(score, hits_by_luck(hits, n, n_warned, came), float(repeats[rejects].sum() / SAMPLES))
    return Warnings(hits, alarms, came - hits, n_warned * came / n, found)


def hits_by_luck(hits: int, n: int, n_warned: int, came: int) -> float:
    """Chance of at least `hits` of `came` outcomes among `n_warned` of n months, were they spread by luck (hypergeometric)."""
    possible = np.arange(hits, min(n_warned, came) + 1)
    possible = possible[possible >= n_warned + came - n]
    logs = _log_choose(n_warned, possible) + _log_choose(n - n_warned, came - possible) - _log_choose(n, came)
    return min(float(np.exp(logs).sum()), 1.0)


def _log_choose(n: int, k: np.ndarray | int) -> np.ndarray:
    return -betaln(n - np.asarray(k) + 1.0, np.asarray(k) + 1.0) - np.log(n + 1.0)
