"""The words for a grid that is no table of dates and prices: what it is instead."""

from __future__ import annotations

from collections import Counter

from gramlib.errors import DataContractError
from gramlib.sources.files.grid import Grid, refusal
from gramlib.sources.files.header import known_names


def no_dates(grid: Grid) -> DataContractError:
    """The error for a grid without a column of dates."""
    width = Counter(map(len, grid.rows)).most_common(1)[0][0]
    sample = ", ".join(repr(cell[:24]) for cell in grid.rows[min(1, len(grid.rows) - 1)][:3])
    if len(grid.rows) == 1 and known_names(grid.rows[0]):
        return refusal("a header and no rows", f"{grid.origin}:{grid.lines[0]}")
    if width == 1:
        numbers = _floats([row[0] for row in grid.rows])
        if len(numbers) >= 0.8 * len(grid.rows):
            negative = sum(number < 0 for number in numbers)
            guess = "returns or changes, not prices" if negative > 0.05 * len(numbers) else "no dates beside them"
            return refusal(f"one column of {len(numbers):,} numbers from {min(numbers):g} to {max(numbers):g}, {negative:,} of them negative: {guess}",
                           f"{grid.origin}:{grid.lines[0]}", "give dates and prices")  # fmt: skip
        return refusal(f"text without columns, such as {grid.rows[0][0][:60]!r}", f"{grid.origin}:{grid.lines[0]}")
    return refusal(f"no column of dates in {len(grid.rows):,} row(s); a row begins {sample}", f"{grid.origin}:{grid.lines[0]}",
                   "give a column of dates, such as 2013-04-15")  # fmt: skip


def ragged(grid: Grid, place: int, width: int, header: bool) -> DataContractError:
    """The error for row `place` whose number of cells is not `width`; `header` says what has that many."""
    found = len(grid.rows[place])
    last = place == len(grid.rows) - 1 and found < width
    return DataContractError(
        f"{found} cells on this line, {width} in {'the header' if header else 'the others'}"
        + ("; the file seems to be cut here" if last else ""),
        expected=f"the same number of cells on every line ({grid.kind})",
        origin=f"{grid.origin}:{grid.lines[place]}",
        remedy="fetch the file again" if last else "mend that line; a number with commas must stand in quotes",
    )


def _floats(cells: list[str]) -> list[float]:
    numbers = []
    for cell in cells:
        try:
            numbers.append(float(cell))
        except ValueError:
            continue
    return numbers
