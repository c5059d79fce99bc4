"""report.json: all that the report says, as data, so that runs compare and readers need no HTML. `document_schema` holds its form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.report import changes
from gramlib.report.document_schema import SCHEMA, checked
from gramlib.report.figures.ranking import rank_scenarios
from gramlib.report.findings import Measures, findings
from gramlib.report.headlines import headline_figures
from gramlib.report.limitations import limitations
from gramlib.report.scenario_rows import scenario_rows
from gramlib.report.wording import assumed_values, grade_sentence, missed_sentence, reasons, verdict_sentence
from gramlib.verdicts import Profile, overall

_ROW = ("requirement", "subject", "status", "number", "limit", "unit", "margin", "decides", "sentence")


def report_document(
    *,
    verdicts: pd.DataFrame,
    metrics: pd.DataFrame,
    reverse: pd.DataFrame,
    replay_failures: pd.DataFrame,
    days: pd.DataFrame,
    scenarios_used: Mapping[str, Any],
    source_document: Mapping[str, Any],
    issuer: Issuer,
    run: Mapping[str, Any],
    profile: Profile | None = None,
    measures: Measures | None = None,
    recommendations: pd.DataFrame | None = None,
    backtests: pd.DataFrame | None = None,
    assumptions: Sequence[Mapping[str, Any]] = (),
    previous: Mapping[str, Any] | None = None,
    title: str = "Gram stress test",
    author: str = "",
) -> dict[str, Any]:
    """The `report` document of the catalogue; what is left out is not told.

    `days` is the fan-chart table, whose last day of a book is its horizon; `source_document` is the source_cards
    document; `run` what names the run (id, and whatever else is to be kept); `previous` the report document of the run to
    compare with. Tables as in the catalogue. Every value is JSON-able; figures that are missing are null.
    """
    status = overall(verdicts)
    ranked = rank_scenarios(metrics, replay_failures)
    worst = str(ranked.index[0]) if len(ranked) else ""
    assumed, total = assumed_values(issuer)
    horizons_days = {str(book): int(last) for book, last in days.groupby("book")["day"].max().items()}
    document = {
        "schema": SCHEMA,
        "title": title,
        "author": author,
        "verdict": {
            "status": status,
            "sentence": verdict_sentence(issuer, replay_failures, reverse, metrics, source_document),
            "caveat": grade_sentence(source_document).strip(),
            "missed": missed_sentence(verdicts),
            "reasons": reasons(status, verdicts, reverse, metrics, horizons_days),
        },
        "headlines": headline_figures(metrics, verdicts, reverse, worst, horizons_days),
        "findings": findings(verdicts, metrics, reverse, ranked, scenarios_used, measures),
        "scenarios": scenario_rows(verdicts, ranked, scenarios_used, profile),
        "requirements": _records(verdicts[[name for name in _ROW if name in verdicts]]),
        "recommendations": _records(recommendations),
        "limitations": limitations(
            issuer=issuer, source_document=source_document, verdicts=verdicts, metrics=metrics, reverse=reverse,
            backtests=backtests, assumptions=assumptions, recommendations=recommendations,
        ),
        "worst_scenario": worst,
        "horizons_days": horizons_days,
        "issuer": {"name": issuer.name, "peg": str(issuer.peg), "assumed": len(assumed), "values": total},
        "data": {
            key: str(source_document.get(key, ""))
            for key in ("grade", "grade_reason", "label", "start", "end", "redistribute")
        },
        "run": dict(run),
    }  # fmt: skip
    return checked({**document, "compared": None if previous is None else _compared(previous, document)})


def _compared(previous: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """How the key figures and findings moved against the run named to compare with."""
    return {
        "run_id": str(previous.get("run", {}).get("run_id", "")),
        "not_comparable": changes.not_comparable(previous, document),
        "verdict": changes.verdict_change(previous, document),
        "figures": [change.to_record() for change in changes.figures_that_moved(previous, document)],
        "findings": [change.to_record() for change in changes.findings_that_moved(previous, document)],
        "scenarios": [change.to_record() for change in changes.scenarios_that_changed(previous, document)],
    }


def _records(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Rows as JSON-able mappings; a number that is missing or infinite is null."""
    if table is None:
        return []
    plain = table.astype(object).where(table.notna(), None)
    return [
        {name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()}
        for row in plain.to_dict("records")
    ]
