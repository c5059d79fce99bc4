"""The quality log: what was found, what was expected, what was done; one row a check, in the order they ran.

A check that speaks of a series other than the gold price itself begins with that series' name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from gramlib.sources.raw import Decision

COLUMNS = ["check", "status", "found", "expected", "decision"]


class QualityLog:
    """Collects rows of the `quality` table; a check named again gets a number behind its name."""

    def __init__(self, decisions: tuple[Decision, ...] = ()) -> None:
        self._rows: list[Decision] = list(decisions)
        self.counts: Counter[str] = Counter()

    def add(self, check: str, status: str, found: str, expected: str, decision: str, **rows: int) -> None:
        """Note one check; `status` is ok, note or warning, `rows` counts rows under a name of `counts`, for summaries."""
        self._rows.append(Decision(check, status, found, expected, decision))
        self.counts.update(rows)

    def include(self, rows: Iterable[Decision], series: str, *, also_ok: bool = False) -> None:
        """Take over what was found in another `series`: notes and warnings, and where asked for what was in order."""
        self._rows += [replace(row, check=f"{series}: {row.check}") for row in rows if also_ok or row.status != "ok"]

    @property
    def rows(self) -> tuple[Decision, ...]:
        """Every row so far."""
        return tuple(self._rows)

    def table(self) -> pd.DataFrame:
        """The catalogue's `quality` table."""
        table = pd.DataFrame([vars(row) for row in self._rows], columns=COLUMNS)
        again = table.groupby("check").cumcount()
        numbered = table["check"] + " (" + (again + 1).astype(str) + ")"
        return table.assign(check=table["check"].where(again == 0, numbered))


def examples(items: list[str], shown: int = 3) -> str:
    """The first few of `items`, and how many more there are."""
    rest = f" and {len(items) - shown:,} more" if len(items) > shown else ""
    return ", ".join(items[:shown]) + rest
