"""A run repeated from its own record: table by table, identical or different, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.artefacts import entry
from gramlib.runner.pipeline import STAGES
from gramlib.store import Manifest, RunFolder
from gramlib.store.tables import read_artefact


@dataclass(frozen=True)
class Comparison:
    """One artefact in two runs; `detail` says what differs, in words."""

    stage: str
    name: str
    identical: bool
    detail: str


def compare_runs(first: RunFolder, second: RunFolder) -> list[Comparison]:
    """Compare every artefact of two runs, byte for byte; differing ones are opened to say where."""
    found = []
    for stage in STAGES:
        before, after = first.manifest(stage.folder), second.manifest(stage.folder)
        for name in stage.outputs:
            if before is None or after is None:
                lacking = first.run_id if before is None else second.run_id
                found.append(Comparison(stage.name, name, False, f"{lacking} has no succeeded {stage.name} stage"))
                continue
            same = before.output(name).sha256 == after.output(name).sha256
            detail = (
                ""
                if same
                else _where(first.stage_path(stage.folder), before, second.stage_path(stage.folder), after, name)
            )
            found.append(Comparison(stage.name, name, same, detail))
    return found


def _where(first: Path, before: Manifest, second: Path, after: Manifest, name: str) -> str:
    old, new = read_artefact(first, before, name), read_artefact(second, after, name)
    if entry(name).kind == "document":
        return _where_record(old, new, name)
    if len(old) != len(new):
        return f"{len(old):,} rows against {len(new):,}"
    for column in old.columns:
        unequal = ~((old[column] == new[column]) | (old[column].isna() & new[column].isna()))
        if unequal.any():
            row = int(unequal.to_numpy().argmax())
            return f"{column}: {int(unequal.sum()):,} of {len(old):,} rows, first {old[column].iloc[row]!s} against {new[column].iloc[row]!s}"
    return "equal values in different bytes"


def _where_record(old: Any, new: Any, path: str) -> str:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                return _where_record(old.get(key), new.get(key), f"{path}.{key}")
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (a, b) in enumerate(zip(old, new, strict=True)):
            if a != b:
                return _where_record(a, b, f"{path}[{index}]")
    return f"{path}: {str(old)[:60]} against {str(new)[:60]}"
