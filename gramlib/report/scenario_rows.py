"""The listed scenarios as rows of data: what each assumes, what came of it, and the limit it was held to; failing ones first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.verdicts import Profile

FIGURES = ("min_equity_usd", "peak_queue_share", "oldest_request_days", "worst_discount")
"""Figures of a scenario that its row carries, by their name in the metrics table."""


def scenario_rows(
    verdicts: pd.DataFrame,
    ranked: pd.DataFrame,
    scenarios_used: Mapping[str, Any],
    profile: Profile | None = None,
) -> list[dict[str, Any]]:
    """One JSON-able row a listed scenario: fail before watch before pass, each by lowest own funds.

    `ranked` is `rank_scenarios`; without a `profile` what is tolerated is not known and null. A figure that the
    metrics lack is null.
    """
    judged = verdicts[verdicts["requirement"] == "listed scenario"].set_index("subject")
    records = {str(record["id"]): record for record in scenarios_used["scenarios"]}
    rows = [
        _row(str(name), figures, records.get(str(name), {}), judged, profile) for name, figures in ranked.iterrows()
    ]
    return sorted(rows, key=lambda row: -vocabulary.SEVERITY.get(row["status"], 0))


def _row(
    name: str, figures: pd.Series, record: Mapping[str, Any], judged: pd.DataFrame, profile: Profile | None
) -> dict[str, Any]:
    severity = str(record.get("severity", ""))
    failed = str(figures["failed"]).split()
    tolerated = list(getattr(profile.listed_scenarios, severity, [])) if profile is not None and severity else None
    return {
        "id": name,
        "title": str(record.get("title") or name),
        "kind": str(record.get("kind", "")),
        "severity": severity,
        "assumes": assumes(record),
        "status": str(judged["status"].get(name, "not_applicable")),
        "failed": failed,
        "tolerated": tolerated,
        "sentence": str(judged["sentence"].get(name, "")),
        **{key: None if numbers.is_missing(figures.get(key)) else float(figures[key]) for key in FIGURES},
    }


def assumes(record: Mapping[str, Any]) -> str:
    """What a scenario of scenarios_used puts the issuer through, in a line of figures."""
    shocks = record.get("shocks", {})
    lost, multiplier = shocks.get("lost_share"), shocks.get("max_liquidity_multiplier")
    told = []
    if not numbers.is_missing(shocks.get("total_return")):
        told.append(f"gold {_signed(shocks['total_return'])}" if shocks["total_return"] else "gold flat")
    if not numbers.is_missing(shocks.get("worst_day_return")) and shocks["worst_day_return"] < 0:
        told.append(f"worst day {_signed(shocks['worst_day_return'])}")
    if shocks.get("event_days"):
        told.append(f"{numbers.count(shocks['event_days'], 'day')} of doubt")
    if not numbers.is_missing(multiplier) and multiplier > 1:
        told.append(f"market {multiplier:g} times as illiquid")
    if not numbers.is_missing(lost) and lost > 0:
        told.append(f"{numbers.percent(lost)} of the gold lost")
    if record.get("changes"):
        told.append(f"{numbers.count(len(record['changes']), 'change')} to the issuer")
    days = shocks.get("horizon_days", record.get("horizon_days"))
    if days:
        told.append(numbers.count(days, "day"))
    return ", ".join(told) or numbers.MISSING


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + numbers.percent(value)
