"""report.json: the verdict, headline figures and findings of a run as data, so that runs compare without reading HTML."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.report.figures.ranking import rank_scenarios
from gramlib.report.findings import Measures, findings
from gramlib.report.headlines import headline_figures
from gramlib.report.wording import assumed_values, grade_sentence, reasons, verdict_sentence
from gramlib.verdicts import overall

SCHEMA = 2


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
    measures: Measures | None = None,
    recommendations: pd.DataFrame | None = None,
    title: str = "Gram stress test",
    author: str = "",
) -> dict[str, Any]:
    """The `report` document of the catalogue.

    `days` is the fan-chart table, whose last day of a book is its horizon; `source_document` is the source_cards document; `run` what names the run (id, and whatever else is to be kept). Tables as in the catalogue. Every value is JSON-able; figures that are
    missing are null. `measures` and `recommendations` are what stage analyse would have done, each proved by its re-run.
    """
    status = overall(verdicts)
    ranked = rank_scenarios(metrics, replay_failures)
    worst = str(ranked.index[0]) if len(ranked) else ""
    assumed, total = assumed_values(issuer)
    horizons_days = {str(book): int(last) for book, last in days.groupby("book")["day"].max().items()}
    return {
        "schema": SCHEMA,
        "title": title,
        "author": author,
        "verdict": {
            "status": status,
            "sentence": verdict_sentence(status, verdicts, issuer, source_document),
            "caveat": grade_sentence(source_document).strip(),
            "reasons": reasons(status, verdicts, reverse, metrics, horizons_days),
        },
        "headlines": headline_figures(metrics, verdicts, reverse, worst, horizons_days),
        "findings": findings(verdicts, metrics, reverse, ranked, scenarios_used, measures),
        "recommendations": _records(recommendations),
        "worst_scenario": worst,
        "issuer": {"name": issuer.name, "assumed": len(assumed), "values": total},
        "data": {
            key: str(source_document.get(key, ""))
            for key in ("grade", "grade_reason", "label", "start", "end", "redistribute")
        },
        "run": dict(run),
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
