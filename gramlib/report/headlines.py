"""The four to six headline figures: value, unit, limit, interval, status - picked and counted from the tables, none simulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.sentences import chance, figure_of

_CHANCES = (
    ("chance-out-of-cash", "liquidity", "F7", "Chance of running out of cash and bills"),
    ("chance-late-redemption", "liquidity", "F3", "Chance of paying over 5 days late"),
    ("chance-insolvency", "solvency", "F2", "Chance of own funds below zero"),
)
_SHOCKS = (
    ("smallest-price-fall", "price_fall", "queue", "price_fall_to_queue", "Fall of gold that forms a queue"),
    (
        "smallest-custody-loss",
        "custody_loss",
        "F2",
        "custody_loss_to_insolvency",
        "Loss of gold that makes it insolvent",
    ),
)


def headline_figures(
    metrics: pd.DataFrame,
    verdicts: pd.DataFrame,
    reverse: pd.DataFrame,
    worst_scenario: str,
    horizons_days: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Headline figures as JSON-able mappings.

    `horizons_days` is the length of each book: a chance without the time it is over says nothing.
    Each has id, label, value (null when none was found), unit, text, lower, upper, interval, limit, limit_text, status
    (empty: no limit judges it), detail, horizon_days (of a chance) and tolerance (of a search).
    """
    figures = [_chance(metrics, verdicts, horizons_days, *spec) for spec in _CHANCES]
    figures += [_shock(reverse, verdicts, *spec) for spec in _SHOCKS]
    figures.append(_listed(metrics, verdicts, worst_scenario))
    return [figure for figure in figures if figure is not None]


def judged(verdicts: pd.DataFrame, requirement: str, subject: str) -> dict[str, Any] | None:
    """The verdict on one requirement and subject, None when nobody judged it."""
    rows = verdicts[(verdicts["requirement"] == requirement) & (verdicts["subject"] == subject)]
    return None if rows.empty else dict(rows.iloc[0])


def _figure(
    name: str, label: str, value: float | None, unit: str, text: str, verdict: Mapping[str, Any] | None, **more: Any
) -> dict[str, Any]:
    limit = (
        None
        if verdict is None or numbers.is_missing(verdict["limit"]) or verdict["unit"] != unit
        else float(verdict["limit"])
    )
    return {
        "id": name, "label": label, "value": value, "unit": unit, "text": text, "lower": None, "upper": None, "interval": "",
        "limit": limit, "limit_text": "" if limit is None else numbers.setting_with_unit(limit, vocabulary.requirement_unit(unit)),
        "status": "" if verdict is None else str(verdict["status"]), "detail": "", "horizon_days": None, "tolerance": None, **more,
    }  # fmt: skip


def _chance(
    metrics: pd.DataFrame,
    verdicts: pd.DataFrame,
    horizons_days: Mapping[str, int],
    name: str,
    book: str,
    predicate: str,
    label: str,
) -> dict[str, Any] | None:
    """A chance over the horizon of its book; a limit a year is set beside the same chance put on a year."""
    row = figure_of(metrics, book, f"probability_{predicate}")
    if row is None:
        return None
    bounds = {end: None if numbers.is_missing(row[end]) else float(row[end]) for end in ("lower", "upper")}
    verdict, value = judged(verdicts, predicate, book), float(row["value"])
    over = numbers.horizon(horizons_days[book])
    detail = f"over {over} on {numbers.count(row['n'], 'path')}"
    text = numbers.percent(value) if value > 0 else "none seen"
    figure = _figure(name, label, value, "1", text, verdict, **bounds, interval=chance(row, short=True), detail=detail,
                     horizon_days=int(horizons_days[book]))  # fmt: skip
    if verdict is None or verdict["unit"] != "1/year":
        return figure
    if value > 0 and over != "1 year":
        figure["detail"] = f"{detail}; {numbers.with_unit(verdict['number'], '1/year')}"
    return {
        **figure,
        "limit": float(verdict["limit"]),
        "limit_text": f"at most {numbers.setting_with_unit(verdict['limit'], '1/year')}",
    }


def _shock(
    reverse: pd.DataFrame, verdicts: pd.DataFrame, name: str, shock: str, predicate: str, requirement: str, label: str
) -> dict[str, Any] | None:
    searched = reverse[(reverse["shock"] == shock) & (reverse["predicate"] == predicate)]
    if searched.empty:
        return None
    first = searched.sort_values("interval").iloc[0]
    unit = vocabulary.shock_unit(shock, str(first["unit"]))
    detail = f"searched from {numbers.setting_with_unit(first['scan_from'], unit)} to {numbers.setting_with_unit(first['scan_to'], unit)}"
    verdict = judged(verdicts, requirement, "reverse stress")
    found = bool(first["found"])
    value, text = (float(first["lower"]), numbers.with_unit(first["lower"], unit)) if found else (None, "none found")
    figure = _figure(
        name, label, value, str(first["unit"]), text, verdict, detail=detail, tolerance=float(first["tolerance"])
    )
    return {**figure, "limit_text": f"at least {figure['limit_text']}"} if figure["limit_text"] else figure


def _listed(metrics: pd.DataFrame, verdicts: pd.DataFrame, worst_scenario: str) -> dict[str, Any] | None:
    """How many listed scenarios break their limit; its status is the worst of all of theirs."""
    rows = verdicts[verdicts["requirement"] == "listed scenario"]
    if rows.empty:
        return None
    breaking = int((rows["status"] == "fail").sum())
    tolerated = int((rows["status"] == "watch").sum())
    status = max(rows["status"], key=lambda word: vocabulary.SEVERITY.get(word, 0))
    figure = _figure(
        "listed-scenarios", "Scenarios beyond what is tolerated", float(breaking), "count",
        f"{breaking} of {len(rows)}", None, detail=f"{tolerated or 'none'} more with failures within it",
    )  # fmt: skip
    lowest = figure_of(metrics, worst_scenario, "min_equity_usd")
    if lowest is not None:
        figure["detail"] += f"; lowest own funds {numbers.usd(float(lowest['value']))}, in {worst_scenario}"
    return {**figure, "limit": 0.0, "limit_text": "0", "status": status}
