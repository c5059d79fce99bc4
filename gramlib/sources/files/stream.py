"""Very large text files: decided on a sample of their lines, then streamed to the last price of each London day.

Memory holds one block of the file and one row a day, whatever the length.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from gramlib.errors import DataContractError, GramError
from gramlib.sources.files import container
from gramlib.sources.files.assembling import finish, frame_of
from gramlib.sources.files.block_stamps import BlockStamps
from gramlib.sources.files.choice import Chosen
from gramlib.sources.files.date_column import DateColumn
from gramlib.sources.files.day_reduction import DayReduction
from gramlib.sources.files.deciding import FileSettings, decide
from gramlib.sources.files.delimited import SEPARATORS, grid_of_text, separator_of
from gramlib.sources.files.encoding import encoding_of
from gramlib.sources.files.fund import IMPLIED_PRICE
from gramlib.sources.files.grid import refusal
from gramlib.sources.files.layout import Table
from gramlib.sources.files.number_column import read_numbers
from gramlib.sources.files.vocabulary import MISSING
from gramlib.sources.raw import RawSeries

HEAD_BYTES = 2**18
SLICE_BYTES = 2**13
SLICES = 32
SHORTEST_GZIP = 18
BLOCK_BYTES = 2**20
"""Small blocks: with larger ones the allocator keeps what each of them took, and memory grows with the file."""


def is_large(place: Path) -> bool:
    """Whether the file is text, plain or in gz, of more than container.LARGE_BYTES unpacked.

    Raises ParameterError when it cannot be read.
    """
    size = place.stat().st_size
    try:
        with place.open("rb") as stream:
            packed = stream.read(2) == container.GZIP_MAGIC
            if packed and size > SHORTEST_GZIP:
                stream.seek(-4, 2)
                size = int.from_bytes(stream.read(4), "little")
        with _open(place) as stream:
            start = stream.read(64)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return False  # damaged: who reads it whole says so
    except OSError as error:
        raise container.unreadable(place, error) from error
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return size > container.LARGE_BYTES and not start.startswith((container.ZIP_MAGIC, b"PAR1", b"{", b"["))


def read_large(place: Path, settings: FileSettings, today: str) -> RawSeries:
    """As `reading.read_any`, for a file too large to hold: its format is that of a sample from all over the file."""
    origin = place.name
    head = _head(place)
    container.kind_of(head, origin)
    codec = encoding_of(head[: _whole_lines(head)], origin)
    table, dates, chosen, separator = _decided(_sample(place, head), len(head), origin, codec, settings)
    if any(note.check.startswith("rows by ") for note in table.notes) or chosen.name == IMPLIED_PRICE:
        raise refusal(f"several series, or one to be worked out, in a file of {place.stat().st_size // 2**20:,} MiB", origin,
                      "split it: one gold price in a column of its own")  # fmt: skip
    header_lines = table.lines[0] - 1
    stamps = BlockStamps(dates, table.date_form, origin)
    reduction = DayReduction(origin, stamps.utc)
    line = table.lines[0]
    for batch in _batches(place, origin, codec, SEPARATORS[separator], table, chosen, header_lines):
        seconds = stamps.seconds(batch.column(0), batch.column(2) if table.times >= 0 else None, line)
        reduction.add(seconds, _prices(batch.column(1), chosen, origin, line), line)
        line += batch.num_rows
    days, values, lines, notes = reduction.result()
    notes = [dataclasses.replace(table.notes[0], found=f"{table.notes[0].found.rpartition(', ')[0]}, {reduction.rows:,} rows, streamed"),
             *table.notes[1:], dates.decision, *notes]  # fmt: skip
    return finish(frame_of(days, values, lines), chosen, settings, origin, _digest(place), notes, today)


def _decided(
    sample: bytes, head: int, origin: str, codec: str, settings: FileSettings
) -> tuple[Table, DateColumn, Chosen, str]:
    """Table, dates, price column and separator as the sample shows them.

    A sample with a damaged line decides nothing: then the head alone does, and the stream stops at the line itself.
    """
    if codec.startswith("utf-16"):  # slices may begin within a character
        sample = sample[: head // 2 * 2]
    text = sample.decode(codec, errors="replace")
    separator = separator_of(text) if settings.delimiter == "auto" else settings.delimiter
    try:
        return *decide(grid_of_text(text, origin, codec, separator), settings), separator
    except GramError as error:
        try:
            whole = sample[: _whole_lines(sample[:head])].decode(codec, errors="replace")
            return *decide(grid_of_text(whole, origin, codec, separator), settings), separator
        except GramError:
            raise error from None


def _open(place: Path) -> BinaryIO:
    with place.open("rb") as stream:
        packed = stream.read(2) == container.GZIP_MAGIC
    return gzip.open(place, "rb") if packed else place.open("rb")  # type: ignore[return-value]


def _head(place: Path) -> bytes:
    try:
        with _open(place) as stream:
            return stream.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise container.damaged_gzip(error, place.name) from error


def _whole_lines(content: bytes) -> int:
    return content.rfind(b"\n") + 1 or len(content)


def _sample(place: Path, head: bytes) -> bytes:
    """Lines from the head and, in a plain file, from slices all over it: formats are decided on more than a beginning."""
    parts = [head[: _whole_lines(head)]]
    size = place.stat().st_size
    with place.open("rb") as stream:
        if stream.read(2) == container.GZIP_MAGIC or size < HEAD_BYTES + SLICE_BYTES:
            return parts[0]
        for number in range(1, SLICES + 1):
            stream.seek(HEAD_BYTES + (size - HEAD_BYTES - SLICE_BYTES) * number // SLICES)
            piece = stream.read(SLICE_BYTES)
            parts.append(piece[piece.find(b"\n") + 1 : _whole_lines(piece)])
    return b"".join(parts)


def _batches(
    place: Path, origin: str, codec: str, sign: str, table: Table, chosen: Chosen, header_lines: int
) -> Iterator[pa.RecordBatch]:
    """Blocks of the date column, the price column and, where there is one, the column of times."""
    wanted = [table.dates, table.place(chosen.name), *([table.times] if table.times >= 0 else [])]
    names = [f"f{place}" for place in range(len(table.names))]
    plain_number = chosen.numbers.marks_seen == "decimal point" and not chosen.numbers.currency
    kinds = {names[place]: pa.string() for place in wanted} | ({names[wanted[1]]: pa.float64()} if plain_number else {})
    missing = sorted(
        MISSING | {word.upper() for word in MISSING} | {word.title() for word in MISSING} | set(chosen.numbers.words)
    )
    try:
        with _open(place) as stream:
            reader = pacsv.open_csv(
                stream,
                pacsv.ReadOptions(
                    block_size=BLOCK_BYTES,
                    skip_rows=header_lines,
                    column_names=names,
                    encoding="utf8" if codec.startswith("utf-8") else codec,
                ),
                pacsv.ParseOptions(delimiter=sign),
                pacsv.ConvertOptions(
                    column_types=kinds,
                    include_columns=[names[place] for place in wanted],
                    null_values=missing,
                    strings_can_be_null=True,
                ),
            )
            yield from reader
    except pa.ArrowInvalid as error:
        raise DataContractError(str(error).splitlines()[0][:160], expected=f"the format of the sample: {table.notes[0].found}", origin=origin,
                                remedy="mend that line") from error  # fmt: skip
    except (OSError, EOFError, zlib.error) as error:
        raise container.damaged_gzip(error, origin) from error


def _prices(column: pa.Array, chosen: Chosen, origin: str, line: int) -> NDArray[np.float64]:
    if pa.types.is_floating(column.type):
        return column.to_numpy(zero_copy_only=False)
    cells = ["" if cell is None else cell.strip() for cell in column.to_pylist()]
    numbers = read_numbers(cells, chosen.numbers.mark)
    if numbers.unreadable.any():
        place = int(np.flatnonzero(numbers.unreadable)[0])
        raise DataContractError(f"{cells[place][:60]!r} where a number was expected", expected=f"numbers with a {chosen.numbers.marks_seen}, or nothing",
                                origin=f"{origin}:{line + place}", remedy="mend that cell or empty it")  # fmt: skip
    return numbers.values


def _digest(place: Path) -> str:
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
