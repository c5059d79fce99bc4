"""A scenario as the daily numbers the issuer model needs.

Replay rule: the log-returns of the window, times `scale`, are applied to today's price; levels are not.
Where the returns come from is the path's provenance:

    grade of the data   window covered   provenance
    D                   either           reconstructed through published facts
    other               no               reconstructed through published facts
    other               yes              measured on the run's own daily data
    any                 no window        hypothetical
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts import empty_table
from gramlib.errors import DataContractError
from gramlib.scenarios.reconstruction import annual_volatility, reconstruct
from gramlib.scenarios.scenario import Scenario
from gramlib.scenarios.spell import daily
from gramlib.scenarios.window import window_log_returns

MEASURED = "measured on the run's own daily data"
RECONSTRUCTED = "reconstructed through published facts"
HYPOTHETICAL = "hypothetical"
DOCUMENT_VERSION = 1
_RECONSTRUCTED_DATA = "D"


@dataclass(frozen=True)
class ScenarioPath:
    """One scenario, day by day; arrays have shape (horizon_days + 1,), index 0 is today.

    `events` holds every event column; each value holds for its own day, index 0 is never used. `shocks` are figures measured on the finished path; `record` is the scenario it was made from.
    """

    scenario_id: str
    title: str
    price_usd_per_g: np.ndarray
    events: Mapping[str, np.ndarray]
    provenance: str
    note: str = ""
    severity: str = ""
    shocks: Mapping[str, float] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)


def build_path(scenario: Scenario, prices: pd.DataFrame, grade: str, start_usd_per_g: float) -> ScenarioPath:
    """`scenario` applied to `start_usd_per_g` [USD/g], for whatever issuer.

    `prices` is the run's own daily table and `grade` its data grade. Raises DataContractError when the price
    would leave the positive numbers.
    """
    if not start_usd_per_g > 0:
        raise DataContractError(
            f"scenario {scenario.id}: starting price {start_usd_per_g!r} USD/g", expected="a positive price"
        )
    moves, provenance, note = _log_returns(scenario, prices, grade)
    moves = moves * scenario.scale
    returns = np.zeros(scenario.horizon_days)
    returns[: len(moves)] = moves
    events = daily(scenario.events, scenario.horizon_days)
    return ScenarioPath(
        scenario_id=scenario.id,
        title=scenario.title,
        price_usd_per_g=start_usd_per_g * np.exp(np.concatenate([[0.0], np.cumsum(returns)])),
        events=events,
        provenance=provenance,
        note=note,
        severity=scenario.severity,
        shocks=_shocks(moves, scenario, events),
        record=scenario.to_record(),
    )


def build_paths(
    scenarios: Iterable[Scenario], prices: pd.DataFrame, grade: str, start_usd_per_g: float
) -> list[ScenarioPath]:
    """`build_path` for each scenario, in order."""
    return [build_path(scenario, prices, grade, start_usd_per_g) for scenario in scenarios]


def scenarios_used(paths: Sequence[ScenarioPath], start_usd_per_g: float) -> dict[str, Any]:
    """The `scenarios_used` document: today's price, and each scenario as it was run with provenance and measured shocks."""
    return {
        "schema": DOCUMENT_VERSION,
        "start_usd_per_g": start_usd_per_g,
        "scenarios": [
            {**path.record, "provenance": path.provenance, "note": path.note, "shocks": dict(path.shocks)}
            for path in paths
        ],
    }


def scenario_days(paths: Sequence[ScenarioPath]) -> pd.DataFrame:
    """The catalogue's table `scenario_days`: price and every event column, one row a scenario and day."""
    frames = [
        pd.DataFrame({"scenario": p.scenario_id, "day": np.arange(len(p.price_usd_per_g), dtype=np.int32),
                      "price_usd_per_g": p.price_usd_per_g, **p.events})
        for p in paths
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True).astype({"scenario": "str"}) if frames else empty_table("scenario_days")


def _log_returns(scenario: Scenario, prices: pd.DataFrame, grade: str) -> tuple[np.ndarray, str, str]:
    if scenario.window is None or scenario.published is None:
        days = [0, *(knot.day for knot in scenario.knots)]
        levels = np.log([1.0, *(knot.factor for knot in scenario.knots)])
        return (
            np.diff(np.interp(np.arange(days[-1] + 1), days, levels)),
            HYPOTHETICAL,
            "no window in history is replayed",
        )
    window = scenario.window
    if grade != _RECONSTRUCTED_DATA:
        measured = window_log_returns(prices, window)
        if measured is not None:
            note = f"returns of the run's own data from {window.start} to {window.end}, {len(measured)} days"
            return measured, MEASURED, note
    drawn = reconstruct(scenario.published)
    note = (
        f"drawn through {len(scenario.published.points)} published prices and the sharpest day of: "
        f"{scenario.published.series}; volatility {annual_volatility(drawn):.0%} a year, "
        f"published {scenario.published.annual_volatility:.0%}"
    )
    return drawn, RECONSTRUCTED, note


def _shocks(moves: np.ndarray, scenario: Scenario, events: Mapping[str, np.ndarray]) -> dict[str, float]:
    levels = np.exp(np.concatenate([[0.0], np.cumsum(moves)]))
    simple = np.expm1(moves)
    return {
        "total_return": float(levels[-1] - 1),
        "worst_day_return": float(simple.min()),
        "best_day_return": float(simple.max()),
        "max_drawdown": float(1 - (levels / np.maximum.accumulate(levels)).min()),
        "annual_volatility": annual_volatility(moves),
        "price_days": len(moves),
        "horizon_days": scenario.horizon_days,
        "event_days": int((events["event"] > 0).sum()),
        "max_event": float(events["event"].max()),
        "max_liquidity_multiplier": float(events["liquidity_multiplier"].max()),
        "lost_share": float(events["lost_share"].sum()),
    }
