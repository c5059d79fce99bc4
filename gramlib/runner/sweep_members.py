"""The members of a sweep: every combination of its grid, its Latin hypercube and its list, as resolved runs.

A member's id says what it is (`fee-0.005_gate-none`, `cautious`, `latin-07`) and stays the same when others are added.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gramlib.errors import ParameterError
from gramlib.params.fields import leaves
from gramlib.params.layers import resolve_layers
from gramlib.params.run_params import RunParams
from gramlib.params.sweep import Assignment, Latin, SweepFile
from gramlib.runner.resolve import ResolvedRun, run_of
from gramlib.store.hashing import sha256_bytes

LONGEST_ID = 80


@dataclass(frozen=True)
class Member:
    """One run of a sweep: `settings` maps the dotted keys that vary to this member's values."""

    index: int
    member_id: str
    settings: dict[str, Any]
    run: ResolvedRun


@dataclass(frozen=True)
class _Choice:
    """One way to set some keys: the part of the id that names it, and its assignments."""

    name: str
    assignments: tuple[Assignment, ...]


def members_of(sweep: SweepFile) -> list[Member]:
    """Every member, in order: list first, then grid (its last axis fastest), then the hypercube.

    Raises ParameterError, with the line of the value, for the first member that would not be a valid run, and where
    two members would be the same run.
    """
    known: dict[Any, Any] = {}
    made: list[Member] = []
    ids: dict[str, int] = {}
    identities: dict[str, str] = {}
    for index, chosen in enumerate(itertools.product(*_choices(sweep))):
        assignments = [assignment for choice in chosen for assignment in choice.assignments]
        name = _short("_".join(choice.name for choice in chosen))
        params = resolve_layers(sweep.layered(assignments), sweep.base, sweep.root)
        params = replace(params, title=f"{params.title}: {name}")
        run = replace(run_of(params, sweep.root, name, known), pictures=sweep.params.draws)
        if name in ids:
            raise ParameterError(
                f"members {ids[name]} and {index} would both be called {name}", expected="values that differ in their "
                "first letters and digits", origin=sweep.shown, remedy="give them names with list",
            )  # fmt: skip
        identity = run.record["identity"]
        if identity in identities:
            raise ParameterError(
                f"members {identities[identity]} and {name} are the same run", expected="members that differ",
                origin=sweep.shown, remedy="remove one, or the key that changes nothing",
            )  # fmt: skip
        ids[name], identities[identity] = index, name
        made.append(Member(index, name, _settings(assignments, params, chosen), run))
    return made


def _choices(sweep: SweepFile) -> Iterator[list[_Choice]]:
    """What each part of the sweep file lets a member choose from."""
    params, where = sweep.params, sweep.located.where
    if params.entries:
        yield [
            _Choice(entry.name, (Assignment("", entry.changes, f"list.{index}.set"),))
            for index, entry in enumerate(params.entries)
        ]
    named = _distinct_names([axis.key for axis in params.grid])
    for index, axis in enumerate(params.grid):
        yield [
            _Choice(f"{named[axis.key]}-{_word(value)}", (Assignment(axis.key, value, where(f"grid.{index}.values.{k}")),))
            for k, value in enumerate(axis.values)
        ]  # fmt: skip
    if params.latin:
        points = latin_points(params.latin)
        digits = len(str(len(points) - 1))
        places = [where(f"latin.keys.{k}") for k in range(len(params.latin.keys))]
        yield [
            _Choice(
                f"latin-{number:0{digits}d}",
                tuple(
                    Assignment(one.key, value, place)
                    for one, value, place in zip(params.latin.keys, point, places, strict=True)
                ),
            )
            for number, point in enumerate(points)
        ]


def latin_points(latin: Latin) -> list[list[float | int]]:
    """The points of a Latin hypercube (McKay, Beckman and Conover 1979, Technometrics 21:239-245).

    Each key's range is cut into as many slices as there are members; every slice holds one point, at a place drawn
    within it, and the slices of different keys are joined at random.
    """
    from gramlib.simulation.draws import generator

    rng = generator(latin.seed, "bootstrap", len(latin.keys), latin.members)
    columns = [(rng.permutation(latin.members) + rng.random(latin.members)) / latin.members for _ in latin.keys]
    return [
        [one.at(float(column[row])) for one, column in zip(latin.keys, columns, strict=True)]
        for row in range(latin.members)
    ]


def _settings(assignments: list[Assignment], params: RunParams, chosen: tuple[_Choice, ...]) -> dict[str, Any]:
    """What varies, by dotted key: the values given by axes, and for members by name their name."""
    settings: dict[str, Any] = {"member": chosen[0].name} if any(not a.key for a in assignments) else {}
    settings |= {a.key: a.value for a in assignments if a.key}
    resolved = {f"issuer.{key}": value for key, value, _ in leaves(params.issuer)}
    return {key: resolved.get(key, value) for key, value in settings.items()}


def _distinct_names(keys: list[str]) -> dict[str, str]:
    """Each dotted key by its last words, as few as tell it from the others."""
    names = {}
    for key in keys:
        steps = key.split(".")
        for count in range(1, len(steps) + 1):
            name = ".".join(steps[-count:])
            if sum(other == name or other.endswith(f".{name}") for other in keys) == 1:
                break
        names[key] = name
    return names


def _word(value: Any) -> str:
    """A value as part of an id."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float) and float(value).is_integer() and abs(value) < 1e12:
        return str(int(value))
    if isinstance(value, int | float):
        return f"{value:.6g}".replace("+", "")
    if isinstance(value, str):
        return Path(value).stem or "empty"
    if isinstance(value, list):
        return "-".join(map(_word, value)) or "empty"
    return sha256_bytes(json.dumps(value, sort_keys=True).encode())[:6]


def _short(name: str) -> str:
    """`name` as the name of a folder, cut and made distinct by a digest where it is too long."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip("._-") or "member"
    if len(plain) <= LONGEST_ID and plain == name:
        return plain
    return f"{plain[: LONGEST_ID - 7].rstrip('._-')}-{sha256_bytes(name.encode())[:6]}"
