"""One attempt at a stage: a folder of its own, renamed in at success, kept and marked at failure."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.store import atomic, liveness

ATTEMPT_MARK = ".attempt-"
REPLACED_MARK = ".replaced-"
_WRITING = threading.Lock()
"""The heart beats from a thread: reading and writing attempt.json again is one step."""


@dataclass(frozen=True)
class Attempt:
    """A folder `<NN_stage>.attempt-<random>` with its attempt.json."""

    path: Path

    @classmethod
    def start(cls, run_path: Path, stage_folder: str, facts: dict[str, Any]) -> Attempt:
        """Make a new attempt folder; `facts` is what the kernel must know (run, stage, upstream)."""
        path = run_path / f"{stage_folder}{ATTEMPT_MARK}{secrets.token_hex(4)}"
        path.mkdir(parents=True)
        attempt = cls(path)
        atomic.write_json(
            path / "attempt.json",
            {"schema": 1, "status": "running", "started": time.time(), **liveness.signature(), **facts},
        )
        return attempt

    @property
    def record(self) -> dict[str, Any]:
        """What attempt.json says."""
        return atomic.read_json(self.path / "attempt.json") or {}

    @property
    def status(self) -> str:
        """The recorded status; `running` without a living process is `died`."""
        record = self.record
        status = record.get("status", "died")
        return "died" if status == "running" and not liveness.is_alive(record) else str(status)

    def update(self, **facts: Any) -> None:
        """Change attempt.json."""
        with _WRITING:
            atomic.write_json(self.path / "attempt.json", {**self.record, **facts})

    def beat(self) -> None:
        """Renew the heartbeat of a running attempt; one that has ended, or was renamed, is left alone."""
        with _WRITING:
            record = self.record
            if record.get("status") == "running":
                atomic.write_json(self.path / "attempt.json", {**record, "heartbeat": time.time()})

    def publish(self, stage_folder: str) -> Path:
        """Rename this attempt to the stage's folder, replacing an earlier result."""
        target = self.path.parent / stage_folder
        aside = target.with_name(f"{stage_folder}{REPLACED_MARK}{secrets.token_hex(4)}")
        if target.exists():
            os.rename(target, aside)
        os.rename(self.path, target)
        shutil.rmtree(aside, ignore_errors=True)
        return target


def attempts(run_path: Path, stage_folder: str) -> list[Attempt]:
    """Attempts at a stage that are in the folder, oldest first."""
    found = [Attempt(p) for p in run_path.glob(f"{stage_folder}{ATTEMPT_MARK}*") if p.is_dir()]
    return sorted(found, key=lambda attempt: (attempt.record.get("started", 0.0), attempt.path.name))


def remove_replaced(run_path: Path) -> None:
    """Remove results that a process replaced but did not live to delete."""
    for path in run_path.glob(f"*{REPLACED_MARK}*"):
        shutil.rmtree(path, ignore_errors=True)
