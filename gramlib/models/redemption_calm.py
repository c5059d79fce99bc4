"""How holders of a sound gold claim redeem when gold falls: the calm regime, fitted to a gold fund's ounces.

    E[outflow_t] = rho0 + (rhomax - rho0) (Lam(a0 + a1 f_t) - Lam(a0)) / (1 - Lam(a0)),     f_t = max(0, -r5_t)

rho0 and a1 are estimated, a0 and rhomax are held (they are the curve's shape, and no calm day says anything about them).
The observed outflow is max(0, -change of ounces) a business day. That is a net figure: shares created and redeemed on one
day cancel inside it, so base_rate is a lower bound of gross redemption; `netting` says how much cancels between days of one
week, which hints at what cancels within one. A fund's price-driven sellers are institutions with a broker, not token holders.

Two estimators of the same mean. Least squares is the one that is used: it weighs the days of large falls, which is what the
curve is for. The Poisson quasi-likelihood (Gourieroux, Monfort and Trognon 1984) weighs calm days more and is reported
beside it; where they differ, the logistic curve is too convex for the data. Standard errors: stationary block bootstrap with
blocks of three months on average, since redemptions come in waves of months; Newey-West beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.models.redemption_curve import RedemptionCurve
from gramlib.models.resampling import block_rows, newey_west
from gramlib.readable import readable

MEAN_BLOCK_DAYS = 60
MIN_DAYS = 750
"""Three years: a fit to fewer has seen no large fall."""
OLDEST_PRICE = pd.Timedelta(days=4)
MAX_STEPS = 60
TOLERANCE = 1e-9


@readable
@dataclass(frozen=True)
class CalmSample:
    """Days (n,) of one fund: `date`, net `outflow` as a share a business day, `fall` of gold over five days, both >= 0.

    `change` is the signed change of the quantity, a share a business day.
    """

    product: str
    date: np.ndarray
    outflow: np.ndarray
    fall: np.ndarray
    change: np.ndarray

    def __len__(self) -> int:
        return len(self.outflow)


@readable
@dataclass(frozen=True)
class CalmFit:
    """Estimates of `base_rate` (share a business day) and `a_return`, standard errors by block bootstrap and by HAC.

    `quasi_likelihood` holds the second estimator's (base_rate, a_return); `draws` (n_draws, 2) the bootstrap's estimates;
    `later_a_return` is the slope of the later half of the days alone;
    `netting` is the outflow summed over days divided by the outflow of five-day changes, 1 where nothing cancels.
    """

    curve: RedemptionCurve
    base_rate: float
    a_return: float
    base_rate_error: float
    a_return_error: float
    hac_errors: tuple[float, float]
    quasi_likelihood: tuple[float, float]
    draws: np.ndarray
    later_a_return: float
    netting: float
    sample: CalmSample

    def rate_at(self, fall: float) -> float:
        """Fitted redemption after a five-day `fall` (0.136 is 13.6%), share a business day."""
        return float(_mean(np.array([self.base_rate, self.a_return]), np.array([fall]), self.curve)[0])

    def rate_error(self, fall: float) -> float:
        """Standard error of `rate_at`, from the bootstrap's estimates."""
        return float(np.std([_mean(draw, np.array([fall]), self.curve)[0] for draw in self.draws], ddof=1))


def calm_sample(flows: pd.DataFrame, prices: pd.DataFrame, product: str) -> CalmSample:
    """Days of `product` in catalogue table `flows` beside the five-day return in `prices`; flagged changes are left out.

    Raises DataContractError for fewer than 750 such days.
    """
    five_days = prices["gold_usd_per_oz"].to_numpy()
    returns = pd.DataFrame({"date": prices["date"].iloc[5:], "r5": five_days[5:] / five_days[:-5] - 1.0})
    rows = flows[(flows["product"] == product) & (flows["flag"] == "")].sort_values("date")
    rows = pd.merge_asof(rows, returns, on="date", tolerance=OLDEST_PRICE).dropna(subset=["r5", "change_share"])
    if len(rows) < MIN_DAYS:
        raise DataContractError(f"{len(rows)} days of {product} have a gold price beside them", expected=f"at least {MIN_DAYS}",
                                origin="tables flows and prices", remedy="give a longer history (data.flow_files), or leave the calm fit out")  # fmt: skip
    date = rows["date"].to_numpy(dtype="datetime64[D]")
    spans = np.maximum(1, np.busday_count(date - rows["days"].to_numpy().astype("timedelta64[D]"), date))
    change = rows["change_share"].to_numpy() / spans
    fall = np.maximum(0.0, -rows["r5"].to_numpy())
    return CalmSample(product, date, np.maximum(0.0, -change), fall, change)


def fit_calm(sample: CalmSample, curve: RedemptionCurve, rng: np.random.Generator, n_draws: int = 400) -> CalmFit:
    """Fit rho0 and a1 to `sample`, with the a0 and rhomax of `curve`; random numbers of the bootstrap come from `rng`.

    Raises DataContractError where gold never fell in the sample, or where the fit does not settle.
    """
    outflow, fall = sample.outflow, sample.fall
    if not (fall > 0.0).any() or not (outflow > 0.0).any():
        raise DataContractError(f"{sample.product}: gold never fell, or nobody ever redeemed, on {len(sample)} days",
                                expected="falls and outflows to fit a slope to", origin="tables flows and prices",
                                remedy="give a longer history")  # fmt: skip
    start = np.array([outflow.mean(), 10.0])
    estimate = _fit(outflow, fall, curve, start, weighted=False)
    quasi = _fit(outflow, fall, curve, start, weighted=True)
    draws = np.empty((n_draws, 2))
    for i in range(n_draws):
        rows = block_rows(len(outflow), MEAN_BLOCK_DAYS, rng)
        draws[i] = _fit(outflow[rows], fall[rows], curve, estimate, weighted=False)
    errors = draws.std(axis=0, ddof=1)
    half = len(sample) // 2
    later = _fit(outflow[half:], fall[half:], curve, estimate, weighted=False)
    slope = _slopes(estimate, fall, curve)
    bread = np.linalg.inv(slope.T @ slope)
    residual = outflow - _mean(estimate, fall, curve)
    hac = np.sqrt(np.diag(bread @ newey_west(slope * residual[:, None], MEAN_BLOCK_DAYS) @ bread))
    return CalmFit(
        curve, float(estimate[0]), float(estimate[1]), float(errors[0]), float(errors[1]), (float(hac[0]), float(hac[1])),
        (float(quasi[0]), float(quasi[1])), draws, float(later[1]), _netting(sample.change), sample,
    )  # fmt: skip


def _mean(theta: np.ndarray, fall: np.ndarray, curve: RedemptionCurve) -> np.ndarray:
    # Without E6's floor at nought: a slope below nought is an honest estimate of none, and its error needs both sides.
    return theta[0] + (curve.max_rate - theta[0]) * np.asarray(curve.share(theta[1] * fall))


def _slopes(theta: np.ndarray, fall: np.ndarray, curve: RedemptionCurve) -> np.ndarray:
    share, slope = curve.share(theta[1] * fall), curve.share_slope(theta[1] * fall)
    return np.column_stack([1.0 - share, (curve.max_rate - theta[0]) * slope * fall])


def _fit(
    outflow: np.ndarray, fall: np.ndarray, curve: RedemptionCurve, start: np.ndarray, weighted: bool
) -> np.ndarray:
    """(rho0, a1) by Fisher scoring: least squares, or with weights 1/mean the Poisson quasi-likelihood."""
    theta = start.copy()
    objective = _objective(theta, outflow, fall, curve, weighted)
    for _ in range(MAX_STEPS):
        mean, slope = _mean(theta, fall, curve), _slopes(theta, fall, curve)
        scaled = slope / mean[:, None] if weighted else slope
        step = np.linalg.solve(scaled.T @ slope, scaled.T @ (outflow - mean))
        for _ in range(30):
            tried = _objective(theta + step, outflow, fall, curve, weighted)
            if tried <= objective:
                break
            step = step / 2.0
        else:
            return theta
        theta, objective = theta + step, tried
        if np.all(np.abs(step) <= TOLERANCE * (np.abs(theta) + TOLERANCE)):
            return theta
    raise DataContractError(f"the calm fit did not settle in {MAX_STEPS} steps, last at base_rate {theta[0]:.3g}, a_return {theta[1]:.3g}",
                            expected="estimates that no longer move", origin="gramlib.models.redemption_calm",
                            remedy="look at the series: outflows may have no relation to falls of gold")  # fmt: skip


def _objective(
    theta: np.ndarray, outflow: np.ndarray, fall: np.ndarray, curve: RedemptionCurve, weighted: bool
) -> float:
    mean = _mean(theta, fall, curve)
    if mean.min() <= 0.0:
        return math.inf
    return float((mean - outflow * np.log(mean)).sum() if weighted else np.square(outflow - mean).sum())


def _netting(change: np.ndarray) -> float:
    weeks = change[: len(change) // 5 * 5].reshape(-1, 5)
    by_week = np.maximum(0.0, -weeks.sum(axis=1)).sum()
    return float(np.maximum(0.0, -weeks).sum() / by_week) if by_week > 0.0 else math.nan
