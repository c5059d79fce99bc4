"""Measured statistics of daily gold, and how near the shipped sample must come to each.

Measured on the London afternoon fix, 1975-01-02 to 2018-04-05 (10,853 returns) and 2000-01-04 to 2018-04-05
(4,576): MODELS_AND_CHECKS D.2 and SOURCES 3.2, 3.3; those not printed there (autocorrelation of |r| at lag 20,
ten-day shortfall at 99%) were computed on the same series by the same conventions (`daily_statistics`).
GARCH(1,1)-t persistence is measured there too (1.000 and 0.9915); the sample is held to GARCH_PERSISTENCE by a test.

Tolerances are absolute, in the statistic's own unit. They are of the size that separates feeds and eras of real gold:
spot since 2011 differs from the fix of 2000-2018 by as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gramlib.readable import readable
from gramlib.sources.daily_statistics import describe

WINDOWS = {
    "1975-2018": (date(1975, 1, 2), date(2018, 4, 5)),
    "2000-2018": (date(2000, 1, 4), date(2018, 4, 5)),
}
"""First and last price of each window the statistics were measured on."""

GARCH_PERSISTENCE = {"1975-2018": (0.985, 1.0), "2000-2018": (0.975, 1.0)}
"""Where alpha + beta of GARCH(1,1)-t must lie (measured 1.000 and 0.9915)."""

PAGE = "MODELS_AND_CHECKS D.2"
EXTREMES = "SOURCES 3.2, 3.3"
SAME_SERIES = "same series and conventions as MODELS_AND_CHECKS D.2"


@readable
@dataclass(frozen=True)
class Anchor:
    """One statistic: unit, measured value and tolerance in the long window and in the one from 2000."""

    name: str
    unit: str
    long: float
    long_tolerance: float
    since_2000: float
    since_2000_tolerance: float
    source: str = PAGE

    def of(self, window: str) -> tuple[float, float]:
        """Measured value and tolerance in `window`, a key of WINDOWS."""
        if window == "1975-2018":
            return self.long, self.long_tolerance
        return self.since_2000, self.since_2000_tolerance


STATISTICS = (
    Anchor("sd", "%", 1.228, 0.07, 1.119, 0.07),
    Anchor("skewness", "1", 0.00, 0.5, -0.25, 0.5),
    Anchor("excess_kurtosis", "1", 11.2, 4.0, 5.4, 2.2),
    Anchor("ac1_return", "1", -0.040, 0.04, -0.011, 0.04),
    Anchor("ac1_abs", "1", 0.291, 0.06, 0.109, 0.06),
    Anchor("ac20_abs", "1", 0.224, 0.05, 0.125, 0.05, SAME_SERIES),
    Anchor("hill_left_100", "1", 3.30, 0.5, 3.25, 0.5),
    Anchor("hill_left_200", "1", 2.90, 0.45, 2.72, 0.45),
    Anchor("hill_right_200", "1", 2.85, 0.45, 2.95, 0.45),
    Anchor("var_975_1d", "%", 2.47, 0.15, 2.31, 0.15),
    Anchor("es_975_1d", "%", 3.72, 0.30, 3.31, 0.27),
    Anchor("var_990_1d", "%", 3.49, 0.28, 3.19, 0.26),
    Anchor("es_990_1d", "%", 4.98, 0.50, 4.29, 0.43),
    Anchor("var_975_10d", "%", 7.18, 0.72, 6.64, 0.66),
    Anchor("es_975_10d", "%", 10.28, 1.2, 9.62, 1.2),
    Anchor("var_990_10d", "%", 9.82, 1.2, 9.47, 1.2),
    Anchor("es_990_10d", "%", 13.31, 2.0, 12.21, 1.9, SAME_SERIES),
    Anchor("worst_day", "%", -14.20, 4.0, -9.60, 3.0, EXTREMES),
    Anchor("max_drawdown", "%", 70.3, 4.0, 44.6, 3.0, EXTREMES),
)


def in_window(days: Sequence[date], window: str) -> NDArray[np.bool_]:
    """Which of `days` (n,) lie in `window`, a key of WINDOWS."""
    first, last = WINDOWS[window]
    return np.array([first <= day <= last for day in days])


def deviations(days: Sequence[date], prices: NDArray[np.float64]) -> dict[tuple[str, str], tuple[float, float]]:
    """By (window, statistic): the value found in daily `prices` (n,) and its distance from the measured one in tolerances."""
    found = {}
    for window in WINDOWS:
        values = describe(prices[in_window(days, window)])
        for anchor in STATISTICS:
            measured, tolerance = anchor.of(window)
            value = values[anchor.name]
            found[window, anchor.name] = (value, (value - measured) / tolerance)
    return found


def worst_deviation(days: Sequence[date], prices: NDArray[np.float64]) -> tuple[float, str]:
    """Largest absolute distance over all statistics and windows, in tolerances, and which it is of."""
    found = deviations(days, prices)
    window, name = max(found, key=lambda key: abs(found[key][1]))
    return abs(found[window, name][1]), f"{name} {window}"
