"""The `reverse` table: failing intervals of every predicate on every axis."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from gramlib.metrics.figures import NEVER, predicates_of
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.reverse.search import FailingInterval, Question, failing_intervals
from gramlib.reverse.shocks import Shock, shocks

QUEUE = "queue"
"""A queue forms: no failure yet, but the first thing to go wrong."""

NOT_APPLICABLE = "not_applicable"
"""Stands in place of the predicates where an axis does not concern the issuer."""

COLUMNS = (
    "predicate", "shock", "interval", "found", "lower", "upper", "unit", "scan_from", "scan_to", "scan_step", "tolerance",
    "horizon_days", "note",
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
    rule F1 is judged by. A predicate that no scanned shock breaks gets one row with `found` false, interval 0 and empty
    ends: not found is not "safe". An axis that does not concern the issuer gets one row, predicate `NOT_APPLICABLE`, whose
    `note` says why; its range was not walked.
    """
    rows: list[tuple] = []
    axes = shocks(issuer, start_usd_per_g, params)
    for done, shock in enumerate(axes):
        if progress is not None:
            progress(done, len(axes), f"reverse stress: {shock.name}")
        if shock.why_not:
            rows += _rows(NOT_APPLICABLE, shock, [])
            continue
        intervals = failing_intervals(_question(issuer, shock, own_funds, simulate), shock.line)
        for predicate, found in intervals.items():
            rows += _rows(predicate, shock, found)
    if progress is not None:
        progress(len(axes), len(axes), "reverse stress")
    sizes = dict.fromkeys(("lower", "upper", "scan_from", "scan_to", "scan_step", "tolerance"), "float64")
    kinds = {"interval": "int64", "found": "bool", **sizes, "horizon_days": "int64"}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)


def failing(outcomes: Any, issuer: Issuer) -> dict[str, np.ndarray]:
    """Which paths form a queue, and which show each predicate that applies to `issuer`."""
    days = {p: getattr(outcomes, f"{p.lower()}_day") for p in predicates_of(issuer)}
    return {QUEUE: outcomes.peak_queue_share > 0, **{p: first_day != NEVER for p, first_day in days.items()}}


def search_for(
    start_usd_per_g: float, own_funds: Any, params: AnalyseParams, simulate: Callable[..., Any]
) -> Callable[[Issuer], pd.DataFrame]:
    """`reverse_table` for any issuer, everything else as given: what still breaks the issuer after a measure."""
    return lambda issuer: reverse_table(issuer, start_usd_per_g, own_funds, params, simulate)


def _question(issuer: Issuer, shock: Shock, own_funds: Any, simulate: Callable[..., Any]) -> Question:
    def question(sizes: np.ndarray) -> dict[str, np.ndarray]:
        prices, events = shock.days(sizes)
        return failing(simulate(issuer, prices, events, own_funds=own_funds), issuer)

    return question


def _rows(predicate: str, shock: Shock, intervals: list[FailingInterval]) -> list[tuple]:
    line = shock.line
    walked = (shock.unit, line.start, line.end, line.step, line.tolerance, shock.n_days, shock.why_not)
    if not intervals:
        return [(predicate, shock.name, 0, False, math.nan, math.nan, *walked)]
    return [
        (predicate, shock.name, number, True, interval.lower, interval.upper, *walked)
        for number, interval in enumerate(intervals, start=1)
    ]
