"""Which row above a table names its columns, and what else stands over each of them."""

from __future__ import annotations

from typing import NamedTuple

from gramlib.sources.files.column_names import is_date_name, price_rank


class Header(NamedTuple):
    """`names` and everything `above` each column; `row` is the naming row's place (-1: none), `shifted` that it is one name short."""

    names: tuple[str, ...]
    above: tuple[str, ...]
    shifted: bool
    row: int


def find_header(head: list[list[str]], width: int, dates: int, named: bool) -> Header:
    """The header of a table `width` columns wide among the rows `head` above it; `named` says that there is one for certain."""
    candidates = [
        (place, row) for place, row in enumerate(head) if sum(map(bool, row)) >= min(2, width) or named or width == 1
    ]
    if not candidates:
        none = tuple(f"column {j + 1}" for j in range(width))
        return Header(none, none, False, -1)
    best, row = max(candidates, key=lambda item: (_names_all(item[1], width, dates), known_names(item[1]), item[0]))
    # One name less than cells: the first column is a row index that nobody named.
    shifted = len(row) == width - 1 and not (dates < len(row) and is_date_name(row[dates]))
    table = [[""] * shifted + list(other) for other in head if len(other) > 1 or other is row]
    chosen = ([""] * shifted + list(row) + [""] * width)[:width]
    named_elsewhere = [
        next((other[j] for other in reversed(table) if j != dates and j < len(other) and other[j]), f"column {j + 1}")
        for j in range(width)
    ]
    names = tuple(name or other for name, other in zip(chosen, named_elsewhere, strict=True))
    above = tuple(
        " | ".join(dict.fromkeys([names[j], *(other[j] for other in table if j < len(other) and other[j])]))
        for j in range(width)
    )
    return Header(names, above, shifted, best)


def _names_all(row: list[str], width: int, dates: int) -> bool:
    """Whether `row` has a name over every column but that of the dates, which often has none."""
    return len(row) >= width and all(row[j] for j in range(width) if j != dates)


def known_names(row: list[str]) -> int:
    """How many cells of `row` are names of dates or prices."""
    return sum(is_date_name(cell) or price_rank(cell) is not None for cell in row)


def cut(row: list[str]) -> list[str]:
    """`row` without the empty cells at its end."""
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]
