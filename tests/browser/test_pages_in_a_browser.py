"""Pages of a real run as a browser shows them: nothing overflows or overlaps, no request, no complaint, reachable by keyboard."""

from __future__ import annotations

import pages
import pytest
from axe_core_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAPTOP, TABLET, PHONE = (1366, 768), (768, 1024), (360, 740)
WIDTHS = pytest.mark.parametrize("size", [LAPTOP, TABLET, PHONE], ids=["laptop", "tablet", "phone"])
EVERY_PAGE = pytest.mark.parametrize("name", pages.PAGES)

SPILLS = """() => {
  const inside = (e) => { for (let p = e.parentElement; p; p = p.parentElement)
    if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(p).overflowX)) return true; return false; };
  const wide = document.documentElement.clientWidth;
  return [...document.body.querySelectorAll('*')].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width && box.height && e.checkVisibility() && (box.right > wide + 1 || (box.left < -1 && !e.matches('.skip'))) && !inside(e);
  }).map((e) => e.outerHTML.slice(0, 120));
}"""
"""Elements that reach beyond the window and are in no region that scrolls by itself."""

OVERLAPS = """() => {
  const blocks = [...document.querySelectorAll(
    '.banner, .page-head, .toc, .verdict, .kpi, .finding, .exhibit, .table-scroll, .run, .page-foot, main p, main h2, main h3')]
    .map((e) => [e, e.getBoundingClientRect()]).filter(([e, box]) => box.width && box.height && e.checkVisibility());
  const found = [];
  blocks.forEach(([one, a], place) => blocks.slice(place + 1).forEach(([other, b]) => {
    if (one.contains(other) || other.contains(one)) return;
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (across > 1 && down > 1) found.push(one.outerHTML.slice(0, 80) + ' / ' + other.outerHTML.slice(0, 80));
  }));
  return found;
}"""

SCROLLING = """() => [...document.querySelectorAll('main *')].filter((e) =>
    ['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth && e.checkVisibility())
  .filter((e) => e.tabIndex < 0 || !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')))
  .map((e) => e.outerHTML.slice(0, 120))"""
"""Regions that scroll sideways and cannot be reached by keyboard, or do not say what they hold."""


def bottom(opened, selector: str) -> float:
    boxes = [element.bounding_box() for element in opened.page.query_selector_all(selector)]
    assert boxes, f"no {selector}"
    return max(box["y"] + box["height"] for box in boxes if box)


@WIDTHS
@EVERY_PAGE
def test_nothing_overflows_or_overlaps(show, name, size):
    opened = show(name, width=size[0], height=size[1])
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert opened.page.evaluate(SPILLS) == []
    assert opened.page.evaluate(OVERLAPS) == []
    assert opened.page.evaluate(SCROLLING) == []


@EVERY_PAGE
def test_text_at_twice_its_size_still_fits(show, name):
    """Zoom of 200% on a laptop leaves half its points across."""
    opened = show(name, width=LAPTOP[0] // 2, height=LAPTOP[1] // 2)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= LAPTOP[0] // 2
    assert opened.page.evaluate(OVERLAPS) == []


@EVERY_PAGE
def test_no_request_and_no_complaint(show, name):
    opened = show(name)
    assert [asked for asked in opened.asked if not asked.startswith(("file:", "data:"))] == []
    assert [asked for asked in opened.asked if asked.startswith("file:")] == [opened.page.url]
    assert opened.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [name for name in pages.PAGES if name != pages.REPORT_AGAIN])
def test_axe_finds_nothing_serious(show, name, scheme):
    opened = show(name, scheme=scheme)
    opened.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    # only colours differ in the dark
    rules = {"runOnly": {"type": "rule", "values": ["color-contrast"]}} if scheme == "dark" else {}
    result = Axe().run(opened.page, options={"resultTypes": ["violations"], **rules})
    assert len(result["passes"]) >= (15 if scheme == "light" else 1), "the rules did run"
    found = [
        f"{rule['impact']} {rule['id']}: {rule['nodes'][0]['html'][:200]}"
        for rule in result["violations"]
        if rule["impact"] in ("serious", "critical")
    ]
    assert found == []


def test_axe_would_find_something(show, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<!DOCTYPE html><html><head><title>x</title></head><body><main><h1>x</h1><img src='data:,'></main></body></html>"
    )
    found = {rule["id"] for rule in Axe().run(show(page).page)["violations"]}
    assert {"image-alt", "html-has-lang"} <= found


def test_the_first_screen_holds_the_verdict_and_the_key_figures(show):
    laptop = show(pages.REPORT, width=LAPTOP[0], height=LAPTOP[1])
    assert bottom(laptop, "#verdict .sentence") <= LAPTOP[1]
    assert bottom(laptop, ".kpi .value") <= LAPTOP[1]
    phone = show(pages.REPORT, width=PHONE[0], height=PHONE[1])
    assert bottom(phone, "#verdict .sentence") <= PHONE[1]


def test_contents_stay_in_sight_on_wide_screens(show):
    opened = show(pages.REPORT)
    opened.page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight / 2)")
    box = opened.page.query_selector(".toc details").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= LAPTOP[1]


def test_dark_scheme_is_dark_and_print_is_white(show):
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = (show(pages.REPORT, scheme=scheme).page.evaluate(ground) for scheme in ("light", "dark"))
    assert sum(map(int, light[4:-1].split(","))) > 3 * 200 > 3 * 60 > sum(map(int, dark[4:-1].split(",")))
    assert show(pages.REPORT, scheme="dark", media="print").page.evaluate(ground) == "rgb(255, 255, 255)"
