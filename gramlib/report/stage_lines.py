"""One line a stage, for the terminal and the run's status: what a person wants to know when it has ended."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.report.blocks import Block, paragraph
from gramlib.report.numbers import count, joined, percent, usd


def data_line(document: dict[str, Any]) -> str:
    """Rows, range, last price and grade of the data, from the `source_cards` document."""
    label = f" ({document['label']})" if document["label"] else ""
    return (
        f"{document['rows']:,} business days {document['start']} to {document['end']}, "
        f"last {document['last_gold_usd_per_oz']:,.2f} USD/oz, grade {document['grade']}{label}"
    )


def grade_line(document: dict[str, Any]) -> Block:
    """The grade of the data and its reason, in one line."""
    label = f" Every page carries: {document['label']}." if document["label"] else ""
    return paragraph(f"Data grade {document['grade']}: {document['grade_reason']}.{label}")


def skipped_sources(document: dict[str, Any]) -> list[str]:
    """One line an online source that was asked for and is not used, with the reason; none for files and the sample."""
    return [
        f"{each['role']}: {each['name']} {each['outcome']}: {each['reason']}"
        for each in document.get("tried", [])
        if each["outcome"] not in {"used", "not needed"}
    ]


def train_line(calibration: dict[str, Any]) -> str:
    """Champion and today's volatility, from the `calibration` document."""
    sigma = calibration["filter"]["next_sigma"]
    return f"champion {calibration['champion']} on {calibration['training']['n']:,} returns, volatility now {percent(sigma * 252**0.5)} a year"


def predict_line(outcomes: pd.DataFrame, failures: pd.DataFrame) -> str:
    """How many paths were simulated and how many listed scenarios failed anything."""
    failed = failures.loc[failures["first_day"] >= 0, "scenario"].nunique()
    listed = failures["scenario"].nunique()
    books = joined([f"{len(group):,} {name.replace('_', ' ')}" for name, group in outcomes.groupby("book", sort=False)])
    return f"{failed} of {count(listed, 'listed scenario', 'listed scenarios')} with a failure; paths: {books}"


def analyse_line(metrics: pd.DataFrame, level: float) -> str:
    """Expected shortfall of the non-price loss in the liquidity book with its interval."""
    row = metrics[(metrics["subject"] == "liquidity") & (metrics["metric"] == "es_nonprice_loss")].iloc[0]
    return f"expected shortfall at {percent(level)} of the non-price loss, liquidity test: {usd(row['value'])} ({usd(row['lower'])} to {usd(row['upper'])})"
