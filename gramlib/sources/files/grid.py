"""The one shape every reader hands on: rows of text cells, as they stood in the file, with the line of each."""

from __future__ import annotations

from dataclasses import dataclass

from gramlib.errors import DataContractError

EXPECTED = "a table of dates and prices in USD: CSV, TSV, semicolons, pipes, XLSX, Parquet, JSON records, or one of these in gz"


@dataclass(frozen=True)
class Grid:
    """`rows[i]` stood on line (or row, or record) `lines[i]`; cells are stripped text, empty where there was nothing.

    `kind` is the file's kind in words, for the quality log. `named` says that the first row is a header for certain,
    as in JSON records and Parquet.
    """

    origin: str
    rows: list[list[str]]
    lines: list[int]
    kind: str
    named: bool = False


def refusal(found: str, origin: str, remedy: str = "give a price file") -> DataContractError:
    """The error for a file that is no table of prices."""
    return DataContractError(found, expected=EXPECTED, origin=origin, remedy=remedy)
