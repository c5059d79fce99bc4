"""Two shocks at once: which predicates fail on a grid, and where along each row failing begins.

    map               along x                       from row to row
    price_x_run       one-day fall of gold          days of a confidence event that begins with it
    run_x_liquidity   market multiplier m           days of a confidence event
    price_x_liquidity one-day fall of gold          market multiplier m

Every cell is one deterministic path: nothing is drawn, so that maps of two issuers differ by the issuer alone. Rows are
scanned along x at `reverse_step` (or `map_step` where that is finer) and the edges seen are bisected; what was not scanned
is never bisected. Between two rows nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts import PREDICATES
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.readable import readable
from gramlib.reverse.days import Days, ShockDays
from gramlib.reverse.search import Line, failing_intervals_by_row
from gramlib.reverse.shocks import multiplier_line, share_line
from gramlib.reverse.table import QUEUE, failing

WORST_FIRST = ("F2", "F6", "F5", "F1", "F7", "F3", "F4", QUEUE)
"""Order in which a cell is named after what fails in it, as that of `simulation.Status`."""

SOUND = ""
"""Stands where nothing fails and no queue forms."""


@readable
@dataclass(frozen=True)
class FrontierMap:
    """One map: its two axes as shocks with a line each, and `days(x_sizes, y_sizes)`, the paths that pairs make."""

    name: str
    x: str
    y: str
    x_line: Line
    y_line: Line
    days: Callable[[np.ndarray, np.ndarray], Days]

    def unit(self, shock: str) -> str:
        """Unit of the sizes of one of its axes."""
        return "day" if shock == "event_days" else "1"


def frontier_maps(issuer: Issuer, start_usd_per_g: float, params: AnalyseParams) -> tuple[FrontierMap, ...]:
    """The three maps; their lines are those of the axes of the same name, in steps of the map."""
    n_days = params.reverse_horizon_days
    still, lasting = (ShockDays(issuer, start_usd_per_g, days) for days in (n_days, 2 * n_days - 1))
    fall, market = share_line(params), multiplier_line(params)
    coarse_fall, coarse_market = (
        replace(line, step=width * params.map_step)
        for line, width in ((fall, 1.0), (market, market.end - market.start))
    )
    days = Line(0.0, float(n_days), 1.0, 1.0)
    return (
        FrontierMap("price_x_run", "price_fall", "event_days", coarse_fall, days,
                    lambda x, y: lasting.days(len(x), fall=x, event_days=y)),
        FrontierMap("run_x_liquidity", "liquidity_multiplier", "event_days", coarse_market, days,
                    lambda x, y: lasting.days(len(x), multiplier=x, event_days=y)),
        FrontierMap("price_x_liquidity", "price_fall", "liquidity_multiplier", coarse_fall, coarse_market,
                    lambda x, y: still.days(len(x), fall=x, multiplier=y)),
    )  # fmt: skip


def frontier_tables(
    issuer: Issuer,
    start_usd_per_g: float,
    own_funds: Any,
    params: AnalyseParams,
    simulate: Callable[..., Any],
    progress: Callable[[int, int, str], None] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The catalogue's `frontiers` (one row a cell) and `frontier_edges` (failing intervals along each row).

    `simulate` and `own_funds` as for `reverse_table`. In `frontiers`, a predicate that is not judged for this issuer
    never fails; in `frontier_edges` it is left out.
    """
    maps = frontier_maps(issuer, start_usd_per_g, params)
    cells, edges = [], []
    for done, each in enumerate(maps):
        if progress is not None:
            progress(done, len(maps), f"map {each.name}")

        def question(x: np.ndarray, y: np.ndarray, each: FrontierMap = each) -> dict[str, np.ndarray]:
            prices, events = each.days(x, y)
            return failing(simulate(issuer, prices, events, own_funds=own_funds), issuer)

        cells.append(_cells(each, question))
        edges += _edges(each, params, question)
    if progress is not None:
        progress(len(maps), len(maps), "maps")
    return pd.concat(cells, ignore_index=True), _typed_edges(edges)


def _cells(each: FrontierMap, question: Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray]]) -> pd.DataFrame:
    x_sizes, y_sizes = each.x_line.points(), each.y_line.points()
    x, y = np.tile(x_sizes, len(y_sizes)), np.repeat(y_sizes, len(x_sizes))
    failed = question(x, y)
    worst = np.full(len(x), SOUND, dtype=object)
    for predicate in reversed([name for name in WORST_FIRST if name in failed]):
        worst[failed[predicate]] = predicate
    named = {
        "map": each.name, "x": each.x, "y": each.y, "x_size": x, "y_size": y, "x_unit": each.unit(each.x),
        "y_unit": each.unit(each.y), "worst": worst, "queue": failed[QUEUE],
    }  # fmt: skip
    flags = {p.lower(): failed.get(p, np.zeros(len(x), dtype=bool)) for p in PREDICATES}
    words = dict.fromkeys(("map", "x", "y", "x_unit", "y_unit", "worst"), "str")
    return pd.DataFrame(named | flags).astype(words)


def _edges(
    each: FrontierMap, params: AnalyseParams, question: Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray]]
) -> list[tuple]:
    width = each.x_line.step / params.map_step
    line = replace(each.x_line, step=width * min(params.map_step, params.reverse_step))
    y_sizes = each.y_line.points()
    found = failing_intervals_by_row(lambda x, rows: question(x, y_sizes[rows]), line, len(y_sizes))
    walked = (line.start, line.end, line.step, line.tolerance)
    rows: list[tuple] = []
    for y_size, by_predicate in zip(y_sizes.tolist(), found, strict=True):
        for predicate, intervals in by_predicate.items():
            if not intervals:
                rows.append((each.name, y_size, predicate, 0, False, np.nan, np.nan, *walked))
            for number, interval in enumerate(intervals, start=1):
                rows.append((each.name, y_size, predicate, number, True, interval.lower, interval.upper, *walked))
    return rows


def _typed_edges(rows: list[tuple]) -> pd.DataFrame:
    sizes = ("lower", "upper", "scan_from", "scan_to", "scan_step", "tolerance")
    table = pd.DataFrame(rows, columns=["map", "y_size", "predicate", "interval", "found", *sizes])
    kinds = {"map": "str", "predicate": "str", "interval": "int64", "found": "bool"}
    return table.astype(kinds | dict.fromkeys(("y_size", *sizes), "float64"))
