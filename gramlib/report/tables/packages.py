"""The recommended package: its measures, what it does to each failure, and the packages beside it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import columns
from gramlib.report.tables.recommend import amount


def package(table: pd.DataFrame) -> Table:
    """Measures of the package, each with what is missed without it."""
    rows = tuple(
        (
            row.title, amount(row.now, row.unit), amount(row.number, row.unit), numbers.usd(row.cost_usd_year),
            numbers.joined(row.missed_without.split(", ")) if row.missed_without else "nothing", row.cost_basis, row.side_effect,
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    heads = columns("Measure", "Today", "Number", "Cost a year", "Missed without it", "Cost made of", "Besides",
                    numeric=("Today", "Number", "Cost a year"))  # fmt: skip
    total = numbers.usd(float(table["cost_usd_year"].sum()))
    note = (
        f"Together {total} a year. Numbers are of a coarse grid: a little less may do, and costs rest on judgements."
        if len(table)
        else "No measure: nothing is missed, or nothing that was tried helps."
    )
    return Table("The cheapest package found", heads, rows, note)


def package_effects(table: pd.DataFrame) -> Table:
    """Each failure before and after, with intervals, against its appetite."""
    rows = tuple(
        (
            vocabulary.failure_name(row.predicate), vocabulary.BOOKS.get(row.book, row.book),
            numbers.setting_with_unit(row.appetite, "1/year"), _with_ends(row, "before"), _with_ends(row, "after"),
            f"{points(row.difference_lower)} to {points(row.difference_upper)}", met_words(row),
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    heads = columns("Failure", "Book", "Appetite", "Before", "After", "Change", "Within the appetite",
                    numeric=("Appetite", "Before", "After", "Change"))  # fmt: skip
    paths = numbers.joined(sorted({f"{row.n:,}" for row in table.itertuples()}))
    return Table("Each failure before and after the package", heads, rows,
                 f"One-year probabilities on {paths} paths, the same before and after; the change is paired.")  # fmt: skip


def efficient_frontier(table: pd.DataFrame) -> Table:
    """Packages that nothing tried beats, cheapest first."""
    rows = tuple(
        (
            row.package + (" (recommended)" if row.recommended else ""), numbers.usd(row.cost_usd_year),
            f"{numbers.significant(row.largest_ratio)} ({row.binding})", row.missed or "none",
            f"{numbers.percent(row.any_failure)} ({numbers.percent(row.any_failure_lower)} to {numbers.percent(row.any_failure_upper)})",
        )
        for row in table.sort_values("cost_usd_year", kind="stable").itertuples(index=False)
    )  # fmt: skip
    heads = columns("Package", "Cost a year", "Largest probability over its appetite", "Missed", "Paths on which anything fails",
                    numeric=("Cost a year", "Largest probability over its appetite", "Paths on which anything fails"))  # fmt: skip
    n = f"{int(table['n'].iloc[0]):,}" if len(table) else "no"
    return Table("Cost against what is left", heads, rows,
                 f"On {n} paths of the search, beaten by no package tried; others may lie between. One year.", folded=True)  # fmt: skip


def met_words(row: Any) -> str:
    """Whether the appetite is met, and how surely."""
    if not row.met:
        return "no"
    return "yes" if row.sure else "yes, but its interval reaches beyond"


def points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return f"{'+' if share > 0 else ''}{numbers.plain(100.0 * share, 2)} points"


def _with_ends(row: Any, name: str) -> str:
    value, lower, upper = (getattr(row, f"{name}{end}") for end in ("", "_lower", "_upper"))
    return f"{numbers.percent(value)} ({numbers.percent(lower)} to {numbers.percent(upper)})"
