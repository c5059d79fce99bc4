"""What the price models are; how they were judged stands in `judgement`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gramlib.report import vocabulary
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import columns


def model_cards(calibration: Mapping[str, Any]) -> Table:
    """What each price model is, its parameters, and where it fails."""
    cards = calibration.get("model_cards", [])
    keys = ("title", "what", "parameters", "fitted_on", "fails_when")
    rows = tuple(tuple(str(card.get(key, "")) for key in keys) for card in cards)
    note = f"Champion: {vocabulary.model_name(str(calibration.get('champion', '')))}. {calibration.get('champion_rule', '')}"
    return Table("Model cards", columns("Model", "What it does", "Parameters", "Fitted on", "Fails when"), rows, note)
