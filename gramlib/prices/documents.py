"""The `source_cards` document: cards, licence and the grade that travels to the report's first page."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.sources.monthly import monthly_card
from gramlib.sources.raw import RawSeries
from gramlib.sources.sample import LABEL


def source_document(raw: RawSeries, prices: pd.DataFrame, quality: pd.DataFrame) -> dict[str, Any]:
    """Document `source_cards` for `prices` (the standard table) made of `raw`, with its `quality` table."""
    grade, reason, label = _grade(raw, quality)
    return {
        "schema": 1,
        "grade": grade,
        "grade_reason": reason,
        "label": label,
        "redistribute": raw.card.redistribute,
        "unit_in": raw.unit,
        "column": raw.column,
        "currency": "USD",
        "cards": [raw.card.to_record(), monthly_card().to_record()],
        "start": f"{prices['date'].iloc[0]:%Y-%m-%d}",
        "end": f"{prices['date'].iloc[-1]:%Y-%m-%d}",
        "rows": len(prices),
        "last_gold_usd_per_oz": float(prices["gold_usd_per_oz"].iloc[-1]),
    }


def _grade(raw: RawSeries, quality: pd.DataFrame) -> tuple[str, str, str]:
    """Grade, reason and label.

    D: the sample, or a file whose level does not follow the monthly history or cannot be held against it: mechanics
    only, not evidence. C: one file of unverified origin that agrees with the monthly history. B and A need two
    independent daily series that agree, which comes with more sources.
    """
    if raw.card.id == "sample":
        return "D", "the shipped sample is generated through monthly averages; it is no record of daily prices", LABEL
    unit = quality[quality["check"] == "unit"].iloc[0]
    if unit["status"] == "ok":
        return "C", f"one file of unverified origin; its level agrees with the monthly history ({unit['found']})", ""
    label = "level not confirmed by the monthly gold history: demonstration only"
    return "D", f"one file of unverified origin; {unit['decision']} ({unit['found']})", label
