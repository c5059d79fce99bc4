"""Replay of a historical window on the run's own daily prices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.scenarios.scenario import Window, weekdays_between

_LONGEST_HOLIDAY_DAYS = 5
_LEAST_SHARE_OF_WEEKDAYS = 0.9


def window_log_returns(prices: pd.DataFrame, window: Window) -> np.ndarray | None:
    """Daily log-returns of `window`, shape (n_days,), or None where `prices` do not cover it.

    `prices` is the catalogue table. The first return is over the last price up to `window.start`. Covered means:
    a price within five calendar days before the start, one on or after the end, and quotes (not carried
    prices) on nine in ten weekdays, so that a hole in the data never passes for a calm market.
    """
    dates = prices["date"]
    start, end = pd.Timestamp(window.start), pd.Timestamp(window.end)
    before = prices[dates <= start]
    if before.empty or dates.iloc[-1] < end or (start - before["date"].iloc[-1]).days > _LONGEST_HOLIDAY_DAYS:
        return None
    inside = prices[(dates > start) & (dates <= end)]
    if (~inside["filled"]).sum() < _LEAST_SHARE_OF_WEEKDAYS * weekdays_between(window.start, window.end):
        return None
    levels = np.concatenate([before["gold_usd_per_g"].to_numpy()[-1:], inside["gold_usd_per_g"].to_numpy()])
    return np.diff(np.log(levels))
