"""The daily log-returns a model may learn from.

A row is left out when its return is empty, carried forward (`filled`) or stale: a run of zero returns is
a market that was closed, not a market that was calm (MODELS_AND_CHECKS D.2, note 6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError


@dataclass(frozen=True)
class Returns:
    """Usable returns in order of time: `dates` datetime64[us] (n,), `log_return` float64 (n,) per day."""

    dates: np.ndarray
    log_return: np.ndarray

    def __len__(self) -> int:
        return len(self.log_return)

    def until(self, stop: int) -> Returns:
        """The first `stop` returns."""
        return Returns(self.dates[:stop], self.log_return[:stop])

    def first_on_or_after(self, iso_date: str) -> int:
        """Index of the first return dated `iso_date` or later."""
        return int(np.searchsorted(self.dates, np.datetime64(iso_date)))


def usable_returns(prices: pd.DataFrame) -> Returns:
    """Returns of a `prices` table (catalogue columns) that come from a quote; raises DataContractError if there are none."""
    usable = prices["log_return"].notna() & ~prices["filled"] & ~prices["stale"]
    if not usable.any():
        raise DataContractError(
            f"none of the {len(prices)} price rows has a usable return",
            expected="rows with log_return that are neither filled nor stale",
            origin="table prices",
            remedy="look at the quality table of stage data",
        )
    kept = prices.loc[usable]
    return Returns(kept["date"].to_numpy(dtype="datetime64[us]"), kept["log_return"].to_numpy(dtype=float))
