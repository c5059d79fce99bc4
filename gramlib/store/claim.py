"""One writer a run folder: a claim file that is created exclusively, kept alive and checked.

A claim whose owner has died is moved aside by name of its token, so that of two processes that find
the same dead claim only one can take it over; an owner that has lost its claim stops before it publishes.
A claim from another machine is given up for dead only when its heartbeat stands still while we look: the
two clocks need not agree. A file that is no claim at all (a disk that filled up or lost power) is moved aside too.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from gramlib.errors import FolderBusy
from gramlib.store import atomic, liveness

ELSEWHERE = "claim-elsewhere.json"
"""In a folder that mirrors object storage: who was at work there when it was last looked at."""


class Claim:
    """Holds `folder` between `acquire` and `release`, or as a context manager."""

    def __init__(self, folder: Path):
        self._path = folder / "claim.json"
        self._record: dict[str, Any] = {"token": secrets.token_hex(8), **liveness.signature()}

    def acquire(self) -> None:
        """Take the folder; raises FolderBusy when a live process holds it."""
        for _ in range(20):
            if atomic.create_json(self._path, self._record):
                return
            holder = _read(self._path)
            if holder is None:
                self._clear_wreck()  # or it was released between our two looks
            elif liveness.is_alive(holder):
                raise busy(str(self._path.parent), holder)
            elif stands_still(holder, lambda: _read(self._path), str(self._path.parent)):
                self._take_over(str(holder["token"]))
        raise FolderBusy(
            "the claim on this run changes hands too fast", origin=str(self._path), remedy="try again in a moment"
        )

    def _take_over(self, dead_token: str) -> None:
        self._move_aside(f".claim-{dead_token}.dead", dead_token)

    def _clear_wreck(self) -> None:
        if (
            self._path.exists() and _read(self._path) is None
        ):  # a live claim is always whole: it is linked and replaced as one
            self._move_aside(f".claim-{secrets.token_hex(4)}.wreck", "")

    def _move_aside(self, name: str, dead_token: str) -> None:
        aside = self._path.with_name(name)
        with contextlib.suppress(FileNotFoundError):
            os.rename(self._path, aside)
            moved = _read(aside)
            if moved is not None and moved["token"] != dead_token:
                # Somebody was faster and this was the new owner's claim: give it back.
                atomic.create_json(self._path, moved)
            aside.unlink(missing_ok=True)

    def held(self) -> bool:
        """Whether this process still holds the folder."""
        return self._held_here()

    def _held_here(self) -> bool:
        current = _read(self._path)
        return current is not None and current["token"] == self._record["token"]

    def beat(self) -> None:
        """Renew the heartbeat; a lost claim is left alone."""
        if self._held_here():
            self._record["heartbeat"] = time.time()
            atomic.write_json(self._path, self._record)

    def ensure_held(self) -> None:
        """Raise FolderBusy if another process has taken the folder, as after a long suspension."""
        if not self.held():
            raise FolderBusy(
                "another process has taken over this run while this one was not responding",
                origin=str(self._path.parent),
                remedy="let the other one finish; nothing was published by this one",
            )

    def release(self) -> None:
        """Let go of the folder; another process's claim is left alone."""
        if self._held_here():
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Claim:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def stands_still(holder: dict[str, Any], look: Callable[[], dict[str, Any] | None], where: str) -> bool:
    """Whether a claim that looks dead stays as it is; one written elsewhere is watched, raises FolderBusy when it is renewed.

    `look` reads the claim as it is now; `where` names the run for the message.
    """
    until = time.monotonic() + (0.0 if liveness.is_here(holder) else liveness.WATCH_SECONDS)
    while time.monotonic() < until:
        time.sleep(liveness.WATCH_SECONDS / 10)
        now = look()
        if now is None or now["token"] != holder["token"]:
            return False
        if now["heartbeat"] != holder["heartbeat"]:
            raise busy(where, now)
    return True


def busy(where: str, holder: dict[str, Any]) -> FolderBusy:
    """The error that says who holds the run at `where`."""
    age_s = max(0.0, time.time() - float(holder["heartbeat"]))
    return FolderBusy(
        f"process {holder['pid']} on {holder['host']} is working in this run (last sign of life {age_s:.0f} s ago)",
        expected="one process a run folder",
        origin=where,
        remedy="wait for it (gram run --wait 30m), or stop it first",
    )


def holder(folder: Path) -> dict[str, Any] | None:
    """The live holder of `folder`, here or, where the folder mirrors object storage, there; or None."""
    for name in ("claim.json", ELSEWHERE):
        record = _read(folder / name)
        if record is not None and liveness.is_alive(record):
            return record
    return None


def is_claim(record: Any) -> bool:
    """Whether a record read from a claim is one."""
    return isinstance(record, dict) and {"token", *liveness.SIGNATURE} <= set(record)


def _read(path: Path) -> dict[str, Any] | None:
    record = atomic.read_json(path)
    return record if is_claim(record) else None
