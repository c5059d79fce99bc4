"""What happens to an issuer beside prices: confidence, market liquidity, custody. Inputs of step E4, E6, E9, E10."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from gramlib.errors import DataContractError
from gramlib.params.suggest import did_you_mean

_LEAST = {"event": 0.0, "liquidity_multiplier": 1.0, "lost_g": 0.0, "lost_share": 0.0}
_CSV_COLUMNS = ("day", "event", "lost_g", "liquidity_multiplier")


@dataclass(frozen=True, eq=False)
class Events:
    """Daily events of one path, shape (n_days + 1,), or of many, shape (n_paths, n_days + 1).

    Index 0 is today and is not used; a one-dimensional array holds for every path. `event` is the level of a
    confidence event (0 none, 1 full), `liquidity_multiplier` is m of E9 (1 normal), `lost_g` grams lost in
    custody that day, `lost_share` (optional) a share of the grams there are that day, lost as well.

    Raises DataContractError for a wrong shape, for values that are not finite, for m below one and for
    anything else below zero.
    """

    event: np.ndarray
    liquidity_multiplier: np.ndarray
    lost_g: np.ndarray
    lost_share: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Convert to float64 and hold every array against its bounds."""
        if np.size(self.lost_share) == 0:
            object.__setattr__(self, "lost_share", np.zeros(np.shape(self.lost_g)[-1:]))
        for spec in fields(self):
            array = np.asarray(getattr(self, spec.name), dtype=np.float64)
            object.__setattr__(self, spec.name, array)
            _hold(spec.name, array, np.shape(self.event)[-1:])

    @property
    def n_days(self) -> int:
        """Days simulated; arrays are one longer."""
        return self.event.shape[-1] - 1

    @classmethod
    def calm(cls, n_days: int) -> Events:
        """Nothing happens for `n_days` days."""
        zeros = np.zeros(n_days + 1)
        return cls(zeros, np.ones(n_days + 1), zeros, zeros)

    @classmethod
    def from_csv(cls, path: Path | str, n_days: int) -> Events:
        """Events file of `gram replay`: columns day, event, lost_g, liquidity_multiplier; unlisted days are calm.

        Raises DataContractError with file and line for a missing or unknown column, a day listed twice or outside
        1 to `n_days`, and for a value that is no number or out of bounds. An empty cell means nothing that day.
        """
        columns = {name: np.full(n_days + 1, _LEAST[name]) for name in _CSV_COLUMNS[1:]}
        seen: dict[int, int] = {}
        for line, row in _rows(Path(path)):
            origin = f"{path}:{line}"
            day = _day(row["day"], n_days, origin)
            if day in seen:
                raise DataContractError(f"events: day {day} twice", expected="each day once", origin=origin,
                                        remedy=f"merge it with line {seen[day]}")  # fmt: skip
            seen[day] = line
            for name, column in columns.items():
                column[day] = _number(row.get(name) or "", name, origin)
        return cls(columns["event"], columns["liquidity_multiplier"], columns["lost_g"])

    def block(self, first: int, stop: int) -> Events:
        """Events of the paths `first` to `stop` - 1; one-dimensional arrays hold for every path and stay as they are."""
        arrays = (getattr(self, spec.name) for spec in fields(self))
        return Events(*(array if array.ndim == 1 else array[first:stop] for array in arrays))


def _hold(name: str, array: np.ndarray, days: tuple[int, ...]) -> None:
    if array.ndim not in (1, 2) or array.shape[-1:] != days or array.size == 0:
        raise DataContractError(f"events: {name} has shape {array.shape}",
                                expected=f"(n_days + 1,) or (n_paths, n_days + 1), {days[0] if days else 0} days as event",
                                origin="gramlib.simulation.Events")  # fmt: skip
    # min and max carry a NaN through, so two passes check bounds and finiteness.
    low, high = float(array.min()), float(array.max())
    if not (low >= _LEAST[name] and math.isfinite(high)):
        found = high if low >= _LEAST[name] else low
        raise DataContractError(f"events: {name} holds {found:g}", expected=f"finite numbers from {_LEAST[name]:g} up",
                                origin="gramlib.simulation.Events")  # fmt: skip


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataContractError(f"events: cannot read {path}", expected="a CSV file", origin=str(error)) from error
    reader = csv.DictReader(text.splitlines())
    names = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = names
    for name in names:
        if name not in _CSV_COLUMNS:
            raise DataContractError(f"events: unknown column {name!r}{did_you_mean(name, _CSV_COLUMNS)}",
                                    expected=f"columns {', '.join(_CSV_COLUMNS)}", origin=f"{path}:1")  # fmt: skip
    if "day" not in names or len(set(names)) < len(names):
        raise DataContractError("events: no header with one column day", expected=f"columns {', '.join(_CSV_COLUMNS)}",
                                origin=f"{path}:1")  # fmt: skip
    rows = []
    for row in reader:
        if None in row:
            raise DataContractError(f"events: {len(row[None])} cell(s) more than the header has",
                                    expected=f"columns {', '.join(names)}", origin=f"{path}:{reader.line_num}")  # fmt: skip
        if None in row.values():
            raise DataContractError(f"events: {sum(cell is None for cell in row.values())} cell(s) missing at the end",
                                    expected=f"columns {', '.join(names)}; an empty cell means nothing that day",
                                    origin=f"{path}:{reader.line_num}")  # fmt: skip
        rows.append((reader.line_num, row))
    return rows


def _day(text: str | None, n_days: int, origin: str) -> int:
    try:
        day = int(text or "")
    except ValueError:
        day = -1
    if not 1 <= day <= n_days:
        raise DataContractError(f"events: day {(text or '').strip() or 'missing'}",
                                expected=f"a whole number from 1 to {n_days}, the days the prices have",
                                origin=origin, remedy="day 0 is the first price, before anything happens")  # fmt: skip
    return day


def _number(text: str, name: str, origin: str) -> float:
    if not text.strip():
        return _LEAST[name]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= _LEAST[name]):
        raise DataContractError(f"events: {name} is {text.strip()!r}", expected=f"a finite number from {_LEAST[name]:g} up",
                                origin=origin)  # fmt: skip
    return value
