"""Do two series of the gold price say the same? Levels and returns on the days both quote.

Two prices of one day taken at different hours differ by tens of basis points at the median and by a fifth in January
1980, though neither is wrong: where hours differ, levels are compared by week. Differences are in log, in basis
points, as in the measured table the limits below were set by: one London fix from two publishers 0 bp at the median
and 1 bp at the 99th percentile; New York close against the London fix, by week, 14 and 96 bp.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.readable import readable
from gramlib.sources.monthly import monthly_history

SAME_HOUR = 1.0
LIMITS_BP = {"day": (5.0, 50.0), "week": (30.0, 150.0)}
"""Largest median and 99th percentile of the difference at which two series agree, by the basis of the comparison."""
ENOUGH_DAYS = 60
SAME_FIX_DAYS, SAME_FIX_MEDIAN_BP, SAME_FIX_P99_BP, SAME_FIX_CORRELATION = 250, 0.5, 5.0, 0.99
FULL_MONTH_QUOTES = 15
MONTHLY_LIMITS_BP = (30.0, 200.0)
"""Median and maximum: the shipped averages are whole dollars since 2025, and of spot since June 2025."""


@readable
@dataclass(frozen=True)
class Agreement:
    """How far `second` lies from `first` on their common days; differences in basis points of log price.

    `basis` is day or week, by which levels are judged. `correlation` is of returns over consecutive common days,
    NaN on fewer than three. `drift_bp` is the mean signed difference, second over first.
    """

    first: str
    second: str
    basis: str
    common_days: int
    start: str
    end: str
    median_bp: float
    p99_bp: float
    max_bp: float
    max_day: str
    week_median_bp: float
    week_p99_bp: float
    drift_bp: float
    correlation: float

    @property
    def judged(self) -> tuple[float, float]:
        """Median and 99th percentile on the basis they are judged by."""
        return (self.median_bp, self.p99_bp) if self.basis == "day" else (self.week_median_bp, self.week_p99_bp)

    @property
    def agrees(self) -> bool:
        """Whether there are enough common days and the levels lie within the limits of the basis."""
        within = all(found <= limit for found, limit in zip(self.judged, LIMITS_BP[self.basis], strict=True))
        return self.common_days >= ENOUGH_DAYS and within

    @property
    def same_fix(self) -> bool:
        """Whether the two are one price from two publishers, so that a return from one to the other is a return."""
        return (
            self.common_days >= SAME_FIX_DAYS
            and self.median_bp <= SAME_FIX_MEDIAN_BP
            and self.p99_bp <= SAME_FIX_P99_BP
            and self.correlation >= SAME_FIX_CORRELATION
        )

    def sentence(self) -> str:
        """The figures in words."""
        if not self.common_days:
            return f"{self.second} and {self.first} have no day in common"
        by_week = f", by week {self.week_median_bp:.1f} / {self.week_p99_bp:.0f} bp" if self.basis == "week" else ""
        return (
            f"{self.second} against {self.first}: {self.common_days:,} common days from {self.start} to {self.end}, "
            f"difference median {self.median_bp:.1f} / 99% {self.p99_bp:.0f} / largest {self.max_bp:.0f} bp "
            f"({self.max_day}){by_week}, return correlation {self.correlation:.2f}"
        )


def quotes(prices: pd.DataFrame) -> pd.Series:
    """Gold in USD/oz by date on the rows of a standard table that are quotes: neither filled nor stale."""
    kept = prices[~(prices["filled"] | prices["stale"])]
    return pd.Series(kept["gold_usd_per_oz"].to_numpy(), index=pd.DatetimeIndex(kept["date"]))


def compare(
    first: pd.Series, second: pd.Series, names: tuple[str, str], hours: tuple[float | None, float | None] = (None, None)
) -> Agreement:
    """Agreement of two price series (USD/oz by date, one row a day); `hours` are the hours of day in UTC, if known."""
    first, second = first.align(second, join="inner")
    known = all(hour is not None for hour in hours)
    basis = "day" if known and abs(hours[0] - hours[1]) <= SAME_HOUR else "week"  # type: ignore[operator]
    if not len(first):
        nan = float("nan")
        return Agreement(*names, basis, 0, "", "", nan, nan, nan, "", nan, nan, nan, nan)
    difference = 1e4 * np.log(second / first)
    size = difference.abs()
    by_week = differences(first, second, "W").abs()
    return Agreement(
        *names, basis, len(first), f"{first.index[0]:%Y-%m-%d}", f"{first.index[-1]:%Y-%m-%d}",
        float(size.median()), float(size.quantile(0.99)), float(size.max()), f"{size.idxmax():%Y-%m-%d}",
        float(by_week.median()), float(by_week.quantile(0.99)), float(difference.mean()),
        correlation(first, second),
    )  # fmt: skip


def differences(first: pd.Series, second: pd.Series, freq: str) -> pd.Series:
    """Log difference of the means of `second` and `first` by period (freq W or M), in basis points, by its last day.

    Both are USD/oz by date; days that one of them lacks are left out.
    """
    first, second = first.align(second, join="inner")
    periods = pd.PeriodIndex(first.index, freq=freq)
    found = 1e4 * np.log(second.groupby(periods).mean() / first.groupby(periods).mean())
    return found.set_axis(pd.DatetimeIndex(found.index.to_timestamp(how="end")).normalize())


def correlation(first: pd.Series, second: pd.Series) -> float:
    """Pearson correlation of log returns from one common day to the next; NaN where it is not defined."""
    first, second = first.align(second, join="inner")
    returns = np.diff(np.log([first.to_numpy(), second.to_numpy()]), axis=1)
    if returns.shape[1] < 3 or (returns.std(axis=1) == 0).any():
        return float("nan")
    return float(np.corrcoef(returns)[0, 1])


@readable
@dataclass(frozen=True)
class MonthlyAgreement:
    """Monthly means of a daily series against the shipped averages; differences in basis points of log price."""

    months: int
    median_bp: float
    max_bp: float
    max_month: str

    @property
    def agrees(self) -> bool:
        """Whether there are months to compare and they lie within the limits."""
        return self.months > 0 and self.median_bp <= MONTHLY_LIMITS_BP[0] and self.max_bp <= MONTHLY_LIMITS_BP[1]

    def sentence(self) -> str:
        """The figures in words."""
        if not self.months:
            return "no full month in common with the monthly history"
        return f"{self.months} full months, difference median {self.median_bp:.1f} bp, largest {self.max_bp:.0f} bp ({self.max_month})"


def monthly_differences(daily: pd.Series, monthly: pd.Series | None = None) -> pd.Series:
    """Log difference of `monthly` (by period; the shipped averages) from the monthly means of `daily` (USD/oz by date).

    In basis points, by period; months with fewer than 15 quotes are left out.
    """
    history = monthly_history() if monthly is None else monthly
    by_month = daily.groupby(pd.PeriodIndex(daily.index, freq="M")).agg(["mean", "size"])
    mean = by_month.loc[by_month["size"] >= FULL_MONTH_QUOTES, "mean"]
    mean, history = mean.align(history, join="inner")
    return 1e4 * np.log(history / mean)


def compare_monthly(daily: pd.Series, monthly: pd.Series | None = None) -> MonthlyAgreement:
    """How far `monthly_differences` are from zero."""
    size = monthly_differences(daily, monthly).abs()
    if not len(size):
        return MonthlyAgreement(0, float("nan"), float("nan"), "")
    return MonthlyAgreement(len(size), float(size.median()), float(size.max()), str(size.idxmax()))
