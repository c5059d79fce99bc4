"""The queue: one row a job, at most one live job a run. A job that was accepted is on disk before it is answered.

queued ─────> running ─────> succeeded | failed | cancelled
  ^  └─ cancelled  │
  └────────────────┘  its process was killed, the folder was busy, or the service stopped
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.service.database import Database
from gramlib.service.problems import Refused
from gramlib.service.settings import Settings

LIVE = ("queued", "running")
STATES = (*LIVE, "succeeded", "failed", "cancelled")


@dataclass(frozen=True)
class Job:
    """One row; times in seconds since 1970."""

    id: int
    run_id: str
    identity: str
    options: tuple[str, ...]
    title: str
    asked_by: str
    state: str
    created: float
    started: float | None
    ended: float | None
    starts: int
    pid: int | None
    process_started: float | None
    cancelled: bool
    exit_code: int | None
    reason: str

    @property
    def live(self) -> bool:
        """Whether it waits or is at work."""
        return self.state in LIVE


class Overtaken(Exception):
    """The run's last job ended while it was decided whether to queue another."""


def state_of(job: Job | None) -> tuple[int, str]:
    """Number and state of a job; (0, "") of none."""
    return (job.id, job.state) if job is not None else (0, "")


_COLUMNS = ", ".join(Job.__dataclass_fields__)


class Jobs:
    """The queue of one service."""

    def __init__(self, database: Database, settings: Settings):
        self._database = database
        self._settings = settings
        self.changed: Callable[[], None] = lambda: None
        """Called after the queue has changed; the dispatcher puts its own here."""

    def add(
        self,
        run_id: str,
        identity: str,
        record: dict[str, Any] | None,
        options: Sequence[str] = (),
        title: str = "",
        asked_by: str = "",
        seen: tuple[int, str] | None = None,
    ) -> tuple[Job, bool]:
        """Queue a run; the job, and whether it is new: the same run asked for twice is one job.

        `record` is the run.json to be, None where the run has one already. Raises Refused: 409 where the run is at work on
        something else, 503 where the queue is full. `seen` is the number and state of the run's last job when it was decided
        that it is to be queued, (0, "") where it had none: raises Overtaken where that has changed since.
        """
        with self._database.writing() as connection:
            live = _one(connection, "run_id = ? AND state IN ('queued', 'running')", run_id)
            if live is not None:
                if live.identity == identity and live.options == tuple(options):
                    return live, False
                raise Refused(
                    409,
                    f"run {run_id} is {live.state} already, with other parameters or stages",
                    expected="one job a run at a time",
                    remedy=f"wait for it, or cancel it: DELETE /api/v1/runs/{run_id}",
                )
            last = _one(connection, "run_id = ? ORDER BY id DESC LIMIT 1", run_id)
            if seen is not None and seen != state_of(last):
                raise Overtaken
            queued = connection.execute("SELECT count(*) FROM jobs WHERE state = 'queued'").fetchone()[0]
            if queued >= self._settings.max_queued:
                raise Refused(503, f"{queued} runs are waiting", remedy="send it again when some of them are done")
            row = connection.execute(
                "INSERT INTO jobs (run_id, identity, record, options, title, asked_by, state, created)"
                " VALUES (?, ?, ?, ?, ?, ?, 'queued', ?) RETURNING id",
                (run_id, identity, json.dumps(record) if record else "", json.dumps(list(options)), title, asked_by, time.time()),
            ).fetchone()  # fmt: skip
            job = _one(connection, "id = ?", row["id"])
        assert job is not None
        self.changed()
        return job, True

    def cancel(self, run_id: str) -> Job:
        """End a queued job, or have the process of a running one stopped; raises Refused (409) where there is none."""
        with self._database.writing() as connection:
            job = _one(connection, "run_id = ? AND state IN ('queued', 'running')", run_id)
            if job is None:
                raise Refused(
                    409,
                    f"run {run_id} is not waiting and not at work here",
                    expected="a run that is queued or running",
                    remedy="results stay; gram prune on this machine removes failed attempts",
                )
            if job.state == "queued":
                connection.execute(
                    "UPDATE jobs SET state = 'cancelled', cancelled = 1, ended = ?, reason = 'cancelled before it began'"
                    " WHERE id = ?",
                    (time.time(), job.id),
                )
            else:
                connection.execute("UPDATE jobs SET cancelled = 1 WHERE id = ?", (job.id,))
            job = _one(connection, "id = ?", job.id)
        assert job is not None
        self.changed()
        return job

    def next(self, busy: Callable[[str], bool]) -> Job | None:
        """Mark the first waiting job running whose run is not `busy`, and give it; None where there is none."""
        now = time.time()
        with self._database.writing() as connection:
            for job in _many(connection, "state = 'queued' AND not_before <= ? ORDER BY id LIMIT 50", now):
                if busy(job.run_id):
                    continue
                connection.execute(
                    "UPDATE jobs SET state = 'running', started = ?, starts = starts + 1, pid = NULL, process_started = NULL"
                    " WHERE id = ?",
                    (now, job.id),
                )
                return _one(connection, "id = ?", job.id)
        return None

    def at_work(self, job: Job, pid: int, process_started: float) -> None:
        """Its process is this one: `process_started` in seconds since 1970, since process ids are used again."""
        self._database.connection().execute(
            "UPDATE jobs SET pid = ?, process_started = ? WHERE id = ?", (pid, process_started, job.id)
        )

    def again(self, job: Job, reason: str, wait_s: float = 0.0, *, counted: bool = True) -> None:
        """Back into the queue after `wait_s` seconds; its start counts against `max_starts` only where `counted`."""
        self._database.connection().execute(
            "UPDATE jobs SET state = 'queued', reason = ?, not_before = ?, pid = NULL, process_started = NULL,"
            " starts = starts - ? WHERE id = ?",
            (reason, time.time() + wait_s, 0 if counted else 1, job.id),
        )

    def end(self, job: Job, state: str, exit_code: int | None, reason: str = "") -> None:
        """It is done, one way or another; what was kept to begin it is let go."""
        self._database.connection().execute(
            "UPDATE jobs SET state = ?, ended = ?, exit_code = ?, reason = ?, pid = NULL, record = '' WHERE id = ?",
            (state, time.time(), exit_code, reason, job.id),
        )

    def record(self, job: Job) -> str:
        """The run.json to be of `job`, as JSON; empty where the run has one."""
        row = self._database.connection().execute("SELECT record FROM jobs WHERE id = ?", (job.id,)).fetchone()
        return str(row["record"])

    def of_id(self, job_id: int) -> Job | None:
        """One job."""
        return _one(self._database.connection(), "id = ?", job_id)

    def of_run(self, run_id: str) -> tuple[Job, ...]:
        """Every job of a run, oldest first."""
        return tuple(_many(self._database.connection(), "run_id = ? ORDER BY id", run_id))

    def latest(self) -> dict[str, Job]:
        """The last job of each run, by run id."""
        latest = "id IN (SELECT max(id) FROM jobs GROUP BY run_id)"
        return {job.run_id: job for job in _many(self._database.connection(), latest)}

    def running(self) -> tuple[Job, ...]:
        """The jobs at work."""
        return tuple(_many(self._database.connection(), "state = 'running' ORDER BY id"))

    def ahead_of(self, job: Job) -> int:
        """How many jobs wait before a waiting one."""
        count = "SELECT count(*) FROM jobs WHERE state = 'queued' AND id < ?"
        return int(self._database.connection().execute(count, (job.id,)).fetchone()[0])

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        rows = self._database.connection().execute("SELECT state, count(*) AS n FROM jobs GROUP BY state")
        found = {row["state"]: int(row["n"]) for row in rows}
        return {state: found.get(state, 0) for state in STATES}

    def events_file(self, job_id: int) -> Path:
        """What its process says, one JSON event a line."""
        return self._settings.state / "jobs" / f"{job_id}.jsonl"


def _one(connection: sqlite3.Connection, where: str, *values: Any) -> Job | None:
    return next(iter(_many(connection, where, *values)), None)


def _many(connection: sqlite3.Connection, where: str, *values: Any) -> list[Job]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM jobs WHERE {where}", values)
    return [
        Job(**{**dict(row), "options": tuple(json.loads(row["options"])), "cancelled": bool(row["cancelled"])})
        for row in rows
    ]
