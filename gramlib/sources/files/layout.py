"""Where in a grid the table stands: which column holds the dates, which row names the columns, what is no data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from gramlib.errors import DataContractError
from gramlib.sources.files.column_names import is_date_name, is_time_name
from gramlib.sources.files.date_cells import NO_TIME, stamp_of, time_of
from gramlib.sources.files.date_numbers import number_form
from gramlib.sources.files.grid import Grid, refusal
from gramlib.sources.files.header import cut, find_header
from gramlib.sources.files.no_table import no_dates, ragged
from gramlib.sources.files.vocabulary import MISSING
from gramlib.sources.raw import Decision

PROBE_ROWS = 4000
MOST_HEAD_ROWS = 60
FEWEST_DATED = 0.4


@dataclass(frozen=True)
class Table:
    """Columns of text under names: `columns[j][i]` is row i, which stood on `lines[i]`; all rows have a date.

    `above[j]` is everything written over column j (name, currency, unit, description). `dates` is the place of the
    date column and `times` that of a time of day on its own, -1 when there is none. `date_form` is cells, compact,
    epoch or serial.
    """

    origin: str
    names: tuple[str, ...]
    above: tuple[str, ...]
    columns: list[list[str]]
    lines: list[int]
    dates: int
    times: int
    date_form: str
    notes: list[Decision] = field(default_factory=list)

    def place(self, name: str) -> int:
        """Place of the column called `name`; ValueError when there is none."""
        return self.names.index(name)


def find_table(grid: Grid) -> Table:
    """The table in `grid`.

    Raises DataContractError when no column holds dates, when rows are of different widths, or when a row inside the
    table has a number for a price and no date.
    """
    rows, lines = grid.rows, grid.lines
    dates, form = _date_column(grid)
    dated = [_is_dated(row, dates, form) for row in rows]
    if sum(dated) < 2:
        raise no_dates(grid)
    first = dated.index(True)
    if first > MOST_HEAD_ROWS and first > 0.5 * len(rows):
        raise refusal(
            f"{first} rows before the first date", f"{grid.origin}:{lines[first]}", "give the table of prices alone"
        )
    data = [place for place, is_data in enumerate(dated) if is_data]
    width, cells = _common_width(rows, data)
    head = [cut(row) for row in rows[:first]]
    names, above, shifted, named_row = find_header(head, width, dates, grid.named)
    if named_row >= 0 and len(head[named_row]) > cells:
        raise ragged(grid, named_row, cells, False)
    repeated, notes_after = _rows_without_date(grid, dated, first, dates, rows[named_row] if named_row >= 0 else [])
    for place in data:
        extra = rows[place][width:]
        if len(rows[place]) < width or any(extra):
            raise ragged(grid, place, width, named_row >= 0)
    columns = [[rows[place][j] for place in data] for j in range(width)]
    times = next((j for j in range(width) if j != dates and _holds_times(columns[j], names[j])), -1)
    notes = _notes(grid, len(data), named_row, first, shifted, repeated, notes_after)
    return Table(grid.origin, names, above, columns, [lines[place] for place in data], dates, times, form, notes)


def _date_column(grid: Grid) -> tuple[int, str]:
    sample = grid.rows if len(grid.rows) <= PROBE_ROWS else grid.rows[: PROBE_ROWS // 2] + grid.rows[-PROBE_ROWS // 2 :]
    width = max(map(len, sample))
    counts = [sum(stamp_of(row[j]) is not None for row in sample if j < len(row)) for j in range(min(width, 60))]
    best = max(range(len(counts)), key=lambda j: (counts[j], -j))
    if counts[best] >= max(1, FEWEST_DATED * len(sample)):
        return next(j for j in range(len(counts)) if counts[j] >= 0.95 * counts[best]), "cells"
    body = sample[1:] if len(sample) > 1 else sample
    for j in range(min(width, 60)):
        cells = [row[j] for row in body if j < len(row) and row[j]]
        numeric = [cell for cell in cells if any(c.isdigit() for c in cell) and not any(c.isalpha() for c in cell)]
        if len(numeric) < 2 or len(numeric) < FEWEST_DATED * len(body):
            continue
        form = number_form(numeric)
        # Day numbers of a spreadsheet look like many other counts: the name must say that they are dates.
        if form and (
            form != "serial" or any(is_date_name(row[j]) for row in grid.rows[:MOST_HEAD_ROWS] if j < len(row))
        ):
            return j, form
    raise no_dates(grid)


def _is_dated(row: list[str], dates: int, form: str) -> bool:
    if dates >= len(row) or not row[dates]:
        return False
    cell = row[dates]
    if form == "cells":
        return stamp_of(cell) is not None
    return bool(number_form([cell])) if form != "compact" else len(cell) == 8 and cell.isdigit()


def _common_width(rows: list[list[str]], data: list[int]) -> tuple[int, int]:
    """Cells that most data rows use, and cells they have: one empty in all of them comes from a trailing separator."""
    cells = Counter(len(rows[place]) for place in data).most_common(1)[0][0]
    width = cells
    while width > 1 and all(len(rows[place]) < width or not rows[place][width - 1] for place in data):
        width -= 1
    return width, cells


def _rows_without_date(
    grid: Grid, dated: list[bool], first: int, dates: int, header: list[str]
) -> tuple[int, list[int]]:
    """Repeated headers counted, and lines of notes below the table; a row with a price and a broken date is refused."""
    repeated, footers = 0, []
    for place in range(first + 1, len(dated)):
        if dated[place]:
            continue
        row = grid.rows[place]
        cell = row[dates] if dates < len(row) else ""
        if header and [c.casefold() for c in cut(row)] == [c.casefold() for c in cut(header)]:
            repeated += 1
            continue
        others = [c for j, c in enumerate(row) if j != dates and c.lower() not in MISSING]
        has_number = any(any(d.isdigit() for d in c) for c in others)
        if (any(c.isdigit() for c in cell) and others) or (not cell and has_number):
            raise DataContractError(
                f"{cell[:60]!r} where a date was expected",
                expected="a date on every row of the table",
                origin=f"{grid.origin}:{grid.lines[place]}",
                remedy="mend that cell or take the line out",
            )
        if (
            cell
            and any(c.isdigit() for c in cell)
            and len(grid.rows[place]) < len(grid.rows[first])
            and place == len(dated) - 1
            and stamp_like(cell)
        ):
            raise ragged(grid, place, len(grid.rows[first]), bool(header))
        footers.append(grid.lines[place])
    if len(footers) > max(5, 0.2 * sum(dated)):
        raise refusal(
            f"{len(footers):,} rows without a date among {sum(dated):,} with one",
            f"{grid.origin}:{footers[0]}",
            "give one table of dates and prices",
        )
    return repeated, footers


def stamp_like(cell: str) -> bool:
    """Whether `cell` holds little but digits and separators, as the stump of a date does."""
    return len(cell) < 12 and sum(c.isdigit() for c in cell) >= 0.5 * len(cell)


def _holds_times(cells: list[str], name: str) -> bool:
    probe = cells[:50]
    return all(time_of(cell) != NO_TIME for cell in probe) and (is_time_name(name) or len(probe) > 1)


def _notes(
    grid: Grid, rows: int, named_row: int, first: int, shifted: bool, repeated: int, footers: list[int]
) -> list[Decision]:
    kind = f"{grid.kind}, {rows:,} rows with a date"
    notes = [Decision("file", "ok", kind, "a table of dates and prices", "read")]
    parts = []
    if named_row < 0:
        parts.append("no header: columns are known by their content")
    elif named_row > 0 or first > named_row + 1:
        parts.append(f"{first - 1} row(s) of description beside the header")
    if shifted:
        parts.append("the header is one name short: the first column is an unnamed index")
    if repeated:
        parts.append(f"the header stands {repeated} time(s) more inside the table")
    if footers:
        parts.append(f"{len(footers)} row(s) without a date, first line {footers[0]}")
    notes.append(Decision("layout", "note" if parts else "ok", "; ".join(parts) or "one header row, then data", "one header row, then data",
                          "left out" if repeated or footers else "read so" if parts else "nothing"))  # fmt: skip
    return notes
