"""The decimal mark of the price column where its cells can be read under both: what is of the size of gold decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gramlib.sources.files.calendar_days import Days
from gramlib.sources.files.number_column import NumberColumn
from gramlib.sources.price_unit import compare
from gramlib.sources.raw import Decision

OTHER_MARK = {"point": "comma", "comma": "point"}


def decide_mark(numbers: NumberColumn, days: Days, asked: str, unit: str) -> tuple[NumberColumn, Decision]:
    """The column under the mark its size fits, where its cells can be read under both; `unit` is "" where none was said."""
    expected = "one decimal mark in the whole column"
    if numbers.other is None:
        plainly = numbers.marks_seen == "decimal point"
        how = "as data.decimal says" if asked != "auto" else "no other mark reads every cell"
        return numbers, Decision(
            "decimal",
            "ok" if plainly else "note",
            numbers.marks_seen,
            expected,
            "read so" if plainly else f"read so: {how}",
        )
    units = {
        mark: _unit_of(days, values)
        for mark, values in ((numbers.mark, numbers.values), (OTHER_MARK[numbers.mark], numbers.other))
    }
    fitting = [mark for mark, found in units.items() if found and found == (unit or found)] or [
        mark for mark, found in units.items() if found
    ]
    chosen = fitting[0] if fitting else numbers.mark
    if chosen != numbers.mark:
        numbers = replace(
            numbers,
            mark=chosen,
            values=numbers.other,
            other=numbers.values,
            marks_seen=f"decimal {chosen}, the other mark for thousands",
        )
    if len(fitting) > 1:
        why = f"both readings are the same price, per {units[fitting[0]]} and per {units[fitting[1]]}"
    else:
        why = f"only so it is a gold price per {units[chosen]}" if fitting else "neither reading is of the size of gold"
    return numbers, Decision(
        "decimal",
        "note",
        f"every cell reads with a decimal point or a decimal comma: {numbers.marks_seen}",
        expected,
        f"read so: {why}",
    )


def _unit_of(days: Days, values: NDArray[np.float64]) -> str:
    found = compare(days, values)
    return found.unit()[0] if found is not None and found.is_gold else ""
