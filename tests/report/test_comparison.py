"""Two runs against each other: what is said follows from the two records, whatever they hold."""

from __future__ import annotations

import copy
import json
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from gramlib.errors import ArtefactError
from gramlib.report.changes import figures_that_moved
from gramlib.report.comparison import Comparison, Side, compare
from gramlib.report.comparison_charts import pair
from gramlib.report.comparison_page import comparison_page
from gramlib.report.comparison_parameters import ABSENT, parameters_that_differ, what_else_differs

HOSTILE = "<script>alert(1)</script>"


def headline(value: float | None, **more: Any) -> dict[str, Any]:
    lower, upper = (None, None) if value is None else (value * 0.9, value * 1.1)
    return {
        "id": "chance-out-of-cash", "label": "Chance out of cash", "unit": "1", "value": value, "text": "none" if value is None else f"{value:.1%}",
        "lower": lower, "upper": upper, "limit": 0.01, "limit_text": "at most 1% a year", "status": "fail", "detail": "over 1 year; liquidity test",
        **more,
    }  # fmt: skip


def document(value: float | None = 0.05, status: str = "fail", **more: Any) -> dict[str, Any]:
    return {
        "schema": 3, "verdict": {"status": status}, "headlines": [headline(value)], "issuer": {"name": "Gram"}, "data": {"grade": "D"},
        "scenarios": [{"id": "S1", "title": "A run", "status": status, "failed": ["F3"] if status == "fail" else []}], **more,
    }  # fmt: skip


def record(n_paths: int = 2000, origin: str = "params/smoke.yaml:11", **more: Any) -> dict[str, Any]:
    params = {"path": "params/smoke.yaml", "scenarios": ["all"], "profile": "internal", "issuer": {"name": "Gram", "terms": {"fee": 0.004}},
              "stages": {"predict": {"n_paths": n_paths, "issuer": "gram"}, "analyse": {"level": 0.975}}, "runner": {},
              "provenance": {"predict.n_paths": origin, "analyse.level": "default"}}  # fmt: skip
    return {
        "params": params,
        "git": {"commit": "a" * 40, "dirty": False},
        "python": "3.11.2",
        "inputs": {},
        "scenarios": [{"id": "S1"}],
        "versions": {"numpy": "2.0"},
    } | more


def two(
    before: dict[str, Any], after: dict[str, Any], records: tuple[dict[str, Any], dict[str, Any]] | None = None
) -> Comparison:
    first, second = records or (record(), record())
    return compare(Side("a-1", first, before), Side("b-2", second, after))


def parsed(html: str) -> Element:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)  # type: ignore[no-any-return]


def words(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_a_run_against_its_double_says_that_nothing_moved() -> None:
    found = two(document(), document())
    assert found.verdict == "The verdict is fail, as before."
    assert (
        found.summary == "No key figure moved beyond chance; no listed scenario ended otherwise; no parameter differs."
    )
    assert found.parameters == () and found.others == () and found.notes == ()


def test_what_moved_is_counted_by_its_direction() -> None:
    found = two(document(0.05), document(0.02, "pass"), (record(), record(4000, "--set")))
    assert found.verdict == "The verdict was fail and is pass."
    assert (
        found.summary
        == "1 of 1 key figure moved beyond chance (1 for the better); 1 listed scenario ended otherwise; 1 parameter differs."
    )
    text = found.text()
    assert "predict.n_paths: 2,000 -> 4,000  (params/smoke.yaml:11 -> --set)" in text and "A run" in text


def test_a_scenario_that_one_run_lists_alone_has_not_ended_otherwise() -> None:
    longer = document(0.02, "pass")
    longer["scenarios"] = [{"id": "H13a", "title": "A break", "status": "fail", "failed": ["F4"]}, *longer["scenarios"]]
    found = two(document(), longer)
    assert "1 listed scenario ended otherwise; 1 scenario listed by one run only;" in found.summary
    assert [scenario.id for scenario in found.scenarios] == ["S1", "H13a"]


def test_a_move_that_the_intervals_leave_open_does_not_count() -> None:
    assert "No key figure moved" in two(document(0.050), document(0.051)).summary


def test_the_record_is_json_and_says_the_same() -> None:
    found = two(document(0.05), document(None), (record(), record(4000)))
    held = json.loads(json.dumps(found.to_record(), allow_nan=False))
    assert held["before"] == "a-1" and held["after"] == "b-2" and held["summary"] == found.summary
    assert held["parameters"][0]["name"] == "predict.n_paths" and held["figures"][0]["after"] is None


def test_what_cannot_be_compared_is_said() -> None:
    other = document(issuer={"name": "Gram USD"}, data={"grade": "A"}, schema=9)
    notes = " ".join(two(document(), other).notes)
    assert "Gram USD" in notes and "grade A" in notes and "schema 9, newer" in notes
    old = document(schema=2)
    del old["scenarios"]
    found = two(old, document())
    assert "schema 2 and lists no scenarios" in " ".join(found.notes) and "listed scenario" not in found.summary
    assert "cannot tell" in words(parsed(comparison_page(found, {})))


@pytest.mark.parametrize(
    "sick",
    [
        {"headlines": [{}]},
        {"headlines": ["x"]},
        {"scenarios": [3]},
        {"verdict": "fail"},
        {"headlines": [headline(0.1, lower="low")]},
    ],
)
def test_a_sick_report_is_refused_with_what_to_do(sick: dict[str, Any]) -> None:
    with pytest.raises(ArtefactError, match=r"report\.json of a-1 or b-2.*\n.*\n.*--stage report"):
        two(document(), {**document(), **sick})


def test_the_page_shows_both_runs_and_trusts_neither() -> None:
    after = document(
        0.2,
        "watch",
        scenarios=[{"id": "S2", "title": HOSTILE, "status": "fail", "failed": [HOSTILE]}],
        issuer={"name": HOSTILE},
    )
    after["headlines"][0]["label"] = HOSTILE
    given = record(4000, HOSTILE)
    given["params"]["stages"]["predict"]["model"] = HOSTILE
    found = two(document(), after, (record(), given))
    page = parsed(comparison_page(found, {"report": "a/report.html", HOSTILE: "javascript:alert(1)"}))
    text = words(page)
    assert not list(page.iter("script")) and "alert(1)" in text
    assert "before: fail" in text and "now: watch" in text and ABSENT in text and "not listed" in text
    assert [link.get("href") for link in page.iter("a")] == ["#main", "a/report.html"]
    assert [words(head) for head in page.iter("h1")] == ["b-2 against a-1"]
    assert all(list(table.iter("caption")) for table in page.iter("table"))


def _marks(change_before: float, change_after: float, **more: Any) -> list[Element]:
    old, new = document(change_before), document(change_after)
    new["headlines"][0] |= more
    change = figures_that_moved(old, new)[0]
    tree = parsed(f"<!DOCTYPE html><title>x</title>{pair(change, ('a', 'b'), new['headlines'][0])}")
    return [element for element in tree.iter() if str(element.tag).endswith(("circle", "line", "svg"))]


def test_a_pair_lies_on_one_scale_with_limit_and_intervals() -> None:
    marks = _marks(0.02, 0.04)
    at = [float(mark.get("cx", "").rstrip("%")) for mark in marks if str(mark.tag).endswith("circle")]
    assert at[1] == pytest.approx(2 * at[0], rel=1e-3) and at[1] < 100
    limits = [mark.get("x1") for mark in marks if mark.get("class") == "limit"]
    assert limits == [f"{at[0] / 2:.2f}%"] * 2
    assert [mark.get("aria-label") for mark in marks if mark.get("role") == "img"] == [
        "a: 2.0%, interval 1.8% to 2.2%",
        "b: 4.0%, interval 3.6% to 4.4%",
    ]


def test_a_yearly_limit_is_not_drawn_beside_a_chance_over_three_years() -> None:
    assert not [mark for mark in _marks(0.02, 0.04, detail="over 3 years; 1% a year") if mark.get("class") == "limit"]


def test_a_figure_without_numbers_has_no_chart() -> None:
    change = figures_that_moved(document(None), document(None))[0]
    assert pair(change, ("a", "b"), headline(None)) == ""


def test_parameters_say_where_they_come_from_and_what_is_not_there() -> None:
    other = record(4000, "--set")
    del other["params"]["stages"]["analyse"]["level"]
    other["params"]["issuer"]["terms"]["fee"] = 0.01
    told = [
        (p.name, p.before, p.after, p.before_origin, p.after_origin) for p in parameters_that_differ(record(), other)
    ]
    assert told == [
        ("predict.n_paths", "2,000", "4,000", "params/smoke.yaml:11", "--set"), ("analyse.level", "0.975", ABSENT, "default", ABSENT),
        ("issuer.terms.fee", "0.004", "0.01", "recorded", "recorded"),
    ]  # fmt: skip


def test_long_lists_that_begin_alike_are_shown_whole() -> None:
    old, new = record(), record()
    old["params"]["scenarios"], new["params"]["scenarios"] = list("abcde"), list("abcdf")
    (change,) = parameters_that_differ(old, new)
    assert change.before != change.after


def test_everything_else_on_record_is_told() -> None:
    new = record(
        git={"commit": "b" * 40, "dirty": True}, python="3.12.1", inputs={"x": "1"}, scenarios=[{"id": "S2"}], versions={"numpy": "2.1"}, assumptions=[1], profile={"x": 1},
    )  # fmt: skip
    told = " ".join(what_else_differs(record(), new))
    for text in ("commit aaaaaaaaa before, bbbbbbbbb now", "not committed", "Python 3.11.2", "input files", "1 scenario more", "1 scenario no longer",
                 "numpy (2.0 before, 2.1 now)", "register of assumptions", "limits to judge by"):  # fmt: skip
        assert text in told
    edited = copy.deepcopy(record())
    edited["scenarios"][0]["shocks"] = {}
    assert what_else_differs(record(), edited) == ["1 scenario of the same name with other assumptions: S1."]
    assert what_else_differs(record(), record()) == []
