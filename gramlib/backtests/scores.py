"""Proper scores of a forecast in their textbook form; lower is better. Scalars give a float, arrays an array."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import ndtr

from gramlib.errors import ParameterError

ArrayLike = Any


def _plain(value: np.ndarray) -> float | np.ndarray:
    return float(value) if np.ndim(value) == 0 else value


def pinball_loss(y: ArrayLike, q: ArrayLike, tau: float) -> float | np.ndarray:
    """Loss of the forecast `q` of the `tau`-quantile at outcome `y`: (tau - 1{y < q}) (y - q) (Koenker and Bassett 1978)."""
    outcome, quantile = np.asarray(y, dtype=float), np.asarray(q, dtype=float)
    return _plain((tau - (outcome < quantile)) * (outcome - quantile))


def crps_normal(y: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> float | np.ndarray:
    """CRPS of a normal forecast, in the unit of `y`: sd (z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi)), z = (y - mean)/sd.

    Gneiting and Raftery (2007). Raises ParameterError for an `sd` that is not positive.
    """
    outcome, centre, spread = (np.asarray(x, dtype=float) for x in (y, mean, sd))
    if not np.all(spread > 0.0):
        raise ParameterError(
            f"standard deviation {np.min(spread)}",
            expected="positive",
            origin="gramlib.backtests.crps_normal",
            remedy="a forecast without spread has no density; score it with the absolute error",
        )
    z = (outcome - centre) / spread
    density = np.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi)
    return _plain(spread * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * density - 1.0 / math.sqrt(math.pi)))


def crps_sample(y: ArrayLike, sample: ArrayLike) -> float | np.ndarray:
    """CRPS of the empirical distribution of `sample` (m,) or (n, m) at `y` (scalar or (n,)): E|X - y| - E|X - X'|/2.

    Gneiting and Raftery (2007, eq. 21). The second expectation runs over all pairs, computed through the order statistics.
    """
    outcome, ordered = np.asarray(y, dtype=float), np.sort(np.asarray(sample, dtype=float), axis=-1)
    m = ordered.shape[-1]
    if m == 0:
        raise ParameterError(
            "an empty sample",
            expected="at least one draw",
            origin="gramlib.backtests.crps_sample",
            remedy="draw from the forecast first",
        )
    spread = ordered @ (2.0 * np.arange(1, m + 1) - m - 1.0) / m**2
    return _plain(np.abs(ordered - outcome[..., None]).mean(axis=-1) - spread)
