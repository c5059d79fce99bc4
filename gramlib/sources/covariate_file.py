"""A file of what moves with gold: a real yield or a volatility index in percent, or an index of the dollar; one value a day."""

from __future__ import annotations

from gramlib.sources import dated_file
from gramlib.sources.raw import Decision, RawSeries

UNIT_OF = {"real_yield": "percent a year", "gvz": "percent a year", "dollar": "index"}
"""Covariate, and the unit that its publishers, and so such files, state it in."""
CODES = {
    "real_yield": ("dfii10",),
    "gvz": ("gvzcls", "close"),
    "dollar": ("dtwexbgs", "close"),
}


def load(name: str, path: str) -> RawSeries:
    """The values of covariate `name`, a key of UNIT_OF, in the file at `path`; empty cells as NaN.

    The column is called value, as the covariate, or as its publisher calls it. Raises ParameterError when there is no such
    file, DataContractError when it has no column of dates and values.
    """
    file = dated_file.read(path, ("value", name, *CODES[name]), "data.covariate_files")
    unit = UNIT_OF[name]
    note = Decision("column", "note", f"dates in {file.date_column!r}, values in {file.value_column!r}",
                    "one date and one value column", f"chosen by rule among {', '.join(file.columns)}; read as {unit}")  # fmt: skip
    kind = "index" if name == "dollar" else "rate"
    card = file.card(name, unit, kind)
    return RawSeries(file.frame, unit, file.value_column, file.origin, card, (note,), kind, None, "")
