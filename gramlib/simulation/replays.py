"""Listed scenarios through the reference engine: the daily ledger of each, and what failed when and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from gramlib.artefacts import LEDGER_COLUMNS, LEDGER_EXTENSIONS, LEDGER_EXTRA
from gramlib.params.issuer import Issuer
from gramlib.simulation.engine import ledger
from gramlib.simulation.events import Events
from gramlib.simulation.failures import failures
from gramlib.simulation.own_funds import OwnFundsRule

Progress = Callable[[int, int, str], None]


class ScenarioPath(Protocol):
    """What is read of a scenario's path; `gramlib.scenarios.build_path` makes them. Arrays are (n_days + 1,)."""

    scenario_id: str
    price_usd_per_g: np.ndarray
    event: np.ndarray
    liquidity_multiplier: np.ndarray
    lost_g: np.ndarray


def listed_events(scenario: ScenarioPath) -> Events:
    """What is listed beside the prices of a scenario."""
    return Events(scenario.event, scenario.liquidity_multiplier, scenario.lost_g)


def run_replays(
    issuer: Issuer,
    replays: Sequence[ScenarioPath],
    own_funds: OwnFundsRule | None = None,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The catalogue's tables `replays` (every day of every scenario) and `replay_failures` (F1 to F7 of each)."""
    ledgers, failed = [], []
    for done, scenario in enumerate(replays):
        if progress:
            progress(done, len(replays), f"replaying {scenario.scenario_id}")
        days = ledger(issuer, scenario.price_usd_per_g, listed_events(scenario), own_funds)
        ledgers.append(_labelled(days, scenario.scenario_id))
        failed.append(_labelled(failures(days, issuer), scenario.scenario_id))
    if progress:
        progress(len(replays), len(replays), "scenarios replayed")
    return _stacked(ledgers, _REPLAY_DTYPES), _stacked(failed, _FAILURE_DTYPES)


_REPLAY_DTYPES = {"scenario": "str", "day": "int32"} | {
    c.name: c.dtype for c in (*LEDGER_COLUMNS, *LEDGER_EXTRA, *LEDGER_EXTENSIONS)
}
_FAILURE_DTYPES = {"scenario": "str", "predicate": "str", "first_day": "int32", "cause": "str"}


def _labelled(frame: pd.DataFrame, scenario_id: str) -> pd.DataFrame:
    return frame.assign(scenario=scenario_id)[["scenario", *frame.columns]]


def _stacked(frames: list[pd.DataFrame], dtypes: dict[str, str]) -> pd.DataFrame:
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in dtypes.items()})
    return pd.concat(frames, ignore_index=True).astype(dtypes)


def worst_scenario(replays: pd.DataFrame) -> str:
    """Id of the scenario with the lowest minimum of own funds, ties broken by the longest wait (MODEL.md section 6)."""
    worst = replays.groupby("scenario", sort=True).agg(equity=("equity_usd", "min"), wait=("wait_days", "max"))
    return str(worst.sort_values(["equity", "wait"], ascending=[True, False], kind="stable").index[0])
