"""Tables about the listed scenarios: what they are, and what fails in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Heading, Table, Tables
from gramlib.report.tables.plain import columns

LONGEST_OPEN = 15
"""Rows of a table that a page shows without being asked."""


def scenarios(document: Mapping[str, Any]) -> Tables:
    """The listed scenarios of a scenarios_used document: how large they are, then what happens in them."""
    records = document["scenarios"]
    numeric = ("Days", "Gold in all", "Deepest fall", "Worst day", "Event days", "Market stress", "Gold lost")
    sizes = Table(
        "Scenarios as they were run", columns("Scenario", "Severity", *numeric, numeric=numeric), tuple(map(_sizes, records)),
        "Deepest fall: from the highest price so far. Market stress: largest multiplier of spread and illiquidity.",
        folded=len(records) > LONGEST_OPEN,
    )  # fmt: skip
    told = tuple(
        (str(r["id"]), str(r.get("story", "")), _precedent(r), str(r.get("frequency", "")) or numbers.MISSING, _made(r))
        for r in records
    )
    heads = columns("Scenario", "Story", "Precedent", "How rare the price alone", "Price path")
    return Tables((sizes, Table("What happens in them", heads, told, folded=True), facts_of_windows(document)))


def facts_of_windows(document: Mapping[str, Any]) -> Table:
    """Published figures of the historical windows, with their series, beside those of the path that was run."""
    rows = tuple(
        (str(record["id"]), numbers.sentence(vocabulary.spaced(str(fact["figure"]))).rstrip("."),
         numbers.percent(fact["published"]), numbers.percent(fact["here"]), str(fact["series"]), str(record.get("provenance", "")))
        for record in document["scenarios"] for fact in record.get("facts", ())
    )  # fmt: skip
    heads = columns(
        "Scenario",
        "Figure",
        "Published",
        "In this run",
        "Published on",
        "Price path",
        numeric=("Published", "In this run"),
    )
    return Table(
        "Historical windows: published and run", heads, rows,
        "A figure goes with its series: fixings and spot prices of one day differ by their hour.", folded=True,
    )  # fmt: skip


def _precedent(record: Mapping[str, Any]) -> str:
    precedent = record.get("precedent") or {}
    parts = [str(precedent[key]) for key in ("text", "date", "source") if precedent.get(key)]
    unchecked = [] if precedent.get("verified", True) else ["not verified"]
    return "; ".join([*parts, *unchecked]) or numbers.MISSING


def _made(record: Mapping[str, Any]) -> str:
    """Where the price path comes from, and what is not as it is: the changes a scenario makes to the issuer."""
    parts = [str(record.get("provenance", ""))]
    if record.get("kind") == "model" and record.get("note"):
        parts.append(str(record["note"]))
    changes = [f"{change['key']}: {change['why']}" for change in record.get("changes", ())]
    return "; ".join([*parts, *(["changes the issuer: " + ", ".join(changes)] if changes else [])])


def _sizes(record: Mapping[str, Any]) -> tuple[str, ...]:
    shocks = record.get("shocks", {})
    multiplier = shocks.get("max_liquidity_multiplier")
    return (
        _titled(record), str(record.get("severity", "")), numbers.plain(shocks.get("horizon_days", record.get("horizon_days")), 0),
        numbers.percent(shocks.get("total_return")), numbers.percent(shocks.get("max_drawdown")), numbers.percent(shocks.get("worst_day_return")),
        numbers.plain(shocks.get("event_days"), 0), numbers.MISSING if numbers.is_missing(multiplier) else f"x {float(multiplier):g}",
        numbers.percent(shocks.get("lost_share")),
    )  # fmt: skip


def _titled(record: Mapping[str, Any]) -> str:
    title = str(record.get("title", ""))
    return f"{title} ({record['id']})" if title else str(record["id"])


def failures(table: pd.DataFrame) -> Table:
    """First day of each failure in the scenarios that show one; what never happened is listed below."""
    held = table[table["first_day"] >= 0]
    judged = [name for name in vocabulary.FAILURES if name in set(table["predicate"])]
    happened = [name for name in judged if name in set(held["predicate"])]
    days = table.pivot(index="scenario", columns="predicate", values="first_day")
    causes = held.groupby("scenario")["cause"].agg(
        lambda found: "; ".join(dict.fromkeys(map(vocabulary.cause_name, found)))
    )
    rows = tuple(
        (str(name), *(_first_day(days.loc[name, p]) for p in happened), str(causes[name]) or _NEVER)
        for name in days.index
        if name in causes.index
    )
    quiet = [str(name) for name in days.index if name not in causes.index]
    never = numbers.joined(vocabulary.failure_name(p) for p in judged if p not in happened)
    note = "Causes: the largest term on the day of each failure."
    note += f" Never in any scenario: {never}." if never else ""
    note += f" Without any failure: {numbers.joined(quiet)}." if quiet else ""
    headings = [Heading(vocabulary.failure_name(p), "", numeric=True) for p in happened]
    return Table(
        "First day of each failure, scenario by scenario",
        (Heading("Scenario"), *headings, Heading("Causes")),
        rows,
        note,
        folded=len(rows) > LONGEST_OPEN,
    )


def scenario_odds(odds: pd.DataFrame, table: pd.DataFrame) -> Table:
    """How often each listed scenario fails with random drivers on; a star where it fails without them (replay_failures)."""
    held = table[table["first_day"] >= 0]
    listed = set(zip(held["scenario"], held["predicate"], strict=True))
    predicates = list(dict.fromkeys(odds["predicate"]))
    names = [vocabulary.failure_name(predicate) for predicate in predicates]
    rows = []
    for scenario, group in odds.groupby("scenario", sort=False):
        share = (group["failed"] / group["n"]).set_axis(group["predicate"])
        cells = (f"{numbers.percent(share[p])}{' *' if (scenario, p) in listed else ''}" for p in predicates)
        rows.append((str(scenario), *cells))
    n = int(odds["n"].iloc[0]) if len(odds) else 0
    note = (
        f"Shares of {n:,} paths of the random drivers, the same for every scenario. * fails as listed, without chance."
    )
    return Table(
        "Listed scenarios with chance on top",
        columns("Scenario", *names, numeric=tuple(names)),
        tuple(rows),
        note,
        folded=len(rows) > LONGEST_OPEN,
    )


_NEVER = "\N{EN DASH}"


def _first_day(day: float) -> str:
    return _NEVER if day < 0 else f"day {int(day)}"
