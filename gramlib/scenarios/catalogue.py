"""From files to scenarios; every refusal names file and line.

`params/scenarios/<id>.yaml` holds one scenario, and its name is its id. A new file needs no registration:
`scenarios: [all]` takes every file there is, in the order of their names, S2 before S10. An entry may also put two together (composed.py).
"""

from __future__ import annotations

import re
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gramlib.errors import ParameterError
from gramlib.params.fields import Section
from gramlib.params.problems import Problem, raise_problems, shown, validated
from gramlib.params.suggest import did_you_mean
from gramlib.params.yaml_source import Located, load_yaml, shown_path
from gramlib.scenarios.changes import problems_of
from gramlib.scenarios.composed import compose, is_composed
from gramlib.scenarios.scenario import Scenario

ALL = "all"
_FOLDER = Path("params") / "scenarios"
_TAKEN_OVER = ("window", "published", "knots", "return_period")


def list_scenarios(root: Path) -> tuple[str, ...]:
    """Ids of every scenario below the repository folder `root`, sorted; S2 stands before S10."""
    return tuple(sorted((path.stem for path in (root / _FOLDER).glob("*.yaml")), key=_by_number))


def _by_number(name: str) -> list[tuple[bool, int, str]]:
    """Sorts S2 before S10."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]


def load_scenarios(names: Sequence[str], root: Path) -> tuple[Scenario, ...]:
    """The scenarios called `names`, in that order and each once; the word `all` stands for every one there is.

    An entry such as H13a*1.5+S10 is put together from two. Raises ParameterError for an unknown id and, with file and line, for a file that says something unknown,
    impossible or contradictory. Files that were not asked for are not read.
    """
    known = list_scenarios(root)
    if not known:
        raise ParameterError(
            f"no scenario file in {root / _FOLDER}",
            expected="at least one <id>.yaml",
            remedy="run gram from the workbench's clone",
        )
    wanted: dict[str, None] = {}
    for name in names:
        wanted.update(dict.fromkeys(known if name == ALL else [name]))

    def load(name: str) -> Scenario:
        return _load(_known(name, known), root, known)

    return tuple(compose(name, load) if is_composed(name) else load(name) for name in wanted)


def _known(name: str, known: Sequence[str]) -> str:
    if name not in known:
        raise ParameterError(
            f"unknown scenario {name!r}{did_you_mean(name, known)}",
            expected=f"all, or one of {', '.join(known)}",
            origin=_FOLDER.as_posix(),
            remedy=f"correct the id, or add {(_FOLDER / name).as_posix()}.yaml",
        )
    return name


def _load(name: str, root: Path, known: Sequence[str]) -> Scenario:
    located = _read(name, root)
    values = dict(located.values)
    if values.get("price_of"):
        values |= _price_of(located, root, known)
    raise_problems(_problems(Scenario, values, "", located.where))
    scenario = Scenario.model_validate(values)
    if scenario.id != name:
        _refuse(located, "id", f"id is {scenario.id!r} in {name}.yaml", f"{name}, the name of the file")
    contradiction = scenario.contradiction()
    if contradiction:
        key, found, expected = contradiction
        _refuse(located, key, f"{key}: {found}", expected)
    for index, change in enumerate(scenario.changes):
        raise_problems(problems_of(change, located.where(f"changes.{index}")))
    return _with_lent_events(scenario, located, root, known)


def _with_lent_events(scenario: Scenario, located: Located, root: Path, known: Sequence[str]) -> Scenario:
    for index, other in enumerate(scenario.events_of):
        key = f"events_of.{index}"
        if other not in known or other == scenario.id:
            _refuse(located, key, f"{key} is {shown(other)}{did_you_mean(other, known)}", f"one of {', '.join(known)}")
        if _read(other, root).values.get("events_of"):
            _refuse(
                located, key, f"{other} takes events from others itself", "scenarios with events of their own alone"
            )
        lender = _load(other, root, known)
        scenario = scenario.model_copy(
            update={
                "events": scenario.events + lender.events,
                "changes": lender.changes + scenario.changes,
            }
        )
    contradiction = scenario.contradiction()
    if contradiction:
        _refuse(located, "events_of", f"events_of: {contradiction[1]}", contradiction[2])
    return scenario


def _read(name: str, root: Path) -> Located:
    path = root / _FOLDER / f"{name}.yaml"
    return load_yaml(path, shown_path(path, root))


def _price_of(located: Located, root: Path, known: Sequence[str]) -> dict[str, Any]:
    other = located.values["price_of"]
    own = [key for key in _TAKEN_OVER if key in located.values]
    if own:
        _refuse(located, own[0], f"{own[0]} beside price_of {other!r}", "either a price of its own or price_of")
    if not isinstance(other, str) or other not in known:
        near = did_you_mean(str(other), known)
        _refuse(located, "price_of", f"price_of is {shown(other)}{near}", f"one of {', '.join(known)}")
    values = _read(other, root).values
    if values.get("price_of"):
        _refuse(
            located, "price_of", f"{other} takes its own price from {values['price_of']!r}", f"{values['price_of']!r}"
        )
    _load(other, root, known)
    return {key: values[key] for key in _TAKEN_OVER if key in values}


def _refuse(located: Located, key: str, found: str, expected: str) -> typing.NoReturn:
    raise ParameterError(
        found, expected=expected, origin=located.where(key), remedy=f"correct {located.shown} and run again"
    )


def _problems(
    model: type[Section], values: dict[str, Any], prefix: str, where: typing.Callable[[str], str]
) -> list[Problem]:
    """Problems of `values`, innermost sections first, so that each one is told by the section it stands in."""
    found: list[Problem] = []
    for name, field in model.model_fields.items():
        inner, repeated = _section_in(field.annotation)
        value = values.get(name)
        if inner is None or value is None:
            continue
        key = f"{prefix}.{name}" if prefix else name
        items = (
            {f"{key}.{i}": item for i, item in enumerate(value)}
            if repeated and isinstance(value, list)
            else {key: value}
        )
        for item_key, item in items.items():
            if isinstance(item, dict):
                found += _problems(inner, item, item_key, where)
            else:
                shape = f"a {'list of mappings' if repeated else 'mapping'} with {', '.join(inner.model_fields)}"
                found.append(Problem(f"{item_key} is {shown(item)}", shape, where(item_key)))
    return found or validated(model, values, prefix, where)[1]


def _section_in(annotation: Any) -> tuple[type[Section] | None, bool]:
    """The section model inside `X`, `X | None` or `tuple[X, ...]`, and whether it is repeated."""
    for option in (annotation, *typing.get_args(annotation)):
        if isinstance(option, type) and issubclass(option, Section):
            return option, typing.get_origin(annotation) is tuple
    return None, False
