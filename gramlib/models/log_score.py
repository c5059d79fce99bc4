"""Where an outcome falls in a forecast given as a sorted sample, and how likely it was called: PIT and log score.

The density is estimated in two ways that meet at the outer 5% on each side:

* between them, by spacing: with p the outcome's place in the sample, the probability between the quantiles at p - d and
  p + d over their distance, d = min(0.03, 0.2 p, 0.2 (1 - p)) (Siddiqui 1960, Bloch and Gastwirth 1968);
* beyond them, by a generalised Pareto tail fitted to the sample's exceedances with probability-weighted moments (Hosking
  and Wallis 1987), its shape held to 0 ... 0.45: an outcome beyond every draw is improbable, never impossible.

A sample of 4,000 gives the log density of a normal or Student-t law to within some 0.03 in the middle and 0.15 in the tail
(tested). On average the estimate lies about 0.005 too low with 4,000 stratified draws and 0.01 with 2,000 random ones, alike
for all models that draw; against a model that knows its density exactly (`log_density`, see evaluation) a difference of that
size means nothing.
"""

from __future__ import annotations

import numpy as np

TAIL = 0.05
LARGEST_SHAPE = 0.45
LEAST_DISTANCE = 1e-7
"""Nearest that two quantiles of a log-return may stand: keeps a sample with repeated values from an infinite density."""


def place(ordered: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Place (n,) in (0, 1) of each outcome in its sorted row (n, m) by Hazen's rule, linear between draws; ties in the middle."""
    m = ordered.shape[1]
    found = np.empty(len(outcome))
    for i, (row, y) in enumerate(zip(ordered, outcome, strict=True)):
        below, through = np.searchsorted(row, y), np.searchsorted(row, y, side="right")
        if through > below or below in (0, m):
            found[i] = 0.5 * (below + through)
        else:
            found[i] = below - 0.5 + (y - row[below - 1]) / (row[below] - row[below - 1])
    return np.clip(found, 0.25, m - 0.25) / m


def _quantiles(ordered: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """One quantile a row (n,), at a probability of its own."""
    m = ordered.shape[1]
    position = np.clip(probability * m - 0.5, 0.0, m - 1.0)
    below = np.minimum(position.astype(np.intp), m - 2)
    weight = position - below
    rows = np.arange(len(ordered))
    return (1.0 - weight) * ordered[rows, below] + weight * ordered[rows, below + 1]


def _tail(excess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """GPD shape and scale (n,) of sorted excesses (n, k) by probability-weighted moments."""
    k = excess.shape[1]
    mean = np.maximum(excess.mean(axis=1), LEAST_DISTANCE)
    weighted = (excess * (1.0 - (np.arange(1, k + 1) - 0.35) / k)).mean(axis=1)
    shape = np.clip(2.0 - mean / np.maximum(mean - 2.0 * weighted, 1e-12), 0.0, LARGEST_SHAPE)
    return shape, mean * (1.0 - shape)


def _beyond(excess: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Survival and log density (n,) at the excess `z` (n,) of the tail fitted to `excess` (n, k)."""
    shape, scale = _tail(excess)
    heavy = np.maximum(shape, 1e-6)
    log_growth = np.log1p(heavy * z / scale)
    return np.exp(-log_growth / heavy), -np.log(scale) - (1.0 / heavy + 1.0) * log_growth


def placed(ordered: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probability integral transform in (0, 1) and log density of each outcome (n,) under its sorted sample (n, m)."""
    m = ordered.shape[1]
    p = place(ordered, outcome)
    width = np.minimum(0.03, 0.2 * np.minimum(p, 1.0 - p))
    distance = _quantiles(ordered, p + width) - _quantiles(ordered, p - width)
    log_density = np.log(2.0 * width) - np.log(np.maximum(distance, LEAST_DISTANCE))
    k = max(int(TAIL * m), 5)
    for sign, out in ((1.0, p > 1.0 - TAIL), (-1.0, p < TAIL)):
        if not out.any():
            continue
        far = ordered[out, -k:] if sign > 0 else -ordered[out, k - 1 :: -1]
        edge = sign * _quantiles(ordered[out], np.full(out.sum(), 1.0 - TAIL if sign > 0 else TAIL))
        excess = np.maximum(far - edge[:, None], 0.0)
        survival, log_tail = _beyond(excess, np.maximum(sign * outcome[out] - edge, 0.0))
        p[out] = 1.0 - TAIL * survival if sign > 0 else TAIL * survival
        log_density[out] = np.log(TAIL) + log_tail
    return np.clip(p, 1e-12, 1.0 - 1e-12), log_density
