"""Building blocks of the parameter models: one field style, closed word lists, refusals with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from gramlib.params.quoting import shown
from gramlib.params.suggest import did_you_mean


class Section(BaseModel):
    """Base of every parameter model: frozen, strict in type (1.5 and true are no counts), no unknown names."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True, hide_input_in_errors=True
    )


def param(default: Any, meaning: str, unit: str = "", **bounds: Any) -> Any:
    """A field whose description is `meaning [unit]`; `bounds` are pydantic's (ge, gt, le, lt)."""
    return Field(default=default, description=f"{meaning} [{unit}]" if unit else meaning, **bounds)


def meaning_of(field: FieldInfo) -> str:
    """What a field means, without its unit."""
    return (field.description or "").rpartition(" [")[0] or (field.description or "")


def unit_of(field: FieldInfo) -> str:
    """Unit of a field as written in its description; empty for a pure word or list."""
    description = field.description or ""
    return description.rpartition(" [")[2][:-1] if description.endswith("]") else ""


def leaves(section: Section, prefix: str = "") -> Iterator[tuple[str, Any, FieldInfo]]:
    """Dotted key, value and field of every leaf below `section`, in the order of the models."""
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from leaves(value, f"{prefix}{name}.")
        elif not isinstance(value, dict):
            yield f"{prefix}{name}", value, field


def yaml_text(value: Any) -> str:
    """A leaf as one line of YAML that every loader reads back to the same value and type."""
    if isinstance(value, list):
        return f"[{', '.join(map(yaml_text, value))}]"
    if isinstance(value, float):
        mantissa, exponent, power = repr(value).partition("e")
        return f"{mantissa}{'.0' if exponent and '.' not in mantissa else ''}{exponent}{power}"
    if isinstance(value, str):
        return yaml.safe_dump(value, default_style='"', allow_unicode=True, width=float("inf")).rstrip("\n")
    return yaml.safe_dump(value, width=float("inf")).partition("\n")[0]


def one_of(*known: str, plug_ins: str = "") -> AfterValidator:
    """Only the words of `known`, and the names of usable plug-ins of the group `plug_ins`."""
    return AfterValidator(lambda word: _word(word, known, plug_ins))


def each_of(*known: str, empty_ok: bool = False, plug_ins: str = "") -> AfterValidator:
    """A list, each item once and a word of `known` (any word when `known` is empty) or a plug-in, as in `one_of`."""

    def check(words: list[str]) -> list[str]:
        _distinct(words, empty_ok)
        return [_word(word, known, plug_ins) for word in words] if known else words

    return AfterValidator(check)


def each_number(lower: float, upper: float) -> AfterValidator:
    """A list of distinct numbers, at least one, each between `lower` and `upper`, both included."""

    def check(numbers: list[Any]) -> list[Any]:
        _distinct(numbers, False)
        for number in numbers:
            if not lower <= number <= upper:
                raise refusal(f"each from {lower:g} to {upper:g}", shown(number))
        return numbers

    return AfterValidator(check)


def refusal(expected: str, found: str = "", sentence: str = "") -> PydanticCustomError:
    """The error a validator raises: what was `expected`, and where the whole input is not it, what was `found`.

    A `sentence` replaces the expectation where the value is known but cannot be had.
    """
    return PydanticCustomError("gram", "{expected}", {"expected": expected, "found": found, "sentence": sentence})


def _not_blank(text: str) -> str:
    if not text.strip():
        raise refusal("text that is not blank")
    return text


NOT_BLANK = AfterValidator(_not_blank)
"""Text with at least one visible character."""


def _word(word: str, known: tuple[str, ...], group: str = "") -> str:
    if word not in known:
        known = (*known, *_plugged_in(word, group)) if group else known
    if word not in known:
        raise refusal(f"one of {', '.join(known)}{did_you_mean(word, known)}", shown(word))
    return word


def _plugged_in(word: str, group: str) -> list[str]:
    """Names of the usable plug-ins of `group`; a refused one that is asked for is refused here with its reason."""
    from gramlib.params.plugins import plug_ins  # reads the metadata of what is installed

    found = plug_ins(group)
    for one in found:
        if one.name == word and one.refused:
            raise refusal(f"another name: {one.refused} (plug-in of {one.origin})", shown(word))
    return [one.name for one in found if not one.refused]


def _distinct(items: list[Any], empty_ok: bool) -> None:
    if not items and not empty_ok:
        raise refusal("at least one item", "an empty list")
    for item in items:
        if items.count(item) > 1:
            raise refusal("each item once", f"{shown(item)} twice")
