"""The report on paper: A4 pages, no figure cut, every heading there, what is folded either opened or said."""

from __future__ import annotations

import re

import pages
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PX_PER_MM = 96 / 25.4
SHEET_MM = (210 - 2 * 15, 297 - 2 * 16)
"""What the margins of the style sheet leave of an A4 page."""


MOST_SHEETS = 60
"""A page is long because it holds its evidence: a third of the sheets are registers at its end."""


def printed(opened) -> bytes:
    return opened.page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)


def titles(pdf: bytes) -> list[str]:
    """Entries of a PDF's outline, which the browser makes from the headings."""
    found = []
    for raw in re.findall(rb"/Title \((.*?)(?<!\\)\)", pdf, re.DOTALL):
        plain = re.sub(rb"\\([()\\])", rb"\1", raw)
        found.append(plain.decode("utf-16" if plain[:2] in (b"\xfe\xff", b"\xff\xfe") else "latin-1"))
    for raw in re.findall(rb"/Title <([0-9A-Fa-f]+)>", pdf):
        found.append(bytes.fromhex(raw.decode()).decode("utf-16"))
    return found


@pytest.fixture
def sheet(show):
    """The report laid out for paper, in a window as wide as the sheet leaves room."""
    width, height = (round(side * PX_PER_MM) for side in SHEET_MM)
    return show(pages.REPORT, width=width, height=height, media="print").page


def test_no_figure_is_cut_at_the_sheets_edge_or_over_two_sheets(sheet):
    width, height = (side * PX_PER_MM for side in SHEET_MM)
    boxes = sheet.evaluate(
        "[...document.querySelectorAll('figure, figure img')].map((e) => [e.id || e.alt, e.getBoundingClientRect().right, e.getBoundingClientRect().height])"
    )
    assert len(boxes) > 20
    assert [name for name, right, _ in boxes if right > width + 1] == []
    assert [name for name, _, tall in boxes if tall > height] == []
    kept = sheet.evaluate(
        "[...document.querySelectorAll('figure, tr')].every((e) => getComputedStyle(e).breakInside === 'avoid')"
    )
    assert kept


def test_no_table_is_wider_than_the_sheet(sheet):
    wide = sheet.evaluate(
        "[...document.querySelectorAll('table')].filter((e) => e.checkVisibility()).map((e) => [e.caption?.textContent, e.getBoundingClientRect().right])"
    )
    assert wide
    assert [name for name, right in wide if right > SHEET_MM[0] * PX_PER_MM + 1] == []


def test_the_printed_report_has_every_heading_on_a_sane_number_of_a4_pages(show):
    opened = show(pages.REPORT, media="print")
    pdf = printed(opened)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert set(sheets) == {(b"594.95996", b"841.91998")}
    assert 20 <= len(sheets) <= MOST_SHEETS
    headings = opened.page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].filter((e) => e.checkVisibility()).map((e) => e.textContent.trim())"
    )
    assert [heading for heading in headings if heading not in titles(pdf)] == []


def test_headers_of_a_long_table_repeat(sheet):
    assert sheet.evaluate(
        "[...document.querySelectorAll('thead')].every((e) => getComputedStyle(e).display === 'table-header-group')"
    )
