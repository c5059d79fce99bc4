"""The report by keyboard alone: what Tab reaches, in which order, and whether one sees where one is."""

from __future__ import annotations

from pathlib import Path

import pages
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {what: e.className || e.tagName.toLowerCase(), text: (e.getAttribute('aria-label') || e.textContent).trim(),
          outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
          seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
          download: e.getAttribute('download') || '', target: e.getAttribute('href') || ''};
}"""

REACHABLE = """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
  .filter((e) => e.checkVisibility()).length"""


def walk(page, steps: int) -> list[dict]:
    stops = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    return stops


@pytest.mark.parametrize("name", pages.PAGES)
def test_tab_begins_with_the_skip_link_and_shows_where_one_is(show, name):
    page = show(name).page
    count = page.evaluate(REACHABLE)
    stops = walk(page, count)
    assert stops[0]["what"] == "skip" and stops[0]["target"] == "#main"
    assert all(stop["seen"] for stop in stops), [stop for stop in stops if not stop["seen"]][:3]
    assert all(stop["outline"] >= 2 for stop in stops), [stop for stop in stops if stop["outline"] < 2][:3]
    assert "body" not in {stop["what"] for stop in stops}


def test_the_skip_link_skips(show):
    page = show(pages.REPORT).page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_contents_come_before_the_text_and_lead_into_it(show):
    page = show(pages.REPORT).page
    stops = walk(page, 40)
    headings = page.evaluate("[...document.querySelectorAll('main h2')].map((e) => e.textContent.trim())")
    contents = [stop["text"] for stop in stops if stop["text"] in headings]
    assert contents == headings
    page.evaluate("document.querySelectorAll('.toc a')[3].focus()")
    page.keyboard.press("Enter")
    box = page.query_selector_all("main h2")[3].bounding_box()
    assert -1 <= box["y"] < 400


def test_data_behind_a_chart_open_and_download_by_keyboard(show):
    page = show(pages.REPORT).page
    exhibit = page.query_selector(".exhibit:has(a[download])")
    exhibit.query_selector("summary").focus()
    assert not exhibit.query_selector("a[download]").is_visible()
    page.keyboard.press("Enter")
    assert exhibit.query_selector("a[download]").is_visible()
    stops = walk(page, 4)
    with_download = [stop for stop in stops if stop["download"]]
    assert with_download and with_download[0]["target"].startswith("data:text/csv"), stops
    with page.expect_download() as saved:
        exhibit.query_selector("a[download]").press("Enter")
    assert saved.value.suggested_filename == with_download[0]["download"]
    assert "," in Path(saved.value.path()).read_text().splitlines()[0]
