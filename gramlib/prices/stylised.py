"""What daily gold looks like, measured on a table and set beside the measured ranges."""

from __future__ import annotations

import pandas as pd

from gramlib.sources.anchors import STATISTICS, WINDOWS
from gramlib.sources.daily_statistics import describe

COVERS = 0.95
SHORTEST = 301


def stylised_facts(prices: pd.DataFrame) -> pd.DataFrame:
    """Columns statistic, value, expected_low, expected_high, source: daily statistics of the standard table.

    Log returns in percent, losses positive; filled and stale rows are left out. Each of the two measured windows
    the table covers is compared with its own figure and tolerance; a table that covers neither is described as a
    whole, against the span of both, without the statistics it is too short for. Fewer than 301 prices give no row.
    """
    quotes = prices[~(prices["filled"] | prices["stale"])]
    rows = []
    for window, (first, last) in WINDOWS.items():
        inside = quotes[(quotes["date"] >= pd.Timestamp(first)) & (quotes["date"] <= pd.Timestamp(last))]
        business_days = 252 / 365.25 * (last - first).days
        if len(inside) < COVERS * business_days:
            continue
        values = describe(inside["gold_usd_per_oz"].to_numpy())
        for anchor in STATISTICS:
            measured, tolerance = anchor.of(window)
            name = f"{anchor.name} [{anchor.unit}] {window}"
            rows.append((name, values[anchor.name], measured - tolerance, measured + tolerance, anchor.source))
    if not rows and len(quotes) >= SHORTEST:
        values = describe(quotes["gold_usd_per_oz"].to_numpy())
        for anchor in STATISTICS:
            spans = [anchor.of(window) for window in WINDOWS]
            low, high = min(m - t for m, t in spans), max(m + t for m, t in spans)
            rows.append((f"{anchor.name} [{anchor.unit}] all rows", values[anchor.name], low, high, anchor.source))
    table = pd.DataFrame(rows, columns=["statistic", "value", "expected_low", "expected_high", "source"])
    return table.dropna(subset="value", ignore_index=True)
