"""Daily figures of the first paths of a book: what per-path outcomes do not hold, on fewer paths.

The outcomes of a book keep extremes and sums; the liquidity ladder, headroom over a requirement that moves, and days counted need every
day. Every path has an address, so the first ones are walked again, day by day, and are a random sample of the book.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from gramlib.metrics.daily import DAILY_UNITS, daily_figures
from gramlib.simulation.books import Market

Progress = Callable[[int, int, str], None]

SAMPLE_SHARE = 20
"""One path is walked day by day for so many that a search walks: it costs twenty times as much."""

_EVERY = 50
"""Paths between two words of progress."""


def path_sample(market: Market, search_n_paths: int, progress: Progress | None = None) -> pd.DataFrame:
    """One row a sampled path: `book`, `path`, and the figures of `daily.DAILY_UNITS`.

    The books with drivers, the long one on as many days in all; `search_n_paths` is the analysis' own measure of effort.
    """
    params = market.params
    rows: list[dict[str, Any]] = []
    for book, available, n_days in (
        ("liquidity", params.n_paths, params.horizon_days),
        ("solvency", params.solvency_n_paths, params.solvency_horizon_days),
    ):
        wanted = search_n_paths * params.horizon_days // (SAMPLE_SHARE * max(n_days, params.horizon_days))
        n_paths = min(available, max(10, wanted))
        for path in range(n_paths):
            if progress and path % _EVERY == 0:
                progress(path, n_paths, f"{book}: paths day by day")
            rows.append({"book": book, "path": path, **daily_figures(market.days(book, path))})
        if progress:
            progress(n_paths, n_paths, f"{book}: paths day by day")
    frame = pd.DataFrame(rows, columns=["book", "path", *DAILY_UNITS])
    return frame.astype({"book": "str", "path": "int32"})
