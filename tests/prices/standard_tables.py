"""Standard tables and raw series made from plain numbers, for tests of what is done with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.artefacts import check_table
from gramlib.prices.rows import calendar
from gramlib.sources.card import SourceCard
from gramlib.sources.raw import RawSeries

OUNCE = 31.1034768


def random_gold(start: str, end: str, seed: int = 1, level: float = 1500.0) -> pd.Series:
    """Gold in USD/oz on London business days, a random walk of 1% a day."""
    days = calendar(pd.Timestamp(start), pd.Timestamp(end))
    moves = 0.01 * np.random.default_rng(seed).standard_normal(len(days))
    return pd.Series(level * np.exp(np.cumsum(moves)), index=days)


def standard_table(gold: pd.Series, source: str = "test") -> pd.DataFrame:
    """The `prices` table of consecutive business days."""
    value = gold.to_numpy()
    return check_table("prices", pd.DataFrame({
        "date": gold.index.astype("datetime64[us]"), "gold_usd_per_oz": value, "gold_usd_per_g": value / OUNCE,
        "log_return": np.append(np.nan, np.diff(np.log(value))), "filled": False, "stale": False, "outlier": False,
        "joined": False, "source": source,
    }), "a test")  # fmt: skip


def raw_series(values: pd.Series, name: str, unit: str = "oz", **more: object) -> RawSeries:
    """`values` by date as a source hands them on."""
    frame = pd.DataFrame({"date": values.index.astype("datetime64[us]"), "value": values.to_numpy(dtype="float64")})
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    first, last = (f"{values.index[i]:%Y-%m-%d}" for i in (0, -1))
    card = SourceCard(
        name,
        name,
        f"producer of {name}",
        "",
        "",
        str(more.pop("redistribute", "yes")),
        "",
        "00" * 32,
        unit,
        "",
        len(frame),
        first,
        last,
    )
    return RawSeries(frame, unit, "value", f"{name}.csv", card, **more)
