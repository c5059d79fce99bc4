"""What can be thrown away: attempts that did not succeed, what they had finished, and scratch runs that nobody writes to."""

from __future__ import annotations

import time
from pathlib import Path

from gramlib.runner.pipeline import STAGES
from gramlib.store.attempt import REPLACED_MARK, attempts
from gramlib.store.claim import holder
from gramlib.store.parts import PARTS_MARK
from gramlib.store.run_folder import run_folders

SCRATCH_KEPT_SECONDS = 24 * 3600.0


def removable(reports: Path) -> list[Path]:
    """Folders under `reports` that `gram prune` removes; a run in progress and fresh scratch runs are left alone."""
    found: list[Path] = []
    for run in run_folders(reports):
        if holder(run.path) is not None:
            continue
        for stage in STAGES:
            found += [attempt.path for attempt in attempts(run.path, stage.folder) if attempt.status != "running"]
        found += sorted(run.path.glob(f"*{REPLACED_MARK}*")) + sorted(run.path.glob(f"*{PARTS_MARK}"))
    old = time.time() - SCRATCH_KEPT_SECONDS
    found += [path for path in sorted(reports.glob("scratch-*")) if path.stat().st_mtime < old]
    return found
