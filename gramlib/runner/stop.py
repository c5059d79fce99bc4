"""Stopping a stage in order: Ctrl-C, SIGTERM and the time limit all take the same road.

The cell that runs is interrupted first, so that its output so far reaches the notebook; a kernel that does
not answer within a few seconds is killed. papermill alone does neither: on SIGTERM it dies at once and the
kernel never hears of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from types import FrameType, TracebackType

from gramlib.errors import GramError, Interrupted, StageTimeout, Terminated

GRACE_SECONDS = 8.0
_BY_SIGNAL = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


class StopRequested(KeyboardInterrupt):
    """Raised at once when a stop is asked for while no kernel is at work."""


class StopSwitch:
    """Context manager that owns SIGINT and SIGTERM; `reason` is empty until somebody asks to stop."""

    def __init__(self) -> None:
        self.reason = ""
        self._kernel_pid = 0
        self._deadline: threading.Timer | None = None
        self._killer: threading.Timer | None = None
        self._previous: dict[int, object] = {}

    def __enter__(self) -> StopSwitch:
        for number in _BY_SIGNAL:
            self._previous[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kernel_gone()
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def kernel_at_work(self, pid: int, time_limit_s: float) -> None:
        """From now on a stop interrupts the kernel with process id `pid`; the time limit starts to count."""
        self._kernel_pid = pid
        if time_limit_s > 0:
            self._deadline = threading.Timer(time_limit_s, self._stop, ("timed_out",))
            self._deadline.daemon = True
            self._deadline.start()

    def kernel_gone(self) -> None:
        """The kernel has ended: stop the clocks."""
        self._kernel_pid = 0
        for timer in (self._deadline, self._killer):
            if timer is not None:
                timer.cancel()
        self._deadline = self._killer = None

    def error(self, where: str) -> GramError:
        """The error that says why the work was stopped; `where` names the stage and cell."""
        if self.reason == "timed_out":
            return StageTimeout(
                f"{where} ran past its time limit",
                expected="an end within runner.stage_timeout_s",
                remedy="raise runner.stage_timeout_s, or make the stage smaller (fewer paths)",
            )
        if self.reason == "terminated":
            return Terminated(f"{where} was stopped by SIGTERM", remedy="the same command resumes it")
        return Interrupted(f"{where} was interrupted", remedy="the same command resumes it")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        again = bool(self.reason)
        self._stop(_BY_SIGNAL[signal.Signals(number)])
        if not self._kernel_pid:
            raise StopRequested
        if again:
            self._kill()

    def _stop(self, reason: str) -> None:
        self.reason = self.reason or reason
        if self._kernel_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._kernel_pid, signal.SIGINT)
            self._killer = threading.Timer(GRACE_SECONDS, self._kill)
            self._killer.daemon = True
            self._killer.start()

    def _kill(self) -> None:
        if self._kernel_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._kernel_pid, signal.SIGKILL)
