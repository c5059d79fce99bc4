"""The shipped monthly averages: the one gold history the package may redistribute, and the yardstick for units."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import resources

import pandas as pd

from gramlib.sources.card import SourceCard

FILENAME = "gold_monthly_usd_per_oz.csv"
EARLIER_FILENAME = "gold_monthly_usd_per_oz_to_1974.csv"
ATTRIBUTION = "The World Bank: Commodity Markets (Pink Sheet)"
MENDED_USD_PER_OZ = {"1980-12": 594.92, "1983-07": 422.72, "1985-03": 303.94, "1985-11": 325.30}
"""Months wrong in the source, as shipped: the mean of the London afternoon fix."""


def packaged(filename: str) -> bytes:
    """Bytes of a file shipped in gramlib/sources/data."""
    return resources.files("gramlib.sources").joinpath("data", filename).read_bytes()


@lru_cache
def _history(filename: str = FILENAME) -> pd.Series:
    import io

    frame = pd.read_csv(io.BytesIO(packaged(filename)))
    months = pd.PeriodIndex(frame["month"], freq="M")
    return pd.Series(frame["gold_usd_per_oz"].to_numpy(), index=months, name="gold_usd_per_oz")


def monthly_history() -> pd.Series:
    """Average gold price by month, USD/oz, indexed by monthly periods 1975-01 to 2026-07 without a gap."""
    return _history().copy()


def monthly_yardstick() -> pd.Series:
    """As `monthly_history`, from 1968-01: the years of a fixed official price too, in whole dollars, to tell sizes by."""
    return pd.concat([_history(EARLIER_FILENAME), _history()])


def monthly_card() -> SourceCard:
    """The card of the monthly averages."""
    history = _history()
    return SourceCard(
        id="world_bank_monthly",
        title="Monthly average gold price, four wrong months mended",
        producer=ATTRIBUTION,
        url="https://www.worldbank.org/en/research/commodity-markets",
        licence="CC BY 4.0; republished as ODC-PDDL by the gold-prices dataset",
        redistribute="yes",
        accessed="2026-11-20",
        sha256=hashlib.sha256(packaged(FILENAME)).hexdigest(),
        unit="USD/oz",
        instrument="monthly average of the London afternoon fix, from June 2025 of spot",
        rows=len(history),
        start=str(history.index[0]),
        end=str(history.index[-1]),
    )
