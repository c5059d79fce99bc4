"""The `reverse` table: failing intervals of every predicate on every axis, and the same in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from gramlib.errors import ParameterError
from gramlib.metrics.figures import NEVER, predicates_of
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.reverse.search import FailingInterval, Question, failing_intervals
from gramlib.reverse.shocks import Shock, shocks

QUEUE = "queue"
"""A queue forms: no failure yet, but the first thing to go wrong."""

SHOCKS_IN_WORDS = {
    "price_fall": "a one-day fall of gold",
    "price_rise": "a one-day rise of gold",
    "price_fall_with_event": "a one-day fall of gold with a confidence event that day",
    "custody_loss": "a custody loss",
    "liquidity_multiplier": "a market liquidity stress with a confidence event on day one",
    "event_days": "a confidence event alone",
}
COLUMNS = (
    "predicate", "shock", "interval", "found", "lower", "upper", "unit", "scan_from", "scan_to", "scan_step", "tolerance",
)  # fmt: skip


def reverse_table(
    issuer: Issuer,
    start_usd_per_g: float,
    own_funds: Any,
    params: AnalyseParams,
    simulate: Callable[..., Any],
    progress: Callable[[int, int, str], None] | None = None,
) -> pd.DataFrame:
    """Smallest and largest breaking shocks, every failing interval of every predicate on every axis.

    `simulate(issuer, paths, events, own_funds=...)` is the engine (gramlib.simulation.simulate); `own_funds` is the
    rule F1 is judged by. Paths run for `params.reverse_horizon_days`; the shock comes on day 1. A predicate that
    no scanned shock breaks gets one row with `found` false, interval 0 and empty ends: not found is not "safe".
    """
    rows: list[tuple] = []
    axes = shocks(issuer, start_usd_per_g, params)
    for done, shock in enumerate(axes):
        if progress is not None:
            progress(done, len(axes), f"reverse stress: {shock.name}")
        intervals = failing_intervals(_question(issuer, shock, own_funds, simulate), shock.line)
        for predicate, found in intervals.items():
            rows += _rows(predicate, shock, found)
    if progress is not None:
        progress(len(axes), len(axes), "reverse stress")
    kinds = {"interval": "int64", "found": "bool", **dict.fromkeys(("lower", "upper", *COLUMNS[7:]), "float64")}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)


def finding(table: pd.DataFrame, predicate: str, shock: str) -> str:
    """What `table` says about `predicate` on the axis `shock`, in words for stakeholders.

    Raises ParameterError when the table has no such row.
    """
    rows = table[(table["predicate"] == predicate) & (table["shock"] == shock)].sort_values("interval")
    if rows.empty:
        raise ParameterError(f"no reverse stress of {predicate!r} by {shock!r}", expected="a predicate and shock of the table")
    first = rows.iloc[0]
    words = SHOCKS_IN_WORDS.get(shock, shock)
    if not first["found"]:
        no = "No queue" if predicate == QUEUE else f"No failure {predicate}"
        return f"{no} found for {words} within [{_ends(first, 'scan_from', 'scan_to')}]."
    sizes = " and ".join(_range(row, shock) for _, row in rows.iterrows())
    what = "A queue forms" if predicate == QUEUE else f"{predicate} fails"
    return f"{what} for {words} of {sizes} (scanned from {_ends(first, 'scan_from', 'scan_to', ' to ')})."


def _question(issuer: Issuer, shock: Shock, own_funds: Any, simulate: Callable[..., Any]) -> Question:
    def question(sizes: np.ndarray) -> dict[str, np.ndarray]:
        prices, events = shock.days(sizes)
        outcomes = simulate(issuer, prices, events, engine="numpy", own_funds=own_funds)
        failing = {p: getattr(outcomes, f"{p.lower()}_day") != NEVER for p in predicates_of(issuer)}
        return {QUEUE: outcomes.peak_queue_share > 0, **failing}

    return question


def _rows(predicate: str, shock: Shock, intervals: list[FailingInterval]) -> list[tuple]:
    line = shock.line
    walked = (shock.unit, line.start, line.end, line.step, line.tolerance)
    if not intervals:
        return [(predicate, shock.name, 0, False, math.nan, math.nan, *walked)]
    return [
        (predicate, shock.name, number, True, interval.lower, interval.upper, *walked)
        for number, interval in enumerate(intervals, start=1)
    ]


def _range(row: pd.Series, shock: str) -> str:
    lower, upper = _size(row["lower"], row, shock), _size(row["upper"], row, shock)
    if row["upper"] == row["scan_to"]:
        return f"{lower} or more"
    return lower if lower == upper else f"{lower} to {upper}"


def _ends(row: pd.Series, first: str, last: str, between: str = ", ") -> str:
    return between.join(_size(row[end], row, row["shock"]) for end in (first, last))


def _size(value: float, row: pd.Series, shock: str) -> str:
    if row["unit"] == "day":
        return f"{value:.0f} days"
    return f"{value:.1f} times" if shock == "liquidity_multiplier" else f"{value:.1%}"
