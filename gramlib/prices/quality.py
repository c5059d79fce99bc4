"""The quality log: what was found, what was expected, what was done; one row a check, in the order they ran."""

from __future__ import annotations

import pandas as pd

from gramlib.sources.raw import Decision

COLUMNS = ["check", "status", "found", "expected", "decision"]


class QualityLog:
    """Collects rows of the `quality` table; a check is named once."""

    def __init__(self, decisions: tuple[Decision, ...] = ()) -> None:
        self._rows: list[Decision] = list(decisions)

    def add(self, check: str, status: str, found: str, expected: str, decision: str) -> None:
        """Note one check; `status` is ok, note or warning."""
        self._rows.append(Decision(check, status, found, expected, decision))

    def table(self) -> pd.DataFrame:
        """The catalogue's `quality` table."""
        return pd.DataFrame([vars(row) for row in self._rows], columns=COLUMNS)


def examples(items: list[str], shown: int = 3) -> str:
    """The first few of `items`, and how many more there are."""
    rest = f" and {len(items) - shown:,} more" if len(items) > shown else ""
    return ", ".join(items[:shown]) + rest
