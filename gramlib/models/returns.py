"""The daily log-returns a model may learn from.

A row is left out when its return is empty, carried forward (`filled`) or stale: a run of zero returns is
a market that was closed, not a market that was calm (MODELS_AND_CHECKS D.2, note 6).

Beside them may stand covariates, each day's value being the newest that was known at the end of that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.readable import readable

OLDEST_COVARIATE_DAYS = 10
"""Calendar days for which a covariate's value stands for the ones after it: longer than a week's publication and Easter."""


@readable
@dataclass(frozen=True)
class Returns:
    """Usable returns in order of time: `dates` datetime64[us] (n,), `log_return` float64 (n,) per day.

    `covariates` holds for each name the value (n,) known at the end of each date, not a number where none was.
    """

    dates: np.ndarray
    log_return: np.ndarray
    covariates: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.log_return)

    def until(self, stop: int) -> Returns:
        """The first `stop` returns, with what was known by the last of them."""
        known = {name: value[:stop] for name, value in self.covariates.items()}
        return Returns(self.dates[:stop], self.log_return[:stop], known)

    def first_on_or_after(self, iso_date: str) -> int:
        """Index of the first return dated `iso_date` or later."""
        return int(np.searchsorted(self.dates, np.datetime64(iso_date)))


def usable_returns(prices: pd.DataFrame, covariates: pd.DataFrame | None = None) -> Returns:
    """Returns of a `prices` table (catalogue columns) that come from a quote, with what `covariates` (catalogue) told by then.

    Raises DataContractError if there are none.
    """
    usable = prices["log_return"].notna() & ~prices["filled"] & ~prices["stale"]
    if not usable.any():
        raise DataContractError(
            f"none of the {len(prices)} price rows has a usable return",
            expected="rows with log_return that are neither filled nor stale",
            origin="table prices",
            remedy="look at the quality table of stage data",
        )
    kept = prices.loc[usable]
    dates = kept["date"].to_numpy(dtype="datetime64[us]")
    groups = () if covariates is None else covariates.groupby("name")
    known = {str(name): _known_by(dates, table) for name, table in groups}
    return Returns(dates, kept["log_return"].to_numpy(dtype=float), known)


def _known_by(dates: np.ndarray, table: pd.DataFrame) -> np.ndarray:
    """The newest value of one covariate known at the end of each of `dates` (n,), not a number where it is too old."""
    ordered = table.sort_values(["known_on", "date"])
    since = ordered["known_on"].to_numpy(dtype="datetime64[us]")
    place = np.searchsorted(since, dates, side="right") - 1
    age = dates - since[place]
    fresh = (place >= 0) & (age <= np.timedelta64(OLDEST_COVARIATE_DAYS, "D"))
    return np.where(fresh, ordered["value"].to_numpy(dtype=float)[place], np.nan)
