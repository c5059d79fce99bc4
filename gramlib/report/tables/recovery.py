"""Early warnings, options of recovery, and what remains when everything recommended is done."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table, Tables
from gramlib.report.tables.packages import points
from gramlib.report.tables.plain import columns
from gramlib.report.tables.recommend import amount

BASES = {"simulated": "On simulated paths, those not tuned on", "history": "On replays of history"}
RATIOS = frozenset({"own_funds", "ladder", "backing"})


def early_warning(table: pd.DataFrame) -> Tables:
    """One table a basis: the default limits, and the tuned amber where there is one."""
    return Tables(tuple(_warnings(rows, BASES[str(basis)]) for basis, rows in table.groupby("basis", sort=False)))


def level(row: Any, value: float) -> str:
    """A limit of an indicator as it is read."""
    if numbers.is_missing(value):
        return numbers.MISSING
    if row.indicator in RATIOS:
        return numbers.plain(value, 3)
    return numbers.days(value) if row.unit == "day" else numbers.percent(value)


def verdict(row: Any) -> str:
    """What tuning came to, in words."""
    if row.indicator == "any":
        return "tuned limits together" if not numbers.is_missing(row.tuned_in_time) else "none tuned"
    if row.stands:
        return "stands at amber or worse on most days: a finding, no warning"
    if not numbers.is_missing(row.tuned_amber):
        return level(row, row.tuned_amber)
    if numbers.is_missing(row.most_in_time):
        return "too few failures to tune on"
    return f"none does; {numbers.percent(row.most_in_time)} at most"


def recovery_options(table: pd.DataFrame) -> Tables:
    """The ranking, and what each option does to each failure."""
    first = table.drop_duplicates("option").sort_values("rank", kind="stable")
    ranking = tuple(
        (
            str(row.rank), row.title, amount(row.size, row.unit), numbers.days(row.days_to_act), row.starts,
            numbers.percent(row.ready), _signed(row.avoided), _signed(row.counted), numbers.usd(row.cost_usd_year), row.side_effect,
        )
        for row in first.itertuples(index=False)
    )  # fmt: skip
    heads = ("Rank", "Option", "Size", "Time to act", "In the runs from", "Failing paths it could reach", "Failures avoided",
             "Counted", "Cost a year", "Besides")  # fmt: skip
    effects = tuple(
        (
            row.title, vocabulary.failure_name(row.predicate), numbers.percent(row.before), numbers.percent(row.after),
            f"{points(row.difference_lower)} to {points(row.difference_upper)}",
            f"{row.worst_before} to {row.worst_after} of {len(row.worst.split(', ')) if row.worst else 0}",
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    names = ("Option", "Failure", "Without", "With", "Change", "Worst scenarios")
    n = f"{int(table['n'].iloc[0]):,}" if len(table) else "no"
    return Tables((
        Table(
            "Options of recovery, best first", columns(*heads, numeric=(*heads[2:4], *heads[5:9])), ranking,
            f"Failures of a year's book for 100 paths, F1 to F7 each counted, on {n} paths. What is in the runs from day 0 counts only for "
            "the failing paths that leave the days it takes; what it adds counts in full.",
        ),
        Table(
            "What each option does to each failure", columns(*names, numeric=names[2:]), effects,
            f"Worst listed scenarios: {first['worst'].iloc[0] or 'none fails'}." if len(first) else "", folded=True,
        ),
    ))  # fmt: skip


def residual_risk(table: pd.DataFrame) -> Tables:
    """Scenarios that failed before or still do, and the smallest breaking shock of each axis before and after."""
    scenarios = table[(table["kind"] == "scenario") & ((table["failed_before"] != "") | table["remains"])]
    shocks = table[(table["kind"] == "shock") & (table["size_before"].notna() | table["remains"])]
    listed = tuple(
        (row.title, row.severity, row.failed_before or "nothing", row.failed_after or "nothing")
        for row in scenarios.sort_values("remains", ascending=False, kind="stable").itertuples(index=False)
    )
    broken = tuple(
        (
            vocabulary.shock_name(row.subject), vocabulary.failure_name(row.predicate), _size(row, row.size_before),
            _size(row, row.size_after),
        )
        for row in shocks.itertuples(index=False)
    )  # fmt: skip
    sound = int((table["kind"] == "scenario").sum()) - len(scenarios)
    heads = columns(
        "Shock", "Failure", "Smallest before", "Smallest after", numeric=("Smallest before", "Smallest after")
    )
    return Tables((
        Table("Listed scenarios before and after the package", columns("Scenario", "Severity", "Fails today", "Fails after"), listed,
              f"{numbers.count(sound, 'other scenario')} shows no failure before or after. Exact: nothing is drawn."),
        Table("The smallest shock that breaks it, before and after the package", heads, broken,
              "Scanned first, then refined. None found is no proof that there is none.", folded=True),
    ))  # fmt: skip


def _warnings(rows: pd.DataFrame, caption: str) -> Table:
    told = tuple(
        (
            row.title, row.warns_of, level(row, row.amber) if row.indicator != "any" else "", str(row.failing),
            _share(row.in_time, row.in_time_lower, row.in_time_upper), _days(row.lead_median_days), _rate(row.false_alarms_year),
            verdict(row), _share(row.tuned_in_time, row.tuned_in_time_lower, row.tuned_in_time_upper),
            _rate(row.tuned_false_alarms_year),
        )
        for row in rows.itertuples(index=False)
    )  # fmt: skip
    heads = ("Indicator", "Warns of", "Amber", "Failing paths", "In time", "Median lead", "False alarms", "Tuned amber",
             "In time, tuned", "False alarms, tuned")  # fmt: skip
    return Table(
        caption, columns(*heads, numeric=(*heads[2:7], *heads[8:])), told,
        "In time: amber two days before red or the failure, whichever comes first. A false alarm is a beginning of amber without a "
        "failure within 20 days. Tuned: the strictest amber in time on 95% of the failing paths it was tuned on.",
    )  # fmt: skip


def _share(value: float, lower: float, upper: float) -> str:
    if numbers.is_missing(value):
        return numbers.MISSING
    return f"{numbers.percent(value)} ({numbers.percent(lower)} to {numbers.percent(upper)})"


def _days(value: float) -> str:
    return numbers.MISSING if numbers.is_missing(value) else numbers.days(value)


def _rate(value: float) -> str:
    return numbers.MISSING if numbers.is_missing(value) else f"{numbers.plain(value, 1)} a year"


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{numbers.plain(100.0 * value, 1)}"


def _size(row: Any, value: float) -> str:
    if numbers.is_missing(value):
        return "none found"
    return numbers.with_unit(value, vocabulary.shock_unit(row.subject, row.unit))
