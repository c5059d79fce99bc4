"""Quantiles by day over the first paths of a book, for fan charts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.simulation.day import Day

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
VARIABLES = ("price_usd_per_g", "coverage", "queue_share", "discount", "equity_usd")


class Fan:
    """Keeps every day of the first `n_paths` paths of a book and no others, as float32."""

    def __init__(self, n_days: int, n_paths: int, issuer: Issuer):
        """Reserve room for days 0 to `n_days` of `n_paths` paths."""
        self.n_paths = n_paths
        self.tokens_g = issuer.tokens_g
        self._kept = {name: np.empty((n_days + 1, n_paths), dtype=np.float32) for name in VARIABLES}

    def watch(self, days: Iterator[Day], first_path: int) -> Iterator[Day]:
        """Hand on the days of a block whose first path is number `first_path`, keeping what is to be drawn."""
        keep = max(0, self.n_paths - first_path)
        for day in days:
            if keep:
                for name, kept in self._kept.items():
                    values = day.queue_g / self.tokens_g if name == "queue_share" else getattr(day, name)
                    kept[day.day, first_path : first_path + len(values[:keep])] = values[:keep]
            yield day

    def to_table(self, book: str) -> pd.DataFrame:
        """The `days` table of the catalogue for this book: every day, all of `QUANTILES`, linear interpolation."""
        n_days = next(iter(self._kept.values())).shape[0]
        n_rows = n_days * len(QUANTILES)
        frames = []
        for name, kept in self._kept.items():
            values = _quantiles(kept)
            frames.append(pd.DataFrame({
                "book": pd.array([book], dtype="str").repeat(n_rows),
                "variable": pd.array([name], dtype="str").repeat(n_rows),
                "day": np.repeat(np.arange(n_days, dtype=np.int32), len(QUANTILES)),
                "quantile": np.tile(np.array(QUANTILES), n_days),
                "value": values.ravel(),
            }))  # fmt: skip
        return pd.concat(frames, ignore_index=True)


def _quantiles(kept: np.ndarray) -> np.ndarray:
    """`QUANTILES` of each row, (n_days + 1, 7) float64, as np.quantile gives them; sorting is several times faster."""
    ordered = np.sort(kept, axis=1)
    place = np.array(QUANTILES) * (kept.shape[1] - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, kept.shape[1] - 1)
    low, high = ordered[:, below].astype(np.float64), ordered[:, above].astype(np.float64)
    return low + (high - low) * (place - below)
