"""Before and after on the same draws: the figures of a proof, their intervals, and that of their difference.

share       how often something happens      Wilson; difference of paired proportions (Agresti and Min 2005)
tail_mean   expected shortfall of a loss     bootstrap of the tail; difference by its influence function
                                             (Manistre and Hancock 2005, North American Actuarial Journal 9:129-156)
average     mean over paths                  normal
spread      standard deviation over paths    normal, by the delta method
exact       one given path                   none
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import numpy as np

from gramlib.metrics import (
    Interval,
    expected_shortfall,
    paired_difference_interval,
    value_at_risk,
    wilson_interval,
)
from gramlib.metrics.tail_bootstrap import tail_bootstrap_intervals
from gramlib.recommend.recommendation import EXACT, Figure, Proof


def exact(metric: str, unit: str, subject: str, before: float, after: float) -> Proof:
    """One given path each: no interval."""
    return Proof(
        metric, unit, subject, Figure(before), Figure(after), Figure(after - before, EXACT), 1
    )  # fmt: skip


def share(metric: str, subject: str, before: np.ndarray, after: np.ndarray, confidence: float) -> Proof:
    """Booleans by path, shape (n,), of the same paths."""
    n = len(before)
    figures = [Figure(hits / n, wilson_interval(hits, n, confidence)) for hits in (int(before.sum()), int(after.sum()))]
    only_after, only_before = int((after & ~before).sum()), int((before & ~after).sum())
    interval = paired_difference_interval(only_after, only_before, n, confidence)
    return Proof(metric, "1", subject, figures[0], figures[1], Figure((only_after - only_before) / n, interval), n)


def average(
    metric: str, unit: str, subject: str, before: np.ndarray, after: np.ndarray, confidence: float
) -> Proof:  # fmt: skip
    """Numbers by path, shape (n,), of the same paths."""
    figures = [_mean(values, confidence) for values in (before, after, after - before)]
    return Proof(metric, unit, subject, figures[0], figures[1], figures[2], len(before))


def tail_mean(
    metric: str, unit: str, subject: str, before: np.ndarray, after: np.ndarray, level: float, confidence: float,
    rng: np.random.Generator, n_samples: int,
) -> Proof:  # fmt: skip
    """Losses by path, shape (n,), of the same paths: expected shortfall at `level`."""
    figures, influence = [], []
    for losses in (before, after):
        _, interval = tail_bootstrap_intervals(losses, level, rng, n_samples, confidence)
        figures.append(Figure(expected_shortfall(losses, level), interval))
        influence.append(np.maximum(losses - value_at_risk(losses, level), 0.0) / (1.0 - level))
    half = _half_width(influence[1] - influence[0], confidence)
    change = figures[1].value - figures[0].value
    return Proof(metric, unit, subject, figures[0], figures[1], Figure(change, Interval(change - half, change + half)),
                 len(before))  # fmt: skip


def spread(
    metric: str, unit: str, subject: str, before: np.ndarray, after: np.ndarray, confidence: float
) -> Proof:  # fmt: skip
    """Numbers by path, shape (n,), of the same paths: their standard deviation."""
    figures, influence = [], []
    for values in (before, after):
        sd = float(values.std())
        # The influence of one path on a standard deviation; none where nothing varies.
        influence.append(((values - values.mean()) ** 2 - sd**2) / (2.0 * sd) if sd > 0.0 else np.zeros(len(values)))
        half = _half_width(influence[-1], confidence)
        figures.append(Figure(sd, Interval(max(0.0, sd - half), sd + half)))
    change, half = figures[1].value - figures[0].value, _half_width(influence[1] - influence[0], confidence)
    return Proof(metric, unit, subject, figures[0], figures[1], Figure(change, Interval(change - half, change + half)),
                 len(before))  # fmt: skip


def _mean(values: np.ndarray, confidence: float) -> Figure:
    mean, half = float(values.mean()), _half_width(values, confidence)
    return Figure(mean, Interval(mean - half, mean + half))


def _half_width(values: np.ndarray, confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2) * float(values.std()) / sqrt(len(values))
