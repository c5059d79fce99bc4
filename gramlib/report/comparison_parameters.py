"""What two runs were given that differs: parameters with where each came from, and everything else on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gramlib.report.numbers import count, joined
from gramlib.report.site_digest import flat_parameters, value_text

Record = Mapping[str, Any]
ABSENT = "not there"
_NOT_OF_THE_RESULT = ("title", "report.title", "report.author")
_REGISTERS = {
    "assumptions": "The register of assumptions differs.",
    "model_figures": "The figures that models and measures are judged by differ.",
    "governance": "The record of governance differs.",
    "sensitivity": "The ranges of the tornado differ.",
    "profile": "The limits to judge by differ.",
    "standards": "The standards differ.",
}
_MOST_NAMES = 6


@dataclass(frozen=True)
class ParameterChange:
    """One parameter that differs; an origin is file:line, --set or default, ABSENT where the run does not have it."""

    name: str
    before: str
    after: str
    before_origin: str
    after_origin: str


def parameters_that_differ(before: Record, after: Record) -> list[ParameterChange]:
    """Parameters of two run.json whose values differ, what was set by hand first, then by name."""
    old, new = flat_parameters(before), flat_parameters(after)
    found = []
    for name in sorted({*old, *new}):
        first, second = old.get(name), new.get(name)
        if name in _NOT_OF_THE_RESULT or (first and second and first[0] == second[0]):
            continue
        texts = [_told(side) for side in (first, second)]
        if texts[0] == texts[1]:  # two long lists that begin alike
            texts = [str(side[0]) if side else ABSENT for side in (first, second)]
        found.append(
            ParameterChange(name, *texts, *(side[1] or "recorded" if side else ABSENT for side in (first, second)))
        )
    return sorted(found, key=lambda change: ("--set" not in (change.before_origin, change.after_origin), change.name))


def _told(side: tuple[Any, str] | None) -> str:
    return value_text(side[0]) if side else ABSENT


def what_else_differs(before: Record, after: Record) -> list[str]:
    """Differences of two run.json outside the parameters, each as a sentence; empty when there are none."""
    told = [*_scenarios(before, after)]
    told += [sentence for key, sentence in _REGISTERS.items() if before.get(key) != after.get(key)]
    if sorted((before.get("inputs") or {}).values()) != sorted((after.get("inputs") or {}).values()):
        told.append("The input files differ in what they hold.")
    told += _code(before, after)
    moved = _moved_packages(before.get("versions") or {}, after.get("versions") or {})
    if moved:
        told.append(f"Other versions of {joined(moved)}.")
    if before.get("python") != after.get("python"):
        told.append(f"Python {before.get('python', 'unknown')} before, {after.get('python', 'unknown')} now.")
    return told


def _scenarios(before: Record, after: Record) -> list[str]:
    old, new = ({str(s.get("id")): s for s in run.get("scenarios") or []} for run in (before, after))
    kinds = (
        ("more in the list", [name for name in new if name not in old]),
        ("no longer in the list", [name for name in old if name not in new]),
        ("of the same name with other assumptions", [name for name in new if name in old and old[name] != new[name]]),
    )
    return [f"{count(len(names), 'scenario')} {what}: {_named(names)}." for what, names in kinds if names]


def _named(names: list[str]) -> str:
    if len(names) <= _MOST_NAMES:
        return joined(names)
    return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} others"


def _code(before: Record, after: Record) -> list[str]:
    commits = [run.get("git") or {} for run in (before, after)]
    names = [str(git.get("commit") or "unknown")[:9] for git in commits]
    told = [f"The code differs: commit {names[0]} before, {names[1]} now."] if names[0] != names[1] else []
    for run, git in (("before", commits[0]), ("now", commits[1])):
        if git.get("dirty"):
            told.append(f"The code {run} held changes that were not committed.")
    return told


def _moved_packages(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return [
        f"{name} ({old[name]} before, {new[name]} now)"
        for name in sorted(new)
        if name in old and old[name] != new[name]
    ]
