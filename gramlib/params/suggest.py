"""The sentence that helps with a misspelt name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`"; did you mean 'epochs'?"` when one of `known` is close to `name`, otherwise an empty string.

    Case, and a hyphen written for an underscore, never stand in the way of a match.
    """
    spelling = {_fold(candidate): candidate for candidate in known}
    close = get_close_matches(_fold(name), spelling, n=1, cutoff=0.6)
    return f"; did you mean {spelling[close[0]]!r}?" if close else ""


def _fold(name: str) -> str:
    return name.strip().lower().replace("-", "_")
