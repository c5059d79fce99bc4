"""EGARCH(1,1,1) by maximum likelihood through arch, beta held at the cap on persistence."""

from __future__ import annotations

import math

import numpy as np
from arch.univariate import EGARCH, ConstantMean, SkewStudent, StudentsT
from arch.univariate.base import ARCHModelResult

from gramlib.models.arch_fit import PERCENT, errors_or_none, in_percent, usable
from gramlib.models.egarch import EgarchParameters
from gramlib.models.estimate import Estimate
from gramlib.models.skew_t import SkewT

FALLBACK = {"alpha": 0.11, "gamma": 0.03, "beta": 0.99, "nu": 4.8}
"""Rounded middle of the gold fits of MODELS_AND_CHECKS D.2, used only when the optimiser gives up."""

_LOG_UNIT = 2.0 * math.log(PERCENT)


class _CappedEGARCH(EGARCH):
    """arch's recursion with beta at most `cap`."""

    def __init__(self, cap: float) -> None:
        super().__init__(p=1, o=1, q=1)
        self._cap = cap

    def constraints(self) -> tuple[np.ndarray, np.ndarray]:
        a, b = super().constraints()
        return a, np.full_like(b, -self._cap)


def fit_egarch(
    log_return: np.ndarray, skewed: bool, persistence_cap: float = 0.999
) -> tuple[EgarchParameters, SkewT, Estimate]:
    """Fit `log_return` (n,), fractions per day.

    When arch's optimiser fails twice, rounded gold parameters are kept with the window's mean and level of variance; the
    estimate then says so. Raises DataContractError for fewer than 100 returns or no variance.
    """
    percent = in_percent(log_return)
    log_variance = math.log(float(percent.var()))
    laws = [FALLBACK["nu"], 0.0] if skewed else [FALLBACK["nu"]]
    start = np.array(
        [
            percent.mean(), (1.0 - FALLBACK["beta"]) * log_variance, FALLBACK["alpha"], FALLBACK["gamma"],
            min(FALLBACK["beta"], persistence_cap), *laws,
        ]
    )  # fmt: skip
    result = _maximise(percent, skewed, persistence_cap, None) or _maximise(percent, skewed, persistence_cap, start)
    if result is None:
        values = start
        note = f"arch did not converge on {len(percent)} returns from two starting points; rounded parameters of gold assumed"
    else:
        values = np.asarray(result.params, dtype=float)
    mean, omega, alpha, gamma, beta, nu, *skew = (float(value) for value in values)
    held = beta > persistence_cap - 1e-6
    beta = min(beta, persistence_cap)
    parameters = EgarchParameters(mean / PERCENT, omega - (1.0 - beta) * _LOG_UNIT, alpha, gamma, beta)
    law = SkewT(nu, skew[0] if skew else 0.0)
    if result is None:
        return parameters, law, Estimate(len(percent), None, False, {}, note)
    errors, note = errors_or_none(lambda: _errors(result))
    if held:
        errors, note = {}, f"beta is held at {persistence_cap}, so that the errors mean nothing"
    return parameters, law, Estimate(len(percent), float(result.loglikelihood), True, errors, note)


def _maximise(percent: np.ndarray, skewed: bool, cap: float, start: np.ndarray | None) -> ARCHModelResult | None:
    """Result of arch, or None when its optimiser did not converge."""
    law = SkewStudent() if skewed else StudentsT()
    model = ConstantMean(percent, volatility=_CappedEGARCH(cap), distribution=law, rescale=False)
    result = model.fit(disp="off", show_warning=False, starting_values=start)
    return result if usable(result, percent) else None


def _errors(result: ARCHModelResult) -> dict[str, float]:
    """Robust standard errors in natural units; omega's unit depends on beta, so its error needs their covariance."""
    covariance = np.asarray(result.param_cov, dtype=float)
    variances = np.diag(covariance).copy()
    variances[0] /= PERCENT**2
    variances[1] += _LOG_UNIT**2 * covariance[4, 4] + 2.0 * _LOG_UNIT * covariance[1, 4]
    names = ("mean", "omega", "alpha", "gamma", "beta", "nu", "skew")
    return {name: math.sqrt(max(float(v), 0.0)) for name, v in zip(names, variances, strict=False)}
