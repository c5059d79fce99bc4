"""A file of one figure a day that is no price: delimited text with a header, ISO dates and a column of numbers."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gramlib.errors import DataContractError, ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.readable import readable
from gramlib.sources.card import SourceCard

DATE_COLUMNS = ("date", "observation_date", "day", "time", "timestamp")
EMPTY = ("", ".", "nan", "null", "n/a")


@readable
@dataclass(frozen=True)
class DatedFile:
    """What such a file holds: `frame` with `date` and `value` (NaN where empty), indexed by line, and where they stood."""

    frame: pd.DataFrame
    date_column: str
    value_column: str
    columns: tuple[str, ...]
    origin: str
    sha256: str

    def card(self, name: str, unit: str, instrument: str) -> SourceCard:
        """Card of a file whose origin nobody has stated."""
        dates = self.frame["date"]
        return SourceCard(
            id=name, title=f"User's file {self.origin}", producer="not stated", url="", licence="not stated",
            redistribute="unknown", accessed="", sha256=self.sha256, unit=unit, instrument=instrument,
            rows=len(dates), start=f"{dates.min():%Y-%m-%d}", end=f"{dates.max():%Y-%m-%d}",
        )  # fmt: skip


def read(path: str, value_columns: Sequence[str], setting: str) -> DatedFile:
    """The dates and numbers in the file at `path`; `value_columns` are names of the number's column, the surest first.

    Raises ParameterError, naming `setting`, when there is no such file; DataContractError when it has no such columns, a
    cell is neither a number nor empty, or a date is none.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ParameterError(f"cannot read {path}: {error.strerror}", expected="a file of dated figures",
                             origin=setting, remedy="correct the path") from error  # fmt: skip
    origin = Path(path).name
    try:
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, sep=None, engine="python")
    except (ValueError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataContractError(f"no table in {origin} ({str(error)[:80]})", expected="delimited text with a header",
                                origin=origin, remedy="write it as CSV") from error  # fmt: skip
    known = {str(column).strip().lower().replace(" ", "_"): column for column in table.columns}
    dates, value = _column(known, DATE_COLUMNS, origin), _column(known, value_columns, origin)
    frame = pd.DataFrame({"date": _dates(table[known[dates]], origin), "value": _numbers(table[known[value]], origin)})
    if frame.empty:
        raise DataContractError(f"{origin} has a header and no row", expected="a figure a day", origin=origin,
                                remedy="give a file with data")  # fmt: skip
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    columns = tuple(map(str, table.columns))
    return DatedFile(frame, dates, value, columns, origin, hashlib.sha256(content).hexdigest())


def _column(known: dict[str, object], wanted: Sequence[str], origin: str) -> str:
    for name in wanted:
        if name in known:
            return name
    near = did_you_mean(wanted[0], list(known))
    raise DataContractError(f"no column called {' or '.join(wanted)} among {', '.join(known)}{near}", expected="one of them",
                            origin=origin, remedy="rename the column that holds it")  # fmt: skip


def _dates(cells: pd.Series, origin: str) -> pd.Series:
    parsed = pd.to_datetime(cells.str.strip().str[:10], format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")
    _refuse_first(cells, parsed.isna(), "an ISO date like 2013-04-15", origin)
    return parsed


def _numbers(cells: pd.Series, origin: str) -> pd.Series:
    text = cells.str.strip()
    parsed = pd.to_numeric(text, errors="coerce").astype("float64")
    _refuse_first(cells, parsed.isna() & ~text.str.lower().isin(EMPTY), "a plain number, or nothing", origin)
    return parsed


def _refuse_first(cells: pd.Series, bad: pd.Series, expected: str, origin: str) -> None:
    if bad.any():
        place = int(bad.to_numpy().argmax())
        raise DataContractError(f"{cells.iloc[place][:60]!r}, {int(bad.sum())} such cell(s)", expected=expected,
                                origin=f"{origin}:{place + 2}", remedy="mend that cell or take the line out")  # fmt: skip
