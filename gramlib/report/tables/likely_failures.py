"""The likeliest ways to fail in words: how often, in which way, what was needed, what moved it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import columns

_BASES = {"book": "paths of the book", "scenario": "likeliest scenario"}


def likely_failures(likely: pd.DataFrame) -> Table:
    """Every way of the `likely_failures` table with its return period and interval."""
    return Table(
        "The likeliest ways to fail",
        columns("Failure", "Basis", "Way", "Once in", "Interval", "Share of failing paths", "What it looked like"),
        tuple(_row(row) for row in likely.itertuples(index=False)),
        "Once in so many years is one over the chance in a year, with the interval of the simulation; what the models do not know is "
        "no part of it. A way is what stood out in the twenty days up to the failure, sizes are medians. The likeliest scenario is "
        "the likeliest class of shocks, under the fitted laws, that fails; its chance is that of one at least as severe.",
        folded=True,
    )


def _row(row: Any) -> tuple[str, ...]:
    way = way_words(row.way) if row.way else "none found"
    if row.basis == "book" and row.rank == 0:
        way = f"all ways; most often {way}" if row.way else "no path failed"
    share = "\N{EN DASH}" if numbers.is_missing(row.way_share) or row.rank == 0 else (
        f"{numbers.percent(row.way_share)} ({numbers.percent(row.way_lower)} to {numbers.percent(row.way_upper)})"
    )  # fmt: skip
    return (vocabulary.failure_name(row.predicate), _BASES[row.basis], way, period(row), period_interval(row), share,
            looks(row) or "\N{EN DASH}")  # fmt: skip


def years(value: float) -> str:
    """A return period: "7.6 years", "200 years", "1,300 years"."""
    if value >= 1000:
        return f"{numbers.plain(round(value, -2), 0)} years"
    return f"{numbers.plain(value, 0 if value >= 10 else 1)} years"


def bounded(row: Any) -> bool:
    """Whether a row says anything of how often: a scenario that was not found does not."""
    return not numbers.is_missing(row.return_lower_years)


def period(row: Any) -> str:
    """How often, as a return period; a bound where nothing failed."""
    if not bounded(row):
        return "none found"
    if numbers.is_missing(row.return_period_years):
        return f"rarer than once in {years(row.return_lower_years)}"
    return years(row.return_period_years)


def period_interval(row: Any) -> str:
    """The interval of the return period, and its range over the price models where it has one."""
    if numbers.is_missing(row.return_period_years):
        return "none seen" if bounded(row) else "\N{EN DASH}"
    if row.return_lower_years == row.return_upper_years:
        told = "exact under the laws"
    elif numbers.is_missing(row.return_upper_years):
        told = f"{years(row.return_lower_years)} or more"
    else:
        told = f"{years(row.return_lower_years)} to {years(row.return_upper_years)}"
    if numbers.is_missing(row.models_lower_years):
        return told
    longest = "never seen in one" if numbers.is_missing(row.models_upper_years) else years(row.models_upper_years)
    return f"{told}; over price models {years(row.models_lower_years)} to {longest}"


def way_words(way: str) -> str:
    """A way as prose: "fall of gold and thin market"."""
    return "nothing that stood out" if way == "none of these" else numbers.joined(way.split(" + "))


def looks(row: Any) -> str:
    """Sizes of the factors that are not calm."""
    parts = []
    if not numbers.is_missing(row.price_move) and abs(row.price_move) >= 0.005:
        word = "fall" if row.price_move < 0 else "rise"
        over = "" if numbers.is_missing(row.price_days) else f" over {numbers.days(row.price_days)}"
        parts.append(f"a {word} of gold by {numbers.percent(abs(row.price_move))}{over}")
    if not numbers.is_missing(row.event_days) and row.event_days > 0:
        parts.append(f"{numbers.days(row.event_days)} of a confidence event")
    if not numbers.is_missing(row.liquidity_multiplier) and row.liquidity_multiplier >= 1.05:
        parts.append(f"a market {numbers.plain(row.liquidity_multiplier, 1)} times as illiquid as usual")
    if not numbers.is_missing(row.lost_share) and row.lost_share > 0:
        parts.append(f"{numbers.percent(row.lost_share)} of the gold lost")
    return numbers.joined(parts)


def likely_sentence(likely: pd.DataFrame, causes: pd.DataFrame, predicate: str) -> str:
    """One predicate in two or three sentences: how often, the usual way, what it needs, what moved it, the likeliest scenario."""
    rows = likely[likely["predicate"] == predicate]
    book = next(rows[(rows["basis"] == "book") & (rows["rank"] == 0)].itertuples(index=False))
    name = vocabulary.failure_name(predicate)
    if numbers.is_missing(book.return_period_years):
        said = [
            f"{name} was seen on none of {book.n:,} paths: it is rarer than once in {years(book.return_lower_years)}."
        ]
    else:
        most = f"most often after {way_words(book.way)} ({numbers.percent(book.way_share)} of {numbers.count(book.walked, 'failing path')} looked at)"
        said = [f"{name} comes once in {years(book.return_period_years)} ({period_interval(book)}), {most}."]
        said += [sentence for sentence in (_needs(book), _moved(causes[causes["predicate"] == predicate])) if sentence]
    scenario = next(rows[rows["basis"] == "scenario"].itertuples(index=False), None)
    if scenario is not None and scenario.way:
        like = looks(scenario)
        said.append(
            f"The likeliest failing scenario is {way_words(scenario.way)}{f': {like}' if like else ''}, "
            f"once in {years(scenario.return_period_years)} ({period_interval(scenario)})."
            if not numbers.is_missing(scenario.return_period_years)
            else f"The likeliest failing scenario is {way_words(scenario.way)}, {period(scenario)}."
        )
    elif scenario is not None:
        said.append("No failing scenario was found among the likeliest classes of shocks; rarer ones were not tried.")
    return " ".join(said)


def _needs(book: Any) -> str:
    def named(drivers: str) -> str:
        return numbers.joined(vocabulary.driver_name(d) if d != "price" else "gold alone" for d in drivers.split(", "))

    parts = [f"without {named(d)} it is less than half as frequent" for d in book.necessary.split(", ") if d]
    if book.sufficient:
        parts.append(f"{named(book.sufficient)} would bring most of it")
    return numbers.sentence("; ".join(parts))


def _moved(causes: pd.DataFrame) -> str:
    if causes.empty:
        return ""
    first = next(causes.itertuples(index=False))
    what = f"{first.cause}, driven by {first.module}" if first.module else vocabulary.cause_name(first.cause)
    return (
        f"On the day itself {what} weighed most on {numbers.percent(first.share)} of failing paths "
        f"({numbers.percent(first.lower)} to {numbers.percent(first.upper)})."
    )


def likely_sentences(likely: pd.DataFrame, causes: pd.DataFrame) -> Table:
    """Every predicate in words."""
    predicates: Iterable[str] = dict.fromkeys(likely["predicate"])
    rows = tuple((vocabulary.failure_name(p), likely_sentence(likely, causes, p)) for p in predicates)
    return Table("How each failure comes about", columns("Failure", "In words"), rows)


def failure_causes(causes: pd.DataFrame) -> Table:
    """What moved the failing paths on the day of the failure."""
    rows = tuple(
        (vocabulary.failure_name(row.predicate), vocabulary.cause_name(row.cause), row.module or "\N{EN DASH}",
         numbers.percent(row.share), f"{numbers.percent(row.lower)} to {numbers.percent(row.upper)}", f"{row.failed:,} of {row.n:,}")
        for row in causes.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "What moved it: failing paths by cause", columns("Failure", "Cause", "Module", "Share", "Interval", "Paths", numeric=("Share", "Paths")),
        rows, "The cause is the largest term of that day's own funds, liquidity or discount; the module is what drove holders to ask.",
        folded=True,
    )  # fmt: skip
