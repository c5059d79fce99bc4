"""Worker processes for a sweep: started once, fed one job at a time, heard through one queue.

Processes, not threads: papermill is not safe to use from several threads. Each worker leads a session of its own, so that
Ctrl-C reaches this process alone, which then asks them to stop in order.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psutil

from gramlib.runner.limits import THREAD_VARIABLES, cpu_limit, memory_limit_bytes

COMMAND = (sys.executable, "-m", "gramlib.runner.sweep_worker")
STOP_SECONDS = 30.0
WORKER_BYTES = 1.5e9
"""What a worker (0.2), its nursery (0.3) and a kernel at baseline size (0.8 to 1.0) hold, as measured; training holds 0.3 more."""


def usual_jobs() -> int:
    """As many workers as processors this process may use, and as fit into the memory it may use."""
    free = min(memory_limit_bytes(), psutil.virtual_memory().available)
    return max(1, min(round(cpu_limit()), int(free / WORKER_BYTES)))


def worker_environment(n_workers: int, given: Mapping[str, str]) -> dict[str, str]:
    """`given` with the processors shared out among the workers, but for what somebody has set."""
    threads = str(max(1, int(cpu_limit() / n_workers)))
    return {**dict.fromkeys(THREAD_VARIABLES, threads), **given}


class Worker:
    """One worker process; `job` is the name of what it does now, empty when it is free."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], heard: queue.Queue[Any]):
        self.job = ""
        self._process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(environment),
            start_new_session=True,
        )  # fmt: skip
        self._heard = heard
        threading.Thread(target=self._listen, daemon=True).start()

    def give(self, job: dict[str, Any]) -> None:
        """Hand it `job`, whose name is job["job"]."""
        self.job = job["job"]
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has died: its listener says so
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(json.JSONDecodeError):
                self._heard.put((self, json.loads(line)))
        self._process.stdout.close()
        self._heard.put((self, {"event": "worker_gone", "job": self.job, "code": self._process.wait()}))

    def signal(self, number: int) -> None:
        """Send it a signal; one that has ended is left alone."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    def dismiss(self) -> None:
        """No more work: it ends when it is free, and stops what it does."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        try:
            self._process.wait(max(0.0, seconds))
            return True
        except subprocess.TimeoutExpired:
            return False


class Pool:
    """Context manager of `n_workers` workers; `heard` is the queue of (worker, event)."""

    def __init__(self, n_workers: int, command: Sequence[str] = COMMAND):
        self.heard: queue.Queue[tuple[Worker, dict[str, Any]]] = queue.Queue()
        self._command = command
        self._environment = worker_environment(n_workers, os.environ)
        self.workers = [self._start() for _ in range(n_workers)]

    def _start(self) -> Worker:
        return Worker(self._command, self._environment, self.heard)

    def replace(self, gone: Worker) -> None:
        """Start a worker in place of one that has died."""
        gone.dismiss()
        self.workers[self.workers.index(gone)] = self._start()

    def stop(self, number: int = signal.SIGINT) -> None:
        """Stop every worker in order, and kill those that do not end in time."""
        for worker in self.workers:
            if worker.job:
                worker.signal(number)
            worker.dismiss()
        until = time.monotonic() + STOP_SECONDS
        for worker in self.workers:
            if not worker.wait(until - time.monotonic()):
                worker.signal(signal.SIGKILL)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.stop()
