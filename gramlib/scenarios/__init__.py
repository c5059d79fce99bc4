"""Scenarios: one small YAML file each in params/scenarios, an outsider understands it.

    scenario         what a scenario file may say
    spell            what happens beside the price, day by day
    changes          what a scenario changes about the issuer
    catalogue        files to scenarios, with file and line in every refusal
    composed         two scenarios put together in the list of a run
    paths            a scenario to the numbers a day of the issuer model needs
    window           replay of a historical window on the run's own daily prices
    generated        what the run's price models say: sizes of model scenarios, frequency of the others
    measures         figures measured on a finished path
    reconstruction   the same window through its published facts, when there are no such prices

Reading files needs neither numpy nor pandas; `build_path`, `scenario_days` and `scenarios_used` load them when used.
"""

from __future__ import annotations

from typing import Any

from gramlib.scenarios.catalogue import list_scenarios, load_scenarios
from gramlib.scenarios.changes import Change, changed_issuer, changes_of
from gramlib.scenarios.scenario import SEVERITIES, Scenario

__all__ = [
    "SEVERITIES",
    "Change",
    "ModelMoves",
    "Scenario",
    "ScenarioPath",
    "build_path",
    "build_paths",
    "changed_issuer",
    "changes_of",
    "list_scenarios",
    "load_scenarios",
    "scenario_days",
    "scenarios_used",
]


def __getattr__(name: str) -> Any:
    if name in ("ModelMoves", "ScenarioPath", "build_path", "build_paths", "scenario_days", "scenarios_used"):
        from gramlib.scenarios import paths

        return getattr(paths, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
