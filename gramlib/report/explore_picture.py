"""The four small charts of the exploration notebook as SVG written by hand: a slider cannot wait for matplotlib.

Each shows the path without chance, where the middle nine tenths of the given paths lie, and, dashed, the path without
chance before anything was moved; a dotted line is the first day of a failure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import numpy as np

from gramlib.report.svg import FONTS
from gramlib.report.theme import BLUE, FAINT, GREEN, INK, MUTED, PURPLE, STATUS_INK, VERMILLION, tint
from gramlib.simulation.what_if import Answer
from gramlib.units import GRAMS_PER_TROY_OUNCE

WIDTH, HEIGHT = 640, 404
_CHART_W, _CHART_H = 258, 128
_LEFT, _TOP, _STEP_X, _STEP_Y = 50, 26, 324, 190
_BAND = (0.05, 0.95)


@dataclass(frozen=True)
class _Line:
    """One chart: its title, the ledger column and fan variable behind it, and what both are multiplied by."""

    title: str
    column: str
    variable: str
    scale: float
    colour: str


_PRICE = _Line("Gold, USD/oz", "price_usd_per_g", "price_usd_per_g", GRAMS_PER_TROY_OUNCE, BLUE)
_FUNDS = _Line("Own funds, USD m", "equity_usd", "equity_usd", 1e-6, GREEN)
_QUEUE = _Line("Queue, % of tokens", "queue_g", "queue_share", 100.0, VERMILLION)
_DISCOUNT = _Line("Token's discount, %", "discount", "discount", 100.0, PURPLE)


def picture(now: Answer, before: Answer) -> str:
    """The charts of `now`, with the line of `before` dashed, as HTML that holds one SVG of WIDTH x HEIGHT pixels."""
    lines = (_PRICE, _FUNDS, _QUEUE, _DISCOUNT)
    charts = "".join(_chart(line, place, now, before) for place, line in enumerate(lines))
    return (
        f"<div class='gram-explore-picture'><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{escape(alt(now), quote=True)}'"
        f" style='width:100%;max-width:{WIDTH}px;height:auto;background:#fff' font-family='{FONTS}' font-size='11' fill='{INK}'>{charts}"
        f"<text x='{_LEFT}' y='{HEIGHT - 6}' fill='{MUTED}'>days · line: without chance · dashed: before anything was moved ·"
        " shaded: nine paths in ten</text></svg></div>"
    )


def alt(now: Answer) -> str:
    """The charts in one sentence, for those who cannot see them."""
    days = now.days
    return (
        f"Four charts over {len(days)} days: gold ends at {days['price_usd_per_g'].iloc[-1] * GRAMS_PER_TROY_OUNCE:,.0f} USD/oz,"
        f" own funds are lowest at {days['equity_usd'].min() / 1e6:,.1f} million USD, the longest queue is"
        f" {100 * days['queue_g'].max() / now.issuer.tokens_g:.1f}% of tokens, the largest discount {100 * days['discount'].max():.2f}%."
    ).replace("-", "\N{MINUS SIGN}")


def _values(line: _Line, answer: Answer) -> np.ndarray:
    values = answer.days[line.column].to_numpy() * line.scale
    return values / answer.issuer.tokens_g if line is _QUEUE else values


def _chart(line: _Line, place: int, now: Answer, before: Answer) -> str:
    left, top = _LEFT + _STEP_X * (place % 2), _TOP + _STEP_Y * (place // 2)
    own, earlier = _values(line, now), _values(line, before)
    low, high = (now.fan.quantiles(line.variable, _BAND) * line.scale).T
    ticks = _ticks(*_range(line, np.concatenate([own, earlier, low, high])))
    n_days = len(own)

    def points(days: np.ndarray, values: np.ndarray) -> str:
        x = left + _CHART_W * days / n_days
        y = top + _CHART_H * (ticks[-1] - values) / (ticks[-1] - ticks[0])
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))

    days, counted = np.arange(1, n_days + 1), now.fan.days
    grid = "".join(
        _tick(tick, left, top + _CHART_H * (ticks[-1] - tick) / (ticks[-1] - ticks[0]), ticks) for tick in ticks
    )
    below = "".join(
        f"<text x='{left + _CHART_W * day / n_days:.1f}' y='{top + _CHART_H + 14}' text-anchor='middle' fill='{MUTED}'>{day}</text>"
        for day in range(0, n_days + 1, max(1, round(n_days / 6)))
    )  # fmt: skip
    return (
        f"<text x='{left}' y='{top - 10}' font-weight='bold'>{escape(line.title)}</text>{grid}{below}"
        f"<polygon fill='{tint(line.colour, 0.2)}' points='{points(counted, high)} {points(counted[::-1], low[::-1])}'/>"
        f"<polyline fill='none' stroke='{MUTED}' stroke-dasharray='4 3' points='{points(days, earlier)}'/>"
        f"<polyline fill='none' stroke='{line.colour}' stroke-width='2' points='{points(days, own)}'/>"
        f"{_marks(now, left, top, n_days)}"
    )


def _marks(now: Answer, left: int, top: int, n_days: int) -> str:
    """A dotted line on each day on which something fails first, named at its foot; failures of one day share it."""
    by_day: dict[int, list[str]] = {}
    for row in now.failed.itertuples():
        if int(row.first_day) >= 0:
            by_day.setdefault(int(row.first_day), []).append(str(row.predicate))
    marks, ends = "", [-1.0, -1.0, -1.0]
    for day, names in sorted(by_day.items()):
        x, words = left + _CHART_W * day / n_days, " ".join(names)
        level = next((n for n, end in enumerate(ends) if x > end), 0)
        ends[level] = x + 7.5 * len(words)
        marks += (
            f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{top}' y2='{top + _CHART_H}' stroke='{STATUS_INK['fail']}' stroke-dasharray='1 3'/>"
            f"<text x='{x + 3:.1f}' y='{top + 9 + 11 * level}' font-size='10' fill='{STATUS_INK['fail']}'>{words}</text>"
        )
    return marks


def _range(line: _Line, values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    if line in (_QUEUE, _DISCOUNT):
        low, high = min(low, 0.0), max(high, 1.0)
    return (low, high) if high - low > 1e-6 * max(1.0, abs(high)) else (low - 1.0, high + 1.0)


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers that hold all of `low` to `high` between them."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * number for number in range(first, last + 1)]


def _tick(value: float, left: int, y: float, ticks: list[float]) -> str:
    step = ticks[1] - ticks[0]
    text = f"{value:,.{max(0, -math.floor(math.log10(step) + 1e-9)) + (0 if _round(step) else 1)}f}".replace(
        "-", "\N{MINUS SIGN}"
    )
    colour = MUTED if abs(value) < 1e-12 * step else FAINT
    return (
        f"<line x1='{left}' x2='{left + _CHART_W}' y1='{y:.1f}' y2='{y:.1f}' stroke='{colour}' stroke-width='.7'/>"
        f"<text x='{left - 5}' y='{y + 3.5:.1f}' text-anchor='end' fill='{MUTED}'>{text}</text>"
    )


def _round(step: float) -> bool:
    """Whether a step is one digit and noughts: 2.5 needs a place more than 2."""
    digit = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    return abs(digit - round(digit)) < 1e-6
