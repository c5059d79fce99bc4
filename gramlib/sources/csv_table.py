"""Read a delimited text file by evidence, or say what it is instead: cells stay text, lines keep their number."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

from gramlib.errors import DataContractError, ParameterError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
GZIP_MAGIC = b"\x1f\x8b"
OTHER_KINDS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF"),
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"<", "HTML or XML (perhaps an error page saved as data)"),
)
EXPECTED = "a CSV file with a header line: one column of ISO dates (2013-04-15) and one of prices in USD"


@dataclass(frozen=True)
class TextTable:
    """`header` names the columns; `rows` are as wide as it; `lines[i]` is the file's line of `rows[i]`."""

    origin: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    delimiter: str
    encoding: str

    def column(self, name: str) -> list[str]:
        """Cells of column `name`, stripped."""
        place = self.header.index(name)
        return [row[place] for row in self.rows]


def refusal(
    found: str, origin: str, remedy: str = "give such a file; other kinds are not read yet"
) -> DataContractError:
    """The error for a file of another kind than this reader takes."""
    return DataContractError(found, expected=EXPECTED, origin=origin, remedy=remedy)


def read_bytes(path: str) -> bytes:
    """Content of the file at `path`; ParameterError when there is no such file."""
    place = Path(path).expanduser()
    try:
        return place.read_bytes()
    except OSError as error:
        raise ParameterError(
            f"cannot read the price file: {error.strerror or error}",
            expected="a file that can be read",
            origin=f"data.path: {place}",
            remedy="mend data.path",
        ) from error


def unpacked(content: bytes, origin: str) -> bytes:
    """`content` gunzipped when it is gzip; DataContractError when that is damaged."""
    if not content.startswith(GZIP_MAGIC):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise refusal(f"a damaged gzip file ({error})", origin, "fetch or compress it again") from error


def read_table(content: bytes, origin: str) -> TextTable:
    """The text table in `content`; DataContractError says what the content is when it is no such table."""
    text, encoding = _decode(content, origin)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise refusal("an empty file", origin)
    delimiter = max(DELIMITERS, key=first.count)
    if first.count(delimiter) == 0:
        raise refusal(f"one column only, first line {first[:60]!r}", origin)
    records: list[tuple[int, tuple[str, ...]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append((reader.line_num, tuple(map(str.strip, record))))
    except csv.Error as error:
        raise refusal(f"broken CSV: {error}", f"{origin}:{reader.line_num}", "mend the quotes on that line") from error
    header = records[0][1]
    _check_header(header, f"{origin}:{records[0][0]}")
    for line, cells in records[1:]:
        if len(cells) != len(header):
            raise DataContractError(
                f"{len(cells)} cells on this line, {len(header)} in the header",
                expected=f"the same number of cells on every line, separated by {DELIMITERS[delimiter]}",
                origin=f"{origin}:{line}",
                remedy="mend that line",
            )
    if len(records) == 1:
        raise refusal("a header and no rows", origin)
    lines, body = zip(*records[1:], strict=True)
    return TextTable(origin, header, body, lines, delimiter, encoding)


def _decode(content: bytes, origin: str) -> tuple[str, str]:
    start = content[3:] if content.startswith(b"\xef\xbb\xbf") else content
    for magic, kind in OTHER_KINDS:
        if start.lstrip()[: len(magic)] == magic:
            raise refusal(f"{kind}", origin)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16"), "utf-16"
    if b"\x00" in content[:4096]:
        raise refusal("a binary file", origin)
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "cp1252"


def _check_header(header: tuple[str, ...], origin: str) -> None:
    if all(_is_data(cell) for cell in header):
        raise refusal(
            f"no header: the first line is data, {', '.join(header)[:60]!r}", origin, "add a line such as date,price"
        )
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise refusal(f"two columns are called {twice[0]!r}", origin, "give each column its own name")


def _is_data(cell: str) -> bool:
    return not any(letter.isalpha() for letter in cell.replace("e", "").replace("E", ""))
