"""Where the service keeps its things, and every limit it holds."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Settings:
    """One service; `root` is the clone, `reports` the folder of runs, `state` the folder of queue, tokens and logs."""

    root: Path
    reports: Path
    state: Path
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    """Runs at work at once; each is a process with a notebook kernel of some 1 GB."""
    max_starts: int = 3
    """How often a run is begun again after its process was killed."""
    requests_per_minute: int = 600
    burst: int = 120
    max_body_bytes: int = 1_000_000
    max_queued: int = 1000
    max_streams: int = 8
    """Event streams open at once: each holds one of the server's threads."""
    threads: int = 24
    command: tuple[str, ...] = field(default=(sys.executable, "-m", "gramlib", "run"))
    """What is run for a job, before the arguments of `gram run`."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return self.host in LOOPBACK


def state_folder(reports: Path) -> Path:
    """GRAM_SERVICE, or .service beside the runs."""
    named = os.environ.get("GRAM_SERVICE", "")
    return Path(named).resolve() if named else reports / ".service"
