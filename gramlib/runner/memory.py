"""The memory watchdog: a stage that nears its limit is stopped in order, before the operating system ends it without a word.

In a container with control groups of version 2 an OOM kill takes every process with it, the runner too, and nothing of the
notebook remains but its last autosave. So the kernel is interrupted at 92% of the limit, and killed at 97%, when it does not
listen or allocates faster than it listens; either way the notebook is saved and says what happened.
"""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from gramlib.runner import limits
from gramlib.runner.stop import StopSwitch

INTERRUPT_AT, KILL_AT = 0.92, 0.97
LOOK_EVERY_SECONDS = 0.1
GIB, MB = 2**30, 10**6


@dataclass(frozen=True)
class Use:
    """Memory used under one limit, in bytes; `whose` names the limit."""

    used: int
    limit: int
    whose: str

    @property
    def share(self) -> float:
        """Used over limit."""
        return self.used / self.limit

    def __str__(self) -> str:
        return f"{self.used / GIB:.2f} of {self.limit / GIB:.2f} GiB used ({self.whose})"


class MemoryWatch:
    """Context manager around the execution of a stage: watches from a thread and stops the kernel through `stop`.

    `limit_mb` is runner.memory_limit_mb: a limit on the kernel with all it has started; 0 leaves those of the control groups.
    """

    def __init__(self, stop: StopSwitch, limit_mb: int, proc: Path = limits.PROC):
        self._stop, self._limit = stop, limit_mb * MB
        self._proc = proc
        self._groups = limits.memory_groups(proc)
        self._kills = limits.oom_kills(proc)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        if self._limit or self._groups:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def tightest(self) -> Use | None:
        """Where memory is scarcest now; None when nothing limits it."""
        found = [Use(group.used_bytes(), group.limit_bytes, "the container's limit") for group in self._groups]
        if self._limit and self._stop.kernel_pid:
            found.append(Use(_resident_bytes(self._stop.kernel_pid), self._limit, "runner.memory_limit_mb"))
        return max(found, key=lambda use: use.share, default=None)

    def killed_by_the_system(self) -> str:
        """How the kernel process was killed for want of memory since the watch began, in words; empty when it was not."""
        if limits.oom_kills(self._proc) <= self._kills:
            return ""
        limit = f" at the container's limit of {self._groups[0].limit_bytes / GIB:.2f} GiB" if self._groups else ""
        return f"the operating system killed it for want of memory{limit}"

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY_SECONDS):
            use = self.tightest() if self._stop.kernel_pid else None
            if use is None or use.share < INTERRUPT_AT:
                continue
            if self._stop.reason != "out_of_memory":
                self._stop.short_of_memory(str(use))
            if use.share >= KILL_AT:
                self._stop.kill()


def _resident_bytes(pid: int) -> int:
    """Resident memory of a process and all it has started."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += process.memory_info().rss
    return total
