"""A scenario as the daily numbers the issuer model needs.

Replay rule: the log-returns of the window, times `scale`, are applied to today's price; levels are not.
Where the returns come from is the path's provenance:

    grade of the data   window covered   provenance
    D                   either           reconstructed through published facts
    other               no               reconstructed through published facts
    other               yes              measured on the run's own daily data
    any                 no window        hypothetical, or drawn by the run's price model
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts import empty_table
from gramlib.errors import DataContractError
from gramlib.readable import readable
from gramlib.scenarios.generated import ModelMoves, without_calibration
from gramlib.scenarios.measures import facts_of, frequency_of, shocks_of, size_note, size_shocks
from gramlib.scenarios.reconstruction import annual_volatility, reconstruct
from gramlib.scenarios.scenario import Scenario
from gramlib.scenarios.spell import daily
from gramlib.scenarios.window import window_log_returns

MEASURED = "measured on the run's own daily data"
RECONSTRUCTED = "reconstructed through published facts"
HYPOTHETICAL = "hypothetical"
GENERATED = "drawn by the run's price model"
DOCUMENT_VERSION = 1
_RECONSTRUCTED_DATA = "D"


@readable
@dataclass(frozen=True)
class ScenarioPath:
    """One scenario, day by day; arrays have shape (horizon_days + 1,), index 0 is today.

    `events` holds every event column; each value holds for its own day, index 0 is never used. `shocks` are figures
    measured on the finished path; `record` is the scenario it was made from. `frequency` says in words how rare the price
    models call the move of a scenario that stresses nothing but the price; it is empty for others. `facts` are the figures of a window, published and measured here.
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
    frequency: str = ""
    facts: tuple[Mapping[str, Any], ...] = ()


def build_path(
    scenario: Scenario, prices: pd.DataFrame, grade: str, start_usd_per_g: float, moves: ModelMoves | None = None
) -> ScenarioPath:
    """`scenario` applied to `start_usd_per_g` [USD/g], for whatever issuer.

    `prices` is the run's own daily table and `grade` its data grade. `moves` are the run's price models: what model
    scenarios are drawn from, and what says how rare the others are; without them no frequency is given. Raises
    DataContractError for a model scenario without `moves`, and when the price would leave the positive numbers.
    """
    if not start_usd_per_g > 0:
        raise DataContractError(
            f"scenario {scenario.id}: starting price {start_usd_per_g!r} USD/g", expected="a positive price"
        )
    drawn = _log_returns(scenario, prices, grade, moves)
    log_returns = drawn.log_returns * scenario.scale
    returns = np.zeros(scenario.horizon_days)
    returns[: len(log_returns)] = log_returns
    events = daily(scenario.events, scenario.horizon_days)
    shocks, frequency = shocks_of(log_returns, scenario, events) | dict(drawn.shocks), ""
    facts = facts_of(scenario.published, shocks) if scenario.published and scenario.scale == 1.0 else ()
    if moves is not None and scenario.price_only and not drawn.shocks:
        rarity, frequency = frequency_of(log_returns, moves)
        shocks |= rarity
    return ScenarioPath(
        scenario_id=scenario.id,
        title=scenario.title,
        price_usd_per_g=start_usd_per_g * np.exp(np.concatenate([[0.0], np.cumsum(returns)])),
        events=events,
        provenance=drawn.provenance,
        note=drawn.note,
        severity=scenario.severity,
        shocks=shocks,
        record=scenario.to_record(),
        frequency=frequency,
        facts=facts,
    )


def build_paths(
    scenarios: Iterable[Scenario],
    prices: pd.DataFrame,
    grade: str,
    start_usd_per_g: float,
    moves: ModelMoves | None = None,
) -> list[ScenarioPath]:
    """`build_path` for each scenario, in order."""
    return [build_path(scenario, prices, grade, start_usd_per_g, moves) for scenario in scenarios]


def scenarios_used(paths: Sequence[ScenarioPath], start_usd_per_g: float) -> dict[str, Any]:
    """The `scenarios_used` document: today's price, and each scenario as it was run.

    Beside what its file says: provenance and note of the path, measured shocks, published facts beside the same figures
    here, and how rare the price models call it.
    """
    return {
        "schema": DOCUMENT_VERSION,
        "start_usd_per_g": start_usd_per_g,
        "scenarios": [
            {
                **path.record, "provenance": path.provenance, "note": path.note, "shocks": dict(path.shocks),
                "frequency": path.frequency, "facts": [dict(fact) for fact in path.facts],
            }
            for path in paths
        ],
    }  # fmt: skip


def scenario_days(paths: Sequence[ScenarioPath]) -> pd.DataFrame:
    """The catalogue's table `scenario_days`: price and every event column, one row a scenario and day."""
    frames = [
        pd.DataFrame({"scenario": p.scenario_id, "day": np.arange(len(p.price_usd_per_g), dtype=np.int32),
                      "price_usd_per_g": p.price_usd_per_g, **p.events})
        for p in paths
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True).astype({"scenario": "str"}) if frames else empty_table("scenario_days")


@dataclass(frozen=True)
class _Drawn:
    log_returns: np.ndarray
    provenance: str
    note: str
    shocks: Mapping[str, float] = field(default_factory=dict)


def _log_returns(scenario: Scenario, prices: pd.DataFrame, grade: str, moves: ModelMoves | None) -> _Drawn:
    if scenario.return_period is not None:
        if moves is None:
            raise without_calibration(scenario.id)
        size = moves.size(scenario.return_period)
        unscaled = scenario.scale == 1.0
        return _Drawn(
            size.log_returns,
            GENERATED,
            size_note(size, scenario, moves.model),
            size_shocks(size, scenario.return_period.years) if unscaled else {},
        )
    if scenario.window is None or scenario.published is None:
        days = [0, *(knot.day for knot in scenario.knots)]
        levels = np.log([1.0, *(knot.factor for knot in scenario.knots)])
        path = np.diff(np.interp(np.arange(days[-1] + 1), days, levels))
        return _Drawn(path, HYPOTHETICAL, "no window in history is replayed")
    window = scenario.window
    if grade != _RECONSTRUCTED_DATA:
        measured = window_log_returns(prices, window)
        if measured is not None:
            note = f"returns of the run's own data from {window.start} to {window.end}, {len(measured)} days"
            return _Drawn(measured, MEASURED, note)
    drawn = reconstruct(scenario.published)
    note = (
        f"drawn through {len(scenario.published.points)} published prices and the sharpest day of: "
        f"{scenario.published.series}; volatility {annual_volatility(drawn):.0%} a year, "
        f"published {scenario.published.annual_volatility:.0%}"
    )
    return _Drawn(drawn, RECONSTRUCTED, note)
