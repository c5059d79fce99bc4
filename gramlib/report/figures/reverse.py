"""The reverse stress as a picture: which shocks break the issuer, axis by axis."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, tables, vocabulary
from gramlib.report.figure import Figure, finish
from gramlib.report.sentences import breaking_shock
from gramlib.report.theme import FAINT, INK, MUTED, ORANGE, VERMILLION, canvas, themed

DRAWN = (
    "price_fall",
    "price_fall_with_event",
    "price_rise",
    "custody_loss",
    "one_day_run",
    "event_days",
    "liquidity_multiplier",
)
"""Axes that have a panel: one of each kind."""


@themed
def reverse_intervals(reverse: pd.DataFrame) -> Figure:
    """Every failing interval on its searched range, one panel a shock of `DRAWN`.

    Other axes, and those that broke nothing or do not concern the issuer, stand in the text and in the table.
    """
    every = shocks_in_order(reverse)
    broken = set(reverse.loc[reverse["found"], "shock"])
    shocks = [shock for shock in every if shock in broken and shock in DRAWN] or every[:1]
    sizes = [panel_lines(reverse, shock) for shock in shocks]
    drawing = canvas(8.4, 0.4 + sum(0.62 + 0.27 * n for n in sizes))
    panels = drawing.subplots(len(shocks), 1, height_ratios=[n + 1.4 for n in sizes], squeeze=False)[:, 0]
    for axes, shock in zip(panels, shocks, strict=True):
        draw_shock(axes, reverse[reverse["shock"] == shock], shock)

    headline = " ".join(
        sentence for sentence in (breaking_shock(reverse, s) for s in ("price_fall", "custody_loss")) if sentence
    )
    if not headline:
        headline = " ".join(breaking_shock(reverse, s) for s in every)
    alt = (
        "Bars of the failing shocks on the range that was searched. "
        + "; ".join(
            f"{vocabulary.failure_name(row.predicate)}, {vocabulary.shock_name(row.shock)}: {tables.shock_range(row)}"
            for row in reverse.itertuples(index=False)
        )
        + "."
    )
    csv = reverse.to_csv(index=False, float_format="%.8g", lineterminator="\n")
    return finish(drawing, "reverse-intervals", headline, alt, tables.reverse(reverse), csv)


def shocks_in_order(reverse: pd.DataFrame) -> list[str]:
    """Axes of the table, the familiar ones first."""
    known = [shock for shock in vocabulary.SHOCKS if shock in set(reverse["shock"])]
    return known + [shock for shock in dict.fromkeys(reverse["shock"]) if shock not in known]


def _broken(rows: pd.DataFrame) -> list[str]:
    return [p for p in vocabulary.FAILURES if rows.loc[rows["predicate"] == p, "found"].any()]


def panel_lines(reverse: pd.DataFrame, shock: str) -> int:
    """Lines that a panel needs: one a predicate that breaks, one for all that do not."""
    rows = reverse[reverse["shock"] == shock]
    broken = _broken(rows)
    return len(broken) + (rows["predicate"].nunique() > len(broken))


def draw_shock(axes: Axes, rows: pd.DataFrame, shock: str) -> None:
    """The failing intervals of one shock; a thin line is the range searched, what never broke shares the last."""
    broken = _broken(rows)
    intact = [p for p in vocabulary.FAILURES if p in set(rows["predicate"]) and p not in broken]
    unit, first = vocabulary.shock_unit(shock, rows["unit"].iloc[0]), rows.iloc[0]
    for line in range(len(broken) + bool(intact)):
        axes.plot([first["scan_from"], first["scan_to"]], [-line, -line], color=FAINT, linewidth=1.2, zorder=1)
    for row in rows[rows["found"]].itertuples(index=False):
        least = (row.scan_to - row.scan_from) * 0.004
        colour = ORANGE if row.predicate == "queue" else VERMILLION
        axes.barh(
            -broken.index(row.predicate),
            max(row.upper - row.lower, least),
            left=row.lower,
            height=0.5,
            color=colour,
            zorder=2,
        )
    for line, predicate in enumerate(broken):
        found = rows[(rows["predicate"] == predicate) & rows["found"]].sort_values("lower")
        _beside(axes, -line, numbers.joined(_edges(row, unit) for row in found.itertuples(index=False)), INK)
    labels = [vocabulary.failure_name(p) for p in broken]
    if intact:
        labels.append(numbers.joined(p if p != "queue" else "queue" for p in intact))
        _beside(axes, -len(broken), "none found", MUTED)
    axes.set_yticks([-i for i in range(len(labels))], labels)
    axes.set_ylim(-len(labels) + 0.4, 0.75)
    axes.set_title(vocabulary.shock_title(shock, rows["unit"].iloc[0]))
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    if unit == "share":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))


def _edges(row: Any, unit: str) -> str:
    """A failing interval in figures; one that reaches the end of the search is open above."""
    lower = numbers.with_unit(row.lower, unit)
    return f"from {lower}" if row.upper >= row.scan_to else f"{lower} to {numbers.with_unit(row.upper, unit)}"


def _beside(axes: Axes, y: float, text: str, colour: str) -> None:
    axes.annotate(
        text,
        (1.01, y),
        xycoords=("axes fraction", "data"),
        va="center",
        fontsize=8.5,
        color=colour,
        annotation_clip=False,
    )
