"""A run folder: run.json written once, one folder a stage, and a status derived from the manifests."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.errors import ArtefactError, ParameterError
from gramlib.store import atomic
from gramlib.store.attempt import Attempt, attempts
from gramlib.store.manifest import Manifest, read_manifest

PUBLISHED = ("report.html", "report.json")


@dataclass(frozen=True)
class RunFolder:
    """The folder `path` of one run."""

    path: Path

    @property
    def run_id(self) -> str:
        """Name of the folder."""
        return self.path.name

    def record(self) -> dict[str, Any]:
        """run.json; raises ArtefactError where there is none."""
        record = atomic.read_json(self.path / "run.json")
        if record is None:
            raise ArtefactError(
                f"run.json of run {self.run_id} is missing or damaged",
                expected="the record that gram run wrote",
                origin=str(self.path / "run.json"),
                remedy="restore it, or remove that folder and run the params file again",
            )
        return record

    @property
    def created(self) -> float:
        """When run.json was written, seconds since 1970; 0 where it cannot be read."""
        return created_at(atomic.read_json(self.path / "run.json") or {})

    def exists(self) -> bool:
        """Whether run.json is there."""
        return (self.path / "run.json").is_file()

    def create(self, record: dict[str, Any]) -> None:
        """Write run.json once; a folder that holds another run under this id is refused."""
        self.path.mkdir(parents=True, exist_ok=True)
        if atomic.create_json(self.path / "run.json", record):
            return
        there = self.record().get("identity")
        if there != record["identity"]:
            raise ParameterError(
                f"run {self.run_id} exists with other parameters (identity {str(there)[:8]}, now {record['identity'][:8]})",
                expected="one set of parameters a run id",
                origin=str(self.path / "run.json"),
                remedy="leave out --run-id, or choose another one",
            )

    def stage_path(self, stage_folder: str) -> Path:
        """Folder of a stage's result, whether or not it is there."""
        return self.path / stage_folder

    def manifest(self, stage_folder: str) -> Manifest | None:
        """The succeeded manifest of a stage, or None."""
        return read_manifest(self.stage_path(stage_folder))

    def last_attempt(self, stage_folder: str) -> Attempt | None:
        """The latest attempt at a stage that did not become its result, or None."""
        found = attempts(self.path, stage_folder)
        return found[-1] if found else None

    def publish_report(self, stage_folder: str) -> None:
        """Copy report.html and report.json from the report stage to the top of the run."""
        for name in PUBLISHED:
            atomic.write_bytes(self.path / name, (self.stage_path(stage_folder) / name).read_bytes())

    def is_published(self, stage_folder: str) -> bool:
        """Whether the published report is the report stage's own, byte for byte."""
        return all(
            (self.path / name).is_file()
            and (self.path / name).read_bytes() == (self.stage_path(stage_folder) / name).read_bytes()
            for name in PUBLISHED
        )

    def unpublish_report(self) -> None:
        """Take the published report away: what follows may fail, and a stale report would pass for its result."""
        for name in PUBLISHED:
            (self.path / name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the run."""
        shutil.rmtree(self.path)


def created_at(record: Mapping[str, Any]) -> float:
    """When the run.json `record` was written, seconds since 1970; 0 where it does not say."""
    created = record.get("created")
    return float(created) if isinstance(created, int | float) else 0.0


def run_folders(reports: Path) -> list[RunFolder]:
    """Every recorded run under `reports`, newest first, damaged ones last; scratch runs made by hand are not listed."""
    found = [RunFolder(p.parent) for p in reports.glob("*/run.json") if not p.parent.name.startswith("scratch-")]
    return sorted(found, key=lambda run: (run.created, run.run_id), reverse=True)
