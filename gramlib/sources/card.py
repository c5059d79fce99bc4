"""The card of a series: who made it, under which licence, from where and when, and which bytes."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from gramlib.readable import readable

REDISTRIBUTE = ("yes", "no", "unknown")


@readable
@dataclass(frozen=True)
class SourceCard:
    """One series' provenance. Dates are ISO text, empty where there is none; `unit` is that of the raw value."""

    id: str
    title: str
    producer: str
    url: str
    licence: str
    redistribute: str
    accessed: str
    sha256: str
    unit: str
    instrument: str
    rows: int
    start: str
    end: str

    def __post_init__(self) -> None:
        if self.redistribute not in REDISTRIBUTE:
            raise ValueError(f"redistribute is {self.redistribute!r}, one of {REDISTRIBUTE}")

    def to_record(self) -> dict[str, str | int]:
        """The card as a JSON-able mapping, fields in order."""
        return asdict(self)
