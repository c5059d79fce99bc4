"""The process of one job: `gram run` in a session of its own, its JSON events in a file that outlives the service.

The file is the only channel: a service that was killed reads on where it finds it, and the process never notices.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil


class Child:
    """A job's process: begun here, or begun by a service before and recognised by its id and start time."""

    def __init__(self, pid: int, process_started: float, begun: subprocess.Popen[bytes] | None = None):
        self.pid = pid
        self.process_started = process_started
        self._begun = begun

    @classmethod
    def begin(cls, command: Sequence[str], folder: Path, said: Path, environment: Mapping[str, str]) -> Child:
        """Begin `command` in `folder`; its events are appended to `said`, what goes wrong beside it in a .log."""
        said.parent.mkdir(parents=True, exist_ok=True)
        with open(said, "ab") as events, open(said.with_suffix(".log"), "ab") as log:
            process = subprocess.Popen(
                list(command), cwd=folder, stdin=subprocess.DEVNULL, stdout=events, stderr=log, env=dict(environment),
                start_new_session=True,
            )  # fmt: skip
        return cls(process.pid, started_at(process.pid), process)

    def alive(self) -> bool:
        """Whether it is still at work."""
        if self._begun is not None:
            return self._begun.poll() is None
        return started_at(self.pid) == self.process_started

    @property
    def exit_code(self) -> int | None:
        """How it ended, negative for a signal; None where another service had begun it, or it goes on."""
        return self._begun.poll() if self._begun is not None else None

    def signal(self, number: int = signal.SIGTERM) -> None:
        """Send it a signal; one that has ended is left alone."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def started_at(pid: int) -> float:
    """When the process `pid` began, seconds since 1970; 0 where there is none, or only what a parent has not fetched yet."""
    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return 0.0


def command_of(pid: int) -> list[str]:
    """The command line of the process `pid`; empty where there is none or it may not be seen."""
    try:
        return psutil.Process(pid).cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []


def events_in(said: Path, after: int = 0) -> list[tuple[int, dict[str, Any]]]:
    """Whole events in the file, numbered from 1, those after number `after`; a line half written is left for the next look."""
    try:
        lines = said.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    found = []
    for number, line in enumerate(lines[after:], start=after + 1):
        try:
            event = json.loads(line)
        except ValueError:  # a line cut short by a kill, continued by the next process
            continue
        if isinstance(event, dict):
            found.append((number, event))
    return found


def ending_in(said: Path, since: float) -> dict[str, Any] | None:
    """The event with which a process begun at `since` (seconds since 1970) said that it ended; None where it said none."""
    for _, event in reversed(events_in(said)):
        if event.get("event") in ("run_ended", "run_failed") and float(event.get("time", 0.0)) >= since - 0.002:
            return event  # times in events are rounded to a thousandth
    return None
