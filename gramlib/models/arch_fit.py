"""GARCH(1,1) and GJR-GARCH(1,1,1) with constant mean and Student-t or skewed Student-t errors, by maximum likelihood through arch.

Gold's long sample sits on the edge of infinite variance (alpha + beta = 1.0 for the PM fix 1975-2018), where
multi-step forecasts never settle. So when the free estimate breaks one of two linear constraints, the likelihood is
maximised again under both:

    alpha + gamma/2 + beta <= cap      and      omega <= 1.5 * sample variance * (1 - alpha - gamma/2 - beta),

(gamma = 0 without asymmetry, and of either sign with it), the second holding the long-run variance at no more than 1.5 times
the window's sample variance. A persistence that is merely cut to the cap keeps its omega, and with it a long-run volatility
of about twice what was ever measured. What the constraints cost in log-likelihood is reported. Half of gamma is counted, as
arch does, under a skewed law too: there the falls' part of the variance is not quite half (0.52 for lambda -0.05).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from arch.univariate import GARCH, ConstantMean, SkewStudent, StudentsT
from arch.univariate.base import ARCHModelResult

from gramlib.errors import DataContractError
from gramlib.models.estimate import Estimate
from gramlib.models.garch import GarchParameters
from gramlib.readable import readable

PERCENT = 100.0
"""arch's optimiser wants returns of order one."""

FALLBACK_ALPHA, FALLBACK_BETA, FALLBACK_NU = 0.05, 0.94, 4.8
"""Rounded middle of the gold fits of MODELS_AND_CHECKS D.2, used only when the optimiser gives up."""

LONG_RUN_OVER_SAMPLE_VARIANCE = 1.5

_NAMES = {"mu": "mean", "omega": "omega", "alpha[1]": "alpha", "gamma[1]": "gamma", "beta[1]": "beta",
          "nu": "nu", "eta": "nu", "lambda": "skew"}  # fmt: skip
"""Ours for arch's; the skewed law calls its degrees of freedom eta."""

_UNITS = {"mean": PERCENT, "omega": PERCENT**2}
"""Percent over natural units, where they differ."""


@readable
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
    skew: float = 0.0

    @property
    def estimate(self) -> Estimate:
        """How the fit went, for a record and a card."""
        log_likelihood = self.log_likelihood if self.converged else None
        return Estimate(self.n, log_likelihood, self.converged, self.standard_errors, self.note)


class _ConstrainedGARCH(GARCH):
    """arch's recursion under the two constraints of the module docstring; `largest_variance` bounds the long-run one."""

    def __init__(self, cap: float, largest_variance: float, asymmetric: bool) -> None:
        super().__init__(p=1, o=int(asymmetric), q=1)
        self._cap, self._largest_variance = cap, largest_variance

    def constraints(self) -> tuple[np.ndarray, np.ndarray]:
        a, b = super().constraints()
        b[-1] = -self._cap
        # arch's last row is minus the persistence.
        long_run = self._largest_variance * a[-1]
        long_run[0] = -1.0
        return np.vstack((a, long_run)), np.append(b, -self._largest_variance)


def _maximise(
    percent: np.ndarray, volatility: GARCH, start: np.ndarray | None, skewed: bool = False
) -> ARCHModelResult | None:
    """Result of arch, or None when its optimiser did not converge."""
    law = SkewStudent() if skewed else StudentsT()
    model = ConstantMean(percent, volatility=volatility, distribution=law, rescale=False)
    result = model.fit(disp="off", show_warning=False, starting_values=start)
    return result if usable(result, percent) else None


def usable(result: ARCHModelResult, percent: np.ndarray) -> bool:
    """Whether arch's optimiser ended where a fit to `percent` may be: it also reports success at places that mean nothing.

    Everything is finite, the mean is a return that was seen, and every day's volatility lies between a millionth and 100%.
    """
    volatility = np.asarray(result.conditional_volatility)
    found = np.concatenate([np.asarray(result.params, dtype=float), volatility, [result.loglikelihood]])
    return bool(
        result.convergence_flag == 0
        and np.isfinite(found).all()
        and percent.min() <= result.params["mu"] <= percent.max()
        and volatility.min() >= 1e-6 * PERCENT
        and volatility.max() <= PERCENT
    )


def _natural(found: dict[str, float], cap: float, largest_variance: float = math.inf) -> GarchParameters:
    parameters = GarchParameters(found["mean"], found["omega"], found["alpha"], found["beta"], found.get("gamma", 0.0))
    # SLSQP may overstep a constraint by its tolerance.
    parameters = replace(parameters, beta=min(parameters.beta, cap - parameters.alpha - 0.5 * parameters.gamma))
    if math.isfinite(largest_variance):
        largest = largest_variance / PERCENT**2 * (1.0 - parameters.persistence)
        parameters = replace(parameters, omega=min(parameters.omega, largest))
    return parameters


def _by_name(values: Any) -> dict[str, float]:
    """The series `values` of arch, one a parameter, in natural units by our names."""
    names = {theirs: _NAMES[theirs] for theirs in values.index}
    return {name: float(values[theirs]) / _UNITS.get(name, 1.0) for theirs, name in names.items()}


def errors_or_none(errors: Callable[[], dict[str, float]]) -> tuple[dict[str, float], str]:
    """Standard errors of a fit by arch, or none and the reason: where the likelihood is flat arch raises or gives no numbers."""
    try:
        found = errors()
    except np.linalg.LinAlgError:
        found = {"": math.nan}
    if all(math.isfinite(error) for error in found.values()):
        return found, ""
    return {}, "the likelihood is flat at the optimum, so that there are no standard errors"


def fit_garch_t(
    log_return: np.ndarray, persistence_cap: float = 0.999, asymmetric: bool = False, skewed: bool = False
) -> GarchFit:
    """Fit `log_return` (n,), fractions per day, under the module docstring's constraints; none with a cap of 1.

    `asymmetric` frees gamma (GJR), `skewed` the skew of Hansen's (1994) law. When arch's optimiser fails twice, the window's
    mean and variance are kept with alpha 0.05, beta 0.94, gamma 0, nu 4.8, skew 0; the fit then says `converged=False` and
    why. Raises DataContractError for fewer than 100 returns or no variance.
    """
    percent = in_percent(log_return)
    variance = float(percent.var())
    gamma = [0.0] if asymmetric else []
    omega = (1.0 - FALLBACK_ALPHA - FALLBACK_BETA) * variance
    skew = [0.0] if skewed else []
    start = np.array([percent.mean(), omega, FALLBACK_ALPHA, *gamma, FALLBACK_BETA, FALLBACK_NU, *skew])
    recursion = GARCH(p=1, o=int(asymmetric), q=1)
    free = _maximise(percent, recursion, None, skewed) or _maximise(percent, recursion, start, skewed)
    if free is None:
        return _fallback(percent, variance, persistence_cap)
    values = [float(value) for value in free.params]
    (mean, omega, alpha, *gamma, beta), laws = values[: 4 + asymmetric], values[4 + asymmetric :]
    half_gamma = 0.5 * sum(gamma)
    persistence = alpha + half_gamma + beta
    largest = LONG_RUN_OVER_SAMPLE_VARIANCE * variance
    settles = persistence <= persistence_cap and omega <= largest * (1.0 - persistence)
    n = len(percent)
    if settles or persistence_cap >= 1.0:
        found, (errors, note) = _by_name(free.params), errors_or_none(lambda: _by_name(free.std_err))
        parameters, skew_found = _natural(found, persistence_cap), found.get("skew", 0.0)
        return GarchFit(parameters, found["nu"], float(free.loglikelihood), True, False, n, errors, note, skew_found)
    alpha = min(alpha, 0.5 * persistence_cap)
    beta = persistence_cap - 1e-6 - alpha - half_gamma
    inside = np.array([mean, 0.5 * (1.0 - persistence_cap) * largest, alpha, *gamma, beta, *laws])
    held = _maximise(percent, _ConstrainedGARCH(persistence_cap, largest, asymmetric), inside, skewed)
    if held is None:
        return _fallback(percent, variance, persistence_cap)
    note = (
        f"the free estimate (omega {omega:.4g} in percent^2, persistence {persistence:.5f}) has no sensible "
        f"long-run variance; refitted with persistence at most {persistence_cap} and long-run variance at most "
        f"{LONG_RUN_OVER_SAMPLE_VARIANCE} times the sample's, which costs {free.loglikelihood - held.loglikelihood:.2f} in log-likelihood"
    )
    found = _by_name(held.params)
    parameters = _natural(found, persistence_cap, largest)
    return GarchFit(parameters, found["nu"], float(held.loglikelihood), True, True, n, {}, note, found.get("skew", 0.0))


def in_percent(log_return: np.ndarray) -> np.ndarray:
    """Returns as arch's optimiser wants them; raises DataContractError for fewer than 100 or returns that do not vary."""
    percent = PERCENT * np.asarray(log_return, dtype=float)
    variance = float(percent.var())
    if len(percent) < 100 or not variance > 1e-12:
        raise DataContractError(
            f"{len(percent)} returns with standard deviation {math.sqrt(variance) / PERCENT:.3g}: nothing to fit a volatility to",
            expected="at least 100 returns that vary",
            origin="the training window of stage train",
            remedy="lengthen the window (train.start) or look at the quality table",
        )
    return percent


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
