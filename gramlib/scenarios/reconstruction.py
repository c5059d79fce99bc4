"""A daily path through the published facts of a historical window, for runs without daily prices of it.

Facts kept exactly: every published price on its (week)day, and the sharpest day on its date. Between them the
path is log-linear, with a zig-zag of alternating sign on the remaining days, as wide as the published
volatility asks for and no wider than keeps every other move within the size of the sharpest day's and every price between the
published low and high. It is deterministic: no draw is involved. What it cannot know is when inside the window
volatility clustered, so multi-day falls between two published prices are milder than they were.
"""

from __future__ import annotations

import math

import numpy as np

from gramlib.scenarios.scenario import Published, weekdays_between
from gramlib.units import BUSINESS_DAYS_PER_YEAR

_HALVINGS = 50


def reconstruct(published: Published) -> np.ndarray:
    """Log-returns, shape (n_weekdays,), from the first to the last published point."""
    plain, free = _through_points(published)
    limit = abs(math.log1p(published.sharpest_day.simple_return))
    narrow, wide = 0.0, limit
    for _ in range(_HALVINGS):
        width = (narrow + wide) / 2
        returns = _zigzag(plain, free, width)
        too_wide = annual_volatility(returns) > published.annual_volatility or np.abs(returns).max() > limit + 1e-12
        narrow, wide = (narrow, width) if too_wide else (width, wide)
    return _zigzag(plain, free, narrow)


def annual_volatility(log_returns: np.ndarray) -> float:
    """Sample standard deviation of daily log-returns times root 252; 0 for fewer than two."""
    return float(np.std(log_returns, ddof=1) * math.sqrt(BUSINESS_DAYS_PER_YEAR)) if len(log_returns) > 1 else 0.0


def _through_points(published: Published) -> tuple[np.ndarray, np.ndarray]:
    """Log-returns without zig-zag, and which end-of-day levels (first one excluded) are free to move."""
    sharp_date, sharp = published.sharpest_day.date, math.log1p(published.sharpest_day.simple_return)
    returns: list[float] = []
    fixed: set[int] = set()
    for a, b in zip(published.points, published.points[1:], strict=False):
        days = weekdays_between(a.date, b.date)
        total = math.log(b.usd_per_oz / a.usd_per_oz)
        segment = [total / days] * days
        if a.date < sharp_date <= b.date and days > 1:
            at = weekdays_between(a.date, sharp_date) - 1
            segment = [(total - sharp) / (days - 1)] * days
            segment[at] = sharp
            fixed |= {len(returns) + at - 1, len(returns) + at}
        returns += segment
        fixed.add(len(returns) - 1)
    free = np.array([day not in fixed for day in range(len(returns))])
    return np.array(returns), free


def _zigzag(plain: np.ndarray, free: np.ndarray, width: float) -> np.ndarray:
    levels = np.cumsum(plain)
    published_levels = np.append(levels[~free], 0.0)
    moved = levels + np.where(free, width * (-1.0) ** np.arange(len(levels)), 0.0)
    bounded = np.where(free, np.clip(moved, published_levels.min(), published_levels.max()), levels)
    return np.diff(bounded, prepend=0.0)
