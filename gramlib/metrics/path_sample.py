"""Daily figures of the first paths of a book: what per-path outcomes do not hold, on fewer paths.

The outcomes of a book keep extremes and sums; the liquidity ladder, headroom over a requirement that moves, and days counted need every
day. Every path has an address, so the first ones are walked again, day by day, and are a random sample of the book.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from gramlib.metrics.daily import DAILY_UNITS, daily_figures
from gramlib.simulation.books import Market, path_ledger
from gramlib.simulation.kernel import launch

Progress = Callable[[int, int, str], None]

BOOKS = {"liquidity": ("horizon_days", 0), "solvency": ("solvency_horizon_days", 1)}
"""Book with drivers -> (parameter of its length, replicate of its draws), as `simulation.books` has them."""

SAMPLE_SHARE = 20
"""One path is walked day by day for so many that a search walks: it costs twenty times as much."""

SLOWER = 20
"""A model whose prices come from outside goes through the plain engine: so many times fewer paths."""


def path_sample(market: Market, search_n_paths: int, progress: Progress | None = None) -> pd.DataFrame:
    """One row a sampled path: `book`, `path`, and the figures of `daily.DAILY_UNITS`.

    The books with drivers, the long one on as many days in all; `search_n_paths` is the analysis' own measure of effort.
    """
    rows: list[dict[str, Any]] = []
    for book, (length, replicate) in BOOKS.items():
        n_days = int(getattr(market.params, length))
        available = market.params.n_paths if replicate == 0 else market.params.solvency_n_paths
        wanted = search_n_paths * market.params.horizon_days // (SAMPLE_SHARE * max(n_days, market.params.horizon_days))
        n_paths = min(available, max(10, wanted if market.driver is not None else wanted // SLOWER))
        for path in range(n_paths):
            if progress and path % 50 == 0:
                progress(path, n_paths, f"{book}: paths day by day")
            rows.append({"book": book, "path": path, **daily_figures(_days(market, book, path, n_days, replicate))})
        if progress:
            progress(n_paths, n_paths, f"{book}: paths day by day")
    frame = pd.DataFrame(rows, columns=["book", "path", *DAILY_UNITS])
    return frame.astype({"book": "str", "path": "int32"})


def _days(market: Market, book: str, path: int, n_days: int, replicate: int) -> Mapping[str, Any]:
    if market.driver is None:
        return path_ledger(market, book, path).to_dict(orient="series")
    return launch.day_records(
        market.issuer, market.driver, n_days, start_usd_per_g=market.start_usd_per_g, drivers=tuple(market.params.drivers),
        sigma_sample=market.sigma_sample, own_funds=market.own_funds, seed=market.params.seed, replicate=replicate, path=path,
    )  # fmt: skip
