"""reports/index.html: every run with its verdict, the failed ones with their reason.

Standard library only; see `page`. The table stands complete in the page, newest first; a few lines of our own script sort and
filter it, and without them (a strict viewer, a printout) only the sorting and filtering are missing.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from gramlib.report.page import TEMPLATES, document, safe_link
from gramlib.report.site_row import SHORT_NAMES, Column, figures_of, moment, row
from gramlib.report.site_sparkline import sparkline

_MOST_FIGURES = 6
TITLE = "Gram stress tests"
WIDE = ".page-head, .layout, .page-foot { max-width: 92rem; }\n"
"""The index is a table of ten columns; text alone would be too wide."""
FIRST_STEP = "<p>No runs yet. <code>gram run params/baseline.yaml</code> makes the first.</p>"


@functools.cache
def site_style() -> str:
    """The CSS of the index, of comparisons and of failure pages, on top of every page's."""
    return (TEMPLATES / "site" / "site.css").read_text(encoding="utf-8")


@functools.cache
def site_script() -> str:
    """Sorting and filtering of the index."""
    return (TEMPLATES / "site" / "site.js").read_text(encoding="utf-8")


Pages = Sequence[tuple[str, str]]
"""Further pages: (text, path relative to the index)."""


def build_index(runs: Sequence[Mapping[str, Any]], comparisons: Pages = (), sweeps: Pages = ()) -> str:
    """The index page of `runs`, newest first, and of the pages of `comparisons` and `sweeps`.

    Each run has run_id, title, created (ISO text or seconds since 1970), status, reason, verdict_status, verdict_sentence,
    verdict_caveat, headlines (as in report.json), grade, label, settings (what sets its parameters apart), series (runs of one
    series are set in a row to see how their figures moved) and links (text -> path relative to the index); all but run_id may
    be absent.
    """
    others = _others("Sweeps", sweeps) + _others("Comparisons", comparisons)
    if not runs:
        return document(TITLE, FIRST_STEP + others, extra_style=site_style() + WIDE)
    ordered = sorted(runs, key=lambda run: (moment(run.get("created")), str(run["run_id"])), reverse=True)
    columns = _columns(ordered)
    sparks = _sparks(ordered, columns)
    rows = "\n".join(row(run, columns, sparks.get(place, {})) for place, run in enumerate(ordered))
    body = f"{_summary(ordered)}\n{_filter(ordered)}\n{_table(columns, rows)}\n{others}"
    return document(
        TITLE, body, eyebrow="All runs in this folder", extra_style=site_style() + WIDE, script=site_script()
    )


def _summary(ordered: Sequence[Mapping[str, Any]]) -> str:
    failed = sum(str(run.get("status") or "") not in {"", "succeeded", "running"} for run in ordered)
    noun = "run" if len(ordered) == 1 else "runs"
    return f"<p>{len(ordered)} {noun}, newest first; {f'{failed} did not finish' if failed else 'all finished'}.</p>"


def _filter(ordered: Sequence[Mapping[str, Any]]) -> str:
    """Shown by the script alone: without it nothing here would work."""
    if len(ordered) < 2:
        return ""
    choices = (("", "all runs"), ("fail", "verdict: fail"), ("watch", "verdict: watch"), ("pass", "verdict: pass"),
               ("unfinished", "not finished"))  # fmt: skip
    options = "".join(f'<option value="{key}">{text}</option>' for key, text in choices)
    return (
        '<div class="filter" role="search" hidden><label>Find <input type="search" placeholder="run, parameter, word"></label>'
        f'<label>Show <select>{options}</select></label><p role="status"></p></div>'
    )


def _table(columns: Sequence[Column], rows: str) -> str:
    figures = "".join(_head(column.heading, "number") for column in columns)
    heads = f"{_head('Made', 'text', 'descending')}{_head('Run', 'text')}{_head('Verdict', 'number')}{figures}{_head('Data grade', 'text')}"
    return (
        '<table class="runs" role="table"><caption>Every run, its verdict and its key figures</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n<tbody role="rowgroup">\n{rows}\n</tbody></table>'
    )


def _head(text: str, kind: str, ordered: str = "") -> str:
    sort = f' aria-sort="{ordered}"' if ordered else ""
    return f'<th role="columnheader" scope="col" data-kind="{kind}"{sort}>{escape(text)}</th>'


def _columns(ordered: Sequence[Mapping[str, Any]]) -> list[Column]:
    """The key figures of the newest runs first: an older report may have had others."""
    labels: dict[str, str] = {}
    for run in ordered:
        for key, figure in figures_of(run).items():
            labels.setdefault(key, str(figure.get("label", key)))
    return [Column(key, SHORT_NAMES.get(key, label)) for key, label in list(labels.items())[:_MOST_FIGURES]]


def _sparks(ordered: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> dict[int, dict[str, str]]:
    """The course of the first key figure up to each run, over finished runs of the same series: row -> figure -> SVG."""
    if not columns:
        return {}
    first = columns[0]
    courses: dict[str, list[tuple[float, str]]] = defaultdict(list)
    drawn: dict[int, dict[str, str]] = {}
    for place in range(len(ordered) - 1, -1, -1):
        figure = figures_of(ordered[place]).get(first.key)
        if figure is None or not isinstance(figure.get("value"), int | float):
            continue
        course = courses[str(ordered[place].get("series") or "")]
        course.append((float(figure["value"]), str(figure.get("text", ""))))
        values, texts = [value for value, _ in course], [text for _, text in course]
        drawn[place] = {first.key: sparkline(first.heading, values, texts)}
    return drawn


def _others(heading: str, pages: Pages) -> str:
    items = "".join(
        f'<li><a href="{escape(safe_link(target))}">{escape(text)}</a></li>'
        for text, target in pages
        if safe_link(target)
    )
    return f"<h2>{heading}</h2><ul>{items}</ul>" if items else ""
