"""The date column of a block of a large file to seconds, each spelling of a day and of a time read once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.sources.files.date_cells import NO_OFFSET, NO_TIME, stamp_of
from gramlib.sources.files.date_column import DateColumn, days_as_decided
from gramlib.sources.files.date_numbers import epoch_second, read_date_numbers
from gramlib.sources.files.london_days import DAY_SECONDS

SPLIT = r"^(?P<day>.*?)[ T_,]+(?P<time>\d{1,2}:\d{2}.*|\d{6}.*|\d{4})$"
"""A day, then a time with colons or of four or six digits."""

Seconds = NDArray[np.int64]


@dataclass(frozen=True)
class BlockStamps:
    """Reads blocks of the date column as `dates` was decided on a sample; `form` is layout.Table's date_form."""

    dates: DateColumn
    form: str
    origin: str

    @property
    def utc(self) -> bool:
        """Whether stamps state their zone, so that their seconds are UTC."""
        return bool((self.dates.offset != NO_OFFSET).any())

    def seconds(self, column: pa.Array, times: pa.Array | None, line: int) -> Seconds:
        """Seconds since 1970 (n,), as written or in UTC; `line` is the file's line of the first row.

        Raises DataContractError at the first cell that is no such date.
        """
        if column.null_count:
            place = int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0])
            raise self._stray("", line + place)
        column = pc.utf8_trim_whitespace(column)
        fast = None if times is not None or self.form != "cells" else self._iso(column)
        if fast is not None:
            return fast
        if self.form == "epoch":
            return self._by_spelling(column, lambda cell: epoch_second(cell), line)
        days, clock = (column, times) if times is not None else self._split(column)
        found = self._by_spelling(days, self._day_second, line)
        return found if clock is None else found + self._by_spelling(clock, self._time_second, line)

    def _iso(self, column: pa.Array) -> Seconds | None:
        if any(shape != "ymd" or order != "ymd" for shape, order in self.dates.orders):
            return None
        try:
            stamps = pc.cast(column, pa.timestamp("s", tz="UTC" if self.utc else None))
        except pa.ArrowInvalid:
            return None
        return stamps.cast(pa.int64()).to_numpy(zero_copy_only=False)

    def _split(self, column: pa.Array) -> tuple[pa.Array, pa.Array | None]:
        parts = pc.extract_regex(column, SPLIT)
        if parts.null_count == len(parts):
            return column, None
        return pc.coalesce(pc.struct_field(parts, "day"), column), pc.coalesce(
            pc.struct_field(parts, "time"), pa.scalar("00:00")
        )

    def _by_spelling(self, column: pa.Array, read: object, line: int) -> Seconds:
        spelt = column.dictionary_encode()
        known = [read(cell) for cell in spelt.dictionary.to_pylist()]  # type: ignore[operator]
        which = spelt.indices.to_numpy(zero_copy_only=False)
        if None in known:
            place = int(np.flatnonzero(which == known.index(None))[0])
            raise self._stray(column[place].as_py(), line + place)
        return np.array(known, dtype=np.int64)[which]

    def _day_second(self, cell: str) -> int | None:
        if self.form == "cells":
            # Compact days such as 20130415 are dates only before a time.
            day = days_as_decided([f"{cell} 00:00"], self.dates.orders)[0]
        else:
            day = (
                read_date_numbers([cell], self.form, "").days[0]
                if cell.replace(".", "", 1).isdigit()
                else np.datetime64("NaT")
            )
        return None if np.isnat(day) else int(day.astype(np.int64)) * DAY_SECONDS

    def _time_second(self, cell: str) -> int | None:
        stamp = stamp_of(f"2000-01-01 {cell}")
        if stamp is None or stamp.seconds == NO_TIME:
            return None
        return stamp.seconds - (0 if stamp.offset == NO_OFFSET else 60 * stamp.offset)

    def _stray(self, cell: str, line: int) -> DataContractError:
        return DataContractError(
            f"{cell[:60]!r} where a date was expected ({self.dates.words})",
            expected="a date on every row, in the format of the others",
            origin=f"{self.origin}:{line}",
            remedy="mend that cell or take the line out",
        )
