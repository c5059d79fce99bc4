"""What is known of the market at the end of a day: the inputs of the models that regress quantiles on it.

All from returns up to that day: yesterday's and today's standardised return and their sizes, how the volatility of the last
5, 20 and 60 days stands to the exponentially weighted one, and how that one stands to its own past. Covariates join where the
data bring them (`Returns.covariates`); without, everything here works on returns alone.

A covariate begins later than gold does. One that is known on at least half of the days of a fit is used, on all of them: where
it is not known it stands at its mean, so that no day is lost, and a forecast made on such a day reads it the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gramlib.models.garch import GarchParameters, filter_variance
from gramlib.models.returns import Returns
from gramlib.readable import readable
from gramlib.units import BUSINESS_DAYS_PER_YEAR

DECAY = 0.94
REALISED_DAYS = (5, 20, 60)
CHANGE_DAYS = 5
LARGEST_SURPRISE = 8.0
SMALLEST_SIGMA = 1e-5
"""Lowest daily volatility that a standardised quantity is divided by: a flat stretch of prices is not certainty."""

OWN_NAMES = (
    "return",
    "size of return",
    "return the day before",
    "size the day before",
    "log volatility",
    *(f"volatility of {days} days" for days in REALISED_DAYS),
)
COVARIATE_NAMES = {
    "real_yield": "change of the real yield",
    "gvz": "gold volatility index",
    "dollar": "change of the dollar",
}
"""Key in `Returns.covariates`: what becomes of it (real yield and volatility are fractions a year, the dollar an index)."""
SHARE_KNOWN = 0.5
"""Share of a fit's days on which a covariate must be known: below it most of its column would be its own mean."""


def sigma_of_next_day(log_return: np.ndarray) -> np.ndarray:
    """Exponentially weighted volatility (n + 1,) per day: entry t + 1 is known at the end of day t."""
    variance = filter_variance(GarchParameters(0.0, 0.0, 1.0 - DECAY, DECAY), log_return)
    return np.maximum(np.sqrt(variance), SMALLEST_SIGMA)


def raw_features(returns: Returns, covariates: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, k) at the end of every day and the volatility (n,) of the day after it; not a number where unknown.

    Columns are OWN_NAMES, then `covariates`, keys of COVARIATE_NAMES. Row t depends on nothing after day t.
    """
    r = returns.log_return
    sigma = sigma_of_next_day(r)
    surprise = np.clip(r / sigma[:-1], -LARGEST_SURPRISE, LARGEST_SURPRISE)
    before = np.concatenate(([0.0], surprise[:-1]))
    columns = [surprise, np.abs(surprise), before, np.abs(before), np.log(sigma[1:])]
    squares = np.concatenate(([0.0], np.cumsum(r**2)))
    for days in REALISED_DAYS:
        realised = np.full(len(r), np.nan)
        realised[days - 1 :] = np.sqrt(np.maximum(squares[days:] - squares[:-days], 0.0) / days)
        columns.append(np.log(np.maximum(realised, SMALLEST_SIGMA) / sigma[1:]))
    unknown = np.full(len(r), np.nan)
    columns += [_covariate(name, returns.covariates.get(name, unknown), sigma[1:]) for name in covariates]
    return np.column_stack(columns), sigma[1:]


def _covariate(name: str, value: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    if name == "gvz":
        return np.log(value / np.sqrt(BUSINESS_DAYS_PER_YEAR) / sigma)
    level = np.log(value) if name == "dollar" else value
    change = np.full(len(value), np.nan)
    change[CHANGE_DAYS:] = level[CHANGE_DAYS:] - level[:-CHANGE_DAYS]
    return change


@readable
@dataclass(frozen=True)
class FeatureScale:
    """Bounds, centre and spread (k,) of each feature in training: beyond the bounds nothing was learnt, so nothing is read."""

    covariates: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def of(cls, rows: np.ndarray, covariates: Sequence[str]) -> FeatureScale:
        """From training rows (n, k), each column a number in some row at least; what is unknown counts for nothing."""
        low, high = np.nanquantile(rows, (0.005, 0.995), axis=0)
        held = np.clip(rows, low, high)
        spread = np.maximum(np.nanstd(held, axis=0), 1e-9)
        return cls(tuple(covariates), *(tuple(map(float, x)) for x in (low, high, np.nanmean(held, axis=0), spread)))

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Features as the regressions take them: held to the bounds, centred, scaled; the unknown stands at the centre."""
        held = (np.clip(rows, self.low, self.high) - self.centre) / np.array(self.spread)
        return np.where(np.isfinite(held), held, 0.0)


def usable_covariates(returns: Returns, rows: np.ndarray) -> tuple[str, ...]:
    """Covariates whose feature is known on at least half of the days `rows` (indices)."""
    given = [name for name in COVARIATE_NAMES if name in returns.covariates]
    if not given:
        return ()
    known = np.isfinite(raw_features(returns, given)[0][rows, len(OWN_NAMES) :]).mean(axis=0)
    return tuple(name for name, share in zip(given, known, strict=True) if share >= SHARE_KNOWN)
