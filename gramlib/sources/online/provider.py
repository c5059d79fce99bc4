"""What one online source is: what it gives, under which licence, which requests it takes and how answers are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import gramlib
from gramlib.sources.online.body import Form
from gramlib.sources.raw import Decision

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("gold", "crosscheck", "token", "supply", "covariate")
HONEST = f"gramlib/{gramlib.__version__}"
BROWSER = "Mozilla/5.0"
"""Hosts that want a browser's name and no more than that; it is never used to get past a page that asks for one."""
LIBRARY = ""
"""The HTTP library's own name: some hosts close the connection on a made-up one."""


@dataclass(frozen=True)
class Request:
    """One GET: the address, the form its answer must have, and the name its bytes are kept under.

    `absent_ok` says that 404 means "nothing in this window", not an error.
    """

    url: str
    form: Form
    filename: str
    absent_ok: bool = False


class RawFile(NamedTuple):
    """One answer as it came: the name it is kept under, its bytes, where from and as which content type."""

    filename: str
    content: bytes
    url: str
    content_type: str


class Parsed(NamedTuple):
    """`frame` with `date` (datetime64[us]) and `value` (float), and the decisions taken while reading."""

    frame: pd.DataFrame
    notes: tuple[Decision, ...] = ()


Requests = Generator[Request, bytes | None, None]
"""Yields one request after the other and is sent each answer's bytes (None when absent), so that it may turn pages."""


@dataclass(frozen=True)
class Provider:
    """One series of one source.

    `kind` is one of KINDS; `unit` oz or g for prices, else what is counted; `hour_utc` the hour of day a value
    belongs to. `bars` marks feeds whose last bar is unfinished until its day, in `timezone`, is over. `rolling` marks
    answers that hold the latest days only; `known_start` is the first day a whole answer has. `folder` is where
    snapshots lie, when two series share one answer. `terms` is the sentence a user must accept first, if any.
    """

    name: str
    title: str
    kind: str
    producer: str
    url: str
    licence: str
    redistribute: str
    instrument: str
    unit: str
    column: str
    requests: Callable[[dt.datetime], Requests]
    parse: Callable[[Sequence[RawFile]], Parsed]
    currency: str = "USD"
    hour_utc: float | None = None
    timezone: str = "UTC"
    bars: bool = False
    rolling: bool = False
    known_start: str = ""
    folder: str = ""
    user_agent: str = HONEST
    terms: str = ""
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is {self.kind!r}, one of {KINDS}")

    @property
    def needs_terms(self) -> bool:
        """Whether the source is off until data.accept_terms names it."""
        return bool(self.terms)

    @property
    def snapshot_folder(self) -> str:
        """Name of the folder its snapshots lie in."""
        return self.folder or self.name

    @property
    def card_unit(self) -> str:
        """The unit as a card says it, like USD/oz."""
        return f"{self.currency}/{self.unit}" if self.currency else self.unit
