"""Stopping a stage in order: Ctrl-C, SIGTERM, the time limit and want of memory all take the same road.

The cell that runs is interrupted first, so that its output so far reaches the notebook; a kernel that does
not answer within a few seconds is killed, with whatever it has started. papermill alone does neither: on SIGTERM
it dies at once and the kernel never hears of it. A second signal does not wait.

The first process of a container differs from others: the kernel ignores a signal to it for which it has no handler,
and whoever loses its parent becomes its child. So `signals_heard` stands around the whole command, not only the run.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType

from gramlib.errors import GramError, Interrupted, OutOfMemory, StageTimeout, Terminated

GRACE_SECONDS = 8.0
_BY_SIGNAL = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


class StopRequested(KeyboardInterrupt):
    """Raised at once when a stop is asked for while no kernel is at work."""


class StopSwitch:
    """Context manager that owns SIGINT and SIGTERM; `reason` is empty until somebody asks to stop."""

    def __init__(self) -> None:
        self.reason = ""
        self.memory = ""
        self._kernel_pid = self._kernel_group = 0
        self._putting_off = False
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

    @property
    def kernel_pid(self) -> int:
        """Process id of the kernel at work; 0 when there is none."""
        return self._kernel_pid

    def kernel_at_work(self, pid: int, time_limit_s: float) -> None:
        """From now on a stop interrupts the kernel with process id `pid`; the time limit starts to count."""
        self._kernel_pid, self._kernel_group = pid, pid if os.getpgid(pid) == pid else 0
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

    def short_of_memory(self, found: str) -> None:
        """Stop the kernel because memory runs out; `found` says how much is used of how much, and whose limit that is."""
        self.memory = self.memory or found
        self._stop("out_of_memory")

    def kill(self) -> None:
        """Kill the kernel at once, with what it has started."""
        if self._kernel_pid:
            self.kill_leftovers()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._kernel_pid, signal.SIGKILL)

    def kill_leftovers(self) -> None:
        """Kill what shares the kernel's process group, also after the kernel itself has ended: Jupyter makes each the leader of one."""
        if self._kernel_group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._kernel_group, signal.SIGKILL)

    @contextlib.contextmanager
    def put_off(self) -> Iterator[None]:
        """For a few steps that belong together: a stop asked for meanwhile is raised at their end."""
        asked, self._putting_off = self.reason, True
        try:
            yield
        finally:
            self._putting_off = False
        if self.reason and not asked:
            raise StopRequested

    def error(self, where: str) -> GramError:
        """The error that says why the work was stopped; `where` names the stage and cell."""
        if self.reason == "timed_out":
            return StageTimeout(
                f"{where} ran past its time limit",
                expected="an end within runner.stage_timeout_s",
                remedy="raise runner.stage_timeout_s, or make the stage smaller (fewer paths)",
            )
        if self.reason == "out_of_memory":
            return OutOfMemory(
                f"{where}: out of memory: {self.memory}",
                expected="less than the limit, with some room",
                remedy="raise the limit, or make the stage smaller (predict.n_paths, fewer train.models); the same command resumes it",
            )
        if self.reason == "terminated":
            return Terminated(f"{where} was stopped by SIGTERM", remedy="the same command resumes it")
        return Interrupted(f"{where} was interrupted", remedy="the same command resumes it")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        again = bool(self.reason)
        self._stop(_BY_SIGNAL[signal.Signals(number)])
        if again:
            self.kill()
        if not self._kernel_pid and not self._putting_off:
            raise StopRequested

    def _stop(self, reason: str) -> None:
        self.reason = self.reason or reason
        if self._kernel_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._kernel_pid, signal.SIGINT)
            if self._killer is None:
                self._killer = threading.Timer(GRACE_SECONDS, self.kill)
                self._killer.daemon = True
                self._killer.start()


@contextlib.contextmanager
def signals_heard() -> Iterator[None]:
    """Around a whole command: SIGTERM ends it with a Terminated (143) also before a run begins and after it has ended.

    Leaves alone a handler that somebody else has set, and threads other than the main one, which may set none.
    """
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated("stopped by SIGTERM", remedy="the same command resumes it")


def reap_orphans() -> None:
    """As the first process of a container, take leave of dead processes that lost their parent; to be called when no kernel is at work."""
    if os.getpid() == 1:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
