"""A key figure of two runs side by side: one bar for each interval, on one scale, with the limit across both.

The marks are SVG in shares of the width and the words are HTML, so that both stay legible at any width and zoom.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from gramlib.report import numbers, vocabulary
from gramlib.report.changes import Change
from gramlib.report.site_row import badge

_ROOM = 1.12
"""The scale ends this far beyond the largest mark."""


def pair(change: Change, names: tuple[str, str], figure: Mapping[str, Any]) -> str:
    """The figure of `change` as two rows called `names`; `figure` is its headline, for limit and unit."""
    limit = _limit(figure)
    top = _top(change, limit)
    if top is None:
        return ""
    sides = (
        (names[0], change.before, change.before_interval, change.before_text, change.before_status),
        (names[1], change.after, change.after_interval, change.after_text, change.after_status),
    )
    rows = "".join(_row(*side, limit, top, place) for place, side in enumerate(sides))
    unit = vocabulary.requirement_unit(change.unit)
    scale = f"Scale from 0 to {numbers.with_unit(top, unit) if unit else numbers.plain(top, 0)}."
    line = f" Dashed: the limit, {figure['limit_text']}." if limit is not None else ""
    bars = " Bar: the interval of sampling error." if change.before_interval or change.after_interval else ""
    return (
        f'<figure class="pair exhibit"><figcaption>{escape(change.sentence)}</figcaption>{rows}'
        f'<p class="note">{escape(scale + bars + line)}</p></figure>'
    )


def _limit(figure: Mapping[str, Any]) -> float | None:
    """The limit where it is on the scale of the figure: one for a year says nothing beside a chance over three."""
    limit = figure.get("limit")
    if not isinstance(limit, int | float):
        return None
    yearly = str(figure.get("limit_text", "")).endswith("a year")
    return None if yearly and not str(figure.get("detail", "")).startswith("over 1 year") else float(limit)


def _top(change: Change, limit: float | None) -> float | None:
    marks = [change.before, change.after, limit, *(change.before_interval or ()), *(change.after_interval or ())]
    known = [abs(mark) for mark in marks if mark is not None]
    if change.before is None and change.after is None:
        return None
    return max(known) * _ROOM or 1.0


def _row(
    name: str,
    value: float | None,
    interval: tuple[float, float] | None,
    text: str,
    status: str,
    limit: float | None,
    top: float,
    place: int,
) -> str:
    marks = ['<line class="axis" x1="0" x2="100%" y1="15" y2="15"/>']
    if limit is not None:
        marks.append(f'<line class="limit" x1="{_at(limit, top)}" x2="{_at(limit, top)}" y1="0" y2="30"/>')
    if interval is not None:
        marks.append(
            f'<line class="interval" x1="{_at(interval[0], top)}" x2="{_at(interval[1], top)}" y1="15" y2="15"/>'
        )
    if value is not None:
        marks.append(f'<circle cx="{_at(value, top)}" cy="15" r="5"/>')
    said = f"{name}: {text or 'not in this run'}"
    if interval is not None:
        said += f", interval {numbers.percent(interval[0])} to {numbers.percent(interval[1])}"
    side = "before" if place == 0 else "after"
    return (
        f'<div class="pair-row {side}"><span class="who">{escape(name)}</span>'
        f'<svg role="img" aria-label="{escape(said)}" width="100%" height="30">{"".join(marks)}</svg>'
        f'<span class="is"><strong>{escape(text or "–")}</strong> {badge(status) if status else ""}</span></div>'
    )


def _at(value: float, top: float) -> str:
    return f"{min(100.0, max(0.0, 100 * value / top)):.2f}%"
