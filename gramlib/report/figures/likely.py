"""How rare each failure is: return periods on the book's paths and of the likeliest scenario, with intervals."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, tables, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.tables.likely_failures import bounded, period, way_words, years
from gramlib.report.theme import BLUE, INK, MUTED, VERMILLION, canvas, themed

_MARKS = {"book": ("o", VERMILLION, "paths of the book"), "scenario": ("D", BLUE, "likeliest failing scenario")}


@themed
def return_periods(likely: pd.DataFrame, causes: pd.DataFrame) -> Figure:
    """Return period of each failure on a log scale, its usual way beside it; an arrow where none was seen."""
    rows = likely[likely["rank"] == 0]
    predicates = list(dict.fromkeys(rows["predicate"]))
    drawing = canvas(8.4, 1.3 + 0.62 * len(predicates))
    axes = drawing.subplots()
    for place, predicate in enumerate(predicates):
        for row in filter(bounded, rows[rows["predicate"] == predicate].itertuples(index=False)):
            _draw(axes, row, -place + (0.16 if row.basis == "book" else -0.16))
    for mark, colour, label in _MARKS.values():
        axes.plot([], [], mark, color=colour, label=label)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.set_yticks([-place for place in range(len(predicates))], [vocabulary.failure_name(p) for p in predicates])
    axes.set_ylim(-len(predicates) + 0.4, 0.6)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_xlabel("once in so many years")
    drawing.legend(loc="outside lower center", ncols=2)
    seen = rows[(rows["basis"] == "book") & rows["return_period_years"].notna()].sort_values(
        "return_period_years", kind="stable"
    )
    if seen.empty:
        bound = rows.loc[rows["basis"] == "book", "return_lower_years"].min()
        headline = f"None of the failures was seen on the paths of the book: each is rarer than once in {years(bound)}."
    else:
        first = next(seen.itertuples(index=False))
        headline = (
            f"{vocabulary.failure_name(first.predicate)} is the likeliest failure, once in {years(first.return_period_years)}, "
            f"most often after {way_words(first.way)}."
        )
    alt = "Return periods by failure, in years: " + " ".join(
        tables.likely_sentence(likely, causes, predicate) for predicate in predicates
    )
    return finish(drawing, "return-periods", headline, alt, tables.likely_failures(likely), csv_of(likely))


def _draw(axes: Any, row: Any, y: float) -> None:
    mark, colour, _ = _MARKS[row.basis]
    if numbers.is_missing(row.return_period_years):
        axes.plot([row.return_lower_years], [y], ">", color=MUTED, markersize=7)
        where = row.return_lower_years
    else:
        upper = row.return_period_years if numbers.is_missing(row.return_upper_years) else row.return_upper_years
        axes.plot([row.return_lower_years, upper], [y, y], color=colour, linewidth=2.2)
        axes.plot([row.return_period_years], [y], mark, color=colour)
        where = max(row.return_period_years, upper)
    words = f"{period(row)}: {way_words(row.way)}" if row.way else period(row)
    axes.annotate(
        words,
        (where, y),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=INK,
        annotation_clip=False,
    )
