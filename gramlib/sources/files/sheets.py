"""Which sheet of a workbook holds the prices: the one named, else the one with most rows of a gold price."""

from __future__ import annotations

from gramlib.errors import GramError, ParameterError
from gramlib.params.suggest import did_you_mean
from gramlib.sources.files.assembling import frame_of
from gramlib.sources.files.choice import Chosen
from gramlib.sources.files.date_column import DateColumn
from gramlib.sources.files.deciding import FileSettings, decide
from gramlib.sources.files.grid import Grid, refusal
from gramlib.sources.files.layout import Table
from gramlib.sources.files.workbook import sheet_of
from gramlib.sources.price_unit import decide_unit
from gramlib.sources.raw import Decision


def best_sheet(grids: list[Grid], settings: FileSettings, origin: str) -> tuple[Table, DateColumn, Chosen]:
    """The sheet asked for, or the only one with a gold price, or the one with most rows of it; the others are named."""
    names = [sheet_of(grid) for grid in grids]
    if not grids:
        raise refusal("a workbook without a filled sheet", origin)
    if settings.sheet:
        if settings.sheet not in names:
            raise ParameterError(f"{origin} has no sheet {settings.sheet!r}{did_you_mean(settings.sheet, names)}", expected=f"one of {', '.join(names)}",
                                 origin="data.sheet", remedy="mend data.sheet, or leave it empty")  # fmt: skip
        return decide(grids[names.index(settings.sheet)], settings)
    found, refused = [], []
    for grid in grids:
        try:
            table, dates, chosen = decide(grid, settings)
            decide_unit(
                frame_of(dates.days, chosen.numbers.values, table.lines), settings.unit, chosen.unit_named, grid.origin
            )
            found.append((chosen.numbers.readable, table, dates, chosen))
        except GramError as error:
            refused.append((sheet_of(grid), error))
    if not found:
        if len(refused) == 1:
            raise refused[0][1]
        reasons = "; ".join(f"{name}: {error.found.splitlines()[0]:.60}" for name, error in refused[:3])
        raise refusal(
            f"no sheet of {len(refused)} holds a gold price ({reasons})",
            origin,
            "name the sheet in data.sheet (gram ingest --sheet)",
        )
    _, table, dates, chosen = max(found, key=lambda item: item[0])
    others = [name for name in names if name != _sheet_of_table(table)]
    if others:
        usable = [_sheet_of_table(other) for _, other, _, _ in found if other is not table]
        why = (
            f"most prices; gold prices stand on {', '.join(usable)} too" if usable else "the only one with a gold price"
        )
        table.notes.insert(1, Decision("sheet", "note", f"sheet {_sheet_of_table(table)!r} of {len(names)}; others: {', '.join(others[:6])}",
                                       "one sheet of prices", f"taken: {why}"))  # fmt: skip
    return table, dates, chosen


def _sheet_of_table(table: Table) -> str:
    """Name of the sheet that `table` stands on."""
    return table.origin.rpartition(", sheet ")[2]
