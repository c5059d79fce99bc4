"""One price file to one raw series: what kind of file it is, and who reads it."""

from __future__ import annotations

import hashlib

from gramlib.errors import ParameterError
from gramlib.sources.files import container
from gramlib.sources.files.assembling import raw_series
from gramlib.sources.files.choice import Chosen
from gramlib.sources.files.columnar import read_parquet
from gramlib.sources.files.date_column import DateColumn
from gramlib.sources.files.deciding import FileSettings, decide
from gramlib.sources.files.delimited import read_delimited
from gramlib.sources.files.layout import Table
from gramlib.sources.files.records import read_json
from gramlib.sources.files.sheets import best_sheet
from gramlib.sources.files.stream import is_large, read_large
from gramlib.sources.files.workbook import read_workbook
from gramlib.sources.raw import RawSeries


def read_any(path: str, settings: FileSettings | None = None, today: str = "") -> RawSeries:
    """The gold price series in the file at `path`, in the file's order, with every decision taken.

    `today` (ISO date) leaves out a bar of that day, which is not closed. Raises ParameterError when there is no such
    file, column or sheet; DataContractError, with file and line, when it is no gold price in USD or cannot be read in
    one way only.
    """
    settings = settings or FileSettings()
    place = container.existing(path)
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
        return best_sheet(read_workbook(content, origin), settings, origin)
    if settings.sheet:
        raise ParameterError(f"data.sheet is {settings.sheet!r} and {origin} is no workbook", expected="no sheet", origin="data.sheet",
                             remedy="leave data.sheet empty")  # fmt: skip
    if kind == "parquet":
        return decide(read_parquet(content, origin), settings)
    if kind == "json":
        return decide(read_json(content, origin), settings)
    return decide(read_delimited(content, origin, settings.delimiter), settings)
