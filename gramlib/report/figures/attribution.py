"""Where losses come from, and how far liquid assets fall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.tables import uncertainty as tables
from gramlib.report.theme import BLUE, INK, MUTED, ORANGE, VERMILLION, canvas, themed

_PRICE_ONLY = "liquidity_price_only"
MOST_SCENARIOS = 14


@themed
def loss_attribution(table: pd.DataFrame) -> Figure:
    """Mean loss of each module over the worst paths and over all, one panel a book; income points left."""
    books = [book for book in dict.fromkeys(table["book"]) if book != _PRICE_ONLY] or list(dict.fromkeys(table["book"]))
    modules = [name for name in tables.MODULES if name in set(table["module"]) and name != "total"]
    drawing = canvas(8.4, 1.3 + 0.34 * len(modules))
    panels = drawing.subplots(1, len(books), sharey=True, squeeze=False)[0]
    for axes, book in zip(panels, books, strict=True):
        for over, colour, shift in (("tail", VERMILLION, 0.18), ("all", BLUE, -0.18)):
            rows = table[(table["book"] == book) & (table["over"] == over)].set_index("module").reindex(modules)
            places = [-place + shift for place in range(len(modules))]
            axes.barh(places, rows["mean_usd"] / 1e6, height=0.34, color=colour)
            for place, low, high in zip(places, rows["lower_usd"] / 1e6, rows["upper_usd"] / 1e6, strict=True):
                axes.plot([low, high], [place, place], color=INK, linewidth=0.9)
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_title(numbers.sentence(vocabulary.book_name(book))[:-1])
        axes.set_xlabel("USD m a path, with interval")
        axes.grid(visible=False, axis="y")
    panels[0].set_yticks([-place for place in range(len(modules))], [tables.module_name(name) for name in modules])
    panels[0].barh([0], [0], color=VERMILLION, label="the worst paths, those behind expected shortfall")
    panels[0].barh([0], [0], color=BLUE, label="all paths")
    drawing.legend(loc="outside lower center", ncols=2)
    said = [attribution_sentence(table, book) for book in books]
    alt = "Bars of the mean loss by module, negative is income. " + " ".join(
        f"{vocabulary.book_name(row.book)}, {row.over} paths, {tables.module_name(row.module)}: {numbers.usd(row.mean_usd)}."
        for row in table[table["book"].isin(books)].itertuples(index=False)
    )
    return finish(drawing, "loss-attribution", " ".join(said), alt, tables.loss_attribution(table), csv_of(table))


def attribution_sentence(table: pd.DataFrame, book: str) -> str:
    """What the worst paths of a book lose on average, and the two modules that cost most there."""
    tail = table[(table["book"] == book) & (table["over"] == "tail")].set_index("module")["mean_usd"]
    parts, total = tail.drop("total").sort_values(ascending=False), float(tail["total"])
    named = [
        f"{tables.module_name(str(name))} ({numbers.usd(value)})"
        for name, value in parts.iloc[:2].items()
        if value > 0.0
    ]
    verb = "lose" if total >= 0.0 else "gain"
    because = f", most of it through {numbers.joined(named)}" if named and total >= 0.0 else ""
    if named and total < 0.0:
        because = f" in spite of {numbers.joined(named)}"
    return numbers.sentence(
        f"{vocabulary.book_name(book)}: the worst paths {verb} {numbers.usd(abs(total))} on average{because}"
    )


@themed
def liquidity_ladder(metrics: pd.DataFrame, scenarios_used: Mapping[str, Any]) -> Figure:
    """Lowest liquid assets over what is owed, within a day and within five, of the scenarios in which they fall furthest.

    `scenarios_used` has their titles. Negative shares, a debt to the bank, are drawn as they are.
    """
    found = tables.ladder_of_scenarios(metrics)
    shown = found.iloc[:MOST_SCENARIOS]
    drawing = canvas(8.4, 1.2 + 0.27 * max(3, len(shown)))
    axes = drawing.subplots()
    for place, (_, row) in enumerate(shown.iterrows()):
        one, five = 100 * row["min_liquid_1d_share"], 100 * row["min_liquid_5d_share"]
        axes.plot([one, five], [-place, -place], color=MUTED, linewidth=1.0)
        axes.plot(one, -place, "o", color=VERMILLION, markersize=5.5)
        axes.plot(five, -place, "D", color=BLUE, markersize=5)
    for level, colour in (("50", ORANGE), ("05", INK)):
        row = metrics[(metrics["subject"] == "liquidity") & (metrics["metric"] == f"min_liquid_5d_share_q{level}")]
        if len(row):
            label = "half of the book's paths fall to, five days" if level == "50" else "5 in 100 fall to, five days"
            axes.axvline(100 * float(row["value"].iloc[0]), color=colour, linewidth=1.1, linestyle="--", label=label)
    axes.plot([], [], "o", color=VERMILLION, label="within a day")
    axes.plot([], [], "D", color=BLUE, label="within five days")
    titles = {scenario["id"]: scenario["title"] for scenario in scenarios_used["scenarios"]}
    names = [titles.get(name, str(name)) for name in shown.index]
    axes.set_yticks(
        [-place for place in range(len(shown))],
        [name if len(name) < 46 else f"{name[:44]}\N{HORIZONTAL ELLIPSIS}" for name in names],
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
    axes.grid(visible=False, axis="y")
    axes.set_title("Liquid assets over what is owed to holders, lowest day")
    drawing.legend(loc="outside lower center", ncols=2)
    headline = ladder_sentence(found)
    alt = "Dots of the lowest liquidity ladder by scenario. " + " ".join(
        f"{name}: {numbers.percent(row['min_liquid_1d_share'])} within a day, {numbers.percent(row['min_liquid_5d_share'])} within five days."
        for name, row in shown.iterrows()
    )
    return finish(
        drawing, "liquidity-ladder", headline, alt, tables.ladder(metrics), csv_of(found.reset_index(names="scenario"))
    )


def ladder_sentence(found: pd.DataFrame) -> str:
    """In how many scenarios cash and bills are used up, and which leaves least within five days; `found` as in the table."""
    used_up = int(found["days_to_exhaustion"].notna().sum())
    least = found.iloc[0]
    return (
        f"Cash and bills are used up in {used_up} of {len(found)} listed scenarios; least is left in {found.index[0]}, where what can be "
        f"raised within five days falls to {numbers.percent(least['min_liquid_5d_share'])} of what is owed."
    )
