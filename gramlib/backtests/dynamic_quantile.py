"""Dynamic quantile test of Engle and Manganelli (2004): can anything known the day before foretell an exception?"""

from __future__ import annotations

import numpy as np

from gramlib.backtests.coverage import LikelihoodRatio
from gramlib.errors import ParameterError

LAGS = 4


def dynamic_quantile(exceeded: np.ndarray, value_at_risk: np.ndarray, p: float, lags: int = LAGS) -> LikelihoodRatio:
    """DQ statistic of the hits `exceeded` (n,) bool against a constant, `lags` earlier hits and the day's `value_at_risk` (n,).

    DQ = h'X (X'X)^-1 X'h / (p (1 - p)) with h = exceeded - p, chi-squared with the rank of X degrees of freedom (lags + 2,
    fewer where the value at risk never moves or there are no hits). Raises ParameterError for fewer than 10 * lags days.
    """
    n = len(exceeded)
    if n < 10 * lags or len(value_at_risk) != n or not 0.0 < p < 1.0:
        raise ParameterError(
            f"{n} days, {len(value_at_risk)} values at risk, probability {p}",
            expected=f"two arrays of one length, at least {10 * lags} days, 0 < p < 1",
            origin="gramlib.backtests.dynamic_quantile",
            remedy="test more days",
        )
    hit = np.asarray(exceeded, dtype=float) - p
    scaled = value_at_risk / max(float(np.abs(value_at_risk).max()), 1e-300)
    regressors = [np.ones(n - lags), *(hit[lags - k : n - k] for k in range(1, lags + 1)), scaled[lags:]]
    x = np.column_stack(regressors)
    beta, _, rank, _ = np.linalg.lstsq(x, hit[lags:], rcond=1e-10)
    explained = x @ beta
    return LikelihoodRatio(float(explained @ explained) / (p * (1.0 - p)), int(rank))


def dynamic_quantiles(exceeded: np.ndarray, value_at_risk: np.ndarray, p: float, lags: int = LAGS) -> np.ndarray:
    """The statistic (r,) of many series at once, `exceeded` and `value_at_risk` (r, n); NaN where a series has no hits."""
    n = exceeded.shape[1]
    hit = exceeded - p
    columns = [
        np.ones_like(hit[:, lags:]),
        *(hit[:, lags - k : n - k] for k in range(1, lags + 1)),
        value_at_risk[:, lags:],
    ]
    cross = np.array([[np.einsum("rt,rt->r", a, b) for b in columns] for a in columns]).transpose(2, 0, 1)
    along = np.array([np.einsum("rt,rt->r", a, hit[:, lags:]) for a in columns]).T
    statistic = np.full(len(hit), np.nan)
    some = exceeded[:, :-lags].any(axis=1)
    beta = np.einsum("rkl,rl->rk", np.linalg.pinv(cross[some], hermitian=True), along[some])
    statistic[some] = np.einsum("rk,rk->r", beta, along[some]) / (p * (1.0 - p))
    return statistic
