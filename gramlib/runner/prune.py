"""What can be thrown away: attempts that did not succeed, what they had finished, scratch runs that nobody writes to, old sweeps."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

from gramlib.runner.pipeline import STAGES
from gramlib.store import atomic
from gramlib.store.attempt import REPLACED_MARK, attempts
from gramlib.store.claim import holder
from gramlib.store.parts import PARTS_MARK
from gramlib.store.run_folder import run_folders

SCRATCH_KEPT_SECONDS = 24 * 3600.0


def removable(reports: Path) -> list[Path]:
    """Folders under `reports` that `gram prune` removes; a run in progress and fresh scratch runs are left alone."""
    found: list[Path] = []
    for run in [*run_folders(reports), *(run for sweep in _sweeps(reports) for run in run_folders(sweep))]:
        if holder(run.path) is not None:
            continue
        for stage in STAGES:
            found += [attempt.path for attempt in attempts(run.path, stage.folder) if attempt.status != "running"]
        found += sorted(run.path.glob(f"*{REPLACED_MARK}*")) + sorted(run.path.glob(f"*{PARTS_MARK}"))
    old = time.time() - SCRATCH_KEPT_SECONDS
    found += [path for path in sorted(reports.glob("scratch-*")) if path.stat().st_mtime < old]
    return found


def old_sweeps(reports: Path) -> list[Path]:
    """Sweeps that `gram prune --sweeps` removes: those older than the newest finished one of the same sweep file.

    A sweep in progress is left alone, and so is one after which none was finished: the next would take its members over.
    """
    by_file: dict[str, list[tuple[float, Path]]] = defaultdict(list)
    for folder in _sweeps(reports):
        record = atomic.read_json(folder / "sweep.json") or {}
        if "file" in record:
            by_file[record["file"]].append((record["created"], folder))
    found: list[Path] = []
    for sweeps in by_file.values():
        finished = False
        for _, folder in sorted(sweeps, reverse=True):
            if finished and not any(holder(run.path) for run in run_folders(folder)):
                found.append(folder)
            finished = finished or _finished(folder)
    return sorted(found)


def _sweeps(reports: Path) -> list[Path]:
    return sorted(path.parent for path in reports.glob("*/sweep.json"))


def _finished(sweep: Path) -> bool:
    """Whether every member has succeeded."""
    counts = (atomic.read_json(sweep / "comparison.json") or {}).get("counts", {})
    return counts.get("succeeded", 0) > 0 and sum(counts.values()) == counts["succeeded"]
