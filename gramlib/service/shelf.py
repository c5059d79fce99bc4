"""The runs there are, as the service sees them: those on disk and those that wait."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.runner.pipeline import STAGES
from gramlib.runner.resolve import LONGEST_ID
from gramlib.runner.site import run_summary
from gramlib.service.jobs import Job, Jobs
from gramlib.service.problems import Refused
from gramlib.store import RunFolder, atomic

RUN_ID = rf"^[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_ID - 1}}}$"
ENDED = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True)
class Known:
    """A run that is on disk (`folder`), in the queue (`job`, its last one), or both."""

    run_id: str
    created: float
    folder: RunFolder | None
    job: Job | None

    def summary(self) -> dict[str, Any]:
        """What the index shows of it, with its place in the queue counted in.

        A live job says more than the disk; a job that ended without a result says why, until something succeeds.
        """
        summary = (
            run_summary(self.folder) if self.folder else dict(_NOT_ON_DISK, run_id=self.run_id, created=self.created)
        )
        job = self.job
        if job is None:
            return summary
        summary["title"] = summary["title"] or job.title
        if job.live:
            at_work = job.state == "running" or summary["status"] == "running"
            return {**summary, "status": "running" if at_work else "queued", "reason": job.reason}
        if job.state != "succeeded" and summary["status"] != "succeeded" and summary["status"] != "running":
            return {**summary, "status": job.state, "reason": job.reason or summary["reason"]}
        return summary


_NOT_ON_DISK = {
    "title": "", "status": "unknown", "reason": "", "verdict_status": "", "verdict_sentence": "", "verdict_caveat": "",
    "headlines": [], "grade": "", "label": "", "links": {},
}  # fmt: skip


class Shelf:
    """The runs in the folder `reports` and in the queue; a run is found by its name among them, never by joining a path."""

    def __init__(self, reports: Path, jobs: Jobs):
        self._reports = reports
        self._jobs = jobs
        self._created: dict[str, tuple[int, float]] = {}

    def all(self) -> list[Known]:
        """Every run, newest first."""
        jobs = self._jobs.latest()
        found = []
        for folder in self._folders():
            job = jobs.pop(folder.run_id, None)
            found.append(Known(folder.run_id, self._when(folder), folder, job))
        found += [Known(run_id, job.created, None, job) for run_id, job in jobs.items()]
        return sorted(found, key=lambda known: (known.created, known.run_id), reverse=True)

    def find(self, run_id: str) -> Known | None:
        """The run called `run_id`, or None."""
        if not re.match(RUN_ID, run_id):
            return None
        jobs = self._jobs.of_run(run_id)
        folder = RunFolder(self._reports / run_id)
        there = folder.exists() and folder.path.resolve().parent == self._reports.resolve()
        if not there and not jobs:
            return None
        created = self._when(folder) if there else jobs[-1].created
        return Known(run_id, created, folder if there else None, jobs[-1] if jobs else None)

    def one(self, run_id: str) -> Known:
        """The run called `run_id`; raises Refused (404)."""
        known = self.find(run_id)
        if known is None:
            raise Refused(404, f"there is no run {run_id[:100]}", expected="a run of GET /api/v1/runs")
        return known

    def folder(self, run_id: str) -> RunFolder:
        """The folder of a run that has begun; raises Refused: 404 where there is no such run, 409 where it has not begun."""
        known = self.one(run_id)
        if known.folder is None:
            state = known.job.state if known.job else "unknown"
            raise Refused(409, f"run {run_id} has not begun ({state})", remedy="ask again when it has")
        return known.folder

    def _folders(self) -> list[RunFolder]:
        return [
            RunFolder(path.parent)
            for path in self._reports.glob("*/run.json")
            if re.match(RUN_ID, path.parent.name) and not path.parent.name.startswith("scratch-")
        ]

    def _when(self, folder: RunFolder) -> float:
        """When a run was created; run.json is large and never changes, so each is read once."""
        stamp = (folder.path / "run.json").stat().st_mtime_ns
        kept = self._created.get(folder.run_id)
        if kept is None or kept[0] != stamp:
            kept = (stamp, folder.created)
            self._created[folder.run_id] = kept
        return kept[1]


def stage_folders() -> dict[str, str]:
    """Stage name to folder, in order."""
    return {stage.name: stage.folder for stage in STAGES}


def cards_of(folder: RunFolder) -> dict[str, Any]:
    """The run's source cards; empty where the data stage has not ended."""
    found = atomic.read_json(folder.stage_path(STAGES[0].folder) / "source_cards.json")
    return found if isinstance(found, dict) else {}
