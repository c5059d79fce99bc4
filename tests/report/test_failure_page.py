"""The page of a stopped run: where, why, the last lines and the command; nothing in it is trusted."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import html5lib
import pytest

from gramlib import errors
from gramlib.report.failure_causes import DEFECT, PROCESS_LOST, cause_of
from gramlib.report.failure_page import FailedCell, Failure, StageState, failure_page

HOSTILE = "</code></pre><script>alert('x')</script>"


def page_of(**more: object) -> Element:
    facts: dict[str, object] = {
        "run_id": "smoke-1", "stage": "predict", "question": "What happens?", "status": "failed", "exit_code": 1, "message": "predict, cell 7: KeyError: 'x'",
        "resume": "gram run reports/smoke-1",
    }  # fmt: skip
    html = failure_page(Failure(**{**facts, **more}))  # type: ignore[arg-type]
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)  # type: ignore[no-any-return]


def words(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_a_failure_is_told_whole() -> None:
    page = page_of(
        title="Smoke", repeat="gram run params/smoke.yaml --set NAME=VALUE", cell=FailedCell(7, 30, "broken()", ("Traceback", "KeyError: 'x'")),
        log=("10:00 cell 7",), started=1795200429.0, finished=1795200436.5, host="pod-3", attempts=2,
        stages=(StageState("data", "succeeded", "1,000 prices"), StageState("predict", "failed")), links={"failed notebook": "03/notebook.html", "all runs": "../index.html"},
    )  # fmt: skip
    text = words(page)
    assert "Stage predict of run smoke-1 stopped in cell 7 of 30 after 7.5 s: an error in a cell." in text
    for told in (
        "gram run reports/smoke-1",
        "--set NAME=VALUE",
        "broken()",
        "10:00 cell 7",
        "pod-3",
        "2026-11-20 18:47 UTC",
        "1,000 prices",
    ):
        assert told in text
    assert [link.get("href") for link in page.iter("a")][1:] == ["03/notebook.html", "../index.html"]
    assert [words(head) for head in page.iter("h1")] == ["Stopped: an error in a cell"]


def test_a_failure_that_left_nothing_is_told_too() -> None:
    text = words(page_of(exit_code=None, message="", status="died"))
    assert PROCESS_LOST.meaning in text and "no message was left" in text and "it did not live to leave one" in text


def test_whatever_a_cell_or_log_says_stays_text() -> None:
    page = page_of(message=HOSTILE, title=HOSTILE, cell=FailedCell(1, 1, HOSTILE, (HOSTILE,)), log=(HOSTILE,), host=HOSTILE,
                   stages=(StageState(HOSTILE, "failed", HOSTILE),), links={HOSTILE: "javascript:alert(1)"})  # fmt: skip
    assert not list(page.iter("script")) and [link.get("href") for link in page.iter("a")] == ["#main"]
    assert words(page).count("alert('x')") == 8


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (errors.KernelDied, "the kernel died"), (errors.DataContractError, "the data are not what they claim to be"), (errors.StageTimeout, "the time limit"),
        (errors.Terminated, "asked to stop (SIGTERM)"), (errors.Interrupted, "interrupted by hand (Ctrl-C)"), (errors.SourceUnreachable, "a temporary obstacle"),
        (errors.ParameterError, "parameters or places that cannot be used"), (errors.GramError, "an error in a cell"),
    ],
)  # fmt: skip
def test_every_error_of_ours_has_its_cause(error: type[errors.GramError], title: str) -> None:
    assert cause_of(error.exit_code).title == title
    assert cause_of(error.exit_code).title in words(page_of(exit_code=error.exit_code))


def test_every_cause_says_how_to_go_on() -> None:
    causes = {cause_of(code) for code in (None, 1, 2, 3, 75, 124, 130, 137, 138, 143)}
    assert len(causes) == 10 and cause_of(99) is DEFECT
    assert all(any("below" in step for step in cause.steps) for cause in causes)
