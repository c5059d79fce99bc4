"""One SQLite file for queue, tokens and kept answers, in write-ahead mode: readers never wait for a writer."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BUSY_SECONDS = 20.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    identity TEXT NOT NULL,       -- digest of the run's parameters
    record TEXT NOT NULL,         -- the run.json that was validated; empty where the run has one
    options TEXT NOT NULL,        -- JSON list: what stands after `gram run RUN.json --run-id ID --json`
    title TEXT NOT NULL DEFAULT '',
    asked_by TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,          -- queued, running, succeeded, failed, cancelled
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    not_before REAL NOT NULL DEFAULT 0,
    starts INTEGER NOT NULL DEFAULT 0,   -- processes begun for it that were killed, the one at work included
    pid INTEGER,
    process_started REAL,
    cancelled INTEGER NOT NULL DEFAULT 0,
    exit_code INTEGER,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX IF NOT EXISTS one_live_job_a_run ON jobs (run_id) WHERE state IN ('queued', 'running');
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, id);
CREATE TABLE IF NOT EXISTS tokens (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    digest TEXT NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS answers (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,        -- sha256 of method, address and body
    status INTEGER,               -- NULL while the first request is still being answered
    headers TEXT,
    body BLOB,
    created REAL NOT NULL,
    PRIMARY KEY (caller, key)
);
"""


class _Connection(sqlite3.Connection):
    """Closed when the thread that it belongs to has gone."""

    def __del__(self) -> None:
        self.close()


class Database:
    """The file `service.sqlite` in the folder `state`, readable by its owner alone; one connection a thread."""

    def __init__(self, state: Path):
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = state / "service.sqlite"
        self._local = threading.local()
        self._path.touch(mode=0o600)
        os.chmod(self._path, 0o600)
        self.connection().executescript(_SCHEMA)

    def connection(self) -> sqlite3.Connection:
        """The connection of the calling thread; statements outside `writing` commit by themselves."""
        found = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(
                self._path, timeout=_BUSY_SECONDS, isolation_level=None, factory=_Connection, check_same_thread=False
            )
            found.row_factory = sqlite3.Row
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = FULL")  # what was answered 202 is still there after a power cut
            self._local.connection = found
        return found

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock from its first statement on."""
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if connection.in_transaction:
            connection.execute("COMMIT")
