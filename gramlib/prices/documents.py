"""The `source_cards` document: cards, licence and the grade that travels to the report's first page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from gramlib.prices.grade import Grade, grade_of
from gramlib.sources.card import SourceCard
from gramlib.sources.monthly import monthly_card
from gramlib.sources.raw import RawSeries

STRICTNESS = ("yes", "unknown", "no")


def source_document(raw: RawSeries, prices: pd.DataFrame, quality: pd.DataFrame) -> dict[str, Any]:
    """Document `source_cards` for `prices` (the standard table) made of `raw` alone, with its `quality` table."""
    grade = grade_of([raw], unit_check(quality), len(prices))
    return card_document(raw, prices, grade, [raw.card])


def card_document(raw: RawSeries, prices: pd.DataFrame, grade: Grade, cards: Iterable[SourceCard]) -> dict[str, Any]:
    """The document for `prices`, whose preferred series is `raw`; `cards` are those of every series used.

    `redistribute` is the strictest of theirs.
    """
    cards = [*{card.id + card.sha256: card for card in cards}.values()]
    return {
        "schema": 1,
        "grade": grade.letter,
        "grade_reason": grade.reason,
        "label": grade.label,
        "redistribute": max((card.redistribute for card in cards), key=STRICTNESS.index),
        "unit_in": raw.unit,
        "column": raw.column,
        "currency": "USD",
        "cards": [card.to_record() for card in [*cards, monthly_card()]],
        "start": f"{prices['date'].iloc[0]:%Y-%m-%d}",
        "end": f"{prices['date'].iloc[-1]:%Y-%m-%d}",
        "rows": len(prices),
        "last_gold_usd_per_oz": float(prices["gold_usd_per_oz"].iloc[-1]),
    }


def unit_check(quality: pd.DataFrame) -> pd.Series | None:
    """The quality row that says how the unit was decided; None for a source that states it."""
    rows = quality[quality["check"] == "unit"]
    return rows.iloc[0] if len(rows) else None
