"""Tables of the analysis: figures with intervals, limits, breaking shocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Status, Table, Tables
from gramlib.report.tables.plain import columns


def failure_names() -> Table:
    """What each failure's short name stands for."""
    rows = tuple((vocabulary.failure_name(name), clause) for name, (_, clause) in vocabulary.FAILURES.items())
    return Table("What counts as a failure", columns("Name", "It is there when"), rows,
                 "A queue alone is no failure; it is where most of them begin.", folded=True)  # fmt: skip


def metrics(table: pd.DataFrame, subjects: Iterable[str] | None = None) -> Table:
    """Every figure with its interval and how it was made; `subjects` limits it."""
    wanted = None if subjects is None else set(subjects)
    rows = tuple(
        (
            vocabulary.book_name(row.subject), vocabulary.metric_name(row.metric), numbers.with_unit(row.value, vocabulary.metric_unit(row.metric, row.unit)),
            interval(row.lower, row.upper, vocabulary.metric_unit(row.metric, row.unit)), row.method, f"{row.n:,}",
        )
        for row in table.itertuples(index=False)
        if wanted is None or row.subject in wanted
    )  # fmt: skip
    return Table(
        "Figures with their uncertainty",
        columns(
            "Subject",
            "Figure",
            "Estimate",
            "Interval",
            "Method",
            "Observations",
            numeric=("Estimate", "Interval", "Observations"),
        ),
        rows,
        folded=True,
    )


def interval(lower: float | None, upper: float | None, unit: str) -> str:
    """An interval in words; "exact" where both ends are empty."""
    if numbers.is_missing(lower) and numbers.is_missing(upper):
        return "exact"
    return f"{numbers.with_unit(lower, unit)} to {numbers.with_unit(upper, unit)}"


def verdicts(table: pd.DataFrame) -> Tables:
    """Each requirement against its limit, worst first: those with a figure, then the listed scenarios in words.

    The sources of the limits are numbered, and listed below the table that cites them.
    """
    rank = table["status"].map(vocabulary.SEVERITY)
    ordered = table.assign(_rank=-rank).sort_values(["_rank", "decides"], ascending=[True, False], kind="stable")
    listed = ordered["requirement"] == "listed scenario"
    return Tables(tuple(
        build(rows) for build, rows in ((_measured, ordered[~listed]), (_listed, ordered[listed])) if len(rows)
    ))  # fmt: skip


def _measured(ordered: pd.DataFrame) -> Table:
    cited = list(dict.fromkeys(ordered["source"]))
    rows = tuple(
        (
            vocabulary.requirement_name(row.requirement, short=True), vocabulary.book_name(row.subject), Status(row.status), _found(row), _limit(row.limit, row),
            _found(row, "margin"), "yes" if row.decides else "no", f"[{cited.index(row.source) + 1}]",
        )
        for row in ordered.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "Requirements against their limits",
        columns(
            "Requirement", "Judged on", "Status", "Found", "Limit", "Margin", "Decides", "Source",
            numeric=("Found", "Limit", "Margin"),
        ),
        rows,
        'A negative margin is a breach. "none seen" is not never: the figures hold its upper bound. '
        f"A limit that nobody has verified never decides the verdict. Sources of the limits: {_sources(cited)}.",
    )  # fmt: skip


def _listed(ordered: pd.DataFrame) -> Table:
    cited = list(dict.fromkeys(ordered["source"]))
    rows = tuple(
        (row.subject, Status(row.status), row.sentence, "yes" if row.decides else "no")
        for row in ordered[ordered["status"] != "pass"].itertuples(index=False)
    )
    sound = list(ordered.loc[ordered["status"] == "pass", "subject"])
    nothing = f"Nothing fails in {numbers.joined(sound)}. " if sound else ""
    return Table(
        "Listed scenarios against what their severity may show",
        columns("Scenario", "Status", "What happens", "Decides"),
        rows,
        "Watch: a failure that the profile tolerates at this severity; fail: one that it does not. "
        f"{nothing}Sources of the limits: {_sources(cited)}.",
    )


def _sources(cited: list[str]) -> str:
    return "; ".join(f"[{place}] {source}" for place, source in enumerate(cited, start=1))


def _found(row: Any, column: str = "number") -> str:
    value = getattr(row, column)
    if column == "number" and value == 0 and row.unit == "1/year":
        return "none seen"
    if not numbers.is_missing(value):
        return numbers.with_unit(value, vocabulary.requirement_unit(row.unit))
    return "\N{EN DASH}" if row.status == "not_applicable" or column == "margin" else "none found"


def _limit(value: float, row: Any) -> str:
    return numbers.setting_with_unit(value, vocabulary.requirement_unit(row.unit))


def reverse(table: pd.DataFrame) -> Table:
    """Breaking shocks, axis by axis: each failing interval, then in one row what broke nothing and how far was searched."""
    rows: list[tuple[str, ...]] = []
    for _, found in table.groupby("shock", sort=False):
        rows += [
            _reverse_row(row, vocabulary.failure_name(row.predicate)) for row in found[found["found"]].itertuples()
        ]
        intact = found[~found["found"]]
        if len(intact):
            quiet = numbers.joined("queue" if p == "queue" else p for p in intact["predicate"] if p != "not_applicable")
            rows.append(_reverse_row(next(intact.itertuples()), quiet))
    return Table(
        "Reverse stress: the shocks at which it breaks",
        columns("Failure", "Shock", "Fails for", "Searched", "Step", numeric=("Step",)),
        tuple(rows),
        "The set of failing shocks need not be an interval: the range is scanned first, then each edge refined.",
        folded=True,
    )


def _reverse_row(row: Any, names: str) -> tuple[str, ...]:
    unit = vocabulary.shock_unit(row.shock, row.unit)
    step = numbers.setting_with_unit(row.scan_step, unit)
    return (
        names or "\N{EN DASH}",
        vocabulary.shock_name(row.shock),
        shock_range(row),
        "\N{EN DASH}" if row.note else _searched(row, unit),
        "\N{EN DASH}" if row.note else step,
    )


def _searched(row: Any, unit: str) -> str:
    return f"{numbers.setting_with_unit(row.scan_from, unit)} to {numbers.setting_with_unit(row.scan_to, unit)}"


def shock_range(row: Any) -> str:
    """One row of the reverse table as words."""
    unit = vocabulary.shock_unit(row.shock, row.unit)
    if row.note:
        return f"not searched: {row.note}"
    if not row.found:
        return f"no failure found within {_searched(row, unit)}"
    upper = "the end of the search" if row.upper >= row.scan_to else numbers.with_unit(row.upper, unit)
    return f"{numbers.with_unit(row.lower, unit)} to {upper}"
