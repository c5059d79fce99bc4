"""Rows of one sheet of a fetched workbook, found by name, with a limit on what the file unpacks to."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import Any

import openpyxl

from gramlib.errors import DataContractError

MAX_UNPACKED_BYTES = 256 * 2**20
Row = tuple[Any, ...]


def sheet_rows(content: bytes, sheet: str) -> list[Row]:
    """Every row of the sheet whose name matches the pattern `sheet`; cells are what the workbook holds.

    Raises DataContractError when no sheet or several match, or the workbook unpacks to more than 256 MiB.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise DataContractError(
            f"the workbook unpacks to {unpacked:,} bytes", expected=f"at most {MAX_UNPACKED_BYTES:,}"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions, which carry no figure
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            names = [name for name in book.sheetnames if re.search(sheet, name, re.IGNORECASE)]
            if len(names) != 1:
                raise DataContractError(
                    f"{len(names)} sheets match {sheet!r} among {', '.join(book.sheetnames)}", expected="one sheet"
                )
            return [tuple(row) for row in book[names[0]].iter_rows(values_only=True)]
        finally:
            book.close()


def column_of(header: Row, pattern: str) -> int:
    """Place of the one column of `header` whose name matches `pattern`; raises DataContractError with the header."""
    names = ["" if cell is None else str(cell).strip() for cell in header]
    places = [place for place, name in enumerate(names) if re.search(pattern, name, re.IGNORECASE)]
    if len(places) != 1:
        raise DataContractError(
            f"{len(places)} columns match {pattern!r} in the header {' | '.join(name for name in names if name)[:400]!r}",
            expected="one column",
        )
    return places[0]
