"""Quantiles by day over the first paths of a book, for fan charts.

The kernel counts values by bin (`kernel.fan`, which says how wide bins are); `FanCounts` makes quantiles of the counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.readable import readable
from gramlib.simulation.fan_bins import HALF, PARTS, SCALES

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
VARIABLES = ("price_usd_per_g", "coverage", "queue_share", "discount", "equity_usd")


@readable
@dataclass(frozen=True, eq=False)
class FanCounts:
    """Paths by bin, (days counted, 5, BINS) int64, of `n_paths` paths; counts of parts of a book add up to the whole's.

    `opening` is (P0, N0, E0, W0), what the bins of price, queue, own funds are measured by.
    """

    counts: np.ndarray
    days: np.ndarray
    opening: tuple[float, float, float, float]
    n_paths: int

    def __add__(self, other: FanCounts) -> FanCounts:
        """Counts of both together; the two must be of the same days and opening."""
        return FanCounts(self.counts + other.counts, self.days, self.opening, self.n_paths + other.n_paths)

    def quantiles(self, variable: str, levels: tuple[float, ...] = QUANTILES) -> np.ndarray:
        """(days counted, levels): the value below which a share of the paths lies, linear within a bin.

        The place of a level among the ordered paths is that of np.quantile, level (n - 1). The result lies in the bin in which
        the exact quantile lies, or between two neighbouring paths of different bins; so it is off by no more than
        a bin: scale / 128 at the centre, (|x| + scale) / 128 away from it.
        """
        index = VARIABLES.index(variable)
        edges = self._values(variable, bin_edges(index))
        counts = self.counts[:, index]
        summed = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(counts, axis=1)], axis=1)
        found = np.empty((len(counts), len(levels)))
        for row in range(len(counts)):
            for column, level in enumerate(levels):
                found[row, column] = _interpolated(summed[row], counts[row], edges, level * (self.n_paths - 1))
        return found

    def to_table(self, book: str) -> pd.DataFrame:
        """The `days` table of the catalogue for this book: the days counted, all of `QUANTILES`."""
        n_rows = len(self.days) * len(QUANTILES)
        frames = []
        for name in VARIABLES:
            frames.append(pd.DataFrame({
                "book": pd.array([book], dtype="str").repeat(n_rows),
                "variable": pd.array([name], dtype="str").repeat(n_rows),
                "day": np.repeat(self.days.astype(np.int32), len(QUANTILES)),
                "quantile": np.tile(np.array(QUANTILES), len(self.days)),
                "value": self.quantiles(name).ravel(),
            }))  # fmt: skip
        return pd.concat(frames, ignore_index=True)

    def _values(self, variable: str, x: np.ndarray) -> np.ndarray:
        """What is binned (`SCALES`) back in the units of the variable."""
        price_usd_per_g, _, equity_usd, liabilities_usd = self.opening
        if variable == "price_usd_per_g":
            return price_usd_per_g * (1.0 + x)
        if variable == "coverage":
            return 1.0 + x
        return equity_usd + liabilities_usd * x if variable == "equity_usd" else x


def _interpolated(summed: np.ndarray, counts: np.ndarray, edges: np.ndarray, place: float) -> float:
    """Value at `place` (0 is the lowest path) when the paths of a bin are spread evenly over it."""
    bin_number = int(np.searchsorted(summed, place, side="right")) - 1
    low, high = edges[bin_number], edges[bin_number + 1]
    if bin_number == HALF:  # exactly nought
        return float(low)
    within = (place - summed[bin_number] + 0.5) / counts[bin_number]
    return float(low + (high - low) * min(1.0, within))


def bin_edges(variable: int) -> np.ndarray:
    """Lower edges of the bins of variable number `variable`, and the upper edge of the last, (BINS + 1,), ascending.

    The bin of nought, number HALF, has no width: its edge stands twice.
    """
    k = np.arange(HALF)
    beyond = SCALES[variable] * ((1.0 + (k % PARTS) / PARTS) * 2.0 ** (k // PARTS) - 1.0)
    return np.concatenate([[-beyond[-1]], -beyond[::-1], beyond])
