"""Rows to a frame as the catalogue has it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from gramlib.artefacts import Artefact


def typed(artefact: Artefact, rows: Iterable[tuple]) -> pd.DataFrame:
    """`rows`, each in the order of the artefact's columns, as a frame of its types; empty where there are none."""
    frame = pd.DataFrame(list(rows), columns=[column.name for column in artefact.columns])
    return frame.astype({column.name: column.dtype for column in artefact.columns})
