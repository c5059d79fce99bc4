"""One number with a known answer."""

from __future__ import annotations

from dataclasses import dataclass

from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class KnownAnswer:
    """One number: what a source says, what this installation finds, and how close it has to be."""

    name: str
    expected: float
    found: float
    tolerance: float
    source: str

    @property
    def ok(self) -> bool:
        """Whether the number found is within tolerance of the one expected."""
        return abs(self.found - self.expected) <= self.tolerance
