"""From a table whose dates and price column are decided to the raw series: days, open bars, unit, card."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.sources.card import SourceCard
from gramlib.sources.files.calendar_days import Days
from gramlib.sources.files.choice import Chosen
from gramlib.sources.files.date_column import DateColumn
from gramlib.sources.files.deciding import FileSettings
from gramlib.sources.files.layout import Table
from gramlib.sources.files.london_days import day_before_suspicion, shifted_weekdays, to_london_days
from gramlib.sources.price_unit import decide_unit
from gramlib.sources.raw import Decision, RawSeries


def raw_series(
    table: Table, dates: DateColumn, chosen: Chosen, settings: FileSettings, digest: str, packed: str, today: str
) -> RawSeries:
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


def finish(
    frame: pd.DataFrame,
    chosen: Chosen,
    settings: FileSettings,
    origin: str,
    digest: str,
    notes: list[Decision],
    today: str,
    monthly: bool = False,
) -> RawSeries:
    """The RawSeries of daily rows: days moved where told or shown, an open bar left out, the unit decided."""
    days = frame["date"].to_numpy().astype("datetime64[D]")
    shift, seen = (settings.day_shift, None) if settings.day_shift or monthly else shifted_weekdays(days)
    if settings.day_shift:
        seen = Decision(
            "day_shift",
            "note",
            f"data.day_shift is {shift:+d}",
            "dates of the day the price was made",
            "every date moved by so many days",
        )
    elif seen is None:
        seen = day_before_suspicion(days, frame["value"].to_numpy())
    if seen is not None:
        notes.append(seen)
    if shift:
        frame = frame.assign(date=frame["date"] + pd.Timedelta(days=shift))
    frame = _closed(frame, today, notes)
    unit, decisions = decide_unit(frame, settings.unit, chosen.unit_named, f"{origin}, column {chosen.name}")
    decided = (*notes, *chosen.decisions, *decisions)
    return RawSeries(frame, unit, chosen.name, origin, _card(frame, digest, origin, unit, chosen.name), decided)


def frame_of(days: Days, values: NDArray[np.float64], lines: list[int] | NDArray[np.int64]) -> pd.DataFrame:
    """The frame of a RawSeries: date and value, indexed by the line of the file."""
    frame = pd.DataFrame({"date": days.astype("datetime64[us]"), "value": values})
    frame.index = pd.Index(lines, name="line")
    return frame


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
        notes.append(
            Decision(
                "open_day",
                "note",
                f"the last row is of today, {today}",
                "days that are over",
                "left out: not closed yet",
            )
        )
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
