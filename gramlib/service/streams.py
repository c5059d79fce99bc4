"""How many event streams are open: each holds one of the server's threads for as long as somebody listens."""

from __future__ import annotations

import threading

from gramlib.service.problems import Refused


class Streams:
    """At most `limit` at once."""

    def __init__(self, limit: int):
        self._limit = limit
        self._lock = threading.Lock()
        self.open = 0

    def enter(self) -> None:
        """One more; raises Refused (503) where there are enough."""
        with self._lock:
            if self.open >= self._limit:
                raise Refused(
                    503, f"{self.open} event streams are open", expected=f"at most {self._limit}",
                    remedy="ask for the run itself from time to time, or listen later",
                )  # fmt: skip
            self.open += 1

    def leave(self) -> None:
        """One less."""
        with self._lock:
            self.open -= 1
