"""Taking over a stage that another run has already done: files linked, hashes verified, and the manifest says from where."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from gramlib.runner.pipeline import Stage
from gramlib.runner.plan import changed, upstream_digests
from gramlib.runner.resolve import ResolvedRun
from gramlib.store import Attempt, Manifest, RunFolder
from gramlib.store.manifest import first_damage

_OWN = {"stage.json", "attempt.json"}
"""Files that tell of one attempt and are written anew."""


def adopt(
    run: ResolvedRun, folder: RunFolder, stage: Stage, notebook: Path, lock: Path, sources: Iterable[Path]
) -> Manifest | None:
    """Publish in `folder` the result of `stage` of the first run among `sources` that has the same key; None where none has.

    The upstream stages of `folder` must stand already: their outputs are part of the key.
    """
    upstream = upstream_digests(folder, stage)
    for source in sources:
        there = RunFolder(source)
        manifest = there.manifest(stage.folder)
        if source == folder.path or manifest is None:
            continue
        if changed(manifest, run, folder, stage, notebook, lock, upstream):
            continue
        taken = _take(folder, stage, there, manifest)
        if taken is not None:
            return taken
    return None


def _take(folder: RunFolder, stage: Stage, there: RunFolder, manifest: Manifest) -> Manifest | None:
    origin = manifest.adopted_from or there.run_id
    attempt = Attempt.start(
        folder.path, stage.folder, {"run": folder.run_id, "stage": stage.name, "adopted_from": origin}
    )
    try:
        for file in sorted(there.stage_path(stage.folder).iterdir()):
            if file.is_file() and file.name not in _OWN and not file.name.startswith("."):
                _link(file, attempt.path / file.name)
        if first_damage(attempt.path, manifest):
            raise FileNotFoundError(f"{there.path / stage.folder} is damaged")
    except FileNotFoundError:  # damaged, or replaced while we looked: this one cannot be taken
        shutil.rmtree(attempt.path, ignore_errors=True)
        return None
    attempt.update(status="succeeded", finished=time.time())
    adopted = replace(manifest, run_id=folder.run_id, adopted_from=origin)
    adopted.write(attempt.path)
    attempt.publish(stage.folder)
    return adopted


def _link(source: Path, target: Path) -> None:
    """A second name for the same bytes; a copy where the file system has no links. Results are replaced, never rewritten."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
