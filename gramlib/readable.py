"""How dataclasses and parameter sections show themselves: in one line of text, and as a small table in a notebook.

Names carry units, so the text names attributes as they are typed; the table tells each unit apart. An array is told by its
size and range, a table by rows and columns, a list or dictionary by its number of entries: nothing is dumped.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Iterator, Mapping, Sequence, Set
from enum import Enum
from html import escape
from typing import Any, TypeVar

T = TypeVar("T", bound=type)

_UNITS = {
    "_usd_per_g": "USD/g", "_usd_per_oz": "USD/oz", "_usd_year": "USD/year", "_rate_year": "1/year", "_usd": "USD", "_oz": "oz",
    "_g": "g", "_days": "days", "_day": "day", "_seconds": "s", "_s": "s", "_years": "years", "_bytes": "bytes",
    "_share": "1", "_year": "1/year",
}  # fmt: skip
"""Ending of a name and the unit it stands for, the longer first."""

_LONGEST_TEXT, _MOST_ITEMS, _MOST_FIELDS_IN_TEXT = 60, 4, 8
_TABLE = ' style="border-collapse:collapse;font-variant-numeric:tabular-nums"'
_CELL = ' style="text-align:left;padding:1px 12px 1px 0"'


def readable(cls: T) -> T:
    """Give a dataclass or pydantic model the short `repr` and the table; one that has a table of its own keeps it."""
    own_table = "_repr_html_" in vars(cls)
    for name, told in (("__repr__", _text), ("__str__", _text), *(() if own_table else (("_repr_html_", _html),))):
        setattr(cls, name, told)
    return cls


def brief(value: object) -> str:
    """`value` in a few words: numbers to six digits, long texts cut, arrays and collections by size and range."""
    if value is None:
        return "none"
    if isinstance(value, bool | Enum):
        return str(value).lower() if isinstance(value, bool) else str(value.value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        text = " ".join(value.split())
        return (text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…") or "(empty)"
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return _array(value)
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return f"table of {len(value):,} rows, {len(value.columns)} columns"  # type: ignore[arg-type]
    if isinstance(value, Mapping):
        return _counted(len(value), "entry", "entries")
    if isinstance(value, Sequence | Set):
        return _items(value)
    return type(value).__name__ if _told(value) or callable(value) else brief(str(value))


def _number(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return str(value)
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}" if abs(value) < 1e15 else f"{value:.6g}"


def _array(value: Any) -> str:
    size = int(math.prod(value.shape))
    if size == 0:
        return "no values"
    if size == 1:
        return brief(value.reshape(-1)[0].item())
    shape = " × ".join(f"{length:,}" for length in value.shape)
    kind = getattr(value.dtype, "kind", "O")
    if kind not in "iuf":
        return f"{shape} values"
    low, high = _number(value.min().item()), _number(value.max().item())
    return f"{shape} values, {f'all {low}' if low == high else f'{low} to {high}'}"


def _items(value: Sequence[Any] | Set[Any]) -> str:
    plain = all(isinstance(item, str | int | float | bool | None) for item in value)
    if not plain or len(value) > _MOST_ITEMS:
        return _counted(len(value), "item", "items")
    return f"[{'; '.join(brief(item) for item in value)}]"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _told(value: object) -> bool:
    return dataclasses.is_dataclass(value) or hasattr(type(value), "model_fields")


def _parts(value: Any) -> Iterator[tuple[str, Any, str, str]]:
    """Name, value, unit and meaning of each field."""
    models = getattr(type(value), "model_fields", None)
    if models is None:
        for spec in dataclasses.fields(value):
            if spec.repr:
                yield spec.name, getattr(value, spec.name), _unit(spec.name), ""
        return
    for name, field in models.items():
        meaning, _, unit = (field.description or "").rpartition(" [")
        yield (
            (name, getattr(value, name), unit.rstrip("]"), meaning)
            if meaning
            else (name, getattr(value, name), _unit(name), unit)
        )


def _unit(name: str) -> str:
    return next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")


def _text(self: Any) -> str:
    said = [f"{name}={brief(value)}" for name, value, *_ in _parts(self)]
    more = len(said) - _MOST_FIELDS_IN_TEXT
    kept = said if more <= 1 else [*said[:_MOST_FIELDS_IN_TEXT], f"… {more} more"]
    return f"{type(self).__name__}({'; '.join(kept)})"


def _html(self: Any) -> str:
    parts = list(_parts(self))
    heads = ["Field", "Value"]
    units, meanings = any(unit for _, _, unit, _ in parts), any(meaning for *_, meaning in parts)
    heads += ["Unit"] * units + ["Meaning"] * meanings
    rows = ""
    for name, value, unit, meaning in parts:
        cells = [_cell(value)] + [escape(unit)] * units + [escape(meaning)] * meanings
        rows += (
            f"<tr><th scope='row'{_CELL}>{escape(name)}</th>{''.join(f'<td{_CELL}>{cell}</td>' for cell in cells)}</tr>"
        )
    head = "".join(f"<th scope='col'{_CELL}>{word}</th>" for word in heads)
    purpose = (inspect.getdoc(type(self)) or "").partition("\n\n")[0].replace("\n", " ")
    caption = f"<b>{escape(type(self).__name__)}</b> {escape(purpose)}"
    return f"<table{_TABLE}><caption style='text-align:left'>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: Any) -> str:
    """A part that has a table of its own is folded; anything else is told in brief."""
    if _told(value) and hasattr(value, "_repr_html_"):
        return f"<details><summary style='white-space:nowrap'>{escape(type(value).__name__)}</summary>{value._repr_html_()}</details>"
    return escape(brief(value))
