"""The what-if page and a run from form to report, as stakeholders meet them: a real server, a real run, Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LONGEST_RUN_MS = 540_000
SEEN = "(e) => { const b = e.getBoundingClientRect(); return b.left >= -1 && b.right <= innerWidth + 1; }"


@pytest.fixture(scope="module")
def address(smoke_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with its workers over a folder that holds one finished run."""
    reports = tmp_path_factory.mktemp("served") / "reports"
    shutil.copytree(smoke_run, reports / smoke_run.name)
    process = subprocess.Popen(
        [sys.executable, "-m", "gramlib", "serve", "--port", "0"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "GRAM_REPORTS": str(reports)},
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        said = json.loads(line)
        if said["event"] == "listening":
            break
    else:
        raise AssertionError("the server ended before it listened")
    yield said["address"]
    process.terminate()
    process.communicate(timeout=90)


@pytest.fixture
def visit(browser, address):
    contexts = []

    def opened(path: str, *, width: int = 1366, scripts: bool = True, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 800}, java_script_enabled=scripts, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.said = []  # type: ignore[attr-defined]
        page.on("console", lambda message: page.said.append(message.text))  # type: ignore[attr-defined]
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def serious(page: Page) -> list[tuple[str, str]]:
    # axe itself is a script of the test's, which the page's policy would refuse.
    found = Axe().run(page)["violations"]
    return [(one["id"], node["html"][:160]) for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/what-if", "/what-if?fee=1&gate=5&cash=60", "/what-if?fee=x", "/start"])
def test_nothing_hinders_anybody(visit, path, scheme):
    assert serious(visit(path, scheme=scheme)) == []


def test_a_slider_moved_by_keyboard_shows_its_value_and_changes_the_figures(visit):
    page = visit("/what-if")
    expect(page.locator("#answer")).to_contain_text("Nothing is changed")
    page.get_by_label("Redemption fee").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#fee-value")).to_have_text("0.75%")
    page.get_by_label("Gate").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#gate-value")).to_have_text("1% of tokens a day")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#gate-value")).to_have_text("no gate")
    page.get_by_role("button", name="Show what changes").press("Enter")
    expect(page.locator("#answer")).to_contain_text("redemption fee 0.25% to 0.75%")
    expect(page.locator("#answer")).not_to_contain_text("gate no gate to")
    assert page.url.endswith("#answer") and page.said == []
    assert page.locator("#fee").input_value() == "0.75"
    page.get_by_role("link", name="Back to the run's own values").click()
    expect(page.locator("#answer")).to_contain_text("Nothing is changed")


def test_without_script_the_form_answers_the_same(visit):
    page = visit("/what-if", scripts=False)
    page.get_by_label("Cash").focus()
    page.keyboard.press("End")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator("#cash-value")).to_have_text("USD\N{NO-BREAK SPACE}200\N{NO-BREAK SPACE}m")
    expect(page.locator("#answer")).to_contain_text("cash")
    with_script = visit(page.url.removeprefix(page.url.partition("/what-if")[0]))
    assert with_script.locator(".kpis").inner_text() == page.locator(".kpis").inner_text()


def test_on_a_telephone_nothing_is_cut_and_the_answer_is_in_sight(visit):
    page = visit("/what-if", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for field in page.locator("form.ask input, form.ask select, form.ask output, form.ask button").all():
        assert field.evaluate(SEEN), field.get_attribute("id")
    page.get_by_role("button", name="Show what changes").click()
    page.wait_for_url("**#answer")
    expect(page.locator("#answer")).to_be_in_viewport()


def test_from_the_form_to_the_report_and_on_to_what_if(visit):
    page = visit("/", scripts=False)
    page.get_by_role("link", name="Start a run").click()
    page.get_by_label("Price paths of a year").select_option("1000")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/progress/*")
    expect(page.get_by_role("status")).to_contain_text("of 5 stages done")
    report = page.get_by_role("link", name="Read the report")
    expect(report).to_be_visible(timeout=LONGEST_RUN_MS)
    expect(page.locator(".stages")).to_contain_text("succeeded")
    what_if = page.get_by_role("link", name="Change the issuer").get_attribute("href")
    report.click()
    expect(page.locator("#verdict")).to_be_visible()
    page.goto(str(what_if))
    expect(page.locator("#answer")).to_contain_text("Nothing is changed")
