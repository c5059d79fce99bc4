"""Prepared runs, kept within a bound on memory: whichever has not been asked for longest makes room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from gramlib.service.what_if_run import PreparedRun, prepare, state_of
from gramlib.store import RunFolder

MOST_BYTES = 256_000_000


class Shelf:
    """Runs by id. A run is prepared once, however many ask at a time; one whose tables have changed is prepared again."""

    def __init__(self, most_bytes: int = MOST_BYTES, make: Callable[[RunFolder], PreparedRun] = prepare):
        self._most_bytes, self._make = most_bytes, make
        self._kept: OrderedDict[str, PreparedRun] = OrderedDict()
        self._making: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, run: RunFolder) -> PreparedRun:
        """`run` prepared. Raises UpstreamNotReady and ArtefactError as `prepare` does."""
        state = state_of(run)
        with self._lock:
            making = self._making.setdefault(run.run_id, threading.Lock())
        with making:
            with self._lock:
                kept = self._kept.get(run.run_id)
                if kept is not None and kept.key == state:
                    self._kept.move_to_end(run.run_id)
                    return kept
            made = self._make(run)
            with self._lock:
                self._kept[run.run_id] = made
                self._kept.move_to_end(run.run_id)
                self._make_room()
            return made

    def names(self) -> tuple[str, ...]:
        """Runs that are kept, the one asked for last at the end."""
        with self._lock:
            return tuple(self._kept)

    def _make_room(self) -> None:
        while len(self._kept) > 1 and sum(run.size_bytes() for run in self._kept.values()) > self._most_bytes:
            gone, _ = self._kept.popitem(last=False)
            self._making.pop(gone, None)
