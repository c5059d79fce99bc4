"""Counts by bin, from which quantiles by day are made without keeping a path (`fan_bins`, `fan.FanCounts`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.simulation.fan_bins import BINS, EVERY_DAYS, HALF, PARTS, SCALES
from gramlib.simulation.kernel.lanes import LANES, inlined, jitted

_FRACTION_SHIFT = np.uint64(45)
"""Of the 52 bits of the fraction all but the first seven, which count to PARTS."""
_ONE_BITS = np.int64(0x3FF0000000000000 >> 45)
assert PARTS == 1 << 7


@inlined
def bin_of(x: float, per_scale: float) -> Any:
    """Place of x in an array of BINS counts."""
    f = 1.0 + abs(x) * per_scale
    k = np.int64(np.float64(f).view(np.uint64) >> _FRACTION_SHIFT) - _ONE_BITS
    k = min(k, np.int64(HALF - 2)) + np.int64(1)
    k = k if x > 0.0 else -k
    return np.int64(HALF) + (k if x != 0.0 else np.int64(0))


@jitted
def count_day(counts: Any, bins: Any, day: Any, book: Any, opening: Any, n_lanes: int) -> None:
    """Add the first `n_lanes` lanes of a day to `counts` (5, BINS); `opening` is (P0, N0, E0, W0), `bins` scratch."""
    per_price, per_tokens, equity_usd, per_liabilities = (
        1.0 / opening[0], 1.0 / opening[1], opening[2], 1.0 / opening[3],
    )  # fmt: skip
    for i in range(LANES):
        bins[0, i] = bin_of(day.price_usd_per_g[i] * per_price - 1.0, 1.0 / SCALES[0])
        bins[1, i] = bin_of(day.coverage[i] - 1.0, 1.0 / SCALES[1])
        bins[2, i] = bin_of(book.queue_g[i] * per_tokens, 1.0 / SCALES[2])
        bins[3, i] = bin_of(book.discount[i], 1.0 / SCALES[3])
        bins[4, i] = bin_of((day.equity_usd[i] - equity_usd) * per_liabilities, 1.0 / SCALES[4])
    for variable in range(len(SCALES)):
        for i in range(n_lanes):
            counts[variable, bins[variable, i]] += 1


def counted_days(n_days: int) -> np.ndarray:
    """Days that are counted: 0, every fourth, and the last."""
    return np.array([*range(0, n_days, EVERY_DAYS), n_days], dtype=np.int64)


__all__ = ["BINS", "EVERY_DAYS", "SCALES", "bin_of", "count_day", "counted_days"]
