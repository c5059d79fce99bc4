"""From a refused value to a sentence a person can act on: key, what was found, what was expected, where."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from gramlib.errors import ParameterError
from gramlib.params.fields import Section, meaning_of, unit_of
from gramlib.params.quoting import shortened, shown
from gramlib.params.suggest import did_you_mean
from gramlib.readable import readable

S = TypeVar("S", bound=Section)

_SHOWN_TOGETHER = 3
"""With the line that says what to do, a message stays within four lines."""


@readable
@dataclass(frozen=True)
class Problem:
    """One thing wrong: what was `found` (the key is part of it), what was `expected`, `where` it stands."""

    found: str
    expected: str
    where: str
    remedy: str = "correct it and run again"


def raise_problems(problems: Sequence[Problem]) -> None:
    """Raise one ParameterError that names the first few of `problems`; do nothing when there are none."""
    if not problems:
        return
    if len(problems) == 1:
        only = problems[0]
        raise ParameterError(only.found, expected=only.expected, origin=only.where, remedy=only.remedy)
    shown = sorted(problems, key=_reading_order)[:_SHOWN_TOGETHER]
    left = len(problems) - len(shown)
    raise ParameterError(
        "\n".join(f"{p.where}: {p.found}; expected {p.expected}" for p in shown),
        remedy=f"correct these {len(shown)}" + (f"; {left} more will be shown then" if left else " and run again"),
    )


def _reading_order(problem: Problem) -> tuple[bool, str, int]:
    file, _, line = problem.where.rpartition(":")
    in_file = line.isdigit() and not problem.where.startswith("--set ")
    return (False, file, int(line)) if in_file else (True, "", 0)


def validated(
    model: type[S],
    values: Any,
    prefix: str,
    where: Callable[[str], str],
    unspoken: Collection[str] = (),
) -> tuple[S | None, list[Problem]]:
    """`values` as a `model`, or the problems that prevent it.

    `prefix` is the dotted name of the section ("predict"; empty at the top), `where` gives file and line of a
    dotted key, `unspoken` are names not to be offered to somebody who misspells one.
    """
    try:
        return model.model_validate(values), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_problem(model, detail, prefix, where, unspoken) for detail in details]


def _problem(
    model: type[Section],
    detail: Any,
    prefix: str,
    where: Callable[[str], str],
    unspoken: Collection[str],
) -> Problem:
    steps = [str(step) for step in detail["loc"]]
    key = ".".join([prefix, *steps] if prefix else steps)
    place = where(key)
    key = shortened(key)
    if detail["type"] == "extra_forbidden":
        known = [field for field in section_at(model, steps[:-1]).model_fields if field not in unspoken]
        return Problem(f"unknown name {key}{did_you_mean(steps[-1], known)}", f"one of {', '.join(known)}", place)
    if detail["type"] == "gram":
        context = detail["ctx"]
        found = context["found"] or shown(detail["input"])
        if context["sentence"]:
            return Problem(f"{key} is {found}: {context['sentence']}", context["expected"], place)
        return Problem(f"{key} is {found}", context["expected"], place)
    return Problem(f"{key} is {shown(detail['input'])}", _expected(model, detail), place)


def section_at(model: type[Section], steps: Sequence[str]) -> type[Section]:
    """The section model that the names `steps` lead to, through lists of sections too."""
    for step in steps:
        if step in model.model_fields:
            inner = model.model_fields[step].annotation
            inner = next((item for item in typing.get_args(inner) if item is not type(None)), inner)
            if isinstance(inner, type) and issubclass(inner, Section):
                model = inner
    return model


def _expected(model: type[Section], detail: Any) -> str:
    steps = [step for step in detail["loc"] if isinstance(step, str)]
    if not steps:
        return f"a mapping with {', '.join(model.model_fields)}"
    *parents, name = steps
    field = section_at(model, parents).model_fields.get(name)
    if field is None:
        return str(detail["msg"])
    return expectation(field)


def expectation(field: FieldInfo) -> str:
    """What a field takes, in words: type, bounds, unit and meaning."""
    annotation = field.annotation
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return f"a mapping with {', '.join(annotation.model_fields)}"
    bounds = {type(item).__name__.lower(): getattr(item, type(item).__name__.lower(), None) for item in field.metadata}
    lower = _bound(bounds, (("ge", "at least"), ("gt", "above")))
    upper = _bound(bounds, (("le", "at most"), ("lt", "below")))
    words = " and ".join(part for part in (lower, upper) if part)
    unit = unit_of(field)
    if "minlen" in bounds:
        words = "that is not empty"
    parts = [_type_words(annotation), words, f"[{unit}]" if unit else ""]
    meaning = meaning_of(field)
    return " ".join(part for part in parts if part) + (f": {meaning}" if meaning else "")


def _bound(bounds: dict[str, Any], names: tuple[tuple[str, str], ...]) -> str:
    return next((f"{words} {bounds[name]:,}" for name, words in names if bounds.get(name) is not None), "")


_TYPE_WORDS = {int: "a whole number", float: "a number", bool: "true or false", type(None): "null"}


def _type_words(annotation: Any) -> str:
    if annotation is str:
        return "text (in quotes when it looks like a number)"
    origin = typing.get_origin(annotation)
    if origin is list:
        item = {int: "whole numbers", float: "numbers"}.get(typing.get_args(annotation)[0], "words")
        return f"a list of {item}"
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_type_words(option) for option in typing.get_args(annotation))
    if origin is typing.Literal:
        return "one of " + ", ".join(map(str, typing.get_args(annotation)))
    return _TYPE_WORDS[annotation]
