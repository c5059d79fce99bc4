"""What a catalogue entry is made of, and the words that every room shares."""

from __future__ import annotations

from dataclasses import dataclass

from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class Column:
    """One column: `dtype` is float64, float32, int64, int32, int16, bool, str or date."""

    name: str
    dtype: str
    unit: str
    meaning: str
    nullable: bool = False
    lower: float | None = None
    upper: float | None = None
    isin: tuple[str, ...] = ()


@readable
@dataclass(frozen=True)
class Artefact:
    """One catalogue entry; `kind` is table (parquet) or document (JSON)."""

    name: str
    stage: str
    title: str
    kind: str = "table"
    version: int = 1
    key: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def filename(self) -> str:
        """Name of its file in the stage's folder."""
        return f"{self.name}.parquet" if self.kind == "table" else f"{self.name}.json"


PREDICATES = ("F1", "F2", "F3", "F4", "F5", "F6", "F7")


def predicates_of(peg: str) -> tuple[str, ...]:
    """Failure predicates that apply: F5 is about grams promised (peg gold), F6 about dollars owed on gold (peg usd)."""
    other = "F5" if peg == "usd" else "F6"
    return tuple(p for p in PREDICATES if p != other)


STATUSES = ("pass", "watch", "fail", "not_applicable")


def usd(name: str, meaning: str, lower: float | None = None) -> Column:
    """A column in USD."""
    return Column(name, "float64", "USD", meaning, lower=lower)
