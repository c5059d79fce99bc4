"""The dates of a whole column: read in one way, which evidence, not habit, has decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.sources.files.calendar_days import Days
from gramlib.sources.files.date_cells import Stamp, stamp_of
from gramlib.sources.files.date_evidence import Level, decide_reading
from gramlib.sources.files.date_readings import SWAPPED, days_of, readings_of
from gramlib.sources.raw import Decision

STRAY_SHARE = 0.01


@dataclass(frozen=True)
class DateColumn:
    """`days[i]` is the date of row i as written; `seconds` after its midnight and `offset` from UTC in minutes where stated.

    `monthly` says that cells name months without a day. `words` is the format in words, `orders` the order decided
    for each shape of cell.
    """

    days: Days
    seconds: NDArray[np.int64]
    offset: NDArray[np.int64]
    monthly: bool
    words: str
    decision: Decision
    orders: tuple[tuple[str, str], ...] = ()


def read_dates(
    cells: list[str], lines: list[int], origin: str, name: str, order: str = "auto", level: Level | None = None
) -> DateColumn:
    """The dates in `cells`, in the one reading that `date_evidence.decide_reading` leaves for the whole column.

    Raises DataContractError naming the first cell that is no date, or naming `date_order` when two readings are left.
    """
    stamps = [stamp_of(cell) for cell in cells]
    if None in stamps:
        place = stamps.index(None)
        raise _no_date(cells[place], origin, lines[place], name)
    known = [stamp for stamp in stamps if stamp is not None]
    _refuse_stray_shapes(known, cells, lines, origin, name)
    readings = readings_of(known, order)
    best, why = decide_reading(readings, cells, lines, origin, name, level)
    if best.impossible:
        place = int(np.flatnonzero(np.isnat(best.days))[0])
        raise _no_date(cells[place], origin, lines[place], name, best.words())
    plainly = len(best.orders) == 1 and best.orders[0][1] == "ymd" and best.orders[0][0] != "xy2"
    status = "ok" if plainly else "note"
    if any(chosen == SWAPPED for _, chosen in best.orders):
        status = "warning"
    decision = Decision(
        "dates",
        status,
        f"{best.words()} in {name!r}, such as {cells[0]!r}",
        "one date format for the whole column",
        why,
    )
    return DateColumn(
        best.days,
        np.array([stamp.seconds for stamp in known], dtype=np.int64),
        np.array([stamp.offset for stamp in known], dtype=np.int64),
        all(stamp.shape == "month" for stamp in known),
        best.words(),
        decision,
        best.orders,
    )


def days_as_decided(cells: list[str], orders: tuple[tuple[str, str], ...]) -> Days:
    """The dates in `cells` under `orders` decided elsewhere; NaT where a cell is no such date."""
    days = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[D]")
    decided = dict(orders)
    for place, cell in enumerate(cells):
        stamp = stamp_of(cell)
        if stamp is not None and stamp.shape in decided:
            days[place] = days_of(stamp.shape, decided[stamp.shape], np.array([stamp[1:4]], dtype=np.int64))[0]
    return days


def _refuse_stray_shapes(stamps: list[Stamp], cells: list[str], lines: list[int], origin: str, name: str) -> None:
    """A shape that only a row or two have is a damaged cell, not a second format."""
    counts = Counter(stamp.shape for stamp in stamps)
    usual = counts.most_common(1)[0][0]
    for place, stamp in enumerate(stamps):
        rare = counts[stamp.shape] < max(2, STRAY_SHARE * len(stamps))
        if stamp.shape != usual and (rare or "month" in (stamp.shape, usual)):
            raise _no_date(
                cells[place],
                origin,
                lines[place],
                name,
                f"the column is written like {cells[[s.shape for s in stamps].index(usual)]!r}",
            )


def _no_date(cell: str, origin: str, line: int, name: str, words: str = "") -> DataContractError:
    return DataContractError(
        f"{cell[:60]!r} where a date was expected" + (f" ({words})" if words else ""),
        expected="a date that exists, in the format of the other rows",
        origin=f"{origin}:{line}, column {name}",
        remedy="mend that cell or take the line out",
    )
