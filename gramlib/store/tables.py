"""Read and write a stage's artefacts by catalogue name, checked at both doors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from gramlib.artefacts import Artefact, check_table, entry
from gramlib.errors import ArtefactError
from gramlib.store import atomic
from gramlib.store.hashing import sha256_file
from gramlib.store.manifest import Manifest, Output


def write_artefact(folder: Path, name: str, value: Any) -> Output:
    """Write `value` (DataFrame for a table, JSON-able dict for a document) into `folder`; returns its record.

    A table is checked, sorted by its key and written with fixed settings, so that equal tables give equal bytes.
    """
    artefact = entry(name)
    path = folder / artefact.filename
    rows: int | None = None
    if artefact.kind == "table":
        if not isinstance(value, pd.DataFrame):
            raise ArtefactError(
                f"{name} is a {type(value).__name__}", expected="a pandas DataFrame", origin=f"ctx.write({name!r})"
            )
        frame = check_table(
            name, value.sort_values(list(artefact.key), kind="stable").reset_index(drop=True), f"stage {artefact.stage}"
        )
        temporary = path.with_name(f".{path.name}.tmp")
        frame.to_parquet(temporary, engine="pyarrow", index=False, compression="zstd", row_group_size=1_000_000)
        temporary.replace(path)
        rows = len(frame)
    else:
        try:
            atomic.write_json(path, value)
        except (TypeError, ValueError) as error:
            raise ArtefactError(
                f"{name} is not plain JSON: {error}",
                expected="dicts, lists, text, finite numbers",
                origin=f"ctx.write({name!r})",
            ) from error
    return Output(name, path.name, sha256_file(path), path.stat().st_size, artefact.version, rows)


def read_artefact(folder: Path, manifest: Manifest, name: str) -> Any:
    """The artefact `name` from a succeeded stage `folder`, verified by hash, version and contract."""
    artefact: Artefact = entry(name)
    output = manifest.output(name)
    path = folder / output.path
    rerun = f"re-run stage {artefact.stage}: gram run {manifest.run_id} --stage {artefact.stage} --force"
    if output.version != artefact.version:
        raise ArtefactError(
            f"{name} has version {output.version}",
            expected=f"version {artefact.version}",
            origin=str(path),
            remedy=rerun,
        )
    if not path.is_file() or sha256_file(path) != output.sha256:
        raise ArtefactError(
            f"{name} is missing or damaged: its bytes differ from the manifest",
            expected=f"sha256 {output.sha256[:12]}…",
            origin=str(path),
            remedy=rerun,
        )
    if artefact.kind == "table":
        return check_table(name, pd.read_parquet(path, engine="pyarrow"), str(path))
    return atomic.read_json(path)
