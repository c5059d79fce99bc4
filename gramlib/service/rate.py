"""How often one caller may ask: a bucket of tokens each, filled evenly, emptied by one a request."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from gramlib.service.problems import Refused

_REMEMBERED = 10_000
"""Callers whose bucket is kept; whoever has not asked for longest is forgotten, with a full bucket."""


class Limiter:
    """At most `per_minute` requests of one caller in the long run, and `burst` at once."""

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float] = time.monotonic):
        self._per_second = per_minute / 60.0
        self._burst = float(burst)
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count one request; raises Refused (429) that says after how many seconds there is room again."""
        now = self._clock()
        with self._lock:
            level, when = self._buckets.pop(caller, (self._burst, now))
            level = min(self._burst, level + (now - when) * self._per_second)
            allowed = level >= 1.0
            self._buckets[caller] = (level - 1.0 if allowed else level, now)
            while len(self._buckets) > _REMEMBERED:
                self._buckets.popitem(last=False)
        if not allowed:
            wait_s = math.ceil((1.0 - level) / self._per_second)
            raise Refused(
                429,
                "more requests than one caller may send",
                expected=f"at most {self._per_second * 60:g} a minute, {self._burst:g} at once",
                remedy=f"wait {wait_s} s",
                headers={"Retry-After": str(wait_s)},
            )
