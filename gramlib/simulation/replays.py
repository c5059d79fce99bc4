"""Listed scenarios through the reference engine: the daily ledger of each, and what failed when and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts import LEDGER_COLUMNS, LEDGER_EXTENSIONS, LEDGER_EXTRA
from gramlib.errors import DataContractError
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.scenarios import Change, changed_issuer, changes_of
from gramlib.simulation.engine import ledger
from gramlib.simulation.events import Events
from gramlib.simulation.failures import failures
from gramlib.simulation.own_funds import OwnFundsRule

Progress = Callable[[int, int, str], None]


@readable
@dataclass(frozen=True, eq=False)
class Listed:
    """One listed scenario, ready to be run for any issuer.

    `prices` [USD/g] has shape (n_days + 1,), index 0 is today; `changes` are what the scenario changes about an issuer.
    """

    scenario_id: str
    title: str
    severity: str
    prices: np.ndarray
    events: Events
    changes: tuple[Change, ...] = ()

    def issuer(self, issuer: Issuer) -> Issuer:
        """`issuer` as it stands in this scenario; raises ParameterError where the changes leave no possible issuer."""
        return changed_issuer(issuer, self.changes, f"scenario {self.scenario_id}")


def listed_of(scenario_days: pd.DataFrame, scenarios_used: Mapping[str, Any]) -> tuple[Listed, ...]:
    """The listed scenarios of a run from its table `scenario_days` and its document `scenarios_used`, in its order.

    Raises DataContractError where a scenario of the document has no days in the table.
    """
    names = [spec.name for spec in fields(Events)]
    by_id = {str(name): days for name, days in scenario_days.groupby("scenario", sort=False)}
    listed = []
    for record in scenarios_used["scenarios"]:
        scenario_id = str(record["id"])
        if scenario_id not in by_id:
            raise DataContractError(f"scenario {scenario_id} has no days", expected="every scenario in scenario_days",
                                    origin="scenarios_used", remedy="re-run stage predict")  # fmt: skip
        days = by_id[scenario_id].sort_values("day")
        # Own arrays: the kernel is compiled anew for views that are read-only or strided, as a table's columns are.
        events = Events(**{name: np.array(days[name], dtype=float) for name in names})
        changes = changes_of(record.get("changes", ()), f"scenario {scenario_id}")
        prices = np.array(days["price_usd_per_g"], dtype=float)
        listed.append(Listed(scenario_id, record["title"], record["severity"], prices, events, changes))
    return tuple(listed)


def run_replays(
    issuer: Issuer,
    listed: Sequence[Listed],
    own_funds: OwnFundsRule | None = None,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The catalogue's tables `replays` (every day of every scenario) and `replay_failures` (F1 to F7 of each)."""
    ledgers, failed = [], []
    for done, scenario in enumerate(listed):
        if progress:
            progress(done, len(listed), f"replaying {scenario.scenario_id}")
        stressed = scenario.issuer(issuer)
        days = ledger(stressed, scenario.prices, scenario.events, own_funds)
        ledgers.append(_labelled(days, scenario.scenario_id))
        failed.append(_labelled(failures(days, stressed), scenario.scenario_id))
    if progress:
        progress(len(listed), len(listed), "scenarios replayed")
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
