"""The tornado: what moves a headline most when one input at a time goes to the ends of its range."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, finish
from gramlib.report.tables.sensitivity import by_swing, size_text, tornado_of
from gramlib.report.theme import BLUE, INK, MUTED, ORANGE, canvas, themed

SHOWN = 10


@themed
def tornado(table: pd.DataFrame, metric: str) -> Figure:
    """Bars of the headline `metric` from the low to the high end of each input, the widest on top, `SHOWN` at most."""
    ordered = by_swing(table, metric)
    rows = ordered[ordered["note"] == ""].head(SHOWN)
    unit = "USD" if metric not in vocabulary.FAILURES else "1/year"
    moving = rows[rows["swing"] > 0]
    drawing = canvas(8.4, 1.0 + 0.34 * max(1, len(rows)))
    axes = drawing.subplots()
    base = float(rows["base"].iloc[0]) if len(rows) else 0.0
    for line, row in enumerate(rows.itertuples(index=False)):
        ends = [(row.at_low, BLUE, row.low_size), (row.at_high, ORANGE, row.high_size)]
        ends.sort(key=lambda end: -abs(end[0] - base))
        told: set[bool] = set()
        for at, colour, label in ends:
            axes.barh(-line, at - base, left=base, height=0.55, color=colour, zorder=2)
            if at != base and (at > base) not in told:  # two ends on one side: the further one is named
                told.add(at > base)
                _label(axes, at, base, -line, size_text(label, row))
    axes.axvline(base, color=INK, linewidth=1.0, zorder=3)
    axes.set_yticks([-i for i in range(len(rows))], list(rows["title"]))
    axes.margins(x=0.2)
    if unit == "1/year":
        # room for a label left of the axis' end, but no chance below nought
        axes.set_xlim(left=max(axes.get_xlim()[0], -0.12 * axes.get_xlim()[1]))
        axes.set_xticks([tick for tick in axes.get_xticks() if 0.0 <= tick <= axes.get_xlim()[1]])
    for label, colour in (("input at its low end", BLUE), ("at its high end", ORANGE)):
        axes.barh([-1], [0], color=colour, label=label)
    axes.legend(loc="lower right")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(f"{_metric(metric)} [{'% a year' if unit == '1/year' else 'USD m'}]")
    scale = 100 if unit == "1/year" else 1e-6
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * scale:g}"))
    text = headline(moving, metric, unit, base)
    listed = "; ".join(
        f"{row.title}: {numbers.with_unit(row.at_low, unit)} at {size_text(row.low_size, row)}, "
        f"{numbers.with_unit(row.at_high, unit)} at {size_text(row.high_size, row)}"
        for row in rows.itertuples(index=False)
    )
    alt = f"Tornado of {_metric(metric)}, {numbers.with_unit(base, unit)} as it is. {listed}."
    csv = ordered.to_csv(index=False, float_format="%.8g", lineterminator="\n")
    return finish(drawing, f"tornado-{metric.lower().replace('_', '-')}", text, alt, tornado_of(table, metric), csv)


def headline(moving: pd.DataFrame, metric: str, unit: str, base: float) -> str:
    """What moves it most, in a sentence; that nothing does, where nothing does."""
    name = _metric(metric)
    if moving.empty:
        return f"No input moves {name} from {numbers.with_unit(base, unit)} within its plausible range."
    first = moving.iloc[0]
    ends = sorted((first["at_low"], first["at_high"], base))
    said = (
        f"{first['title']} moves {name} most: from {numbers.with_unit(ends[0], unit)} to {numbers.with_unit(ends[-1], unit)} "
        f"over its range; it is {numbers.with_unit(base, unit)}."
    )
    return said[0].upper() + said[1:]


def _metric(metric: str) -> str:
    if metric in vocabulary.FAILURES:
        return f"the chance of {metric} ({vocabulary.FAILURES[metric][0].lower()})"
    return "the expected shortfall of the loss beside the price"


def _label(axes: Any, at: float, base: float, line: int, text: str) -> None:
    right = at > base
    axes.annotate(
        text, (at, line), xytext=(3 if right else -3, 0), textcoords="offset points", va="center",
        ha="left" if right else "right", fontsize=8, color=MUTED,
    )  # fmt: skip
