"""Stylised facts of daily returns, one series a row, and the band in which sampling alone leaves those of the data.

The band comes from a block bootstrap of blocks of a year, long because volatility remembers. Whatever links days (correlation
at a lag, sums of ten days, the drawdown of a year) is resampled with its days, blocks of blocks (Politis and Romano 1992):
joining blocks end to end would break the very links that are measured.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

YEAR_DAYS = 252
LAGS = (1, 10, 50)
SUM_DAYS = 10
SHORTFALL_TAIL = 0.025
HILL_SHARE = 0.025
RESAMPLES = 1000
RESAMPLES_AT_ONCE = 100
BAND = 0.99
"""Of the resamples: with some ten checks a model, a true one should not fall out by chance."""

LARGE_DRAWDOWN = 0.75
"""The tail of a distribution of which the data hold some 25 independent years cannot be had from them by resampling."""

Facts = dict[str, np.ndarray]


def facts(log_return: np.ndarray) -> Facts:
    """Facts of each row of `log_return` (r, n): {name: (r,)}."""
    size = np.abs(log_return)
    pairs = {lag: (size[:, :-lag], size[:, lag:]) for lag in LAGS}
    cumulative = np.cumsum(log_return, axis=1)
    return _facts(log_return, pairs, cumulative[:, SUM_DAYS:] - cumulative[:, :-SUM_DAYS])


def _facts(x: np.ndarray, pairs: Mapping[int, tuple[np.ndarray, np.ndarray]], sums: np.ndarray) -> Facts:
    centred = x - x.mean(axis=1, keepdims=True)
    variance = (centred**2).mean(axis=1)
    ordered = np.sort(x, axis=1)
    k = max(round(HILL_SHARE * x.shape[1]), 10)
    size = np.abs(x)
    mean, spread = size.mean(axis=1, keepdims=True), size.var(axis=1)
    found = {
        "excess_kurtosis": (centred**4).mean(axis=1) / variance**2 - 3.0,
        "hill_alpha_falls": _hill(-ordered[:, : k + 1]),
        "hill_alpha_rises": _hill(ordered[:, -1 : -k - 2 : -1]),
    }
    for lag, (before, after) in pairs.items():
        found[f"autocorrelation_size_lag_{lag}"] = ((before - mean) * (after - mean)).mean(axis=1) / spread
    one_day, ten_days = _shortfall(ordered), _shortfall(np.sort(sums, axis=1))
    found[f"shortfall_{SUM_DAYS}_days_over_root_{SUM_DAYS}"] = ten_days / (np.sqrt(SUM_DAYS) * one_day)
    return found


def _hill(largest: np.ndarray) -> np.ndarray:
    """Tail index (r,) from the k + 1 largest values of each row, falling (Hill 1975)."""
    positive = np.maximum(largest, 1e-12)
    excess = np.log(positive[:, :-1] / positive[:, -1:]).mean(axis=1)
    return 1.0 / np.maximum(excess, 1e-12)


def _shortfall(ordered: np.ndarray) -> np.ndarray:
    return -ordered[:, : max(int(SHORTFALL_TAIL * ordered.shape[1]), 1)].mean(axis=1)


def drawdowns(log_return: np.ndarray, days: int = YEAR_DAYS) -> np.ndarray:
    """Largest drawdown, as a share of the peak, of each row of `log_return` (r, days) from the price before the first day."""
    growth = np.concatenate((np.zeros((len(log_return), 1)), np.cumsum(log_return[:, :days], axis=1)), axis=1)
    return -np.expm1((growth - np.maximum.accumulate(growth, axis=1)).min(axis=1))


def drawdown_facts(drawdown: np.ndarray) -> Facts:
    """Median and upper quartile of drawdowns, one distribution a row."""
    return {
        "drawdown_year_median": np.median(drawdown, axis=1),
        "drawdown_year_upper_quartile": np.quantile(drawdown, LARGE_DRAWDOWN, axis=1),
    }


def bands(log_return: np.ndarray, n_days: int, rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    """Band (low, high) of each fact for a series of `n_days` days, from the data `log_return` (n,), n at least 500."""
    resampled: dict[str, list[np.ndarray]] = {}
    block = min(YEAR_DAYS, len(log_return) // 4)
    last = len(log_return) - max(LAGS) - block
    size, sums = np.abs(log_return), sliding_window_view(log_return, SUM_DAYS).sum(axis=1)
    drawdown = drawdowns(sliding_window_view(log_return, block), block)
    for _ in range(RESAMPLES // RESAMPLES_AT_ONCE):
        starts = rng.integers(0, last + 1, (RESAMPLES_AT_ONCE, -(-n_days // block)))
        days = (starts[:, :, None] + np.arange(block)).reshape(RESAMPLES_AT_ONCE, -1)[:, :n_days]
        pairs = {lag: (size[days], size[days + lag]) for lag in LAGS}
        found = _facts(log_return[days], pairs, sums[np.minimum(days, len(sums) - 1)])
        years = rng.integers(0, len(drawdown), (RESAMPLES_AT_ONCE, max(len(log_return) // block, 4)))
        for name, values in {**found, **drawdown_facts(drawdown[years])}.items():
            resampled.setdefault(name, []).append(values)
    outer = 0.5 * (1.0 - BAND)
    return {
        name: tuple(float(q) for q in np.quantile(np.concatenate(values), (outer, 1.0 - outer)))  # type: ignore[misc]
        for name, values in resampled.items()
    }
