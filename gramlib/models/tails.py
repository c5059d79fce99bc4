"""Tail formulas: peaks over threshold with the generalised Pareto distribution (GPD), and the Student-t.

P(X - u > y | X > u) = (1 + xi y / beta)^(-1/xi)        (Pickands 1975; McNeil 1997 for the estimators)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, ndtri, stdtrit

from gramlib.errors import DataContractError, ParameterError
from gramlib.readable import readable

MAX_XI = 0.45
"""Above 1/2 the variance of a GPD is infinite and a volatility recursion fed with it has no long-run level."""

MIN_EXCEEDANCES = 20


@readable
@dataclass(frozen=True)
class GpdFit:
    """Shape `xi`, scale `beta` (in the data's unit) and their asymptotic standard errors (Smith 1987)."""

    xi: float
    beta: float
    xi_standard_error: float
    beta_standard_error: float
    n_exceed: int
    note: str


def fit_gpd(excesses: np.ndarray) -> GpdFit:
    """Maximum likelihood fit to positive `excesses` over a threshold.

    A shape above 0.45 is held there, the scale then matching the mean excess, and noted.
    Raises DataContractError for fewer than 20 excesses.
    """
    n = len(excesses)
    if n < MIN_EXCEEDANCES:
        raise DataContractError(
            f"{n} exceedances are too few for a tail",
            expected=f"at least {MIN_EXCEEDANCES}",
            origin="the residuals of stage train",
            remedy="raise train.tail_share or lengthen the history",
        )
    xi, beta = gpd_maximum(excesses)
    note = ""
    if xi > MAX_XI:
        note = f"fitted shape {xi:.3f} held at {MAX_XI}, scale matched to the mean excess"
        xi, beta = MAX_XI, float(excesses.mean()) * (1.0 - MAX_XI)
    spread = max(1.0 + xi, 0.0)
    return GpdFit(xi, beta, spread / math.sqrt(n), beta * math.sqrt(2.0 * spread / n), n, note)


def gpd_maximum(excesses: np.ndarray) -> tuple[float, float]:
    """Shape and scale of greatest likelihood, as they come."""
    from scipy.stats import genpareto

    xi, _, beta = genpareto.fit(excesses, floc=0.0)
    return float(xi), float(beta)


def gpd_excess(survival: float | np.ndarray, xi: float, beta: float) -> float | np.ndarray:
    """Excess over the threshold that is itself exceeded with probability `survival` in (0, 1]."""
    if abs(xi) < 1e-9:
        return -beta * np.log(survival)
    return beta / xi * np.expm1(-xi * np.log(survival))


def gpd_var_es(threshold: float, xi: float, beta: float, n: int, n_exceed: int, level: float) -> tuple[float, float]:
    """VaR and ES at `level` (such as 0.99) of losses of which `n_exceed` in `n` exceed `threshold`.

    VaR = u + beta/xi ((n/Nu (1-level))^-xi - 1),  ES = VaR/(1-xi) + (beta - xi u)/(1-xi)  (McNeil 1997, eqs. 6 and 8).
    Raises ParameterError for a level below the threshold's or a shape of 1 or more (infinite ES).
    """
    # Twelve digits, so that the threshold's own level is inside whatever 1 - 0.95 rounds to.
    survival = round(n / n_exceed * (1.0 - level), 12)
    if not 0.0 < survival <= 1.0 or xi >= 1.0:
        raise ParameterError(
            f"level {level} with {n_exceed} of {n} losses beyond the threshold and shape {xi}",
            expected=f"a level in [{1 - n_exceed / n:.4f}, 1) and a shape below 1",
            origin="gramlib.models.tails.gpd_var_es",
            remedy="ask for a level inside the fitted tail",
        )
    var = threshold + float(gpd_excess(survival, xi, beta))
    return var, (var + beta - xi * threshold) / (1.0 - xi)


def student_t_var_es(nu: float, level: float, unit_variance: bool = True) -> tuple[float, float]:
    """VaR and ES at `level` of a Student-t with `nu` degrees of freedom; the normal for `nu` infinite.

    ES = pdf(q)/(1-level) (nu + q^2)/(nu - 1). With `unit_variance` both are scaled by sqrt((nu-2)/nu), as a
    standardised innovation needs; leaving the scale out is the usual mistake.
    """
    tail = 1.0 - level
    if math.isinf(nu):
        quantile = float(-ndtri(tail))
        return quantile, math.exp(-0.5 * quantile**2) / math.sqrt(2.0 * math.pi) / tail
    quantile = float(-stdtrit(nu, tail))
    log_pdf = (
        gammaln((nu + 1) / 2)
        - gammaln(nu / 2)
        - 0.5 * math.log(nu * math.pi)
        - (nu + 1) / 2 * math.log1p(quantile**2 / nu)
    )
    shortfall = math.exp(log_pdf) / tail * (nu + quantile**2) / (nu - 1.0)
    scale = math.sqrt((nu - 2.0) / nu) if unit_variance else 1.0
    return quantile * scale, shortfall * scale
