"""What the price models are; how they were judged stands in `judgement`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.params.governance import Governance
from gramlib.report import vocabulary
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import columns


def model_inventory(inventory: pd.DataFrame) -> Table:
    """Which models there are, what each is used for, who answers for it, and where it fails."""
    heads = columns("Model", "Use", "Owner", "Version", "Last validation", "Basis", "Limits")
    keys = ("use", "owner", "version", "last_validation", "basis", "limits")
    rows = tuple(
        (vocabulary.model_name(str(row["model"])), *(str(row[key]) for key in keys))
        for row in inventory.to_dict("records")
    )
    unnamed = int((inventory["owner"] == "nobody named").sum())
    note = f"{unnamed} of {len(inventory)} models have no named owner: params/governance.yaml." if unnamed else ""
    return Table("Model inventory", heads, rows, note, folded=True)


def champion_record(record: pd.DataFrame) -> Table:
    """Which price model was approved, which one the rule chose, and which one drew the books."""
    steps = {"past": "approved before", "approved": "approved", "rule": "chosen by the rule", "override": "set by hand"}
    rows = tuple(
        (
            steps[row["step"]],
            vocabulary.model_name(str(row["model"])),
            row["since"],
            row["by"],
            row["state"],
            row["reason"],
        )
        for row in record.to_dict("records")
    )
    return Table(
        "The champion: approved, chosen, used", columns("Step", "Model", "Since", "By", "State", "Reason"), rows
    )


def sign_off(governance: Governance) -> Table:
    """Who signs; what is empty is signed by hand."""
    rows = tuple((line.role, line.name, line.date, "") for line in governance.sign_off)
    return Table(
        "Challenge and sign-off", columns("Capacity", "Name", "Date", "Signature"), rows,
        "Whoever challenges asks: which assumption, if wrong, turns the verdict; which limit nobody has verified; which "
        "scenario is missing; which model was excluded, and why.",
    )  # fmt: skip


def model_cards(calibration: Mapping[str, Any]) -> Table:
    """What each price model is, its parameters, and where it fails."""
    cards = calibration.get("model_cards", [])
    keys = ("title", "what", "parameters", "fitted_on", "fails_when")
    rows = tuple(tuple(str(card.get(key, "")) for key in keys) for card in cards)
    note = f"Champion: {vocabulary.model_name(str(calibration.get('champion', '')))}. {calibration.get('champion_rule', '')}"
    return Table("Model cards", columns("Model", "What it does", "Parameters", "Fitted on", "Fails when"), rows, note)
