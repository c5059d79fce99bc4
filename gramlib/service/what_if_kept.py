"""Prepared runs, kept within a bound on memory: whichever has not been asked for longest makes room."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from gramlib.service.what_if_run import PreparedRun, prepare, state_of
from gramlib.store import RunFolder

MOST_BYTES = 256_000_000


class PreparedRuns:
    """Runs by folder. A run is prepared once, however many ask at a time; one whose tables have changed is prepared again."""

    def __init__(self, most_bytes: int = MOST_BYTES, make: Callable[[RunFolder], PreparedRun] = prepare):
        self._most_bytes, self._make = most_bytes, make
        self._kept: OrderedDict[Path, PreparedRun] = OrderedDict()
        self._making: dict[Path, threading.Lock] = {}
        self._lock = threading.Lock()
        self.turns = threading.BoundedSemaphore(os.cpu_count() or 1)
        """Questions that are computed at once: each uses the processors as well as several would together."""

    def get(self, run: RunFolder) -> PreparedRun:
        """`run` prepared. Raises UpstreamNotReady and ArtefactError as `prepare` does."""
        state, place = state_of(run), run.path.resolve()
        with self._lock:
            making = self._making.setdefault(place, threading.Lock())
        with making:
            with self._lock:
                kept = self._kept.get(place)
                if kept is not None and kept.state == state:
                    self._kept.move_to_end(place)
                    return kept
            made = self._make(run)
            with self._lock:
                self._kept[place] = made
                self._kept.move_to_end(place)
                self._make_room()
            return made

    def names(self) -> tuple[str, ...]:
        """Runs that are kept, the one asked for last at the end."""
        with self._lock:
            return tuple(place.name for place in self._kept)

    def _make_room(self) -> None:
        while len(self._kept) > 1 and sum(run.size_bytes() for run in self._kept.values()) > self._most_bytes:
            gone, _ = self._kept.popitem(last=False)
            self._making.pop(gone, None)


PREPARED = PreparedRuns()
"""Of this process: preparing a run costs seconds, and every service over the same folder gets the same answers."""
