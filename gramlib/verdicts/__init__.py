"""Pass, watch or fail: figures against the limits of a profile and the requirements of standards.

    profile        limits from params/profiles/<id>.yaml (kind: appetite), each with source, date and whether it was checked
    standard       requirements of a regime, in the same folder (kind: standard)
    settings       what a requirement's measure needs to know
    measures       what requirements are held against, from the tables of a run
    requirements   every requirement found and judged
    judgement      the rules of the profile, as truth tables, and the overall verdict
    governance     model inventory and champion record
    wording        each finding as a sentence made from its numbers

Reading a profile or standard needs neither numpy nor pandas; judging loads them when used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gramlib.verdicts.profile import Profile, list_profiles, load_profile
from gramlib.verdicts.standard import Standard, list_standards, load_standards, standards_of

__all__ = [
    "Evidence",
    "Profile",
    "Standard",
    "champion_record",
    "list_profiles",
    "list_standards",
    "load_profile",
    "load_standards",
    "model_inventory",
    "overall",
    "requirements_table",
    "standards_of",
    "verdicts_table",
    "with_standards",
]

_WHERE = {
    "Evidence": "measures",
    "champion_record": "governance",
    "model_inventory": "governance",
    "overall": "judgement",
    "requirements_table": "requirements",
    "verdicts_table": "judgement",
    "with_standards": "requirements",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"gramlib.verdicts.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
