"""Scenarios: one small YAML file each in params/scenarios, an outsider understands it.

    scenario         what a scenario file may say
    catalogue        files to scenarios, with file and line in every refusal
    paths            a scenario to the numbers a day of the issuer model needs
    window           replay of a historical window on the run's own daily prices
    reconstruction   the same window through its published facts, when there are no such prices

Reading files needs neither numpy nor pandas; `build_path` and `scenarios_used` load them when used.
"""

from __future__ import annotations

from typing import Any

from gramlib.scenarios.catalogue import list_scenarios, load_scenarios
from gramlib.scenarios.scenario import SEVERITIES, Scenario

__all__ = [
    "SEVERITIES",
    "Scenario",
    "ScenarioPath",
    "build_path",
    "build_paths",
    "list_scenarios",
    "load_scenarios",
    "scenarios_used",
]


def __getattr__(name: str) -> Any:
    if name in ("ScenarioPath", "build_path", "build_paths", "scenarios_used"):
        from gramlib.scenarios import paths

        return getattr(paths, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
