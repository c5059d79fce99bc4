"""Charts of the model-generated books: how likely each failure is, and what it costs."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from gramlib.report import numbers, tables, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.html_table import Heading, Table
from gramlib.report.sentences import chance
from gramlib.report.theme import OKABE_ITO, canvas, themed

_MARKERS = "osD^v"
_LEVEL = re.compile(r"expected shortfall at (\d+(?:\.\d+)?)%")


@themed
def failure_probabilities(metrics: pd.DataFrame) -> Figure:
    """Chance of each failure in each book with its interval, on a logarithmic axis; none seen is an upper bound."""
    rows = metrics[metrics["metric"].str.startswith("probability_")].copy()
    rows["predicate"] = rows["metric"].str.removeprefix("probability_")
    books = list(dict.fromkeys(rows["subject"]))
    predicates = [p for p in ("any", *vocabulary.FAILURES) if p in set(rows["predicate"])]
    floor = (
        min(rows["upper"].min(), rows.loc[rows["value"] > 0, "value"].min() if (rows["value"] > 0).any() else 1.0) / 4
    )

    drawing = canvas(8.4, 1.2 + 0.15 * len(predicates) * (len(books) + 1))
    axes = drawing.subplots()
    for order, book in enumerate(books):
        colour, marker = OKABE_ITO[order % len(OKABE_ITO)], _MARKERS[order % len(_MARKERS)]
        label: str | None = vocabulary.book_name(book)
        for row in rows[rows["subject"] == book].itertuples(index=False):
            y = -predicates.index(row.predicate) * (len(books) + 1) - order
            axes.plot([max(row.lower, floor), row.upper], [y, y], color=colour, linewidth=1.6)
            if row.value > 0:
                axes.plot(row.value, y, marker, color=colour, markersize=5.5)
            else:
                axes.plot(row.upper, y, "|", color=colour, markersize=8, markeredgewidth=1.6)
        axes.plot([], [], marker + "-", color=colour, label=label)
    axes.set_xscale("log")
    axes.set_xlim(floor, 1.4)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    centres = [-i * (len(books) + 1) - (len(books) - 1) / 2 for i in range(len(predicates))]
    axes.set_yticks(centres, ["Any failure" if p == "any" else vocabulary.failure_name(p) for p in predicates])
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_title("Share of paths that fail, with 95% interval; no dot: none seen")
    drawing.legend(loc="outside lower center", ncols=min(len(books), 3))

    parts = [f"{_chance_of(rows, b, 'any')} in the {vocabulary.book_name(b)}" for b in books]
    headline = numbers.sentence(f"Any failure: {'; '.join(parts)}")
    alt = "Dot chart of the chance of each failure. " + " ".join(
        f"{vocabulary.book_name(b)}: " + ", ".join(f"{p} {_chance_of(rows, b, p)}" for p in predicates) + "."
        for b in books
    )
    return finish(
        drawing,
        "failure-probabilities",
        headline,
        alt,
        _probability_table(rows, books, predicates),
        csv_of(rows.drop(columns="predicate")),
    )


def _chance_of(rows: pd.DataFrame, book: str, predicate: str) -> str:
    found = rows[(rows["subject"] == book) & (rows["predicate"] == predicate)]
    return "not judged" if found.empty else chance(found.iloc[0])


def _probability_table(rows: pd.DataFrame, books: list[str], predicates: list[str]) -> Table:
    headings = (Heading("Failure"), *(Heading(vocabulary.book_name(b)) for b in books))
    body = tuple(
        ("Any failure" if p == "any" else vocabulary.failure_name(p), *(_chance_of(rows, b, p) for b in books))
        for p in predicates
    )
    return Table("Chance of each failure", headings, body)


@themed
def loss_distribution(outcomes: pd.DataFrame, metrics: pd.DataFrame) -> Figure:
    """Share of paths that lose at least so much of own funds (price effect apart), with value at risk and expected shortfall."""
    books = list(dict.fromkeys(outcomes["book"]))
    drawing = canvas(8.4, 4.2)
    axes = drawing.subplots()
    rows, worst, curves = [], {}, []
    for order, book in enumerate(books):
        losses = np.sort(outcomes.loc[outcomes["book"] == book, "nonprice_loss_usd"].to_numpy(dtype=float))[::-1] / 1e6
        share = (np.arange(len(losses)) + 1) / len(losses)
        kept = np.unique(np.round(np.geomspace(1, len(losses), 150)).astype(int) - 1)
        colour = OKABE_ITO[order % len(OKABE_ITO)]
        axes.plot(losses[kept], share[kept], color=colour, label=vocabulary.book_name(book))
        curves.append(pd.DataFrame({"book": book, "loss_usd": losses[kept] * 1e6, "share_of_paths": share[kept]}))
        figures = metrics[metrics["subject"] == book].set_index("metric")
        for name, marker in (("var_nonprice_loss", "o"), ("es_nonprice_loss", "D")):
            if name in figures.index:
                value = figures.loc[name, "value"] / 1e6
                axes.plot(value, (losses >= value).mean(), marker, color=colour, markersize=7, markeredgecolor="white")
        worst[book] = losses[0]
        rows.append(_loss_row(book, losses, figures))
    # a rare custody loss is a hundred times the usual loss: only a logarithmic axis shows both
    if outcomes["nonprice_loss_usd"].min() > 0:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    else:
        axes.set_xscale("symlog", linthresh=1.0)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.set_xlabel("loss of own funds over the horizon, price effect apart, USD m")
    axes.set_title("Share of paths that lose at least so much (circle: value at risk, diamond: expected shortfall)")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "\N{MINUS SIGN}")))
    axes.legend(loc="upper right")

    told = [book for book in books if book != "liquidity_price_only"] or books
    headline = numbers.sentence("; ".join(_loss_words(metrics, book) for book in told))
    alt = (
        "Exceedance curves of the loss on a logarithmic share axis. "
        + " ".join(f"{vocabulary.book_name(b)}: largest loss {numbers.usd(worst[b] * 1e6)}." for b in books)
        + " "
        + headline
    )
    headings = (
        Heading("Paths"),
        *(
            Heading(t, "", numeric=True)
            for t in ("Median", "1 in 20", "1 in 100", "Largest", "Value at risk", "Expected shortfall")
        ),
    )
    return finish(
        drawing,
        "loss-distribution",
        headline,
        alt,
        Table("Loss of own funds, price effect apart", headings, tuple(rows)),
        csv_of(pd.concat(curves)),
    )


def _loss_row(book: str, losses_usd_m: np.ndarray, figures: pd.DataFrame) -> tuple[str, ...]:
    quantiles = [np.quantile(losses_usd_m, level, method="higher") * 1e6 for level in (0.5, 0.95, 0.99, 1.0)]
    tail = [
        f"{numbers.usd(figures.loc[name, 'value'])} ({tables.interval(figures.loc[name, 'lower'], figures.loc[name, 'upper'], 'USD')})"
        if name in figures.index else numbers.MISSING
        for name in ("var_nonprice_loss", "es_nonprice_loss")
    ]  # fmt: skip
    return (vocabulary.book_name(book), *map(numbers.usd, quantiles), *tail)


def _loss_words(metrics: pd.DataFrame, book: str) -> str:
    found = metrics[(metrics["subject"] == book) & (metrics["metric"] == "es_nonprice_loss")]
    if found.empty:
        return f"{vocabulary.book_name(book)}: expected shortfall {numbers.MISSING}"
    row = found.iloc[0]
    level = _LEVEL.search(str(row["method"]))
    worst = (
        f"the worst {numbers.exact_percent(round(1 - float(level[1]) / 100, 10))} of paths"
        if level
        else "the worst paths"
    )
    if row["value"] < 0:
        worst, moved = f"even {worst} gain", -row["value"]
        return f"{vocabulary.book_name(book)}: {worst} {numbers.usd(moved)} on average ({tables.interval(-row['upper'], -row['lower'], 'USD')})"
    return f"{vocabulary.book_name(book)}: {worst} lose {numbers.usd(row['value'])} on average ({tables.interval(row['lower'], row['upper'], 'USD')})"
