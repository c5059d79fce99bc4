"""A price file of the user's own: delimited text with a header and ISO dates, as it came.

Other kinds (workbooks, JSON, other date formats, decimal commas) are refused by name.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError, ParameterError
from gramlib.sources.card import SourceCard
from gramlib.sources.columns import date_column, parse_date, parse_number, price_column, unit_named
from gramlib.sources.csv_table import DELIMITERS, TextTable, read_bytes, read_table, unpacked
from gramlib.sources.price_unit import decide_unit
from gramlib.sources.raw import Decision, RawSeries

if TYPE_CHECKING:
    from gramlib.params.stages import DataParams


def load(params: DataParams) -> RawSeries:
    """The series in the file `params.path`, every row of it, in the file's order.

    Raises ParameterError when there is no such file or column, DataContractError (with file and line) when it is
    no daily gold price in USD.
    """
    if not params.path:
        raise ParameterError(
            "data.source is file and data.path is empty",
            expected="the path of a price file",
            origin="data.path",
            remedy="set data.path",
        )
    origin = Path(params.path).name
    content = read_bytes(params.path)
    table = read_table(unpacked(content, origin), origin)
    dates = date_column(table)
    column = price_column(table, dates, params.column, params.unit)
    frame = _frame(table, dates, column)
    unit, decisions = decide_unit(frame, params.unit, unit_named(column), f"{origin}, column {column}")
    how = "named in data.column" if params.column else f"chosen by rule among {', '.join(table.header)}"
    notes = (
        Decision("file", "ok", f"{DELIMITERS[table.delimiter]} separated, {table.encoding}, {len(frame):,} rows",
                 "delimited text with a header", "read"),
        Decision("column", "ok" if params.column else "note", f"dates in {dates!r}, price in {column!r}",
                 "one date and one price column", how),
        *decisions,
    )  # fmt: skip
    return RawSeries(frame, unit, column, origin, _card(frame, content, origin, unit, column), notes)


def _frame(table: TextTable, dates: str, column: str) -> pd.DataFrame:
    days, values = [], np.empty(len(table.rows))
    cells = zip(table.lines, table.column(dates), table.column(column), strict=True)
    for place, (line, day_cell, cell) in enumerate(cells):
        day, number = parse_date(day_cell), parse_number(cell)
        if day is None:
            raise _bad_cell(day_cell, "an ISO date like 2013-04-15", f"{table.origin}:{line}, column {dates}")
        if number is None:
            raise _bad_cell(
                cell, "a plain number with a decimal point, or nothing", f"{table.origin}:{line}, column {column}"
            )
        days.append(day)
        values[place] = number
    frame = pd.DataFrame({"date": np.array(days, dtype="datetime64[D]").astype("datetime64[us]"), "value": values})
    frame.index = pd.Index(table.lines, name="line")
    return frame


def _bad_cell(cell: str, expected: str, origin: str) -> DataContractError:
    return DataContractError(
        f"{cell[:60]!r} where a value was expected",
        expected=expected,
        origin=origin,
        remedy="mend that cell or take the line out",
    )


def _card(frame: pd.DataFrame, content: bytes, origin: str, unit: str, column: str) -> SourceCard:
    known = frame.loc[frame["value"].notna(), "date"]
    return SourceCard(
        id="file",
        title=f"User's file {origin}, column {column}",
        producer="not stated",
        url="",
        licence="not stated",
        redistribute="unknown",
        accessed="",
        sha256=hashlib.sha256(content).hexdigest(),
        unit=f"USD/{unit}",
        instrument="not stated",
        rows=len(frame),
        start=f"{known.min():%Y-%m-%d}",
        end=f"{known.max():%Y-%m-%d}",
    )
