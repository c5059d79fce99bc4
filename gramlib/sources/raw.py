"""What every source hands on: dated values in the unit they came in, with their card and the decisions taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gramlib.readable import readable

if TYPE_CHECKING:
    import pandas as pd

    from gramlib.sources.card import SourceCard


@readable
@dataclass(frozen=True)
class Decision:
    """Something found while reading, what was expected, and what was done; `status` is ok, note or warning."""

    check: str
    status: str
    found: str
    expected: str
    decision: str


@readable
@dataclass(frozen=True)
class RawSeries:
    """A series as it came: `frame` has `date` (datetime64[us], no time of day) and `value` (float, NaN missing).

    The frame's index is the line of the file each row stood on, for messages; rows keep the file's order.
    `unit` (oz, g, kg or tola) is the weight a value in USD is quoted for; `origin` is the file's name, for messages.
    `instrument` is fix, spot, future, token, average, supply, rate or index, empty where nobody said; `hour_utc` the hour of
    the day a value belongs to (24 is the day's end), None where nobody said. Supplies, rates and indices have a unit of their
    own (oz, tokens, percent), and no currency.
    """

    frame: pd.DataFrame
    unit: str
    column: str
    origin: str
    card: SourceCard
    notes: tuple[Decision, ...] = ()
    instrument: str = ""
    hour_utc: float | None = None
    currency: str = "USD"
