"""Charts of the data stage: the gold price as it will be used, and whether it behaves like gold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, PercentFormatter, ScalarFormatter

from gramlib.report import numbers, tables
from gramlib.report.figure import Figure, finish
from gramlib.report.html_table import Heading, Table
from gramlib.report.numbers import sentence
from gramlib.report.theme import BLUE, FAINT, MUTED, VERMILLION, canvas, date_axis, themed

_MOST_PERIODS = 700
"""About as many as the chart has points of a screen from left to right."""


@themed
def price_history(prices: pd.DataFrame, document: dict[str, Any]) -> Figure:
    """The daily gold price with its deepest fall.

    `prices` as in the catalogue, `document` the source_cards document: rows are offered for download only where
    it says `redistribute: yes`.
    """
    price = prices["gold_usd_per_oz"].to_numpy()
    dates = prices["date"].to_numpy()
    below_peak = price / np.maximum.accumulate(price) - 1.0
    trough = int(below_peak.argmin())
    peak = int(price[: trough + 1].argmax())

    drawing = canvas(8.4, 4.6)
    above, under = drawing.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
    drawn, which = _turning_days(prices)
    above.plot(dates[drawn], price[drawn], color=BLUE, linewidth=1.1)
    if price.max() > 4 * price.min():
        above.set_yscale("log")
        above.yaxis.set_minor_formatter(lambda *_: "")
        above.set_yticks(
            [
                tick
                for tick in (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
                if price.min() / 2 <= tick <= price.max() * 2
            ]
        )
    above.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    above.set_title("Gold price, USD per troy ounce")
    under.fill_between(dates[drawn], below_peak[drawn], 0.0, color=VERMILLION, alpha=0.35, linewidth=0)
    under.set_title("Below the highest price so far")
    under.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol="%"))
    date_axis(under)

    label = f" ({document['label']})" if document.get("label") else ""
    headline = (
        f"Gold went from {_ounce(price[0])} on {_date(dates[0])} to {_ounce(price[-1])} on {_date(dates[-1])}; "
        f"its deepest fall was {numbers.percent(-below_peak[trough])}, from {_date(dates[peak])} to {_date(dates[trough])}{label}."
    )
    alt = (
        f"Line chart of {len(prices):,} daily gold prices: lowest {_ounce(price.min())}, highest {_ounce(price.max())}, "
        f"last {_ounce(price[-1])}. Below it, the distance to the highest price so far, at worst {numbers.percent(below_peak[trough])}."
    )
    free = document.get("redistribute") == "yes"
    note = (
        f"{sentence(which)} The stage's own file holds every day."
        if free
        else "The licence of this series does not allow its rows to be passed on: a summary by year stands in for them."
    )
    csv = (
        prices[["date", "gold_usd_per_oz"]].iloc[drawn].to_csv(index=False, float_format="%.2f", lineterminator="\n")
        if free
        else ""
    )
    return finish(drawing, "price-history", headline, alt, _by_year(prices, note), csv)


def _turning_days(prices: pd.DataFrame) -> tuple[np.ndarray, str]:
    """Positions of the days that the chart needs, and which they are, in words.

    Where a point of the screen is no shorter than a week or a month, its lowest and highest day draw the line that all
    its days draw.
    """
    if len(prices) <= _MOST_PERIODS:
        return np.arange(len(prices)), "chart and download: every day"
    price = prices["gold_usd_per_oz"].reset_index(drop=True)
    dates = prices["date"].reset_index(drop=True)
    weeks = dates.dt.to_period("W")
    periods, name = (weeks, "week") if weeks.nunique() <= _MOST_PERIODS else (dates.dt.to_period("M"), "month")
    groups = price.groupby(periods)
    kept = np.unique(np.concatenate([[0, len(price) - 1], groups.idxmin(), groups.idxmax()]))
    return kept, f"chart and download: the lowest and the highest day of each {name}"


def _by_year(prices: pd.DataFrame, note: str) -> Table:
    groups = prices.groupby(prices["date"].dt.year)
    rows = tuple(
        (
            str(year), numbers.plain(group["gold_usd_per_oz"].iloc[0]), numbers.plain(group["gold_usd_per_oz"].min()),
            numbers.plain(group["gold_usd_per_oz"].max()), numbers.plain(group["gold_usd_per_oz"].iloc[-1]),
            numbers.percent(np.expm1(group["log_return"].min())), f"{len(group):,}",
        )
        for year, group in groups
    )  # fmt: skip
    headings = [Heading(text, "USD/oz", numeric=True) for text in ("First", "Lowest", "Highest", "Last")]
    return Table(
        "Gold price by year",
        (Heading("Year"), *headings, Heading("Worst day", "", numeric=True), Heading("Rows", "", numeric=True)),
        rows,
        note,
    )


@themed
def return_profile(prices: pd.DataFrame, facts: pd.DataFrame) -> Figure:
    """Daily returns against a normal law, and the stylised facts against the range measured on real gold.

    `facts` has statistic, value, expected_low, expected_high, source.
    """
    returns = prices["log_return"].dropna().to_numpy()
    inside = facts["value"].between(facts["expected_low"], facts["expected_high"])
    spread = returns.std()

    drawing = canvas(8.4, max(3.4, 0.36 * len(facts) + 1.3))
    left, right = drawing.subplots(1, 2, width_ratios=(1, 1.15))
    edges = np.linspace(-abs(returns).max(), abs(returns).max(), 61)
    counts, _ = np.histogram(returns, edges)
    middles = (edges[:-1] + edges[1:]) / 2
    normal = (
        len(returns)
        * np.diff(edges)
        * np.exp(-0.5 * ((middles - returns.mean()) / spread) ** 2)
        / (spread * np.sqrt(2 * np.pi))
    )
    left.bar(middles, counts, width=np.diff(edges), color=BLUE, alpha=0.75)
    left.plot(middles, normal, color=VERMILLION, label="normal law")
    left.set_yscale("log")
    left.set_ylim(0.7, counts.max() * 2)
    left.yaxis.set_major_formatter(ScalarFormatter())
    left.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    left.set_title("Days by size of the log-return")
    left.set_ylabel("days, log scale")
    left.legend(loc="upper left")
    _facts_against_range(right, facts, inside.to_numpy())

    number = int(inside.sum())
    headline = (
        f"{number} of {len(facts)} statistics lie in the range measured on real gold prices; "
        f"the worst day was {numbers.percent(np.expm1(returns.min()))}, the best {numbers.percent(np.expm1(returns.max()))}."
    )
    outside = facts.loc[~inside, "statistic"].map(lambda key: key.replace("_", " "))
    alt = (
        f"Histogram of {len(returns):,} daily returns against a normal law of the same standard deviation, "
        f"{numbers.percent(spread)}. Beside it {len(facts)} statistics on their expected ranges"
        f"{'; outside: ' + numbers.joined(outside) if len(outside) else ', all inside'}."
    )
    table = tables.facts(facts)
    csv = facts.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return finish(drawing, "return-profile", headline, alt, table, csv)


def _facts_against_range(axes: Any, facts: pd.DataFrame, inside: np.ndarray) -> None:
    """Each fact as a dot on its expected range, the range drawn from 0 to 1 whatever its unit."""
    width = (facts["expected_high"] - facts["expected_low"]).where(lambda w: w > 0, 1.0)
    place = ((facts["value"] - facts["expected_low"]) / width).clip(-0.6, 1.6).to_numpy()
    rows = np.arange(len(facts))[::-1]
    axes.barh(rows, 1.0, height=0.5, color=FAINT, alpha=0.7)
    axes.scatter(place, rows, color=np.where(inside, BLUE, VERMILLION), s=34, zorder=3)
    for row, value in zip(rows, facts["value"], strict=True):
        axes.text(1.72, row, f"{value:,.3g}".replace("-", "\N{MINUS SIGN}"), va="center", fontsize=8.5)
    axes.set_yticks(rows, [key.replace("_", " ") for key in facts["statistic"]])
    axes.set_xlim(-0.7, 2.2)
    axes.set_xticks([0, 1], ["low end", "high end"])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_title("Statistics on their expected range")
    axes.tick_params(axis="y", labelcolor=MUTED, labelsize=8.5)


def _ounce(price: float) -> str:
    return numbers.with_unit(price, "USD/oz")


def _date(value: Any) -> str:
    stamp = pd.Timestamp(value)
    return f"{stamp.day} {stamp:%B %Y}"
