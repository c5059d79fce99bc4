"""The index: every run told, trusted in nothing, valid without its script, quick for many runs."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import time
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from gramlib.report.page import CONTENT_POLICY
from gramlib.report.site import build_index, site_script
from gramlib.report.site_digest import digest, flat_parameters, value_text
from gramlib.report.site_row import moment, state
from gramlib.report.site_sparkline import MOST_POINTS, sparkline

LABEL = "daily path reconstructed from monthly averages: demonstration only"
FAILED = {
    "run_id": "smoke-1", "created": "2026-11-19T10:00:00", "status": "failed", "reason": "train: <script>alert(1)</script>\nwhat to do: wait",
    "links": {"what happened": "smoke-1/failure.html", "failed notebook": "smoke-1/02_train.attempt-1/notebook.html", "data": "smoke-1/01/notebook.html"},
}  # fmt: skip
GOOD = {
    "run_id": "<b>x", "title": "A & B", "created": "2026-11-20T10:00:00", "status": "succeeded", "verdict_status": "watch",
    "verdict_sentence": "It <holds>. Only a demonstration.", "verdict_caveat": "Only a demonstration.", "grade": "D", "label": LABEL,
    "headlines": [{"id": "f", "label": "L", "text": "3%", "value": 0.03, "status": "pass"}], "settings": ["a = 1", "b = 2", "c = <3>"],
    "links": {"report": "x/report.html", "evil": "javascript:alert(1)", "absent": ""},
}  # fmt: skip


def parsed(html: str) -> Element:
    """The page as a tree; html5lib refuses what is not valid HTML."""
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    for element in tree.iter():
        element.tag = str(element.tag).rpartition("}")[2]  # svg elements carry their namespace
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    return tree


def words(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def made(number: int, **more: Any) -> dict[str, Any]:
    value = 0.01 * (number % 7)
    figure = {"id": "f", "label": "Chance", "text": f"{value:.0%}", "value": value, "status": "fail"}
    run = {"run_id": f"r{number:03}", "created": 1795200429.0 + number, "status": "succeeded", "verdict_status": "fail",
           "series": "params/smoke.yaml Gram", "headlines": [figure], "settings": [f"predict.n_paths = {number}"]}  # fmt: skip
    return run | more


def test_index_tells_every_run_newest_first_and_trusts_none() -> None:
    html = build_index([FAILED, GOOD])
    page = parsed(html)
    rows = [row for row in page.iter("tr") if row.get("data-state")]
    assert [row.get("data-state") for row in rows] == ["watch", "unfinished"]
    assert words(rows[0]).startswith("2026-11-20 10:00:00 <b>x A & B a = 1; b = 2 1 more setting c = <3>")
    assert "It <holds>." in words(rows[0]) and "Only a demonstration" not in words(rows[0]) and LABEL in words(rows[0])
    assert "Reason: train: <script>alert(1)</script>" in words(rows[1]) and "what to do" not in words(rows[1])
    assert "2 runs, newest first; 1 did not finish." in html and "<script>alert" not in html
    links = [link.get("href") for link in page.iter("a")]
    assert links == [
        "#main",
        "x/report.html",
        "smoke-1/01/notebook.html",
        "smoke-1/failure.html",
        FAILED["links"]["failed notebook"],
    ]  # type: ignore[index]


def test_only_our_own_script_may_run() -> None:
    html = build_index([GOOD, FAILED])
    page = parsed(html)
    scripts = [script.text for script in page.iter("script")]
    assert scripts == [site_script()]
    said = next(meta.get("content") for meta in page.iter("meta") if meta.get("http-equiv"))
    digest_of = base64.b64encode(hashlib.sha256(site_script().encode()).digest()).decode()
    assert said == f"{CONTENT_POLICY}; script-src 'sha256-{digest_of}'"
    assert not [element for element in page.iter() if any(name.startswith("on") for name in element.attrib)]


def test_without_the_script_the_table_is_whole_and_the_filter_hidden() -> None:
    page = parsed(build_index([GOOD, FAILED]))
    bar = next(element for element in page.iter("div") if element.get("class") == "filter")
    assert "hidden" in bar.attrib and not list(page.iter("button"))
    heads = [head for head in page.iter("th") if head.get("scope") == "col"]
    assert [head.get("aria-sort") for head in heads] == ["descending", *[None] * (len(heads) - 1)]
    assert [words(head) for head in heads] == ["Made", "Run", "Verdict", "L", "Data grade"]
    assert words(next(page.iter("caption"))) == "Every run, its verdict and its key figures"


def test_index_reads_both_kinds_of_time_and_counts_none_unfinished() -> None:
    html = build_index([
        {"run_id": "run-first", "created": 1795200429.69, "status": "succeeded"}, {"run_id": "run-second", "created": "2026-11-20T23:00", "status": "succeeded"},
    ])  # fmt: skip
    # 1795200429 s after 1970-01-01 00:00 UTC, by GNU date
    assert moment(1795200429.69) == "2026-11-20 18:47 UTC"
    assert html.index("run-second") < html.index("run-first") and "2 runs, newest first; all finished." in html


@pytest.mark.parametrize("status", ["partial", "damaged", "died", "terminated"])
def test_whatever_did_not_succeed_counts_as_unfinished(status: str) -> None:
    run = {"run_id": "r", "status": status, "verdict_status": "pass"}
    assert state(run) == "unfinished" and "1 did not finish" in build_index([run])


def test_index_of_no_runs_says_how_to_make_one() -> None:
    page = parsed(build_index([], [("a against b", "compare-a-b.html")], [("fees", "fees-1/sweep.html")]))
    assert "gram run params/baseline.yaml" in words(page) and not list(page.iter("script"))
    assert [link.get("href") for link in page.iter("a")] == ["#main", "fees-1/sweep.html", "compare-a-b.html"]
    assert [words(head) for head in page.iter("h2")] == ["Sweeps", "Comparisons"]


def test_one_run_has_neither_filter_nor_course() -> None:
    page = parsed(build_index([GOOD]))
    assert not [element for element in page.iter("div") if element.get("class") == "filter"] and not list(
        page.iter("svg")
    )


def test_a_run_with_nothing_but_a_name_is_listed() -> None:
    assert "lonely" in words(parsed(build_index([{"run_id": "lonely"}, GOOD])))


def test_figures_of_older_reports_keep_their_own_columns() -> None:
    old = {"run_id": "old", "created": 1.0, "headlines": [{"label": "Other", "text": "7"}]}
    page = parsed(build_index([GOOD, old]))
    assert [words(head) for head in page.iter("th") if head.get("scope") == "col"][3:5] == ["L", "Other"]
    cells = [
        words(cell)
        for row in page.iter("tr")
        if row.get("data-state")
        for cell in row
        if cell.get("class", "").startswith("figure")
    ]
    assert cells == ["3% ✓ pass", "–", "–", "7"]


def test_course_joins_runs_of_one_series_alone() -> None:
    runs = [made(0), made(1), made(2, series="another"), made(3, status="failed", headlines=[])]
    told = [svg.get("aria-label") for svg in parsed(build_index(runs)).iter("svg")]
    assert told == ["Chance over the last 2 runs: from 0% to 1%"]


def test_five_hundred_runs_take_no_time() -> None:
    runs = [made(number) for number in range(500)]
    began = time.process_time()
    html = build_index(runs)
    assert time.process_time() - began < 2.0 and len(html) < 1_500_000
    assert html.count("<tr role") == 501 and html.count("<svg") == 499


def test_sparkline_draws_what_it_tells() -> None:
    drawing = parsed(
        f"<!DOCTYPE html><title>x</title>{sparkline('Chance <x>', [0.1, 0.3, 0.2], ['10%', '30%', '20%'])}"
    )
    assert next(drawing.iter("svg")).get("aria-label") == "Chance <x> over the last 3 runs: from 10% to 20%"
    points = [tuple(map(float, pair.split(","))) for pair in next(drawing.iter("polyline")).get("points", "").split()]
    across, down = zip(*points, strict=True)
    assert list(across) == sorted(across) and down[0] > down[2] > down[1], "larger values stand higher"
    assert sparkline("one", [1.0], ["1"]) == ""
    assert sparkline("flat", [2.0, 2.0], ["2", "2"]).count("13.0") >= 2, "a figure that never moved lies in the middle"
    assert f"over the last {MOST_POINTS} runs" in sparkline(
        "many", [float(i) for i in range(50)], [str(i) for i in range(50)]
    )


RECORD = {
    "params": {
        "path": "params/smoke.yaml", "title": "T", "scenarios": ["a", "b", "c", "d", "e"], "profile": "internal", "runner": {"stage_timeout_s": 60},
        "stages": {"predict": {"n_paths": 20000, "issuer": "gram", "scenarios": ["a"], "profile": "internal", "upstream": "", "drivers": []}, "data": {"offline": True}},
        "issuer": {"name": "Gram", "terms": {"fee": 0.004, "gate": None}, "basis": {"terms.fee": "assumed"}},
        "provenance": {"predict.n_paths": "params/smoke.yaml:11", "issuer.terms.fee": "--set", "scenarios": "params/smoke.yaml:3", "title": "params/smoke.yaml:1",
                       "data.offline": "default", "issuer.terms.gate": "params/issuers/gram.yaml:4", "profile": "params/baseline.yaml:8"},
    }
}  # fmt: skip


def test_digest_names_what_was_set_by_hand_first_and_leaves_the_baseline_out() -> None:
    assert digest(RECORD) == ("issuer.terms.fee = 0.004", "scenarios = a, b, c and 2 more", "predict.n_paths = 20,000")
    assert digest({}) == () and flat_parameters({"params": "sick"}) == {}


def test_digest_of_the_baseline_is_empty() -> None:
    params = {
        **RECORD["params"],
        "path": "params/baseline.yaml",
        "provenance": {"predict.n_paths": "params/baseline.yaml:9"},
    }
    assert digest({"params": params}) == ()


def test_flat_parameters_name_shared_values_once_and_no_basis() -> None:
    flat = flat_parameters(json.loads(json.dumps(RECORD)))
    assert flat["issuer"] == ("gram", "") and flat["issuer.terms.gate"] == (None, "params/issuers/gram.yaml:4")
    assert not {
        "predict.issuer",
        "predict.scenarios",
        "predict.upstream",
        "issuer.name",
        "issuer.basis.terms.fee",
    } & set(flat)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), (True, "yes"), (0, "0"), (123456, "123,456"), (0.1, "0.1"), ([], "none"), ([1, 2], "1, 2"), ("", "empty"), ("x" * 50, "x" * 39 + "…")],
)  # fmt: skip
def test_values_read_as_a_person_writes_them(value: object, text: str) -> None:
    assert value_text(value) == text


def test_index_needs_no_heavy_library() -> None:
    code = (
        "import sys, gramlib.report.site, gramlib.runner.site; "
        "print([m for m in ('pandas', 'numpy', 'matplotlib', 'nbconvert', 'jinja2', 'papermill') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
