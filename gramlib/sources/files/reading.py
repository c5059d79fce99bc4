"""One price file to one raw series: open, find the table, decide dates, column, numbers, days and unit."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from gramlib.errors import DataContractError, GramError, ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.sources.card import SourceCard
from gramlib.sources.files import container
from gramlib.sources.files.choice import Chosen, PriceColumns, frame_of
from gramlib.sources.files.columnar import read_parquet
from gramlib.sources.files.date_cells import NO_TIME, time_of
from gramlib.sources.files.date_column import DateColumn, read_date_numbers, read_dates
from gramlib.sources.files.delimited import read_delimited
from gramlib.sources.files.fund import with_implied_price
from gramlib.sources.files.grid import Grid, refusal
from gramlib.sources.files.layout import Table, find_table
from gramlib.sources.files.london_days import day_before_suspicion, shifted_weekdays, to_london_days
from gramlib.sources.files.records import read_json
from gramlib.sources.files.workbook import read_workbook, sheet_of
from gramlib.sources.price_unit import decide_unit
from gramlib.sources.raw import Decision, RawSeries


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


def read_any(path: str, settings: FileSettings | None = None, today: str = "") -> RawSeries:
    """The gold price series in the file at `path`, in the file's order, with every decision taken.

    `today` (ISO date) leaves out a bar of that day, which is not closed. Raises ParameterError when there is no such
    file, column or sheet; DataContractError, with file and line, when it is no gold price in USD or cannot be read in
    one way only.
    """
    settings = settings or FileSettings()
    place = container.existing(path)
    from gramlib.sources.files.stream import is_large, read_large

    if is_large(place):
        return read_large(place, settings, today)
    content = container.read_bytes(place)
    inner, packed = container.unpacked(content, place.name)
    table, days, chosen = read_table(inner, place.name, settings)
    digest = hashlib.sha256(content).hexdigest()
    return raw_series(table, days, chosen, settings, digest, f" in {packed}" if packed else "", today)


def read_table(content: bytes, origin: str, settings: FileSettings) -> tuple[Table, DateColumn, Chosen]:
    """The table in the unpacked bytes of a file, its dates and its price column."""
    kind = container.kind_of(content, origin)
    if kind == "workbook":
        return _best_sheet(read_workbook(content, origin), settings, origin)
    if settings.sheet:
        raise ParameterError(f"data.sheet is {settings.sheet!r} and {origin} is no workbook", expected="no sheet", origin="data.sheet",
                             remedy="leave data.sheet empty")  # fmt: skip
    if kind == "parquet":
        return decide(read_parquet(content, origin), settings)
    if kind == "json":
        return decide(read_json(content, origin), settings)
    return decide(read_delimited(content, origin, settings.delimiter), settings)


def decide(grid: Grid, settings: FileSettings) -> tuple[Table, DateColumn, Chosen]:
    """The table of `grid`, its dates read as one column, and the price column chosen."""
    table = with_implied_price(find_table(grid))
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


def raw_series(table: Table, dates: DateColumn, chosen: Chosen, settings: FileSettings, digest: str, packed: str, today: str) -> RawSeries:
    """The RawSeries of a table whose dates and price column are decided."""
    numbers = chosen.numbers
    if numbers.unreadable.any():
        row = int(np.flatnonzero(numbers.unreadable)[0])
        cell = table.columns[table.place(chosen.name)][row]
        raise DataContractError(f"{cell[:60]!r} where a number was expected; {int(numbers.unreadable.sum()):,} such cell(s)",
                                expected=f"numbers with a {numbers.marks_seen}, or nothing", origin=f"{table.origin}:{table.lines[row]}, column {chosen.name}",
                                remedy="mend that cell or empty it")  # fmt: skip
    kept = to_london_days(dates, numbers.values)
    values = numbers.values[kept.rows]
    frame = frame_of(kept.days, values, np.asarray(table.lines)[kept.rows])
    notes = [*table.notes, dates.decision, *kept.notes]
    if packed:
        notes[0] = dataclasses.replace(notes[0], found=notes[0].found + packed)
    return finish(frame, chosen, settings, table.origin, digest, notes, today, dates.monthly)


def finish(frame: pd.DataFrame, chosen: Chosen, settings: FileSettings, origin: str, digest: str, notes: list[Decision], today: str,
           monthly: bool = False) -> RawSeries:
    """The RawSeries of daily rows: days moved where told or shown, an open bar left out, the unit decided."""
    days = frame["date"].to_numpy().astype("datetime64[D]")
    if settings.day_shift:
        shift, seen = settings.day_shift, Decision("day_shift", "note", f"data.day_shift is {settings.day_shift:+d}", "dates of the day the price was made",
                                                   "every date moved by so many days")  # fmt: skip
    else:
        shift, seen = (0, None) if monthly else shifted_weekdays(days)
        seen = seen or day_before_suspicion(days, frame["value"].to_numpy())
    if seen is not None:
        notes.append(seen)
    if shift:
        frame = frame.assign(date=frame["date"] + pd.Timedelta(days=shift))
    frame = _closed(frame, today, notes)
    unit, decisions = decide_unit(frame, settings.unit, chosen.unit_named, f"{origin}, column {chosen.name}")
    decided = (*notes, *chosen.decisions, *decisions)
    return RawSeries(frame, unit, chosen.name, origin, _card(frame, digest, origin, unit, chosen.name), decided)


def _best_sheet(grids: list[Grid], settings: FileSettings, origin: str) -> tuple[Table, DateColumn, Chosen]:
    """The sheet asked for, or the only one with a gold price, or the one with most rows of it; the others are named."""
    names = [sheet_of(grid) for grid in grids]
    if not grids:
        raise refusal("a workbook without a filled sheet", origin)
    if settings.sheet:
        if settings.sheet not in names:
            raise ParameterError(f"{origin} has no sheet {settings.sheet!r}{did_you_mean(settings.sheet, names)}", expected=f"one of {', '.join(names)}",
                                 origin="data.sheet", remedy="mend data.sheet, or leave it empty")  # fmt: skip
        return decide(grids[names.index(settings.sheet)], settings)
    found, refused = [], []
    for grid in grids:
        try:
            table, dates, chosen = decide(grid, settings)
            decide_unit(frame_of(dates.days, chosen.numbers.values, table.lines), settings.unit, chosen.unit_named, grid.origin)
            found.append((chosen.numbers.readable, table, dates, chosen))
        except GramError as error:
            refused.append((sheet_of(grid), error))
    if not found:
        if len(refused) == 1:
            raise refused[0][1]
        reasons = "; ".join(f"{name}: {error.found.splitlines()[0]:.60}" for name, error in refused[:3])
        raise refusal(f"no sheet of {len(refused)} holds a gold price ({reasons})", origin, "name the sheet in data.sheet (gram ingest --sheet)")
    _, table, dates, chosen = max(found, key=lambda item: item[0])
    others = [name for name in names if name != sheet_of_table(table)]
    if others:
        usable = [sheet_of_table(other) for _, other, _, _ in found if other is not table]
        why = f"most prices; gold prices stand on {', '.join(usable)} too" if usable else "the only one with a gold price"
        table.notes.insert(1, Decision("sheet", "note", f"sheet {sheet_of_table(table)!r} of {len(names)}; others: {', '.join(others[:6])}",
                                       "one sheet of prices", f"taken: {why}"))  # fmt: skip
    return table, dates, chosen


def sheet_of_table(table: Table) -> str:
    """Name of the sheet that `table` stands on."""
    return table.origin.rpartition(", sheet ")[2]


def _times(table: Table) -> np.ndarray:
    cells = table.columns[table.times]
    seconds = np.array([time_of(cell) for cell in cells], dtype=np.int64)
    if (seconds == NO_TIME).any():
        row = int(np.flatnonzero(seconds == NO_TIME)[0])
        raise DataContractError(f"{cells[row]!r} where a time of day was expected", expected="times such as 15:00", origin=f"{table.origin}:{table.lines[row]}",
                                remedy="mend that cell or take the line out")  # fmt: skip
    return seconds


def _closed(frame: pd.DataFrame, today: str, notes: list[Decision]) -> pd.DataFrame:
    if not today:
        return frame
    now = pd.Timestamp(today)
    open_bar = frame["date"] == now
    future = int((frame["date"] > now).sum())
    if future:
        notes.append(Decision("future", "warning", f"{future:,} row(s) after today, {today}, last {frame['date'].max():%Y-%m-%d}", "dates that have been",
                              "kept: a path made up for a scenario may have them"))  # fmt: skip
    if open_bar.any() and not future:
        notes.append(Decision("open_day", "note", f"the last row is of today, {today}", "days that are over", "left out: not closed yet"))
        return frame[~open_bar]
    return frame


def _card(frame: pd.DataFrame, digest: str, origin: str, unit: str, column: str) -> SourceCard:
    known = frame.loc[frame["value"].notna(), "date"]
    return SourceCard(
        id="file",
        title=f"User's file {Path(origin).name}, column {column}",
        producer="not stated",
        url="",
        licence="not stated",
        redistribute="unknown",
        accessed="",
        sha256=digest,
        unit=f"USD/{unit}",
        instrument="not stated",
        rows=len(frame),
        start=f"{known.min():%Y-%m-%d}",
        end=f"{known.max():%Y-%m-%d}",
    )
