"""Weekly and monthly series: standardised on their own dates, with the warning that they are no daily prices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError
from gramlib.prices.quality import QualityLog
from gramlib.prices.rows import clean_rows
from gramlib.sources.raw import RawSeries
from gramlib.units import GRAMS_PER_TROY_OUNCE, GRAMS_PER_UNIT

MONTHLY_FROM_DAYS = 20
LONGEST_SPACING_DAYS = 100


def typical_spacing_days(frame: pd.DataFrame) -> int:
    """Median number of days between the distinct dates of `frame` that have a value; 1 for fewer than two."""
    days = np.unique(frame.loc[frame["value"].notna(), "date"].to_numpy().astype("datetime64[D]"))
    return int(np.median(np.diff(days).astype(np.int64))) if len(days) > 1 else 1


def sparse_table(raw: RawSeries, log: QualityLog) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns date, gold_usd_per_oz, gold_usd_per_g, filled (never) of a weekly or monthly `raw`, and its quality table.

    There are no returns: a return over a week or a month is not what the models take. Raises DataContractError for
    series sparser than a quarter.
    """
    spacing = typical_spacing_days(raw.frame)
    if spacing > LONGEST_SPACING_DAYS:
        raise DataContractError(
            f"rows lie {spacing} days apart", expected="daily prices", origin=raw.origin, remedy="give daily prices"
        )
    words = "monthly" if spacing >= MONTHLY_FROM_DAYS else "weekly"
    rows = clean_rows(raw.frame, raw.origin, log)
    log.add("frequency", "warning", f"{words}: rows lie {spacing} days apart", "daily prices: weekly and monthly figures understate volatility and tails",
            "standardised on its own dates, without returns; gram run refuses it")  # fmt: skip
    value = rows["value"].to_numpy()
    prices = pd.DataFrame({
        "date": rows["date"].to_numpy(),
        "gold_usd_per_oz": value * (GRAMS_PER_TROY_OUNCE / GRAMS_PER_UNIT[raw.unit]),
        "gold_usd_per_g": value / GRAMS_PER_UNIT[raw.unit],
        "filled": False,
    })  # fmt: skip
    return prices, log.table()
