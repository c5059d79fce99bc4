"""report.json: JSON-able, four to six headline figures, findings with anchors, status by the rule of verdicts."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from gramlib.params.issuer import Issuer
from gramlib.report.documents import report_document
from gramlib.report.findings import Measures, measures_finding
from gramlib.report.headlines import headline_figures
from gramlib.verdicts import overall

HORIZONS_DAYS = {"liquidity_price_only": 252, "liquidity": 252, "solvency": 756}


def test_document_is_plain_json_without_nan(run_tables):
    text = json.dumps(run_tables.document, allow_nan=False)
    assert json.loads(text) == run_tables.document
    assert "nan" not in text.lower().split('"title"')[0]


def test_verdict_is_the_rule_of_the_verdicts_room(run_tables):
    assert run_tables.document["verdict"]["status"] == overall(run_tables.verdicts) == "fail"


def test_headlines_have_value_interval_limit_and_status(run_tables):
    figures = run_tables.document["headlines"]
    assert 4 <= len(figures) <= 6
    assert len({figure["id"] for figure in figures}) == len(figures)
    by_id = {figure["id"]: figure for figure in figures}
    insolvency = by_id["chance-insolvency"]
    row = run_tables.metrics.set_index(["subject", "metric"]).loc[("solvency", "probability_F2")]
    assert insolvency["value"] == row["value"]
    assert insolvency["lower"] <= insolvency["value"] <= insolvency["upper"]
    assert insolvency["limit"] == 0.001 and insolvency["limit_text"] == "at most 0.1% a year"
    assert "over 3 years" in insolvency["detail"]
    assert by_id["smallest-price-fall"]["text"] == "14.2%" and by_id["smallest-price-fall"]["status"] == "watch"
    assert "over 1 year" in by_id["chance-late-redemption"]["detail"]
    assert by_id["smallest-price-fall"]["limit_text"] == "at least 10%"


def test_headline_of_the_scenarios_has_their_worst_status(run_tables):
    figure = next(f for f in run_tables.document["headlines"] if f["id"] == "listed-scenarios")
    listed = run_tables.verdicts[run_tables.verdicts["requirement"] == "listed scenario"]
    assert figure["value"] == (listed["status"] == "fail").sum() > 0
    assert figure["text"] == f"{int(figure['value'])} of {len(listed)}" and figure["status"] == "fail"
    assert "lowest own funds USD \N{MINUS SIGN}12.0 m, in S14" in figure["detail"]
    quiet = run_tables.verdicts.assign(status="pass")
    figure = headline_figures(run_tables.metrics, quiet, run_tables.reverse, "S14", HORIZONS_DAYS)[-1]
    assert figure["status"] == "pass" and figure["value"] == 0


def test_headline_without_a_breaking_shock_has_no_value(run_tables):
    gone = run_tables.reverse.assign(found=False, interval=0, lower=np.nan, upper=np.nan)
    figures = headline_figures(run_tables.metrics, run_tables.verdicts, gone, "S14", HORIZONS_DAYS)
    fall = next(figure for figure in figures if figure["id"] == "smallest-price-fall")
    assert fall["value"] is None and fall["text"] == "none found" and fall["detail"] == "searched from 0% to 90%"


def test_findings_have_unique_anchors_and_full_sentences(run_tables):
    told = run_tables.document["findings"]
    assert 3 <= len(told) <= 6
    assert len({finding["id"] for finding in told}) == len(told)
    for finding in told:
        assert finding["id"].startswith("finding-") and not finding["title"].endswith(".")
        assert finding["evidence"].endswith(".") and "nan" not in finding["evidence"]


def test_worst_scenario_is_the_one_with_least_own_funds(run_tables):
    lowest = run_tables.replays.groupby("scenario")["equity_usd"].min().idxmin()
    assert run_tables.document["worst_scenario"] == lowest


def test_non_decisive_failures_are_told(run_tables):
    from gramlib.report.findings import findings

    verdicts = pd.concat([run_tables.verdicts, run_tables.verdicts.tail(1).assign(decides=False, status="fail")])
    told = findings(verdicts, run_tables.metrics, run_tables.reverse, pd.DataFrame(), run_tables.scenarios_used)
    assert told[-1]["id"] == "finding-not-deciding"


def _measures(met: bool, after: float, chosen: bool = True) -> Measures:
    packages = pd.DataFrame({"title": ["Own funds", "Credit line"], "cost_usd_year": [5e6, 4e5]}).iloc[
        : 2 if chosen else 0
    ]
    effects = pd.DataFrame(
        {
            "predicate": ["F7", "F1"],
            "appetite": 0.01,
            "before": [0.114, 0.001],
            "after": [after, 0.001],
            "met": [met, True],
        }
    )
    residual = pd.DataFrame({"kind": ["scenario", "scenario", "shock"], "failed_after": ["F2", "", ""]})
    return Measures(packages, effects, residual)


@pytest.mark.parametrize(
    ("measures", "title", "evidence"),
    [
        (_measures(True, 0.008), "bring every failure within its appetite", "F7 11.4% to 0.80% a year"),
        (_measures(False, 0.05), "still misses the appetite for Out of liquid assets (F7)", "F7 11.4% to 5.0% a year"),
        (_measures(True, 0.008, chosen=False), "Every appetite is met without a measure", "tried alone and together"),
        (_measures(False, 0.05, chosen=False), "No package that was tried helps against", "tried alone and together"),
    ],
)
def test_the_finding_on_measures_says_what_the_re_run_found(measures, title, evidence):
    told = measures_finding(measures)
    assert title in told["title"] and evidence in told["evidence"]
    assert told["so_what"].startswith("1 of 2 listed scenarios still show a failure")
    assert ("USD 5.4 m a year" in told["title"]) == bool(len(measures.packages))


def test_recommendations_stand_in_the_document_as_data(run_tables):
    rows = pd.DataFrame({"action": ["buffer", "gate"], "number": [1.0, np.inf], "before": [0.1, np.nan]})
    document = report_document(
        verdicts=run_tables.verdicts, metrics=run_tables.metrics, reverse=run_tables.reverse,
        replay_failures=run_tables.replay_failures, days=run_tables.days, scenarios_used=run_tables.scenarios_used,
        source_document=run_tables.source_cards, issuer=Issuer(), run={"run_id": "x"}, recommendations=rows,
    )  # fmt: skip
    assert json.loads(json.dumps(document))["recommendations"] == [
        {"action": "buffer", "number": 1.0, "before": 0.1}, {"action": "gate", "number": None, "before": None},
    ]  # fmt: skip
