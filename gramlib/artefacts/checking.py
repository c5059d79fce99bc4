"""A frame against its catalogue entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gramlib.artefacts.catalogue import entry
from gramlib.artefacts.columns import Artefact, Column
from gramlib.errors import ArtefactError

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

_PANDERA_DTYPES = {"date": "datetime64[us]", "str": str}


def _schema(artefact: Artefact) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    def checks(column: Column) -> list:
        made = []
        if column.lower is not None:
            made.append(pa.Check.ge(column.lower))
        if column.upper is not None:
            made.append(pa.Check.le(column.upper))
        if column.isin:
            made.append(pa.Check.isin(list(column.isin)))
        return made

    return pa.DataFrameSchema(
        {
            c.name: pa.Column(_PANDERA_DTYPES.get(c.dtype, c.dtype), checks(c), nullable=c.nullable)
            for c in artefact.columns
        },
        strict=True,
        ordered=True,
        unique=list(artefact.key) or None,
    )


def check_table(name: str, frame: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Hold `frame` against its catalogue entry and return it; `origin` says where it came from.

    Raises ArtefactError naming the first offending column, value and row.
    """
    import pandera.errors

    artefact = entry(name)
    try:
        return _schema(artefact).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        first = cases.iloc[0]
        where = "" if first["index"] is None else f" (row {first['index']})"
        column = first["column"] if first["column"] is not None else "table"
        raise ArtefactError(
            f"{name}: {column}: {first['failure_case']!s:.80}{where} breaks {first['check']!s:.80}; {len(cases)} such case(s)",
            expected=_expectation(artefact, str(column)),
            origin=origin,
            remedy=f"mend what writes it, or re-run stage {artefact.stage}",
        ) from error


def _expectation(artefact: Artefact, column_name: str) -> str:
    for column in artefact.columns:
        if column.name == column_name:
            bounds = f", {column.lower} to {column.upper}" if (column.lower, column.upper) != (None, None) else ""
            return f"{column.dtype}{' or empty' if column.nullable else ''} [{column.unit}]{bounds}: {column.meaning}"
    return f"columns {', '.join(c.name for c in artefact.columns)}, in this order, unique by {', '.join(artefact.key)}"


def empty_table(name: str) -> pd.DataFrame:
    """Table `name` without rows, its columns typed as the catalogue says."""
    import pandas as pd

    columns = {c.name: pd.Series([], dtype=_PANDERA_DTYPES.get(c.dtype, c.dtype)) for c in entry(name).columns}
    return check_table(name, pd.DataFrame(columns), "an empty table")
