"""The package as pictures: each failure against its appetite, and what cost buys."""

from __future__ import annotations

import pandas as pd
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.tables.packages import efficient_frontier as frontier_table
from gramlib.report.tables.packages import package_effects as effects_table
from gramlib.report.theme import BLUE, CARD, FAINT, INK, MUTED, ORANGE, VERMILLION, canvas, themed

LEAST = 1e-5
"""Smallest probability on the axis [1/year]; what is below, nought included, stands at its edge."""


@themed
def package_effects(table: pd.DataFrame) -> Figure:
    """Before and after with intervals on a logarithmic axis; a tick is the appetite."""
    drawing = canvas(8.4, 1.0 + 0.45 * len(table))
    axes = drawing.subplots()
    for line, row in enumerate(table.itertuples(index=False)):
        for name, colour in (("before", ORANGE), ("after", BLUE)):
            value, lower, upper = (max(LEAST, getattr(row, f"{name}{end}")) for end in ("", "_lower", "_upper"))
            axes.plot([lower, upper], [-line, -line], color=colour, linewidth=2.0, zorder=2)
            axes.plot([value], [-line], "o", color=colour, markersize=6, zorder=3)
        appetite = max(LEAST, row.appetite)
        axes.plot([appetite, appetite], [-line - 0.32, -line + 0.32], color=INK, linewidth=1.6, zorder=4)
    for name, colour, marker in (
        ("as it stands", ORANGE, "o"),
        ("with the package", BLUE, "o"),
        ("appetite", INK, "|"),
    ):
        axes.plot([], [], marker, color=colour, label=name, linestyle="none")
    axes.set_xscale("log")
    axes.set_xlim(LEAST * 0.9, 1.0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.set_yticks([-k for k in range(len(table))], [vocabulary.failure_name(p) for p in table["predicate"]])
    axes.set_xlabel("chance within a year (logarithmic; nought at the left edge)")
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)
    told = "; ".join(
        f"{vocabulary.failure_name(row.predicate)}: {numbers.percent(row.before)} before, {numbers.percent(row.after)} after, "
        f"appetite {numbers.percent(row.appetite)}"
        for row in table.itertuples(index=False)
    )
    alt = f"Chance of each failure within a year before and after the package. {told}."
    return finish(drawing, "package-effects", effects_headline(table), alt, effects_table(table), csv_of(table))


@themed
def efficient_frontier(table: pd.DataFrame) -> Figure:
    """Cost a year against the share of failing paths and against the largest ratio, each with its own frontier."""
    drawing = canvas(8.4, 3.8)
    left, right = drawing.subplots(1, 2)
    shown = table.assign(cost=table["cost_usd_year"] / 1e6)
    for axes, flag, column, label in (
        (left, "on_any", "any_failure", "Paths on which anything fails"),
        (right, "on_ratio", "largest_ratio", "Largest chance over its appetite"),
    ):
        edge = shown[shown[flag]].sort_values("cost")
        axes.step(edge["cost"], edge[column], where="post", color=FAINT, linewidth=1.4, zorder=1)
        axes.plot(edge["cost"], edge[column], "o", color=BLUE, markersize=5, zorder=2)
        best = shown[shown["recommended"]]
        axes.plot(best["cost"], best[column], "D", color=VERMILLION, markersize=7, zorder=3)
        for row in best.itertuples():
            axes.annotate("recommended", (row.cost, getattr(row, column)), xytext=(7, 7), textcoords="offset points",
                          fontsize=9, color=INK, bbox={"facecolor": CARD, "edgecolor": "none", "pad": 1.0})  # fmt: skip
        axes.set_xlabel("cost [USD m a year]")
        axes.set_title(label)
    bars = shown[shown["on_any"]]
    left.vlines(bars["cost"], bars["any_failure_lower"], bars["any_failure_upper"], color=BLUE, linewidth=1.2, zorder=2)
    left.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    left.set_ylim(bottom=0.0)
    right.axhline(1.0, color=MUTED, linewidth=1.0, linestyle=":")
    if (shown["largest_ratio"] > 0.0).all():
        right.set_yscale("log")
        right.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    told = "; ".join(
        f"{row.package}: {numbers.usd(row.cost_usd_year)} a year, {numbers.percent(row.any_failure)} of paths fail, "
        f"largest ratio {numbers.significant(row.largest_ratio)}"
        for row in table.itertuples(index=False)
    )
    alt = f"Cost a year against what is left, for packages that no other tried one beats. {told}."
    return finish(drawing, "efficient-frontier", frontier_headline(table), alt, frontier_table(table), csv_of(table))


def effects_headline(table: pd.DataFrame) -> str:
    """What the package brings within the appetite, what it leaves, and where the interval is not sure."""
    missed = [vocabulary.failure_name(p) for p in table.loc[~table["met"], "predicate"]]
    before = int((table["before"] > table["appetite"]).sum())
    if before == 0:
        said = "Every failure is within its appetite as the issuer stands."
    elif missed:
        said = f"The package leaves {numbers.joined(missed)} above the appetite, of {numbers.count(before, 'failure')} above it today."
    else:
        said = f"The package brings {'the failure' if before == 1 else f'all {before} failures'} above the appetite within it."
    unsure = [vocabulary.failure_name(p) for p in table.loc[table["met"] & ~table["sure"], "predicate"]]
    return said + (f" The interval of {numbers.joined(unsure)} reaches beyond." if unsure else "")


def frontier_headline(table: pd.DataFrame) -> str:
    """What the recommended package costs and leaves, beside the issuer as it stands where that is shown."""
    best = table[table["recommended"]].iloc[0]
    said = f"{numbers.usd(best['cost_usd_year'])} a year leave {numbers.percent(best['any_failure'])} of paths failing within a year"
    dearer = table[table["on_any"] & (table["cost_usd_year"] > best["cost_usd_year"])]
    if len(dearer):
        last = dearer.iloc[-1]
        said += f"; {numbers.usd(last['cost_usd_year'])} would leave {numbers.percent(last['any_failure'])}"
    return said + "."
