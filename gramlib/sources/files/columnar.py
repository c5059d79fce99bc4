"""A Parquet file to a grid: every plain column as text at full precision, timestamps as ISO."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from gramlib.sources.files.grid import Grid, refusal

ROW_LIMIT = 2_000_000
PANDAS_INDEX = "__index_level_0__"


def read_parquet(content: bytes, origin: str) -> Grid:
    """The grid in the Parquet bytes `content`; nested and binary columns are left out.

    Raises DataContractError for a damaged file and for one of more than ROW_LIMIT rows.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        rows = file.metadata.num_rows
        if rows > ROW_LIMIT:
            raise refusal(
                f"a Parquet file of {rows:,} rows", origin, "write it as CSV, which is streamed, or as daily prices"
            )
        table = file.read()
        names, columns = [], []
        for field, column in zip(table.schema, table.columns, strict=True):
            cells = _cells(column)
            if cells is not None:
                names.append("index" if field.name == PANDAS_INDEX else field.name)
                columns.append(cells)
    except (pa.ArrowException, OSError, ValueError, KeyError, RuntimeError, MemoryError, OverflowError) as error:
        first = str(error).splitlines()[0] if str(error) else ""
        raise refusal(
            f"a Parquet file that cannot be opened ({type(error).__name__}: {first:.80})", origin, "write it again"
        ) from error
    records = [list(cells) for cells in zip(*columns, strict=True)]
    if not records:
        raise refusal("a Parquet file without rows or without plain columns", origin)
    return Grid(origin, [names, *records], list(range(len(records) + 1)), "Parquet", named=True)


def _cells(column: pa.ChunkedArray) -> list[str] | None:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return None
    if pa.types.is_floating(kind):
        return ["" if value is None or value != value else repr(value) for value in column.to_pylist()]
    if pa.types.is_timestamp(kind):
        return [
            _iso(text) for text in column.cast(pa.timestamp("us", tz=kind.tz), safe=False).cast(pa.string()).to_pylist()
        ]
    return ["" if text is None else text.strip() for text in column.cast(pa.string()).to_pylist()]


def _iso(text: str | None) -> str:
    """Arrow's `2013-04-15 00:00:00.000000Z`, shortened to the date where every stamp of the column is a date's."""
    return "" if text is None else text.replace(".000000", "").removesuffix(" 00:00:00")
