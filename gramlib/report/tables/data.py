"""Tables about the data: what was found in them, how they behave, where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Status, Table
from gramlib.report.tables.plain import columns


def quality(table: pd.DataFrame) -> Table:
    """What was found in the raw data and what was decided; warnings first."""
    order = {"warning": 0, "note": 1, "ok": 2}
    rows = sorted(table.itertuples(index=False), key=lambda row: order.get(row.status, 3))
    return Table(
        "Data quality: what was found and what was decided",
        columns("Check", "Status", "Found", "Expected", "Decision"),
        tuple(
            (vocabulary.spaced(row.check), Status(row.status), row.found, row.expected, row.decision) for row in rows
        ),
    )


def facts(table: pd.DataFrame) -> Table:
    """Stylised facts against the range measured on real gold prices."""
    rows = tuple(
        (
            vocabulary.spaced(row.statistic), _figure(row.value), f"{_figure(row.expected_low)} to {_figure(row.expected_high)}",
            Status("ok" if row.expected_low <= row.value <= row.expected_high else "warning"), str(row.source),
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "Statistics of the daily returns",
        columns("Statistic", "Here", "Expected", "Status", "Source of the range", numeric=("Here", "Expected")),
        rows,
    )


def _figure(value: float) -> str:
    return numbers.MISSING if numbers.is_missing(value) else f"{float(value):,.3g}".replace("-", "\N{MINUS SIGN}")


def sources(document: Mapping[str, Any]) -> Table:
    """The cards of a source_cards document."""
    rows = tuple(
        (
            str(card.get("title") or card.get("id", "")), str(card.get("producer", "")), str(card.get("licence", "")),
            str(card.get("redistribute", "unknown")), str(card.get("start", "")), str(card.get("end", "")), str(card.get("accessed", "")),
            str(card.get("sha256", ""))[:12],
        )
        for card in document.get("cards", [])
    )  # fmt: skip
    return Table(
        "Sources of the data",
        columns("Source", "Producer", "Licence", "May be passed on", "From", "To", "Accessed", "SHA-256 begins"),
        rows,
        f"Data grade {document.get('grade', 'unknown')}: {document.get('grade_reason', '')}",
    )
