"""An Excel workbook to one grid a sheet: dates as ISO text, numbers at full precision, formulas by their last value."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile

from gramlib.errors import GramError
from gramlib.sources.files.container import UNPACKED_LIMIT_BYTES
from gramlib.sources.files.grid import Grid, refusal


def read_workbook(content: bytes, origin: str) -> list[Grid]:
    """One grid a visible sheet that holds anything, in the workbook's order; a grid's `kind` names its sheet.

    Raises DataContractError for a damaged workbook and for one that unpacks to more than the limit.
    """
    try:
        _refuse_bomb(content, origin)
        return _sheets(content, origin)
    except GramError:
        raise
    except Exception as error:  # openpyxl lets zip, XML, key and value errors through on damaged bytes
        raise refusal(
            f"a workbook that cannot be opened ({type(error).__name__}: {' '.join(str(error).split())[:80]})", origin,
            "save it again as .xlsx, or as .csv",
        ) from error  # fmt: skip


def sheet_of(grid: Grid) -> str:
    """Name of the sheet `grid` came from."""
    return grid.kind.removeprefix("workbook, sheet ")


def _refuse_bomb(content: bytes, origin: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > UNPACKED_LIMIT_BYTES:
        raise refusal(f"a workbook that unpacks to {size // 2**20:,} MiB", origin, "export the sheet as CSV")


def _sheets(content: bytes, origin: str) -> list[Grid]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions openpyxl does not know do not touch the cells
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            grids = []
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                sheet.reset_dimensions()  # some writers state a smaller range than they fill
                rows, lines = [], []
                for number, record in enumerate(sheet.iter_rows(values_only=True), 1):
                    cells = [_text(value) for value in record]
                    if any(cells):
                        rows.append(cells)
                        lines.append(number)
                if rows:
                    width = max(map(len, rows))
                    grids.append(Grid(f"{origin}, sheet {sheet.title}", [row + [""] * (width - len(row)) for row in rows], lines,
                                      f"workbook, sheet {sheet.title}"))  # fmt: skip
            return grids
        finally:
            book.close()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()
