"""How far one's own record counts against that of the industry: credibility.

    premium = Z own + (1 - Z) collective,    Z = w / (w + k),    k = within variance / between variance

Buehlmann and Straub (1970) for ratios X with volumes w (losses a claim, events a year of exposure), structure parameters
by the unbiased estimators that the manual of R's actuar prints (bstraub), which the tests hold to its fit of Hachemeister's data:

    s^2 = sum w_it (X_it - X_i)^2 / sum (T_i - 1)
    a   = w (sum w_i (X_i - X)^2 - (I - 1) s^2) / (w^2 - sum w_i^2),  at least 0

For counts the Poisson-gamma model has the same form exactly: with industry rate m, whose true value differs from firm to firm
with coefficient of variation v, and n events in t years of one's own, the posterior is Gamma(1/v^2 + n, 1/(m v^2) + t), mean
Z n/t + (1 - Z) m with k = 1/(m v^2) years. No own event in few years therefore moves a small rate hardly at all, as it should.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from gramlib.errors import DataContractError, ParameterError
from gramlib.models.resampling import newey_west
from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class CredibilityFit:
    """Structure and premiums of I risks: `collective` mean, variances `within` (of unit volume) and `between`.

    `own` (I,) are the risks' own means, `weight` (I,) their credibility, `premium` (I,) the two joined.
    """

    collective: float
    within: float
    between: float
    own: np.ndarray
    weight: np.ndarray
    premium: np.ndarray


@readable
@dataclass(frozen=True)
class CredibleRate:
    """Events a year: own and industry record joined with `weight` Z on the own; 90% posterior interval `lower` to `upper`."""

    rate_year: float
    weight: float
    lower: float
    upper: float


def buhlmann_straub(ratio: np.ndarray, volume: np.ndarray) -> CredibilityFit:
    """Fit to `ratio` (I, T) with `volume` (I, T) > 0; NaN in either where a risk has no record.

    With no variance between risks found, everybody gets the collective mean (weight 0). Raises DataContractError for fewer
    than two risks or no risk with two periods.
    """
    known = np.isfinite(ratio) & np.isfinite(volume)
    w, x = np.where(known, volume, 0.0), np.where(known, ratio, 0.0)
    total, periods = w.sum(axis=1), known.sum(axis=1)
    if len(w) < 2 or (total <= 0.0).any() or not (periods > 1).any():
        raise DataContractError(f"{len(w)} risks with {periods.tolist()} periods of record",
                                expected="two risks or more, each with a record, one of them with two periods",
                                origin="gramlib.models.actuarial.credibility", remedy="leave out risks without a record")  # fmt: skip
    own = (w * x).sum(axis=1) / total
    within = float((w * np.square(x - own[:, None]) * known).sum() / (periods - 1).sum())
    whole = total.sum()
    spread = float((total * np.square(own - (total @ own) / whole)).sum())
    between = max(0.0, float(whole * (spread - (len(w) - 1) * within) / (whole**2 - np.square(total).sum())))
    weight = total / (total + within / between) if between > 0.0 else np.zeros(len(w))
    collective = float((weight @ own) / weight.sum()) if between > 0.0 else float((total @ own) / whole)
    return CredibilityFit(collective, within, between, own, weight, weight * own + (1.0 - weight) * collective)


def credible_rate(events: int, years: float, industry_rate_year: float, industry_cv: float) -> CredibleRate:
    """Rate of a firm with `events` in `years` of its own, in an industry of this rate and heterogeneity.

    `years` are years of exposure (custodians times years for a rate at each custodian). Raises ParameterError for a negative
    record, events in no time, a rate or a cv that is not positive.
    """
    if events < 0 or years < 0.0 or (events and years == 0.0) or not (industry_rate_year > 0.0 and industry_cv > 0.0):
        raise ParameterError(f"{events} events in {years:g} years, industry {industry_rate_year:g} a year, cv {industry_cv:g}",
                             expected="a record of nought or more, with time wherever there are events, an industry rate and cv above zero",
                             origin="gramlib.models.actuarial.credibility", remedy="correct the record")  # fmt: skip
    shape, scale_years = 1.0 / industry_cv**2, 1.0 / (industry_rate_year * industry_cv**2)
    low, high = (float(gammaincinv(shape + events, p)) / (scale_years + years) for p in (0.05, 0.95))
    return CredibleRate((shape + events) / (scale_years + years), years / (years + scale_years), low, high)


def credible_mean(
    own_mean: float, n: int, industry_mean: float, within_variance: float, between_variance: float
) -> float:
    """Mean severity: own mean of `n` losses against the industry's, weight n / (n + within/between) (Buehlmann 1967).

    `within_variance` is that of one loss, `between_variance` that of firms' true means; 0 between gives the industry's mean.
    """
    weight = n / (n + within_variance / between_variance) if n > 0 and between_variance > 0.0 else 0.0
    return weight * own_mean + (1.0 - weight) * industry_mean if n > 0 else industry_mean


@readable
@dataclass(frozen=True)
class IndustryRate:
    """Events a unit of exposure and year over an industry, its standard error, and the `cv` of the years' true rates."""

    rate_year: float
    standard_error: float
    cv: float


def industry_rate(events: np.ndarray, exposure: np.ndarray, lags: int = 3) -> IndustryRate:
    """Rate from `events` (T,) in `exposure` (T,) unit-years of T years in a row.

    The cv is what the years' rates vary beyond Poisson chance, by the estimator of `buhlmann_straub` with the
    Poisson's own variance within. The error is Newey and West's over `lags` years, since bad years come together. Raises
    DataContractError for no event or no exposure.
    """
    events, exposure = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    if not events.sum() > 0.0 or not (exposure > 0.0).all():
        raise DataContractError(f"{events.sum():g} events in {exposure.sum():g} unit-years", expected="some of both",
                                origin="gramlib.models.actuarial.credibility", remedy="without events, state a judgement instead")  # fmt: skip
    whole = exposure.sum()
    rate = float(events.sum() / whole)
    residual = events - rate * exposure
    error = float(np.sqrt(newey_west(residual[:, None], lags)[0, 0]) / whole)
    spread = float((residual**2 / exposure).sum())
    between = max(0.0, whole * (spread - (len(events) - 1) * rate) / (whole**2 - (exposure**2).sum()))
    return IndustryRate(rate, error, float(np.sqrt(between) / rate))
