"""Delimited text to a grid: the separator is the one that cuts most lines into the same number of cells."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from gramlib.sources.files.encoding import decoded
from gramlib.sources.files.grid import Grid, refusal

SEPARATORS = {"tab": "\t", "semicolon": ";", "pipe": "|", "comma": ",", "space": " "}
"""By name, the one to prefer first where two cut equally well: a decimal comma cuts as evenly as a separator."""
PROBE_LINES = 400
EVEN_ENOUGH = 0.9
EXCEL_HINT = re.compile(r"sep=(.)\s*$", re.IGNORECASE)


def read_delimited(content: bytes, origin: str, separator: str = "auto") -> Grid:
    """The grid in the text `content`; `separator` is auto or a name of SEPARATORS.

    Raises DataContractError for bytes that are no text and for quotes that do not close.
    """
    text, codec = decoded(content, origin)
    return grid_of_text(text, origin, codec, separator)


def grid_of_text(text: str, origin: str, codec: str, separator: str = "auto", first_line: int = 1) -> Grid:
    """As `read_delimited`, from text whose first line is number `first_line` of the file."""
    hint = EXCEL_HINT.match(text.split("\n", 1)[0])
    if hint:
        text, first_line = text.split("\n", 1)[1] if "\n" in text else "", first_line + 1
        named = next((name for name, sign in SEPARATORS.items() if sign == hint[1]), separator)
        separator = named if separator == "auto" else separator
    name = separator_of(text) if separator == "auto" else separator
    rows, lines = _cells(text, SEPARATORS[name], origin, first_line)
    if not rows:
        raise refusal("an empty file", origin)
    return Grid(origin, rows, lines, f"{name} separated text, {codec}")


def separator_of(text: str) -> str:
    """Name of the separator that cuts the lines of `text` most evenly."""
    probe = [line for line in text.splitlines()[: PROBE_LINES * 2] if line.strip()][:PROBE_LINES]
    evenness = {name: _evenness(probe, sign) for name, sign in SEPARATORS.items()}
    best = max(share for name, share in evenness.items() if name != "space")
    if best < 0.5:  # a space stands in many dates and texts: it separates only where nothing else does
        best = evenness["space"] or 1.0
    return next((name for name, share in evenness.items() if share >= EVEN_ENOUGH * best), "comma")


def _evenness(probe: list[str], sign: str) -> float:
    try:
        widths = Counter(len(row) for row in _reader("\n".join(probe), sign))
    except csv.Error:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1])) if widths else (1, 0)
    return count / len(probe) if width > 1 else 0.0


def _reader(text: str, sign: str) -> csv.Reader:  # type: ignore[name-defined]
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True, skipinitialspace=True)


def _cells(text: str, sign: str, origin: str, first_line: int) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = _reader(text, sign)
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if any(cells):
                rows.append(cells)
                lines.append(reader.line_num + first_line - 1)
    except csv.Error as error:
        line = reader.line_num + first_line - 1
        raise refusal(f"broken CSV: {error}", f"{origin}:{line}", "mend the quotes on that line") from error
    return rows, lines
