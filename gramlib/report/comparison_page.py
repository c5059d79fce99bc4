"""The page of a comparison: what moved, what was given, and the key figures of both runs side by side."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from gramlib.report.comparison import Comparison
from gramlib.report.comparison_charts import pair
from gramlib.report.html_table import Cell, Heading, Status, Table, without_inline_styles
from gramlib.report.page import document, links_in_order
from gramlib.report.site import site_style
from gramlib.report.site_row import badge

_FOLDED_FROM = 15


def comparison_page(found: Comparison, links: Mapping[str, str]) -> str:
    """`found` as a page; `links` (text -> path relative to the page) lead to the two reports and the index."""
    names = (found.before.run_id, found.after.run_id)
    parts = [
        _verdict(found, links),
        _notes(found.notes),
        "<h2>Key figures side by side</h2>",
        _pairs(found, names),
        "<h2>What was given otherwise</h2>",
        _html(_parameters(found, names)) if found.parameters else "<p>Every parameter is the same.</p>",
        _list(found.others),
        "<h2>Scenarios that ended otherwise, or that one run lists alone</h2>",
        _html(_scenarios(found, names)) if found.scenarios else f"<p>{_no_scenarios(found)}</p>",
        "<h2>All key figures</h2>",
        _html(key_figures(found)),
    ]
    title = f"{names[1]} against {names[0]}"
    return document(title, "\n".join(filter(None, parts)), eyebrow="Comparison of two runs", extra_style=site_style())


def _html(table: Table) -> str:
    return without_inline_styles(table._repr_html_())


def _status(side: Mapping[str, Any]) -> str:
    return str(side.get("verdict", {}).get("status", "")) or "not_applicable"


def _verdict(found: Comparison, links: Mapping[str, str]) -> str:
    before, after = _status(found.before.document), _status(found.after.document)
    items = "".join(
        f'<li><a href="{escape(target)}">{escape(text)}</a></li>' for text, target in links_in_order(dict(links))
    )
    return (
        f'<section class="verdict {escape(after)}" aria-label="Verdict"><p>{badge(before, "before: ")} {badge(after, "now: ")}</p>'
        f'<p class="sentence">{escape(found.verdict)} {escape(found.summary)}</p><ul class="run-nav">{items}</ul></section>'
    )


def _notes(notes: tuple[str, ...]) -> str:
    if not notes:
        return ""
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f'<div class="caution" role="note"><p>Not everything here can be compared:</p><ul>{items}</ul></div>'


def _pairs(found: Comparison, names: tuple[str, str]) -> str:
    known = {
        str(figure.get("id")): figure
        for side in (found.before, found.after)
        for figure in side.document.get("headlines", [])
    }
    charts = "".join(pair(change, names, known.get(change.id, {})) for change in found.figures)
    return (
        f'<div class="pairs">{charts}</div>' if charts else "<p>Neither report has a key figure that is a number.</p>"
    )


def _parameters(found: Comparison, names: tuple[str, str]) -> Table:
    rows = tuple((p.name, p.before, p.before_origin, p.after, p.after_origin) for p in found.parameters)
    headings = (Heading("Parameter"), Heading(names[0]), Heading("from"), Heading(names[1]), Heading("from"))
    return Table("Parameters that differ", headings, rows, folded=len(rows) >= _FOLDED_FROM)


def _list(sentences: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{escape(sentence)}</li>' for sentence in sentences)}</ul>" if sentences else ""


def _scenarios(found: Comparison, names: tuple[str, str]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (s.title, _result(s.before_status), s.before_failed or "–", _result(s.after_status), s.after_failed or "–")
        for s in found.scenarios
    )
    headings = (Heading("Scenario"), Heading(names[0]), Heading("failures"), Heading(names[1]), Heading("failures"))
    return Table(
        "Listed scenarios that ended otherwise, or that one run lists alone",
        headings,
        rows,
        folded=len(rows) >= _FOLDED_FROM,
    )


def _result(status: str) -> Cell:
    return Status(status) if status else "not listed"


def _no_scenarios(found: Comparison) -> str:
    if found.lists_scenarios:
        return "Every listed scenario ended as before."
    return "A report that lists no scenarios cannot tell."


def key_figures(found: Comparison) -> Table:
    """Every key figure of the two runs side by side, and in words what moved."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (c.label, c.before_text or "–", c.after_text or "–", _weight(c.significant, c.better, c.difference), c.short)
        for c in found.figures
    )
    headings = (
        Heading("Key figure"),
        Heading(found.before.run_id),
        Heading(found.after.run_id),
        Heading("Beyond chance"),
        Heading("In words"),
    )
    note = "Beyond chance: the two intervals have no value in common, or the move is larger than the search was exact."
    return Table("Every key figure of the two runs", headings, rows, note)


def _weight(significant: bool | None, better: bool | None, difference: float | None) -> str:
    if significant is None:
        return "cannot be said"
    if not significant or difference == 0:
        return "no"
    return {True: "yes, better", False: "yes, worse", None: "yes"}[better]
