"""Sensitivities: the tornado behind its chart, where the decision flips, and the screen of inputs moved together."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Status, Table
from gramlib.report.tables.plain import columns


def tornado_of(table: pd.DataFrame, metric: str) -> Table:
    """Every input for one headline, with the interval of the change on the same paths."""
    unit = "1/year" if metric in vocabulary.FAILURES else "USD"
    rows = tuple(
        (
            row.title, size_text(row.base_size, row), size_text(row.low_size, row), size_text(row.high_size, row),
            *((row.note, "", "", "") if row.note else (
                numbers.with_unit(row.at_low, unit), _change(row.low_lower, row.low_upper, unit),
                numbers.with_unit(row.at_high, unit), _change(row.high_lower, row.high_upper, unit),
            )),
        )
        for row in by_swing(table, metric).itertuples(index=False)
    )  # fmt: skip
    base = table.loc[table["metric"] == metric, "base"]
    note = (
        f"As it is: {numbers.with_unit(float(base.iloc[0]), unit)}. The change is on the same paths."
        if len(base)
        else ""
    )
    name = vocabulary.failure_name(metric) if unit == "1/year" else "Expected shortfall of the loss beside the price"
    heads = ("Input", "Now", "Low", "High", "At low", "Change", "At high", "Change ")
    return Table(f"{name}, input by input", columns(*heads, numeric=heads[1:]), rows, note, folded=True)


def decision_flips(table: pd.DataFrame) -> Table:
    """The decision flips if ...: inputs at which a status changes, nearest first; the others in the note."""
    found = table[table["found"]]
    rows = tuple(
        (
            f"{row.title} {row.side} {size_text(row.flips_at, row)}",
            "as it is" if row.how == "factor" else size_text(row.own_size, row),
            "All failures together" if row.requirement == "overall" else vocabulary.failure_name(row.requirement),
            Status(row.status_base), Status(row.status_there),
        )
        for row in found.itertuples(index=False)
    )  # fmt: skip
    steady = table.loc[~table["found"], "title"]
    note = (
        f"No status changes within the plausible range of: {numbers.joined(title.lower() for title in steady)}. "
        if len(steady)
        else ""
    )
    note += "One input at a time, the others as they are; a change back between two scanned sizes would be missed."
    heads = columns(
        "The decision flips if", "It is now", "Failure", "Status now", "Status then", numeric=("It is now",)
    )
    return Table("Where the decision flips", heads, rows, note)


def screen(table: pd.DataFrame, metric: str) -> Table:
    """Inputs moved all at once, the most important for `metric` first."""
    chosen = table[table["metric"] == metric].sort_values("rank")
    unit = "1/year" if metric in vocabulary.FAILURES else "USD"
    sobol = bool(len(chosen)) and chosen["method"].iloc[0] == "sobol"
    rows = tuple(
        (str(row.rank), row.title, *(_importance(value, unit, sobol) for value in (row.importance, row.importance_error, row.interaction)))
        for row in chosen.itertuples(index=False)
    )  # fmt: skip
    runs = int(chosen["runs"].iloc[0]) if len(chosen) else 0
    what = (
        "Sobol: the share of the headline's variance that goes with the input, alone and in company"
        if sobol
        else "Morris: the mean change of the headline when the input crosses its range, whatever the others are"
    )
    name = vocabulary.failure_name(metric) if unit == "1/year" else "Expected shortfall of the loss beside the price"
    heads = ("Rank", "Input", "Importance", "Its error", "In company")
    return Table(f"{name}: inputs moved together", columns(*heads, numeric=heads[2:]), rows, f"{what}; {runs} runs.")


def by_swing(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Rows of one headline, the widest swing first: a table that was read back stands in the order of its key."""
    return table[table["metric"] == metric].sort_values("swing", ascending=False, kind="stable", na_position="last")


def size_text(size: float, row: Any) -> str:
    """A size of an input in its unit; a factor is a multiple of what it is."""
    if row.how == "factor":
        return f"{size:.3g} times"
    if row.unit in ("1", "1/day", "1/year") and abs(size) < 1:
        return f"{100 * size:.3g}%" + {"1/day": " a day", "1/year": " a year"}.get(row.unit, "")
    if row.unit.startswith("USD"):
        return numbers.usd(size)
    return numbers.with_unit(size, "" if row.unit == "1" else row.unit)


def _change(lower: float, upper: float, unit: str) -> str:
    if numbers.is_missing(lower):
        return numbers.MISSING
    return f"{numbers.percent(lower)} to {numbers.percent(upper)}" if unit == "1/year" else numbers.MISSING


def _importance(value: float, unit: str, share: bool) -> str:
    if share:
        return numbers.percent(value)
    return numbers.with_unit(value, unit)
