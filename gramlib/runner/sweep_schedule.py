"""Which job goes to which worker when, and what a person or a machine is told meanwhile."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gramlib.runner.progress import LOG_EVERY_SECONDS, Reporter
from gramlib.runner.sweep_plan import Task
from gramlib.runner.sweep_pool import Pool, Worker

_TEMPORARY = 75
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Outcome:
    """How one run ended: succeeded, or failed with the reason and the exit code it alone would have had."""

    status: str
    reason: str = ""
    exit_code: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether it did."""
        return self.status == "succeeded"

    @property
    def temporary(self) -> bool:
        """Whether it may succeed when tried again, as when another process is at it."""
        return self.exit_code == _TEMPORARY


class Schedule:
    """Works off `tasks`, in their order and as soon as the run above each has succeeded; `job` makes a worker's order of one."""

    def __init__(
        self, tasks: Sequence[Task], job: Callable[[Task], dict[str, Any]], reporter: Reporter, already_done: int = 0
    ):
        self.outcomes: dict[str, Outcome] = {}
        self.wall_s: dict[str, float] = {}
        self._waiting = list(tasks)
        self._named = {task.name: task for task in tasks}
        self._members = already_done + sum(task.member is not None for task in tasks)
        self._done = already_done
        self._job, self._reporter = job, reporter
        self._began = self._said = time.monotonic()
        self._doing: dict[str, str] = {}

    def work_off(self, pool: Pool) -> None:
        """Give out jobs until every task has an outcome."""
        while len(self.outcomes) < len(self._named):
            for worker in pool.workers:
                if not worker.job and (task := self._next()) is not None:
                    self._begin(worker, task)
            try:
                worker, event = pool.heard.get(timeout=POLL_SECONDS)
                self._hear(pool, worker, event)
            except queue.Empty:
                pass
            self._show()

    def _next(self) -> Task | None:
        for task in list(self._waiting):
            outcome = self.outcomes.get(task.above)
            if outcome is not None and not outcome.succeeded:
                self._waiting.remove(task)
                self._end(task, Outcome("failed", f"{task.above}: {outcome.reason}", outcome.exit_code), 0.0)
            elif not task.above or task.above not in self._named or outcome is not None:
                self._waiting.remove(task)
                return task
        return None

    def _begin(self, worker: Worker, task: Task) -> None:
        self._doing[task.name] = "starting"
        self._reporter.event(f"{_kind(task)}_started", run_id=task.name, stages=[stage.name for stage in task.stages])
        worker.give(self._job(task))

    def _hear(self, pool: Pool, worker: Worker, event: dict[str, Any]) -> None:
        name, kind = event["job"], event["event"]
        if kind == "worker_gone":
            if worker in pool.workers and len(self.outcomes) < len(self._named):
                pool.replace(worker)
            if not name:
                return
            event = {"message": f"its worker process died (exit code {event['code']}); most often memory: try -j 1",
                     "exit_code": 137, "wall_s": 0.0}  # fmt: skip
            kind = "job_failed"
        task = self._named[name]
        if kind in {"stage_started", "stage_succeeded", "stage_adopted"}:
            self._doing[name] = event["stage"]
            if task.member is None and kind == "stage_succeeded":
                text = f"shared {event['stage']}: {event['wall_s']:.1f} s  {event['headline']}"
                self._reporter.event(
                    "shared_stage_succeeded", text, run_id=name, stage=event["stage"], wall_s=event["wall_s"]
                )
        elif kind == "job_done":
            worker.job = ""
            self._end(task, Outcome("succeeded"), event["wall_s"])
        elif kind == "job_failed":
            worker.job = ""
            self._end(task, Outcome("failed", event["message"], event["exit_code"]), event["wall_s"])

    def _end(self, task: Task, outcome: Outcome, wall_s: float) -> None:
        self.outcomes[task.name] = outcome
        self.wall_s[task.name] = wall_s
        self._doing.pop(task.name, None)
        self._done += task.member is not None
        text = "" if outcome.succeeded else f"{task.name} failed: {outcome.reason.splitlines()[0]}"
        self._reporter.event(
            f"{_kind(task)}_{outcome.status}", text, run_id=task.name, wall_s=wall_s,
            **({} if outcome.succeeded else {"message": outcome.reason, "exit_code": outcome.exit_code}),
        )  # fmt: skip

    def _show(self) -> None:
        now = time.monotonic()
        if self._reporter.terminal:
            self._reporter.transient(self._line(now))
        elif now - self._said >= LOG_EVERY_SECONDS:
            self._said = now
            failed = sum(not outcome.succeeded for outcome in self.outcomes.values())
            self._reporter.event("progress", self._line(now), done=self._done, total=self._members, failed=failed)

    def _line(self, now: float) -> str:
        failed = sum(not outcome.succeeded for outcome in self.outcomes.values())
        at_work = ", ".join(f"{name} {stage}" for name, stage in list(self._doing.items())[:2])
        ended = sum(self._named[name].member is not None for name in self.outcomes)
        left = (now - self._began) / ended * (self._members - self._done) if ended else 0.0
        return (
            f"{self._done}/{self._members} members"
            + (f", {failed} failed" if failed else "")
            + (f", about {left / 60:.0f} min left" if left >= 90 else f", about {left:.0f} s left" if left else "")
            + (f"  now: {at_work}" if at_work else "")
        )


def _kind(task: Task) -> str:
    return "shared" if task.member is None else "member"
