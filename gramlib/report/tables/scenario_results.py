"""Listed scenarios against their limits: those that miss one open, the others folded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gramlib.report import numbers
from gramlib.report.html_table import Status, Table, Tables
from gramlib.report.tables.plain import columns

_NONE = "none"
_NUMERIC = ("Lowest own funds", "Longest queue")
_NOTE = "F1 to F7 are explained above. Longest queue: share of the tokens at the start. Tolerated: what the profile lets a scenario of this severity show."


def scenario_results(rows: Sequence[Mapping[str, Any]]) -> Tables:
    """`scenarios` of a report document as two tables: beyond their limit, and within it."""
    missed = [row for row in rows if row["status"] == "fail"]
    held = [row for row in rows if row["status"] != "fail"]
    heads = columns(
        "Scenario", "Severity", "What it assumes", "Failures", "Tolerated", *_NUMERIC, "Result", numeric=_NUMERIC
    )
    beyond = (
        f"{numbers.count(len(missed), 'scenario')} of {len(rows)} beyond {'its' if len(missed) == 1 else 'their'} limit"
    )
    tables = [Table(beyond, heads, tuple(map(_cells, missed)), _NOTE)] if missed else []
    if held:
        within = f"{'The other ' if missed else ''}{numbers.count(len(held), 'scenario')}, within {'its' if len(held) == 1 else 'their'} limit"
        tables.append(Table(within, heads, tuple(map(_cells, held)), "" if missed else _NOTE, folded=bool(missed)))
    return Tables(tuple(tables) or (Table("No scenario was listed", heads, ()),))


def _cells(row: Mapping[str, Any]) -> tuple[str | Status, ...]:
    tolerated = numbers.MISSING if row["tolerated"] is None else ", ".join(row["tolerated"]) or _NONE
    return (
        f"{row['title']} ({row['id']})", row["severity"], row["assumes"], ", ".join(row["failed"]) or _NONE, tolerated,
        numbers.usd(row["min_equity_usd"]), numbers.percent(row["peak_queue_share"]), Status(row["status"]),
    )  # fmt: skip
