"""What the service tells whoever runs it: one JSON line a request on stdout, and counts for Prometheus."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Telemetry:
    """Counts since the service began; `quiet` writes no lines."""

    def __init__(self) -> None:
        self.quiet = False
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: Counter[float] = Counter()
        self._seconds = 0.0
        self._count = 0

    def told(self, method: str, route: str, path: str, status: int, took_s: float, caller: str, address: str) -> None:
        """A request was answered after `took_s` seconds; its query and headers are not written: they may hold secrets."""
        method = method if method in ("GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS") else "other"
        with self._lock:
            self._requests[method, route, status] += 1
            self._count += 1
            self._seconds += took_s
            for bound in BUCKETS_S:
                if took_s <= bound:
                    self._buckets[bound] += 1
        self.say(
            "request", method=method, route=route, path=path[:300], status=status, seconds=round(took_s, 4),
            caller=caller, address=address,
        )  # fmt: skip

    def say(self, event: str, **facts: Any) -> None:
        """One line of the log."""
        if self.quiet:
            return
        line = json.dumps({"time": round(time.time(), 3), "event": event, **facts})
        with self._lock:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    def text(self, gauges: Mapping[str, tuple[str, Mapping[str, float]]]) -> str:
        """Everything in Prometheus' text form; `gauges` are further ones: name to (help, {labels: value})."""
        with self._lock:
            requests, buckets = dict(self._requests), dict(self._buckets)
            seconds, count = self._seconds, self._count
        lines = ["# HELP gram_requests_total Requests answered.", "# TYPE gram_requests_total counter"]
        lines += [
            f'gram_requests_total{{method="{method}",route="{route}",status="{status}"}} {n}'
            for (method, route, status), n in sorted(requests.items())
        ]
        lines += ["# HELP gram_request_seconds Time until an answer began.", "# TYPE gram_request_seconds histogram"]
        lines += [f'gram_request_seconds_bucket{{le="{bound}"}} {buckets.get(bound, 0)}' for bound in BUCKETS_S]
        lines += [
            f'gram_request_seconds_bucket{{le="+Inf"}} {count}',
            f"gram_request_seconds_sum {seconds}",
            f"gram_request_seconds_count {count}",
        ]
        for name, (meaning, values) in gauges.items():
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
            lines += [f"{name}{labels} {value}" for labels, value in values.items()]
        return "\n".join(lines) + "\n"
