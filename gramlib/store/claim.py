"""One writer a run folder: a claim file that is created exclusively, kept alive and checked.

A claim whose owner has died is moved aside by name of its token, so that of two processes that find
the same dead claim only one can take it over; an owner that has lost its claim stops before it publishes.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from gramlib.errors import FolderBusy
from gramlib.store import atomic, liveness


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
            holder = atomic.read_json(self._path)
            if holder is None:
                continue  # released between our two looks
            if liveness.is_alive(holder):
                age = time.time() - float(holder["heartbeat"])
                raise FolderBusy(
                    f"process {holder['pid']} on {holder['host']} is working in this run (last sign of life {age:.0f} s ago)",
                    expected="one process a run folder",
                    origin=str(self._path.parent),
                    remedy="wait for it (gram run --wait 30m), or stop it first",
                )
            self._take_over(str(holder["token"]))
        raise FolderBusy("the claim on this run changes hands too fast", origin=str(self._path),
                         remedy="try again in a moment")

    def _take_over(self, dead_token: str) -> None:
        aside = self._path.with_name(f".claim-{dead_token}.dead")
        with contextlib.suppress(FileNotFoundError):
            os.rename(self._path, aside)
            moved = atomic.read_json(aside)
            if moved is not None and moved["token"] != dead_token:
                # Somebody was faster and this was the new owner's claim: give it back.
                with contextlib.suppress(FileExistsError):
                    os.link(aside, self._path)
            aside.unlink(missing_ok=True)

    def held(self) -> bool:
        """Whether this process still holds the folder."""
        current = atomic.read_json(self._path)
        return current is not None and current["token"] == self._record["token"]

    def beat(self) -> None:
        """Renew the heartbeat; a lost claim is left alone."""
        if self.held():
            self._record["heartbeat"] = time.time()
            atomic.write_json(self._path, self._record)

    def ensure_held(self) -> None:
        """Raise FolderBusy if another process has taken the folder, as after a long suspension."""
        if not self.held():
            raise FolderBusy("another process has taken over this run while this one was not responding",
                             origin=str(self._path.parent), remedy="let the other one finish; nothing was published by this one")

    def release(self) -> None:
        """Let go of the folder; another process's claim is left alone."""
        if self.held():
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Claim:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def holder(folder: Path) -> dict[str, Any] | None:
    """The live holder of `folder`, or None."""
    record = atomic.read_json(folder / "claim.json")
    return record if record is not None and liveness.is_alive(record) else None
