"""A service process of a test's own, on a free port of loopback, and what a client says to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

CHILD = Path(__file__).with_name("tiny_child.py")
SCRIPT = """
import sys, json
from dataclasses import replace
from pathlib import Path
from gramlib.runner import workbench
from gramlib.service.serving import serve
from gramlib.service.settings import Settings
given = json.loads(sys.argv[1])
reports = Path(given.pop("reports"))
serve(Settings(workbench.root(), reports, reports / ".service", port=0, **{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}))
"""


class Served:
    """Context manager: a service over `reports`; `limits` are fields of Settings."""

    def __init__(self, reports: Path, command: list[str], **limits: Any):
        reports.mkdir(parents=True, exist_ok=True)
        self.reports = reports
        self._given = {"reports": str(reports), "command": command, "requests_per_minute": 1_000_000, "burst": 100_000}
        self._given |= limits
        self.log: list[dict[str, Any]] = []

    def __enter__(self) -> Served:
        self.start()
        return self

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, json.dumps(self._given)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "GRAM_REPORTS": str(self.reports)},
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            self.log.append(said)
            if said["event"] == "listening":
                break
        else:
            raise AssertionError(self.process.stderr.read() if self.process.stderr else "no word")
        self.address = said["address"]
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()
        self.client = httpx.Client(base_url=self.address, timeout=60)

    def _read(self, stream: Any) -> None:
        for line in stream:
            self.log.append(json.loads(line))
        stream.close()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self._gone()

    def stop(self) -> int:
        """SIGTERM, as a system asks; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(90)
        self.client.close()
        assert self.process.stderr is not None
        self.errors = self.process.stderr.read()
        self.process.stderr.close()
        return code

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def post(self, seed: int = 0, **body: Any) -> httpx.Response:
        """Ask for a run of params/smoke.yaml under another seed."""
        return self.client.post("/api/v1/runs", json={"params": "smoke", "set": {"predict.seed": seed}, **body})

    def view(self, run_id: str) -> dict[str, Any]:
        return self.client.get(f"/api/v1/runs/{run_id}").raise_for_status().json()

    def until(self, run_id: str, reached: Callable[[dict[str, Any]], bool], seconds: float = 120) -> dict[str, Any]:
        """The run once `reached` is true of it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            view = self.view(run_id)
            if reached(view):
                return view
            time.sleep(0.05)
        raise AssertionError(f"not reached: {view}; {self.log[-5:]}")

    def ended(self, run_id: str, seconds: float = 120) -> dict[str, Any]:
        return self.until(run_id, lambda view: bool(view["job"]) and view["job"]["ended"] is not None, seconds)

    def begun(self) -> list[str]:
        """Run ids of quick runs, one for each time a process held the folder."""
        log = self.reports / "begun.log"
        return log.read_text().split() if log.exists() else []


def quick(seconds: float) -> list[str]:
    return [sys.executable, str(CHILD), "quick", str(seconds)]


def toy(notebooks: Path) -> list[str]:
    return [sys.executable, str(CHILD), "toy", str(notebooks)]
