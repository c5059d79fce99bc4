"""GARCH(1,1) with constant mean and Student-t errors, fitted by maximum likelihood through arch.

Gold's long sample sits on the edge of infinite variance (alpha + beta = 1.0 for the PM fix 1975-2018), where
multi-step forecasts never settle. So when the free estimate breaks one of two linear constraints, the likelihood is
maximised again under both:

    alpha + beta <= cap      and      omega <= 1.5 * sample variance * (1 - alpha - beta),

the second holding the long-run variance at no more than 1.5 times the window's sample variance. A persistence that is
merely cut to the cap keeps its omega, and with it a long-run volatility of about twice what was ever measured. What the
constraints cost in log-likelihood is reported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from arch.univariate import GARCH, ConstantMean, StudentsT
from arch.univariate.base import ARCHModelResult

from gramlib.errors import DataContractError
from gramlib.models.garch import GarchParameters

PERCENT = 100.0
"""arch's optimiser wants returns of order one."""

FALLBACK_ALPHA, FALLBACK_BETA, FALLBACK_NU = 0.05, 0.94, 4.8
"""Rounded middle of the gold fits of MODELS_AND_CHECKS D.2, used only when the optimiser gives up."""

LONG_RUN_OVER_SAMPLE_VARIANCE = 1.5

NAMES = ("mean", "omega", "alpha", "beta", "nu")
_UNIT = np.array([PERCENT, PERCENT**2, 1.0, 1.0, 1.0])


@dataclass(frozen=True)
class GarchFit:
    """A fit in natural units.

    `constrained` says that the free estimate broke a constraint. `standard_errors` (robust) is empty where they mean
    nothing: on a constraint, or after a fallback.
    """

    parameters: GarchParameters
    nu: float
    log_likelihood: float
    converged: bool
    constrained: bool
    n: int
    standard_errors: dict[str, float]
    note: str


class _ConstrainedGARCH(GARCH):
    """arch's GARCH(1,1) under the two constraints of the module docstring; `largest_variance` bounds the long-run one."""

    def __init__(self, cap: float, largest_variance: float) -> None:
        super().__init__(p=1, o=0, q=1)
        self._cap, self._largest_variance = cap, largest_variance

    def constraints(self) -> tuple[np.ndarray, np.ndarray]:
        a, b = super().constraints()
        b[-1] = -self._cap
        long_run = np.array([[-1.0, -self._largest_variance, -self._largest_variance]])
        return np.vstack((a, long_run)), np.append(b, -self._largest_variance)


def _maximise(percent: np.ndarray, volatility: GARCH, start: np.ndarray | None) -> ARCHModelResult | None:
    """Result of arch, or None when its optimiser did not converge."""
    model = ConstantMean(percent, volatility=volatility, distribution=StudentsT(), rescale=False)
    result = model.fit(disp="off", show_warning=False, starting_values=start)
    usable = result.convergence_flag == 0 and bool(np.isfinite(result.params).all())
    return result if usable else None


def _natural(result: ARCHModelResult, cap: float, largest_variance: float = math.inf) -> tuple[GarchParameters, float]:
    mean, omega, alpha, beta, nu = (float(x) for x in np.asarray(result.params) / _UNIT)
    # SLSQP may overstep a constraint by its tolerance.
    beta = min(beta, cap - alpha)
    if math.isfinite(largest_variance):
        omega = min(omega, largest_variance / PERCENT**2 * (1.0 - alpha - beta))
    return GarchParameters(mean, omega, alpha, beta), nu


def fit_garch_t(log_return: np.ndarray, persistence_cap: float = 0.999) -> GarchFit:
    """Fit `log_return` (n,), fractions per day, under the module docstring's constraints; none with a cap of 1.

    When arch's optimiser fails twice, the window's mean and variance are kept with alpha 0.05, beta 0.94, nu 4.8; the
    fit then says `converged=False` and why. Raises DataContractError for fewer than 100 returns or no variance.
    """
    n = len(log_return)
    percent = PERCENT * np.asarray(log_return, dtype=float)
    variance = float(percent.var())
    if n < 100 or not variance > 1e-12:
        raise DataContractError(
            f"{n} returns with standard deviation {math.sqrt(variance) / PERCENT:.3g}: nothing to fit a volatility to",
            expected="at least 100 returns that vary",
            origin="the training window of stage train",
            remedy="lengthen the window (train.start) or look at the quality table",
        )
    omega = (1.0 - FALLBACK_ALPHA - FALLBACK_BETA) * variance
    start = np.array([percent.mean(), omega, FALLBACK_ALPHA, FALLBACK_BETA, FALLBACK_NU])
    free = _maximise(percent, GARCH(p=1, o=0, q=1), None) or _maximise(percent, GARCH(p=1, o=0, q=1), start)
    if free is None:
        return _fallback(percent, variance, persistence_cap)
    mean, omega, alpha, beta, nu = (float(x) for x in free.params)
    largest = LONG_RUN_OVER_SAMPLE_VARIANCE * variance
    settles = alpha + beta <= persistence_cap and omega <= largest * (1.0 - alpha - beta)
    if settles or persistence_cap >= 1.0:
        errors = dict(zip(NAMES, (float(x) for x in np.asarray(free.std_err) / _UNIT), strict=True))
        return GarchFit(*_natural(free, persistence_cap), float(free.loglikelihood), True, False, n, errors, "")
    alpha = min(alpha, 0.5 * persistence_cap)
    inside = np.array([mean, 0.5 * (1.0 - persistence_cap) * largest, alpha, persistence_cap - 1e-6 - alpha, nu])
    held = _maximise(percent, _ConstrainedGARCH(persistence_cap, largest), inside)
    if held is None:
        return _fallback(percent, variance, persistence_cap)
    note = (
        f"the free estimate (omega {omega:.4g} in percent^2, persistence {free.params.iloc[2] + free.params.iloc[3]:.5f}) has no sensible "
        f"long-run variance; refitted with persistence at most {persistence_cap} and long-run variance at most "
        f"{LONG_RUN_OVER_SAMPLE_VARIANCE} times the sample's, which costs {free.loglikelihood - held.loglikelihood:.2f} in log-likelihood"
    )
    return GarchFit(*_natural(held, persistence_cap, largest), float(held.loglikelihood), True, True, n, {}, note)


def _fallback(percent: np.ndarray, variance: float, cap: float) -> GarchFit:
    beta = min(FALLBACK_BETA, cap - FALLBACK_ALPHA)
    omega = variance * (1.0 - FALLBACK_ALPHA - beta) / PERCENT**2
    parameters = GarchParameters(float(percent.mean()) / PERCENT, omega, FALLBACK_ALPHA, beta)
    note = (
        f"arch did not converge on {len(percent)} returns from two starting points; alpha {FALLBACK_ALPHA}, beta {beta}, nu {FALLBACK_NU} "
        "assumed, omega set to the sample variance"
    )
    return GarchFit(parameters, FALLBACK_NU, math.nan, False, False, len(percent), {}, note)


def sp500_reference_returns() -> np.ndarray:
    """The S&P 500 sample that arch ships as percentage changes (5,030 of them): the data of check 12 in MODELS_AND_CHECKS."""
    import arch.data.sp500

    return PERCENT * arch.data.sp500.load()["Adj Close"].pct_change().dropna().to_numpy()
