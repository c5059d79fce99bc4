"""Blocks of a long intraday series to the last price of each London day, one row a day in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gramlib.errors import DataContractError
from gramlib.sources.files.calendar_days import Days
from gramlib.sources.files.london_days import DAY_SECONDS, intraday_note, last_of_day, london_seconds, open_last_day
from gramlib.sources.raw import Decision

Floats = NDArray[np.float64]


class DayReduction:
    """Takes blocks in the file's order; rows may be in any order. `utc` says that seconds are UTC instants."""

    def __init__(self, origin: str, utc: bool) -> None:
        self.origin = origin
        self.utc = utc
        self.rows = 0
        self.missing = 0
        self._last: dict[int, tuple[int, float, int]] = {}

    def add(self, seconds: NDArray[np.int64], values: Floats, line: int) -> None:
        """Take a block: `seconds` since 1970 and `values`, both (n,), the first of them on file line `line`.

        Raises DataContractError for two prices at one instant without a time of day: those are several series.
        """
        clock = london_seconds(seconds) if self.utc else seconds
        self.rows += len(values)
        self.missing += int(np.isnan(values).sum())
        for place in last_of_day(clock, values).tolist():
            second, price = int(clock[place]), float(values[place])
            day, at = divmod(second, DAY_SECONDS)
            before = self._last.get(day)
            if before is not None and before[0] == second and before[1] != price and at == 0:
                raise DataContractError(
                    f"{before[1]:g} and {price:g} for {np.datetime64(day, 'D')}, without a time of day",
                    expected="one price a day, or rows with their time",
                    origin=f"{self.origin}:{line + place}",
                    remedy="give one series",
                )
            if before is None or second >= before[0]:
                self._last[day] = (second, price, line + place)

    def result(self) -> tuple[Days, Floats, NDArray[np.int64], list[Decision]]:
        """Days in order, their last prices, the lines they stand on, and what was decided."""
        order = sorted(self._last)
        kept = [self._last[day] for day in order]
        notes = [intraday_note(self.rows, len(order), self.utc)]
        days = np.array(order, dtype=np.int64).astype("datetime64[D]")
        unfinished = open_last_day(days, np.array([second % DAY_SECONDS for second, _, _ in kept], dtype=np.int64))
        if unfinished is not None:
            notes.append(unfinished)
            days, kept = days[:-1], kept[:-1]
        return (
            days,
            np.array([price for _, price, _ in kept]),
            np.array([line for _, _, line in kept], dtype=np.int64),
            notes,
        )
