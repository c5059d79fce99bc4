"""A file of ounces or tokens outstanding: delimited text with a header, ISO dates and one quantity a day."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pandas as pd

from gramlib.errors import DataContractError, ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.sources.card import SourceCard
from gramlib.sources.raw import Decision, RawSeries

DATE_COLUMNS = ("date", "day", "time", "timestamp")
QUANTITY_COLUMNS = {
    "ounces": "oz", "total_ounces": "oz", "supply": "tokens", "circulating_supply": "tokens", "circulating": "tokens",
    "implied_supply": "tokens", "total_supply": "tokens", "quantity": "tokens", "tokens": "tokens",
}  # fmt: skip
"""Names a quantity goes by, the surest first, with what is counted."""


def load(name: str, path: str) -> RawSeries:
    """The quantities in the file at `path`, called `name`; unit oz or tokens, empty cells as NaN.

    Raises ParameterError when there is no such file, DataContractError when it has no column of dates and quantities.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ParameterError(f"cannot read {path}: {error.strerror}", expected="a file of quantities outstanding",
                             origin="data.flow_files", remedy="correct the path") from error  # fmt: skip
    origin = Path(path).name
    try:
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, sep=None, engine="python")
    except (ValueError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataContractError(f"no table in {origin} ({str(error)[:80]})", expected="delimited text with a header",
                                origin=origin, remedy="write it as CSV") from error  # fmt: skip
    known = {str(column).strip().lower().replace(" ", "_"): column for column in table.columns}
    dates, quantity = _column(known, DATE_COLUMNS, origin), _column(known, QUANTITY_COLUMNS, origin)
    frame = pd.DataFrame({
        "date": _dates(table[known[dates]], origin),
        "value": _numbers(table[known[quantity]], origin),
    })  # fmt: skip
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="line")
    unit = QUANTITY_COLUMNS[quantity]
    note = Decision("column", "note", f"dates in {dates!r}, quantity in {quantity!r}", "one date and one quantity column",
                    f"chosen by rule among {', '.join(map(str, table.columns))}; counted in {unit}")  # fmt: skip
    return RawSeries(
        frame, unit, quantity, origin, _card(name, origin, content, frame, unit), (note,), "supply", None, ""
    )


def _column(known: dict[str, object], wanted: tuple[str, ...] | dict[str, str], origin: str) -> str:
    for name in wanted:
        if name in known:
            return name
    near = did_you_mean(next(iter(wanted)), list(known))
    raise DataContractError(f"no column called {' or '.join(wanted)} among {', '.join(known)}{near}", expected="one of them",
                            origin=origin, remedy="rename the column that holds it")  # fmt: skip


def _dates(cells: pd.Series, origin: str) -> pd.Series:
    parsed = pd.to_datetime(cells.str.strip().str[:10], format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")
    _refuse_first(cells, parsed.isna(), "an ISO date like 2013-04-15", origin)
    return parsed


def _numbers(cells: pd.Series, origin: str) -> pd.Series:
    text = cells.str.strip()
    parsed = pd.to_numeric(text, errors="coerce").astype("float64")
    _refuse_first(
        cells,
        parsed.isna() & ~text.str.lower().isin(["", ".", "nan", "null", "n/a"]),
        "a plain number, or nothing",
        origin,
    )
    return parsed


def _refuse_first(cells: pd.Series, bad: pd.Series, expected: str, origin: str) -> None:
    if bad.any():
        place = int(bad.to_numpy().argmax())
        raise DataContractError(f"{cells.iloc[place][:60]!r}, {int(bad.sum())} such cell(s)", expected=expected,
                                origin=f"{origin}:{place + 2}", remedy="mend that cell or take the line out")  # fmt: skip


def _card(name: str, origin: str, content: bytes, frame: pd.DataFrame, unit: str) -> SourceCard:
    return SourceCard(
        id=name, title=f"User's file {origin}", producer="not stated", url="", licence="not stated", redistribute="unknown",
        accessed="", sha256=hashlib.sha256(content).hexdigest(), unit=unit, instrument="quantity outstanding",
        rows=len(frame), start=f"{frame['date'].min():%Y-%m-%d}", end=f"{frame['date'].max():%Y-%m-%d}",
    )  # fmt: skip
