"""No sentence contradicts a figure, whatever a run found: made-up tables of every shape, none, all, missing and not a number."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gramlib.artefacts import PREDICATES
from gramlib.metrics import wilson_interval
from gramlib.params.issuer import Issuer
from gramlib.report import numbers
from gramlib.report.document_schema import ReportDocument
from gramlib.report.documents import report_document
from gramlib.report.findings import SECTIONS
from gramlib.report.first_screen import kpi_block, reasons_block, verdict_block
from gramlib.report.first_sentence import ILLIQUID, liquidity_clause, smallest_shock_clause, solvency_clause
from gramlib.report.tables import scenario_results
from gramlib.verdicts import load_profile, overall

ROOT = Path(__file__).resolve().parents[2]
HORIZONS_DAYS = {"liquidity_price_only": 252, "liquidity": 252, "solvency": 756}
PROFILE = load_profile("internal", ROOT)
AXES = ("price_fall", "price_fall_with_event", "one_day_run", "custody_loss", "custody_loss_1", "event_days")
_QUIET = settings(deadline=None, max_examples=60)


@dataclass(frozen=True, repr=False)
class Run:
    """The tables of one run; without a repr, for whole tables in it are more than hypothesis will print."""

    failures: pd.DataFrame
    scenarios: list[str]
    verdicts: pd.DataFrame
    metrics: pd.DataFrame
    reverse: pd.DataFrame
    compared: bool


@dataclass(frozen=True, repr=False)
class Beside:
    """What of the made-up run stands beside the drawn tables; without a repr too."""

    tables: Any


@pytest.fixture(scope="session")
def beside(run_tables: Any) -> Beside:
    """The made-up run of this folder."""
    return Beside(run_tables)


@st.composite
def failures_tables(draw: st.DrawFn) -> pd.DataFrame:
    """replay_failures of none to six scenarios, each failing anything or nothing."""
    names = [f"S{k}" for k in range(draw(st.integers(0, 6)))]
    mode = draw(st.sampled_from(["none", "all", "some"]))
    days = {"none": st.just(-1), "all": st.just(3), "some": st.sampled_from([-1, -1, 1, 40])}[mode]
    rows = [(name, predicate, draw(days), "") for name in names for predicate in PREDICATES]
    return pd.DataFrame(rows, columns=["scenario", "predicate", "first_day", "cause"]).astype({"first_day": "int64"})


@st.composite
def reverse_tables(draw: st.DrawFn) -> pd.DataFrame:
    """reverse over some axes, found or not, also from the start of the search; or empty."""
    rows = []
    for shock in draw(st.lists(st.sampled_from(AXES), unique=True)):
        for predicate in (*PREDICATES, "queue"):
            found = draw(st.booleans())
            lower = draw(st.one_of(st.just(0.0), st.floats(0.0005, 0.9))) if found else np.nan
            scale, unit = (10.0, "day") if shock == "event_days" else (1.0, "1")
            rows.append({"predicate": predicate, "shock": shock, "interval": int(found), "found": found, "lower": lower * scale, "upper": 0.9 * scale if found else np.nan,
                         "unit": unit, "scan_from": 0.0, "scan_to": 0.9 * scale, "scan_step": 0.01, "tolerance": 1e-4, "horizon_days": 10, "note": ""})  # fmt: skip
    columns = ["predicate", "shock", "interval", "found", "lower", "upper", "unit", "scan_from", "scan_to", "scan_step", "tolerance",
               "horizon_days", "note"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"found": bool, "predicate": str, "shock": str, "note": str})


@st.composite
def metrics_tables(draw: st.DrawFn, scenarios: list[str]) -> pd.DataFrame:
    """Chances of every failure in every book, some without an interval, some books missing; figures of scenarios, some not a number."""
    rows = []
    for book in draw(st.lists(st.sampled_from(list(HORIZONS_DAYS)), unique=True)):
        n = draw(st.sampled_from([1, 500]))
        for name in ("any", *PREDICATES):
            k = draw(st.sampled_from([0, n, n // 3]))
            ends = wilson_interval(k, n, 0.95) if draw(st.booleans()) else (np.nan, np.nan)
            rows.append((book, f"probability_{name}", k / n, *ends, "1", "share of paths, Wilson 95%", n))
    for name in scenarios:
        for metric in ("min_equity_usd", "longest_wait_days", "peak_queue_share"):
            value = draw(st.one_of(st.just(np.nan), st.floats(-1.0, 1.0)))
            rows.append((name, metric, value, np.nan, np.nan, "USD", "exact", 1))
    columns = ["subject", "metric", "value", "lower", "upper", "unit", "method", "n"]
    table = pd.DataFrame(rows, columns=columns).astype({"subject": str, "metric": str, "value": float})
    return table if len(table) else table.astype({"lower": float, "upper": float})


@st.composite
def verdicts_tables(draw: st.DrawFn, scenarios: list[str]) -> pd.DataFrame:
    """Verdicts of the wanted kinds, deciding or not, some without a number."""
    names = [("listed scenario", name) for name in scenarios] + [
        ("F2", "solvency"),
        ("F7", "liquidity"),
        ("mica.own_funds", "today"),
    ]
    rows = [
        (requirement, subject, draw(st.sampled_from(["pass", "watch", "fail", "not_applicable"])), draw(st.sampled_from([0.02, 1.0, np.nan])), 0.01,
         "failures" if requirement == "listed scenario" else "1/year", -0.01, draw(st.booleans()), "It was judged.", "a source")
        for requirement, subject in draw(st.lists(st.sampled_from(names), unique=True))
    ]  # fmt: skip
    columns = ["requirement", "subject", "status", "number", "limit", "unit", "margin", "decides", "sentence", "source"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"decides": bool, "requirement": str, "status": str, "subject": str}
    )


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """The tables of a run of any shape, and whether it is compared with another."""
    failures = draw(failures_tables())
    scenarios = list(dict.fromkeys(failures["scenario"]))
    return Run(
        failures,
        scenarios,
        draw(verdicts_tables(scenarios)),
        draw(metrics_tables(scenarios)),
        draw(reverse_tables()),
        draw(st.booleans()),
    )


@_QUIET
@given(failures_tables())
def test_solvency_is_kept_where_no_scenario_ends_it(failures):
    clause = solvency_clause(failures)
    listed = failures["scenario"].nunique()
    broken = int(((failures["predicate"] == "F2") & (failures["first_day"] >= 0)).sum())
    if not listed:
        assert clause == ""
    else:
        assert clause.startswith("keeps") == (broken < listed and (broken == 0 or " but " in clause))
        assert (" but " in clause) <= (0 < broken < listed)
        assert (broken == listed) == (
            clause in ("loses its solvency in every listed scenario", "loses its solvency in the one listed scenario")
        )
        counted = re.search(r"in (\d+) of (\d+)", clause)
        assert counted is None or (int(counted[1]), int(counted[2])) == (broken, listed)


@_QUIET
@given(st.data())
def test_liquidity_is_kept_only_where_nothing_ends_it(data):
    failures, reverse = data.draw(failures_tables()), data.draw(reverse_tables())
    metrics = data.draw(metrics_tables([]))
    clause = liquidity_clause(failures, reverse, metrics)
    rows = reverse[reverse["predicate"].isin(ILLIQUID) & (reverse["shock"] != "custody_loss_1")]
    chances = metrics[
        (metrics["subject"] == "liquidity") & metrics["metric"].isin([f"probability_{name}" for name in ILLIQUID])
    ]
    ended = bool(rows["found"].any()) or bool((failures[failures["predicate"].isin(ILLIQUID)]["first_day"] >= 0).any())
    ended = ended or bool((chances["value"] > 0).any())
    assert clause.startswith("fails") == ended
    assert clause.startswith("keeps") == (not ended and bool(len(rows) or len(failures)))
    for size in re.findall(r"by ([\d.,]+%)", clause):
        assert size in {numbers.percent(value) for value in rows[rows["found"]]["lower"]}


@_QUIET
@given(reverse_tables())
def test_no_smaller_shock_was_found_than_the_smallest_told(reverse):
    clause = smallest_shock_clause(reverse)
    rows = reverse[(reverse["predicate"] != "queue") & (reverse["shock"] != "custody_loss_1")]
    found = rows[rows["found"]]
    shares = found[found["unit"] == "1"]
    if rows.empty:
        assert clause == ""
    elif found.empty:
        assert clause == "no shock that was searched breaks it"
    elif "before any shock" in clause:
        assert (found["lower"] <= found["scan_from"]).any()
    elif len(shares):
        assert numbers.percent(shares["lower"].min()) in clause
    assert "nan" not in clause


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(deadline=None, max_examples=25, phases=[Phase.generate], database=None)
@given(runs())
def test_a_document_of_any_shape_has_its_form_and_its_words_agree(beside, run):
    failures, verdicts = run.failures, run.verdicts
    used = {
        "scenarios": [
            {"id": name, "title": f"Story of {name}", "severity": "severe", "shocks": {}} for name in run.scenarios
        ]
    }
    document = report_document(
        verdicts=verdicts, metrics=run.metrics, reverse=run.reverse, replay_failures=failures, days=beside.tables.days,
        scenarios_used=used, source_document=beside.tables.source_cards, issuer=Issuer(), run={"run_id": "x"}, profile=PROFILE,
        previous=beside.tables.document if run.compared else None,
    )  # fmt: skip
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text) == document
    ReportDocument.model_validate(json.loads(text))
    assert not re.search(r"\bnan\b|\binf\b", text)
    assert document["verdict"]["status"] == overall(verdicts)
    missed = int((verdicts["decides"] & (verdicts["status"] == "fail")).sum())
    assert document["verdict"]["missed"].startswith(f"Misses {missed} of") == (missed > 0)
    rows = document["scenarios"]
    assert [row["id"] for row in rows if row["status"] == "fail"] == [row["id"] for row in rows][
        : sum(row["status"] == "fail" for row in rows)
    ]
    for row in rows:
        held = failures[(failures["scenario"] == row["id"]) & (failures["first_day"] >= 0)]
        assert row["failed"] == sorted(held["predicate"])
    for finding in document["findings"]:
        assert finding["section"] in SECTIONS.values() and finding["so_what"].endswith(".")
        assert not finding["title"].startswith("None of") or not any(row["failed"] for row in rows)
    assert not any("not available" in finding["evidence"] + finding["title"] for finding in document["findings"])
    shown = " ".join(
        repr(block)
        for block in (verdict_block(document), kpi_block(document), reasons_block(document), scenario_results(rows))
    )
    assert not re.search(r"\bnan\b|\bNone\b(?! of)", shown)
