"""A file of ounces or tokens outstanding: delimited text with a header, ISO dates and one quantity a day."""

from __future__ import annotations

from gramlib.sources import dated_file
from gramlib.sources.raw import Decision, RawSeries

QUANTITY_COLUMNS = {
    "ounces": "oz", "total_ounces": "oz", "supply": "tokens", "circulating_supply": "tokens", "circulating": "tokens",
    "implied_supply": "tokens", "total_supply": "tokens", "quantity": "tokens", "tokens": "tokens",
}  # fmt: skip
"""Names a quantity goes by, the surest first, with what is counted."""


def load(name: str, path: str) -> RawSeries:
    """The quantities in the file at `path`, called `name`; unit oz or tokens, empty cells as NaN.

    Raises ParameterError when there is no such file, DataContractError when it has no column of dates and quantities.
    """
    file = dated_file.read(path, tuple(QUANTITY_COLUMNS), "data.flow_files")
    unit = QUANTITY_COLUMNS[file.value_column]
    note = Decision("column", "note", f"dates in {file.date_column!r}, quantity in {file.value_column!r}",
                    "one date and one quantity column", f"chosen by rule among {', '.join(file.columns)}; counted in {unit}")  # fmt: skip
    card = file.card(name, unit, "quantity outstanding")
    return RawSeries(file.frame, unit, file.value_column, file.origin, card, (note,), "supply", None, "")
