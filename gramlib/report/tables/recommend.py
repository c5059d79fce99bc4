"""Measures: what to do, what it changes, what it costs, and what it takes elsewhere."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import columns

_ORDER = {"needed": 0, "not reachable": 1, "enough already": 2, "not applicable": 3}
_SHARES = ("share of tokens a day", "share of gold", "share of cash", "share of volume", "share of requests")


def recommendations(table: pd.DataFrame) -> Table:
    """Every row of section 10: what is needed first, then what is out of reach, enough, or not applicable."""
    ordered = table.sort_values("state", key=lambda states: states.map(_ORDER), kind="stable")
    rows = tuple(
        (
            row.title, row.state, amount(row.now, row.unit), _with_interval(row.number, row.number_lower, row.number_upper, row.unit),
            _proof(row), _cost(row), row.binding or "none", row.why,
        )
        for row in ordered.itertuples(index=False)
    )  # fmt: skip
    heads = columns(
        "Measure",
        "State",
        "Today",
        "Number",
        "Re-run",
        "Cost a year",
        "What binds",
        "Why",
        numeric=("Today", "Number", "Cost a year"),
    )
    return Table(
        "What to do", heads, rows,
        "Each number was found by search and walked again: before and after differ by the measure alone. Intervals are those of the paths; "
        "what has none is exact for its path. Costs rest on judgements (params/models/measures.yaml).",
    )  # fmt: skip


def closed_forms(table: pd.DataFrame) -> Table:
    """What formulas say beside the numbers, for the rows that have one."""
    known = table[table["closed_form_of"] != ""]
    rows = tuple(
        (row.title, amount(row.number, row.unit), numbers.significant(row.closed_form, 4) if abs(row.closed_form) != float("inf") else "none",
         row.closed_form_of, row.regime)
        for row in known.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "Formulas beside the searches", columns("Measure", "Number", "Formula", "What it says", "Asked for by", numeric=("Number", "Formula")),
        rows, folded=True,
    )  # fmt: skip


def own_funds_parts(table: pd.DataFrame) -> Table:
    """The four amounts whose largest is required."""
    rows = tuple(
        (
            row.part,
            _with_interval(row.usd, row.usd_lower, row.usd_upper, "USD"),
            row.subject,
            "yes" if row.binding else "",
        )
        for row in table.itertuples(index=False)
    )
    return Table(
        "Own funds asked for, four ways", columns("By", "Amount", "From", "Binding", numeric=("Amount",)), rows
    )


def conflicts(table: pd.DataFrame) -> Table:
    """What a measure is for and what it takes, before and after."""
    rows = tuple(
        (
            row.title, f"{amount(row.number_before, row.unit)} to {amount(row.number_after, row.unit)}",
            _change(row, "wanted"), _change(row, "price"),
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    return Table(
        "What each measure takes elsewhere", columns("Measure", "From and to", "What it is for", "What it takes"), rows
    )


def measure_effects(table: pd.DataFrame) -> Table:
    """Chance of each failure with one recommendation carried out, a row a recommendation."""
    predicates = list(dict.fromkeys(table["predicate"]))
    names = [vocabulary.failure_name(predicate) for predicate in predicates]
    rows: list[tuple[str, ...]] = []
    if len(table):
        before = table.groupby("predicate", sort=False)["before"].first()
        rows.append(("As it stands", *(numbers.percent(before[p]) for p in predicates)))
    for action, group in table.groupby("action", sort=False):
        by = group.set_index("predicate")
        rows.append((vocabulary.spaced(str(action)), *(_after(by.loc[p]) for p in predicates)))
    n = int(table["n"].iloc[0]) if len(table) else 0
    note = f"{n:,} paths of the liquidity book, the same for all rows. A star: the paths cannot tell it from today's."
    return Table(
        "One measure at a time: share of paths that fail",
        columns("Measure", *names, numeric=names),
        tuple(rows),
        note if n else "",
    )


def amount(value: float, unit: str) -> str:
    """A number of a recommendation in its unit; no gate reads none."""
    if numbers.is_missing(value):
        return numbers.MISSING
    if unit == "share of tokens a day":
        return "none" if value >= 1.0 else f"{numbers.percent(value)} a day"
    if unit in _SHARES:
        return numbers.percent(value)
    return numbers.with_unit(value, "grams" if unit == "g" else unit)


def _after(row: Any) -> str:
    unsure = row["difference_lower"] <= 0.0 <= row["difference_upper"]
    return numbers.percent(row["after"]) + ("*" if unsure else "")


def _with_interval(value: float, lower: float, upper: float, unit: str) -> str:
    if numbers.is_missing(lower) or numbers.is_missing(upper):
        return amount(value, unit)
    return f"{amount(value, unit)} ({amount(lower, unit)} to {amount(upper, unit)})"


def figure(value: float, unit: str, metric: str) -> str:
    """A figure of a re-run; what is a share or a chance reads as a percentage."""
    share = unit == "1" and any(
        word in metric for word in ("share", "chance", "probability", "discount", "band", "over")
    )
    return numbers.with_unit(value, "share" if share else unit)


def _proof(row: Any) -> str:
    if not row.metric:
        return ""
    text = f"{row.metric}: {figure(row.before, row.metric_unit, row.metric)} to {figure(row.after, row.metric_unit, row.metric)}"
    if numbers.is_missing(row.difference_lower):
        return f"{text} ({row.subject})"
    ends = [figure(end, row.metric_unit, row.metric) for end in (row.difference_lower, row.difference_upper)]
    return f"{text}, by {ends[0]} to {ends[1]} ({row.subject}, {row.n:,} paths)"


def _cost(row: Any) -> str:
    return numbers.MISSING if numbers.is_missing(row.cost_usd_year) else numbers.usd(row.cost_usd_year)


def _change(row: Any, side: str) -> str:
    metric, unit = getattr(row, f"{side}_metric"), getattr(row, f"{side}_unit")
    before, after = (figure(getattr(row, f"{side}_{when}"), unit, metric) for when in ("before", "after"))
    return f"{metric}: {before} to {after} ({getattr(row, f'{side}_subject')})"
