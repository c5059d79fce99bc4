"""What happens to an issuer beside prices: confidence, market liquidity, custody. Inputs of step E4, E6, E9, E10."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from gramlib.artefacts import EVENT_COLUMNS
from gramlib.errors import DataContractError
from gramlib.params.issuer import Issuer
from gramlib.params.suggest import did_you_mean
from gramlib.simulation.book import bank_shares, custodian_shares

_COLUMNS = {column.name: column for column in EVENT_COLUMNS}
"""Every column with its bounds and what is calm, the core's first."""

_CSV_COLUMNS = ("day", *_COLUMNS)
EXTENSION_EVENTS = tuple(_COLUMNS)[4:]


def _nothing() -> np.ndarray:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Events:
    """Daily events of one path, shape (n_days + 1,), or of many, shape (n_paths, n_days + 1).

    Index 0 is today and is not used; a one-dimensional array holds for every path. In the core model:

        event                 level of a confidence event (0 none, 1 full)
        liquidity_multiplier  m of E9 (1 normal)
        lost_g                grams lost in custody that day
        lost_share            a share of the grams there are that day, lost as well

    For the extensions, each left out or 0 when nothing happens:

        custodian        whom lost_g, lost_share, frozen_days and assay_share concern; 0 means all, pro rata
        frozen_days      a freeze that begins that day and lasts so many days, that day included
        assay_share      share of the custodian's grams rejected and sent to be melted again: in transit until then
        bank_failed      number of the bank that fails that day
        operations_stop  share of the day on which chain, oracle or desk stand still: requests accrue, payments wait
        cyber_loss_usd   cash lost to an attack
        lease_default    1 on the day the lessee fails
        futures_basis    futures over spot, less one
        lag_days         settlement lag of gold sold or bought that day; 0 means the issuer's own
        redeem_share     share of the free tokens that is asked for at least, whatever the intensity says
        block_share      share of all tokens that one holder asks for at once: bars where redemption in kind is on, else cash
        discount_shock   added to the discount before arbitrage holds it; below 0 a premium
        mint_stop        1 while no tokens are ordered or issued
        bank_share       share of the cash at a bank that fails that day, whatever banks the issuer names
        spread_rise      rise of the spread as a multiple of the issuer's own: 9 makes it ten times as wide
        capacity_cut     share of the capacity to sell gold that is gone

    MODEL.md, section 12, says how the last seven act, and by which columns each hypothetical scenario is said.

    Raises DataContractError for a wrong shape, and for values that are not finite, out of bounds or, where
    they count or name something, not whole.
    """

    event: np.ndarray
    liquidity_multiplier: np.ndarray
    lost_g: np.ndarray
    lost_share: np.ndarray = field(default_factory=_nothing)
    custodian: np.ndarray = field(default_factory=_nothing)
    frozen_days: np.ndarray = field(default_factory=_nothing)
    assay_share: np.ndarray = field(default_factory=_nothing)
    bank_failed: np.ndarray = field(default_factory=_nothing)
    operations_stop: np.ndarray = field(default_factory=_nothing)
    cyber_loss_usd: np.ndarray = field(default_factory=_nothing)
    lease_default: np.ndarray = field(default_factory=_nothing)
    futures_basis: np.ndarray = field(default_factory=_nothing)
    lag_days: np.ndarray = field(default_factory=_nothing)
    redeem_share: np.ndarray = field(default_factory=_nothing)
    block_share: np.ndarray = field(default_factory=_nothing)
    discount_shock: np.ndarray = field(default_factory=_nothing)
    mint_stop: np.ndarray = field(default_factory=_nothing)
    bank_share: np.ndarray = field(default_factory=_nothing)
    spread_rise: np.ndarray = field(default_factory=_nothing)
    capacity_cut: np.ndarray = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        """Convert to float64 and hold every array against its bounds."""
        days = np.shape(self.event)[-1:]
        for spec in fields(self):
            array = np.asarray(getattr(self, spec.name), dtype=np.float64)
            if array.size == 0 and spec.name in ("lost_share", *EXTENSION_EVENTS):
                array = np.zeros(days)
            object.__setattr__(self, spec.name, array)
            _hold(spec.name, array, days)

    def check(self, issuer: Issuer, origin: str = "gramlib.simulation") -> None:
        """Refuse an event at a custodian or bank that `issuer` does not have: it would pass for a shock survived.

        Raises DataContractError with the first such day; `origin` says where the events come from.
        """
        for name, shares in (("custodian", custodian_shares(issuer)), ("bank_failed", bank_shares(issuer))):
            strange = np.argwhere(getattr(self, name) > len(shares))
            if len(strange):
                number = int(getattr(self, name)[tuple(strange[0])])
                raise DataContractError(f"events: {name} {number} on day {strange[0][-1]}, and the issuer has {len(shares)}",
                                        expected=f"a number from 0 to {len(shares)}", origin=origin,
                                        remedy="correct the number, or give the issuer more of them")  # fmt: skip
        if not issuer.banks.on and bool((self.bank_share > 0.0).any()):
            day = int(np.argwhere(self.bank_share > 0.0)[0][-1])
            raise DataContractError(f"events: bank_share on day {day}, and the issuer's banks are off",
                                    expected="an issuer with banks.on: true", origin=origin,
                                    remedy="switch issuer.banks on, or leave bank_share out")  # fmt: skip

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
        """Events file of `gram replay`: column day, and any of those above; unlisted days are calm.

        Raises DataContractError with file and line for a missing or unknown column, a day listed twice or outside
        1 to `n_days`, and for a value that is no number or out of bounds. An empty cell means nothing that day.
        """
        columns = {name: np.full(n_days + 1, column.calm) for name, column in _COLUMNS.items()}
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
        return cls(**columns)

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
    column = _COLUMNS[name]
    if not (low >= column.lower and high <= column.upper and math.isfinite(high)):
        found = high if low >= column.lower else low
        raise DataContractError(f"events: {name} holds {found:g}", expected=f"finite numbers {_range(name)}",
                                origin="gramlib.simulation.Events")  # fmt: skip
    if column.whole and bool((array != np.floor(array)).any()):
        found = float(array[array != np.floor(array)].flat[0])
        raise DataContractError(f"events: {name} holds {found:g}", expected=f"whole numbers {_range(name)}",
                                origin="gramlib.simulation.Events")  # fmt: skip


def _range(name: str) -> str:
    least, largest = _COLUMNS[name].lower, _COLUMNS[name].upper
    return f"from {least:g} up" if math.isinf(largest) else f"from {least:g} to {largest:g}"


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
        return _COLUMNS[name].calm
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    column = _COLUMNS[name]
    within = math.isfinite(value) and column.lower <= value <= column.upper
    if not within or (column.whole and value != math.floor(value)):
        kind = "whole" if column.whole else "finite"
        raise DataContractError(f"events: {name} is {text.strip()!r}", expected=f"a {kind} number {_range(name)}",
                                origin=origin)  # fmt: skip
    return value
