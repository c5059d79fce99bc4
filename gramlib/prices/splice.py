"""Several series of the gold price laid end to end, in order of preference, with every join marked and measured.

The first series stands whole. Each later one adds the days before the start and after the end of what is there; holes
within are left as they are, because a day borrowed from another hour of the day makes two false returns. The first
row after a change of series is `joined`, and its return is empty unless the overlap of the two, as a whole and on its
days nearest to the join, shows one and the same fix (`Agreement.same_fix`).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.artefacts import check_table
from gramlib.prices.agreement import SAME_FIX_DAYS, Agreement, compare, quotes
from gramlib.readable import readable
from gramlib.sources.london_calendar import business_days


@readable
@dataclass(frozen=True)
class Part:
    """One standardised series to be laid end to end: its name, its `prices` table, hour of day in UTC if known."""

    name: str
    prices: pd.DataFrame
    hour_utc: float | None = None


@readable
@dataclass(frozen=True)
class Join:
    """A change of series at `day`: `before` gave the row before (`last_day`), `after` gives that day and the next.

    `step` is the simple change of price over the join. `overlap` measures the two on all days both have, inside the
    result or not. `bridged` says that the return over the join is kept.
    """

    day: str
    last_day: str
    before: str
    after: str
    step: float
    overlap: Agreement
    bridged: bool

    def sentence(self) -> str:
        """The join in words."""
        kept = "one fix from two publishers: its return is kept" if self.bridged else "its return is left empty"
        return f"{self.day}: {self.before} to {self.after}, {100 * self.step:+.2f}% from {self.last_day}, {kept}"


@readable
@dataclass(frozen=True)
class Spliced:
    """The joined `prices` table, its joins in order of time, and the rows each series gave."""

    prices: pd.DataFrame
    joins: tuple[Join, ...]
    rows: dict[str, int]


def splice(parts: Sequence[Part]) -> Spliced:
    """Lay `parts` end to end, best first. A series that adds no day has no rows and no join.

    Raises ArtefactError when the parts are no standard tables.
    """
    pieces: list[tuple[str, pd.DataFrame]] = []
    for part in parts:
        table = part.prices
        if not pieces:
            pieces = [(part.name, table)]
            continue
        first, last = pieces[0][1]["date"].iloc[0], pieces[-1][1]["date"].iloc[-1]
        early, late = _trimmed(table[table["date"] < first]), _trimmed(table[table["date"] > last])
        pieces = [
            *([(part.name, early)] if len(early) else []), *pieces, *([(part.name, late)] if len(late) else []),
        ]  # fmt: skip
    joins = _joins(pieces, {part.name: part for part in parts})
    prices = pd.concat([piece for _, piece in pieces], ignore_index=True)
    for join in joins:
        place = int(np.argmax(prices["date"] == pd.Timestamp(join.day)))
        prices.loc[place, "joined"] = True
        pair = prices["gold_usd_per_oz"].to_numpy()[place - 1 : place + 1]
        prices.loc[place, "log_return"] = float(np.log(pair[1] / pair[0])) if join.bridged else np.nan
    rows = {part.name: sum(len(piece) for name, piece in pieces if name == part.name) for part in parts}
    return Spliced(check_table("prices", prices, "splice"), joins, rows)


def _trimmed(table: pd.DataFrame) -> pd.DataFrame:
    """`table` without carried prices at its ends, which stand for no quote of their own."""
    quoted = np.flatnonzero(~table["filled"].to_numpy())
    return table.iloc[quoted[0] : quoted[-1] + 1] if len(quoted) else table.iloc[:0]


def _joins(pieces: list[tuple[str, pd.DataFrame]], parts: dict[str, Part]) -> tuple[Join, ...]:
    made = []
    for (before, left), (after, right) in itertools.pairwise(pieces):
        last, first = left.iloc[-1], right.iloc[0]
        one, other = parts[before], parts[after]
        overlap, near = _overlaps(one, other, first["date"])
        consecutive = len(business_days(last["date"].date(), first["date"].date())) == 2
        quoted = not (last["filled"] or last["stale"] or first["stale"])
        made.append(Join(
            f"{first['date']:%Y-%m-%d}", f"{last['date']:%Y-%m-%d}", before, after,
            float(first["gold_usd_per_oz"] / last["gold_usd_per_oz"] - 1), overlap,
            bool(overlap.same_fix and near.same_fix and consecutive and quoted),
        ))  # fmt: skip
    return tuple(made)


def _overlaps(before: Part, after: Part, day: pd.Timestamp) -> tuple[Agreement, Agreement]:
    """Agreement of two parts on all common days, and on the SAME_FIX_DAYS of them nearest to `day`."""
    first, second = quotes(before.prices).align(quotes(after.prices), join="inner")
    distance = np.abs((first.index - day).days.to_numpy())
    near = np.sort(np.argsort(distance, kind="stable")[:SAME_FIX_DAYS])
    names, hours = (before.name, after.name), (before.hour_utc, after.hour_utc)
    return compare(first, second, names, hours), compare(first.iloc[near], second.iloc[near], names, hours)
