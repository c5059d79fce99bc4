"""Source `file`: the price file that `data.path` names, read as the other settings of stage data say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from gramlib.errors import ParameterError
from gramlib.sources.files import FileSettings, read_any
from gramlib.sources.raw import RawSeries

if TYPE_CHECKING:
    from gramlib.params.stages import DataParams


def load(params: DataParams) -> RawSeries:
    """The series in the file `params.path`, in the file's order.

    Raises ParameterError when there is no such file, sheet or column, DataContractError (with file and line) when it
    is no gold price in USD, or can be read in more than one way.
    """
    if not params.path:
        raise ParameterError(
            "data.source is file and data.path is empty",
            expected="the path of a price file",
            origin="data.path",
            remedy="set data.path",
        )
    today = params.as_of or dt.datetime.now(dt.UTC).date().isoformat()
    return read_any(params.path, settings_of(params), today)


def settings_of(params: DataParams) -> FileSettings:
    """What `params` say about the file."""
    return FileSettings(
        params.column, params.unit, params.date_order, params.decimal, params.delimiter, params.sheet, params.day_shift
    )
