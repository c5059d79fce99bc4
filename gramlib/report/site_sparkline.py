"""A key figure over the runs of one params file: a line as large as a word, and what it says in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT, _MARGIN = 96, 26, 4
MOST_POINTS = 20


def sparkline(label: str, values: Sequence[float], texts: Sequence[str]) -> str:
    """Inline SVG of `values`, oldest first, the last one marked; empty below two values, for there is no course yet.

    `texts` are the values as printed. Only the last MOST_POINTS are drawn.
    """
    values, texts = values[-MOST_POINTS:], texts[-MOST_POINTS:]
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = high - low
    step = (_WIDTH - 2 * _MARGIN) / (len(values) - 1)
    across = [_MARGIN + step * place for place in range(len(values))]
    # A line that never moved lies in the middle.
    shares = [(value - low) / span if span else 0.5 for value in values]
    down = [_HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN) for share in shares]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
    told = f"{label} over the last {len(values)} runs: from {texts[0]} to {texts[-1]}"
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{escape(told)}"><title>{escape(told)}</title><polyline points="{points}"/>'
        f'<circle cx="{across[-1]:.1f}" cy="{down[-1]:.1f}" r="3"/></svg>'
    )
