"""What the user says about a file, and what is decided of a grid with it: the table, its dates, its price column."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from gramlib.errors import DataContractError
from gramlib.sources.files.choice import Chosen, PriceColumns
from gramlib.sources.files.date_cells import NO_TIME, time_of
from gramlib.sources.files.date_column import DateColumn, read_dates
from gramlib.sources.files.date_numbers import read_date_numbers
from gramlib.sources.files.fund import with_implied_price
from gramlib.sources.files.grid import Grid
from gramlib.sources.files.layout import Table, find_table
from gramlib.sources.files.row_labels import of_gold_in_dollars


@dataclass(frozen=True)
class FileSettings:
    """What the user says about the file; every default means "by evidence".

    `column` names the price column; `unit` is auto, oz, g, kg or tola; `date_order` auto, ymd, dmy or mdy; `decimal`
    auto, point or comma; `delimiter` auto or a name of delimited.SEPARATORS; `sheet` a workbook's sheet; `day_shift`
    days to add to every date.
    """

    column: str = ""
    unit: str = "auto"
    date_order: str = "auto"
    decimal: str = "auto"
    delimiter: str = "auto"
    sheet: str = ""
    day_shift: int = 0


def decide(grid: Grid, settings: FileSettings) -> tuple[Table, DateColumn, Chosen]:
    """The table of `grid`, its dates read as one column, and the price column chosen."""
    table = with_implied_price(of_gold_in_dollars(find_table(grid)))
    columns = PriceColumns(table, settings.decimal)
    name = table.names[table.dates]
    cells = table.columns[table.dates]
    if table.date_form == "cells":
        dates = read_dates(cells, table.lines, table.origin, name, settings.date_order, columns.level)
    else:
        dates = read_date_numbers(cells, table.date_form, name)
        if np.isnat(dates.days).any():
            row = int(np.flatnonzero(np.isnat(dates.days))[0])
            raise DataContractError(f"{cells[row]!r} where a date was expected", expected=dates.words, origin=f"{table.origin}:{table.lines[row]}",
                                    remedy="mend that cell or take the line out")  # fmt: skip
    if table.times >= 0:
        dates = dataclasses.replace(dates, seconds=_times(table))
    return table, dates, columns.choose(dates.days, settings.column, settings.unit)


def _times(table: Table) -> np.ndarray:
    cells = table.columns[table.times]
    seconds = np.array([time_of(cell) for cell in cells], dtype=np.int64)
    if (seconds == NO_TIME).any():
        row = int(np.flatnonzero(seconds == NO_TIME)[0])
        raise DataContractError(f"{cells[row]!r} where a time of day was expected", expected="times such as 15:00", origin=f"{table.origin}:{table.lines[row]}",
                                remedy="mend that cell or take the line out")  # fmt: skip
    return seconds
