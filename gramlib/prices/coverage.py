"""How many business days of each year have a gold quote of their own."""

from __future__ import annotations

import pandas as pd

from gramlib.prices.rows import calendar


def coverage_by_year(prices: pd.DataFrame) -> list[dict[str, int]]:
    """One record a year: year, business_days (London, within the table's range), without_quote.

    A day is without a quote when its row is filled or stale, or when it has no row.
    """
    days = calendar(prices["date"].iloc[0], prices["date"].iloc[-1])
    quoted = days.isin(prices.loc[~(prices["filled"] | prices["stale"]), "date"])
    by_year = pd.DataFrame({"year": days.year, "quoted": quoted}).groupby("year")["quoted"].agg(["size", "sum"])
    return [
        {"year": int(year), "business_days": int(row["size"]), "without_quote": int(row["size"] - row["sum"])}
        for year, row in by_year.iterrows()
    ]
