"""One writer a run, for runs in object storage, where two pods on two machines may start at once.

    <run>/claim.json              the holder, with a heartbeat; created only where there is none
    <run>/claims/<token>.json     who took over from the dead holder `token`; created only where there is none, and kept

The holder is who stands at the end of that chain. Objects can neither be renamed nor replaced on a condition that every
vendor knows, but all can create on the condition that nothing is there: so of two that find the same dead claim one is
its successor, and a holder that comes back from a long sleep and renews its heartbeat is still followed by its successor.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from gramlib.errors import FolderBusy, GramError
from gramlib.store import atomic, liveness
from gramlib.store.claim import Claim, busy, is_claim, stands_still
from gramlib.store.hashing import sha256_bytes
from gramlib.store.remote.storage import Storage


class RemoteClaim(Claim):
    """Holds run `run_id` at `storage`, and with it the local folder that mirrors it, between `acquire` and `release`."""

    def __init__(self, storage: Storage, run_id: str, folder: Path):
        super().__init__(folder)
        self._storage, self._run_id = storage, run_id
        self._where = f"{storage.url}/{run_id}"

    def acquire(self) -> None:
        """Take the run; raises FolderBusy when a live process holds it there or here."""
        super().acquire()
        try:
            self._acquire_there()
        except BaseException:
            super().release()
            raise

    def _acquire_there(self) -> None:
        name = f"{self._run_id}/claim.json"
        for _ in range(20):
            self._record["heartbeat"] = time.time()
            if self._storage.create(name, self._bytes()):
                return
            holder = remote_holder(self._storage, self._run_id)
            if holder is None:
                continue  # it was released between our two looks
            if is_claim(holder) and liveness.is_alive(holder):
                raise busy(self._where, holder)
            look = lambda: remote_holder(self._storage, self._run_id)  # noqa: E731
            if (not is_claim(holder) or stands_still(holder, look, self._where)) and self._succeed(holder["token"]):
                return
        raise FolderBusy(
            "the claim on this run changes hands too fast", origin=self._where, remedy="try again in a moment"
        )

    def _succeed(self, dead_token: str) -> bool:
        self._record["heartbeat"] = time.time()
        if not self._storage.create(f"{self._run_id}/claims/{dead_token}.json", self._bytes()):
            return False
        self._storage.write(f"{self._run_id}/claim.json", self._bytes())
        return True

    def held(self) -> bool:
        """Whether this process still holds the run, there and here."""
        if not self._held_here():
            return False
        holder = remote_holder(self._storage, self._run_id)
        return holder is not None and holder["token"] == self._record["token"]

    def beat(self) -> None:
        """Renew the heartbeat; a lost claim is left alone."""
        if self.held():
            super().beat()
            self._storage.write(f"{self._run_id}/claim.json", self._bytes())

    def release(self) -> None:
        """Let go of the run; another process's claim is left alone, and storage that does not answer keeps it for a minute."""
        try:
            if self.held():
                self._storage.remove([f"{self._run_id}/claim.json"])
        except GramError:
            pass
        finally:
            super().release()

    def __enter__(self) -> RemoteClaim:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _bytes(self) -> bytes:
        return atomic.json_text(self._record).encode()


def remote_holder(storage: Storage, run_id: str) -> dict[str, Any] | None:
    """The claim at the end of the chain, alive or dead; None when nobody holds the run."""
    found = _claim(storage.read(f"{run_id}/claim.json"))
    while found is not None:
        successor = _claim(storage.read(f"{run_id}/claims/{found['token']}.json"))
        if successor is None:
            return found
        found = successor
    return None


def _claim(content: bytes | None) -> dict[str, Any] | None:
    """A claim's record; what is none counts as a dead one known by its bytes."""
    if content is None:
        return None
    try:
        record = json.loads(content)
    except ValueError:
        record = None
    return record if is_claim(record) else {"token": f"no-claim-{sha256_bytes(content)[:16]}"}
