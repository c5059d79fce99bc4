"""Takes jobs from the queue and sees them through; the one thread that begins, watches and stops processes.

    process ended                      job
    run_ended said, or exit code 0     succeeded
    after a DELETE                     cancelled
    folder busy (75)                   queued again, in a few seconds
    stopped because the service stops  queued again, not counted
    killed without a word (kill -9)    queued again, failed after `max_starts`
    any other exit code                failed, with its message

What the service left running when it was killed is recognised by process id and start time and watched on; a job whose
process cannot be found is queued again, and begun when nobody holds the run's folder. So none is lost and none done twice.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

from gramlib.errors import FolderBusy, GramError
from gramlib.service.child import Child, command_of, ending_in, started_at
from gramlib.service.jobs import Job, Jobs
from gramlib.service.settings import Settings
from gramlib.service.telemetry import Telemetry
from gramlib.store import Claim, atomic
from gramlib.store.claim import holder
from gramlib.store.liveness import HEARTBEAT_SECONDS, is_here

_LOOK_SECONDS = 0.25
_BUSY_SECONDS = 3.0
_KILL_AFTER_SECONDS = 45.0
"""A run ends within some ten seconds of SIGTERM; one that does not is killed."""
_BUSY_CODE = FolderBusy.exit_code


class Dispatcher:
    """Context manager: while it is open, jobs are begun and watched. One a state folder; raises FolderBusy for a second one."""

    def __init__(self, settings: Settings, jobs: Jobs, telemetry: Telemetry):
        self._settings = settings
        self._jobs = jobs
        self._telemetry = telemetry
        self._claim = Claim(settings.state)
        self._children: dict[int, Child] = {}
        self._asked: dict[int, float] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._watch, name="dispatcher", daemon=True)

    def __enter__(self) -> Dispatcher:
        try:
            self._claim.acquire()
        except FolderBusy as error:
            raise FolderBusy(
                f"another service works on these runs: {error.found}",
                expected="one gram serve a folder of runs",
                origin=str(self._settings.state),
                remedy="use that one, stop it first, or name another folder by GRAM_SERVICE and GRAM_REPORTS",
            ) from None
        self._recognise()
        self._jobs.changed = self._wake.set
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join()
        self._claim.release()

    def _recognise(self) -> None:
        for job in self._jobs.running():
            child = self._found(job)
            if child is not None:
                self._children[job.id] = child
                self._telemetry.say("job_recognised", run_id=job.run_id, job=job.id, pid=child.pid)
            else:
                self._jobs.again(job, "the service was stopped while it began", counted=False)

    def _found(self, job: Job) -> Child | None:
        """The process of a running job: the one written down, else the one that holds the run's folder and was begun for it."""
        if job.pid is not None and job.process_started is not None:
            return Child(job.pid, job.process_started)
        held = holder(self._settings.reports / job.run_id)
        if held is None or not is_here(held):
            return None
        pid = int(held["pid"])
        ours = command_of(pid)[-len(self._tail(job)) :] == self._tail(job)
        return Child(pid, started_at(pid)) if ours else None

    def _watch(self) -> None:
        beaten = time.monotonic()
        while True:
            try:
                if time.monotonic() - beaten >= HEARTBEAT_SECONDS:
                    beaten = time.monotonic()
                    self._claim.beat()
                self._look()
                if self._stopping and not self._children:
                    return
                if not self._stopping:
                    self._begin()
            except Exception as error:  # the next look may find what this one did not; the queue must not stand still
                self._telemetry.say("dispatcher_error", error=f"{type(error).__name__}: {error}")
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()

    def _begin(self) -> None:
        while len(self._children) < self._settings.workers:
            job = self._jobs.next(self._busy)
            if job is None:
                return
            try:
                child = Child.begin(
                    self._command(job), self._settings.root, self._jobs.events_file(job.id), self._environment()
                )
            except (OSError, GramError) as error:
                self._jobs.end(job, "failed", None, f"its process could not be begun: {error}")
                continue
            self._children[job.id] = child
            self._jobs.at_work(job, child.pid, child.process_started)
            self._telemetry.say("job_begun", run_id=job.run_id, job=job.id, pid=child.pid, starts=job.starts)

    def _busy(self, run_id: str) -> bool:
        return holder(self._settings.reports / run_id) is not None

    def _command(self, job: Job) -> list[str]:
        record = self._jobs.record(job)
        path = self._settings.reports / job.run_id / "run.json"
        if record and not path.is_file():
            path = self._jobs.events_file(job.id).with_suffix(".run.json")
            path.parent.mkdir(parents=True, exist_ok=True)
            atomic.write_text(path, record)
        return [*self._settings.command, str(path), *self._tail(job)]

    def _tail(self, job: Job) -> list[str]:
        return ["--run-id", job.run_id, "--json", *job.options]

    def _environment(self) -> dict[str, str]:
        from gramlib.runner.sweep_pool import worker_environment

        shared = worker_environment(self._settings.workers, os.environ)
        return {**shared, "GRAM_REPORTS": str(self._settings.reports), "PYTHONUNBUFFERED": "1"}

    def _look(self) -> None:
        for job_id, child in list(self._children.items()):
            job = self._jobs.of_id(job_id)
            assert job is not None
            if child.alive():
                if job.cancelled or self._stopping:
                    self._stop(job_id, child)
                continue
            self._settle(job, child.exit_code)
            del self._children[job_id]
            self._asked.pop(job_id, None)

    def _stop(self, job_id: int, child: Child) -> None:
        now = time.monotonic()
        asked = self._asked.setdefault(job_id, now)
        if asked == now:
            child.signal(signal.SIGTERM)
        elif now - asked > _KILL_AFTER_SECONDS:
            child.signal(signal.SIGKILL)

    def _settle(self, job: Job, code: int | None) -> None:
        said = ending_in(self._jobs.events_file(job.id), job.started or 0.0) or {}
        code = int(said.get("exit_code", 0)) if said and (code is None or code < 0) else code
        message = str(said.get("message", ""))
        if said.get("event") == "run_ended" or code == 0:
            self._jobs.end(job, "succeeded", 0)
        elif job.cancelled:
            self._jobs.end(job, "cancelled", code, "cancelled while it ran; what it had finished stays")
        elif code == _BUSY_CODE and said.get("error") == FolderBusy.__name__:
            self._jobs.again(job, message, _BUSY_SECONDS, counted=False)
        elif self._stopping:
            self._jobs.again(job, "the service was stopped; it goes on when the service is back", counted=False)
        elif said or (code is not None and code > 0):
            self._jobs.end(job, "failed", code, message or self._last_words(job))
        elif job.starts < self._settings.max_starts:
            self._jobs.again(job, f"its process was killed ({job.starts} of {self._settings.max_starts} starts)")
        else:
            self._jobs.end(
                job, "failed", code, f"its process was killed {job.starts} times; memory is the usual reason"
            )
        self._tell(job)

    def _last_words(self, job: Job) -> str:
        log = self._jobs.events_file(job.id).with_suffix(".log")
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.is_file() else []
        return "\n".join(lines[-4:])[:2000]

    def _tell(self, job: Job) -> None:
        now: Any = self._jobs.of_id(job.id)
        self._telemetry.say(
            "job_state",
            run_id=job.run_id,
            job=job.id,
            state=now.state,
            exit_code=now.exit_code,
            reason=now.reason[:300],
        )
