"""Charts of what came from where: the days each series covers, and how well independent sources agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from gramlib.report import numbers, tables, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.html_table import Table, Tables
from gramlib.report.tables.plain import columns
from gramlib.report.theme import BLUE, GREEN, INK, OKABE_ITO, ORANGE, PURPLE, VERMILLION, canvas, date_axis, themed

LONGEST_MARKED = 40
"""Days between two rows of a series from which on a bar shows the hole."""


@themed
def coverage_timeline(
    prices: pd.DataFrame,
    token_prices: pd.DataFrame,
    flows: pd.DataFrame,
    covariates: pd.DataFrame,
    document: dict[str, Any],
) -> Figure:
    """Which days each series covers, with the joins and the years that lack quotes.

    Tables as in the catalogue, `document` the source_cards document.
    """
    bars = _bars(prices, token_prices, flows, covariates)
    drawing = canvas(8.4, 1.9 + 0.34 * len(bars))
    above, under = drawing.subplots(2, 1, sharex=True, height_ratios=(0.34 * len(bars) + 0.3, 1.0))
    for row, (_, dates, colour) in enumerate(reversed(bars)):
        above.broken_barh(_spans(dates), (row - 0.32, 0.64), facecolors=colour)
    above.set_yticks(range(len(bars)), [name for name, _, _ in reversed(bars)])
    above.set_ylim(-0.6, len(bars) - 0.4)
    above.grid(visible=False, axis="y")
    above.set_title("Days each series covers")
    joins = prices[prices["joined"]]
    for day in joins["date"]:
        above.axvline(day, color=INK, linewidth=0.9, linestyle=":")
    missing = pd.DataFrame(document["coverage"])
    years = pd.to_datetime(missing["year"].astype(str) + "-07-01")
    under.bar(years, missing["without_quote"], width=300, color=VERMILLION, alpha=0.7)
    under.set_ylim(
        0, max(1.0, 1.1 * float(missing["without_quote"].max()))
    )  # a year without gaps is an empty axis, not a range around zero
    under.set_title("Business days without a quote, by year")
    date_axis(under)

    gaps = int(missing["without_quote"].sum())
    business = int(missing["business_days"].sum())
    names = numbers.joined([f"{name} ({dates.iloc[0]:%Y}\N{EN DASH}{dates.iloc[-1]:%Y})" for name, dates, _ in bars])
    joined = f"; {numbers.count(len(joins), 'join')} between series" if len(joins) else ""
    headline = (
        f"{numbers.count(len(bars), 'series covers', 'series cover')} {prices['date'].iloc[0]:%Y} to {prices['date'].iloc[-1]:%Y}; "
        f"{gaps:,} of {business:,} London business days have no gold quote ({numbers.percent(gaps / business)}){joined}."
    )
    alt = f"Timeline of {names}. Below it the business days without a gold quote by year, at most {missing['without_quote'].max():,}."
    table = Tables((tables.series(document), _missing_table(missing)))
    return finish(drawing, "coverage-timeline", headline, alt, table, csv_of(missing))


def _bars(
    prices: pd.DataFrame, token_prices: pd.DataFrame, flows: pd.DataFrame, covariates: pd.DataFrame
) -> list[tuple[str, pd.Series, str]]:
    quoted = prices[~(prices["filled"] | prices["stale"])]
    gold = [(f"gold: {name}", table["date"], BLUE) for name, table in quoted.groupby("source", sort=False)]
    tokens = [(f"token: {name}", table["date"], PURPLE) for name, table in token_prices.groupby("token")]
    held = [(f"outstanding: {name}", table["date"], GREEN) for name, table in flows.groupby("product")]
    beside = [
        (f"covariate: {vocabulary.spaced(str(name))}", table["date"], ORANGE)
        for name, table in covariates.groupby("name")
    ]
    return [*gold, *tokens, *held, *beside]


def _spans(dates: pd.Series) -> list[tuple[float, float]]:
    """Start and width of the runs of days that follow one another within LONGEST_MARKED days, in matplotlib's days."""
    days = date2num(dates.to_numpy())
    breaks = np.flatnonzero(np.diff(days) > LONGEST_MARKED)
    starts, ends = np.append(0, breaks + 1), np.append(breaks, len(days) - 1)
    return [
        (float(days[first]), float(max(days[last] - days[first], 1.0)))
        for first, last in zip(starts, ends, strict=True)
    ]


def _missing_table(missing: pd.DataFrame) -> Table:
    rows = tuple(
        (str(row.year), f"{row.business_days:,}", f"{row.without_quote:,}") for row in missing.itertuples(index=False)
    )
    heads = columns("Year", "Business days", "Without a quote", numeric=("Business days", "Without a quote"))
    return Table("Business days without a gold quote", heads, rows, folded=True)


@themed
def agreement(differences: pd.DataFrame, document: dict[str, Any]) -> Figure:
    """How far the gold price lies from the shipped monthly averages and from each second series.

    `differences` has series, date, difference_bp: by month for the monthly history, by week for every other series.
    """
    names = list(dict.fromkeys(differences["series"]))
    if not names:
        names = ["monthly history"]
    drawing = canvas(8.4, 0.7 + 1.5 * len(names))
    panels = np.atleast_1d(drawing.subplots(len(names), 1, sharex=True))
    for axes, name, colour in zip(panels, names, OKABE_ITO * len(names), strict=False):
        _difference(axes, differences[differences["series"] == name], name, colour)
    date_axis(panels[-1])
    size = differences.assign(size=differences["difference_bp"].abs()).groupby("series", sort=False)["size"]
    words = [
        f"{name}: median {numbers.plain(found.median(), 1)} bp, largest {numbers.plain(found.max(), 0)} bp"
        for name, found in size
    ]
    alt = (
        f"Line charts of differences from the gold price in basis points. {'; '.join(words) or '0 series to compare'}."
    )
    free = document.get("redistribute") == "yes"
    csv = csv_of(differences) if free and len(differences) else ""
    return finish(
        drawing,
        "agreement",
        _agreement_headline(document),
        alt,
        tables.agreement(document),
        csv,
        dense=len(differences) > 2000,
    )


def _difference(axes: Axes, table: pd.DataFrame, name: str, colour: str) -> None:
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.plot(table["date"], table["difference_bp"], color=colour, linewidth=0.9)
    by = "month" if name == "monthly history" else "week"
    axes.set_title(f"{'shipped monthly averages' if by == 'month' else name} less the price, by {by} [bp]")


def _agreement_headline(document: dict[str, Any]) -> str:
    second = document.get("agreement", [])
    agreeing = [record["second"] for record in second if record["agrees"]]
    monthly = document.get("monthly", {})
    against = (
        f"monthly means lie {numbers.plain(monthly['median_bp'], 1)} bp from the shipped averages at the median, "
        f"{numbers.plain(monthly['max_bp'], 0)} bp at most ({monthly['max_month']})"
        if monthly.get("months")
        else "no month in common with the shipped averages, 0 months compared"
    )
    if not second:
        return numbers.sentence(f"{against}; no second daily series was compared")
    words = f"{len(agreeing)} of {numbers.count(len(second), 'second series', 'second series')} agree with the price"
    return numbers.sentence(f"{words}{f' ({numbers.joined(agreeing)})' if agreeing else ''}; {against}")
