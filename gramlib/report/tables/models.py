"""Tables about the price models: what they are, how they score, whether their quantiles hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import NO_EVIDENCE, columns


def model_cards(calibration: Mapping[str, Any]) -> Table:
    """What each price model is, its parameters, and where it fails."""
    cards = calibration.get("model_cards", [])
    keys = ("title", "what", "parameters", "fitted_on", "fails_when")
    rows = tuple(tuple(str(card.get(key, "")) for key in keys) for card in cards)
    note = f"Champion: {vocabulary.model_name(str(calibration.get('champion', '')))}. {calibration.get('champion_rule', '')}"
    return Table("Model cards", columns("Model", "What it does", "Parameters", "Fitted on", "Fails when"), rows, note)


def league(table: pd.DataFrame, grade: str = "") -> Table:
    """Out-of-sample scores of every model, best first; `grade` D marks them as no evidence."""
    ordered = table.sort_values(["horizon_days", "score", "rank", "model"])
    rows = tuple(
        (
            f"{numbers.days(row.horizon_days)}, {vocabulary.score_name(row.score)}", vocabulary.model_name(row.model), str(row.rank),
            f"{row.value:.3e}", numbers.MISSING if numbers.is_missing(row.standard_error) else f"{row.standard_error:.1e}", f"{row.n:,}",
        )
        for row in ordered.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "Out-of-sample scores (lower is better)",
        columns("Horizon and score", "Model", "Rank", "Mean score", "Standard error", "Forecasts",
                 numeric=("Rank", "Mean score", "Standard error", "Forecasts")),
        rows,
        NO_EVIDENCE if grade == "D" else "",
    )  # fmt: skip


def backtests(table: pd.DataFrame, grade: str = "") -> Table:
    """Coverage tests of the models' value at risk; `grade` D marks them as no evidence."""
    rows = tuple(
        (
            vocabulary.model_name(row.model), numbers.days(row.horizon_days), f"{100 * row.level:g}%", vocabulary.spaced(row.test),
            f"{row.exceptions:,}", numbers.plain(row.expected, 1), f"{row.observations:,}",
            numbers.MISSING if numbers.is_missing(row.p_value) else f"{row.p_value:.3f}",
            "\N{EN DASH}" if numbers.is_missing(row.power) else numbers.percent(row.power),
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    numeric = ("Exceptions", "Expected", "Forecasts", "p-value", "Power")
    return Table(
        "Do the models' quantiles hold out of sample",
        columns("Model", "Horizon", "Level", "Test", *numeric, numeric=numeric),
        rows,
        (f"{NO_EVIDENCE} " if grade == "D" else "")
        + "One row in twenty rejects at 5% by chance alone. Power: the chance to notice twice the nominal rate.",
    )
