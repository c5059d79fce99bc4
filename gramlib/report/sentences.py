"""Sentences about one figure, right whatever the figure is: none seen is a bound, never "no risk"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary

_LEVEL = re.compile(r"Wilson (\d+(?:\.\d+)?)%")


def chance(row: Mapping[str, Any] | pd.Series, *, short: bool = False) -> str:
    """A probability row of the metrics table in words: estimate with interval, or the bound when none was seen.

    The interval's level is read from the row's method. `short` leaves out estimate and paths, for where they stand beside it.
    """
    paths = numbers.count(row["n"], "path")
    value, upper = float(row["value"]), row["upper"]
    stated = _LEVEL.search(str(row["method"]))
    level = f"{stated[1]}%" if stated else "stated"
    if value <= 0:
        bound = (
            "" if numbers.is_missing(upper) else f"; at most {numbers.percent_at_most(upper)} with {level} confidence"
        )
        return f"none of {paths}{bound}"
    if value >= 1:
        bound = (
            ""
            if numbers.is_missing(row["lower"])
            else f"; at least {numbers.percent(row['lower'])} with {level} confidence"
        )
        return f"all of {paths}{bound}"
    if numbers.is_missing(row["lower"]) or numbers.is_missing(upper):
        return f"{numbers.percent(value)} of {paths}"
    bounds = f"{level} interval {numbers.percent(row['lower'])} to {numbers.percent(upper)}"
    return bounds if short else f"{numbers.percent(value)} of {paths} ({bounds})"


def figure_of(metrics: pd.DataFrame, subject: str, metric: str) -> dict[str, Any] | None:
    """One row of the metrics table as a mapping, None when it is not there or empty."""
    found = metrics[(metrics["subject"] == subject) & (metrics["metric"] == metric)]
    if found.empty or numbers.is_missing(found.iloc[0]["value"]):
        return None
    return dict(found.iloc[0])


def smallest_shock(reverse: pd.DataFrame, shock: str, *, queue: bool = False) -> dict[str, Any] | None:
    """The row with the lowest failing shock on one axis; a queue alone counts only where asked."""
    rows = reverse[(reverse["shock"] == shock) & reverse["found"]]
    rows = rows[(rows["predicate"] == "queue") == queue]
    return None if rows.empty else dict(rows.sort_values(["lower", "predicate"]).iloc[0])


def shock_size(row: Mapping[str, Any], end: str = "lower") -> str:
    """One end of a failing interval with its unit."""
    shown = numbers.setting_with_unit if end.startswith("scan") else numbers.with_unit
    return shown(row[end], vocabulary.shock_unit(row["shock"], row["unit"]))


def breaking_shock(reverse: pd.DataFrame, shock: str) -> str:
    """What the search found on one axis, as a sentence; empty when the axis was not searched."""
    searched = reverse[(reverse["shock"] == shock) & (reverse["predicate"] != "queue")]
    if searched.empty:
        return ""
    row = smallest_shock(reverse, shock)
    if row is None:
        first = dict(searched.iloc[0])
        if first.get("note"):
            return f"The axis {vocabulary.shock_name(shock)} was not searched: {first['note']}."
        reach = f"{shock_size(first, 'scan_from')} to {shock_size(first, 'scan_to')}"
        return f"No failure was found on the axis {vocabulary.shock_name(shock)} within {reach}."
    failure = vocabulary.failure_name(row["predicate"])
    if row["lower"] <= row["scan_from"]:
        return f"{failure} holds from the start of the search on, at {vocabulary.shock_phrase(shock, shock_size(row))}."
    return f"{failure} begins with {vocabulary.shock_phrase(shock, shock_size(row))}."
