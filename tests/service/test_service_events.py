"""Progress as server-sent events, from a service on a socket."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import Served, quick

pytestmark = pytest.mark.slow


def events(served: Served, run_id: str, after: str = "", most: int = 100) -> list[dict[str, Any]]:
    """What the stream says until it ends, or the first `most` events."""
    found: list[dict[str, Any]] = []
    headers = {"Last-Event-ID": after} if after else {}
    with served.client.stream("GET", f"/api/v1/runs/{run_id}/events", headers=headers) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        told: dict[str, Any] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                told |= {name: value} if name != "retry" else {}
            elif "data" in told:
                found.append({**told, "data": json.loads(told["data"])})
                told = {}
                if len(found) == most:
                    break
    return found


def test_a_stream_tells_a_run_to_its_end_and_goes_on_where_it_was_cut_also_after_a_kill(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(1.0)) as served:
        run_id = served.post(1).json()["run_id"]
        first = events(served, run_id, most=1)
        assert [(told["id"], told["event"]) for told in first] == [("1.1", "run_started")]
        served.kill()
        served.start()
        rest = events(served, run_id, after="1.1")
        assert [(told["id"], told["event"]) for told in rest] == [("1.2", "run_ended"), ("1.end", "state")]
        assert rest[-1]["data"]["status"] == "succeeded"
        assert events(served, run_id) == first + rest
        over = served.client.get(f"/api/v1/runs/{run_id}/events", headers={"Last-Event-ID": "1.end"})
        assert over.status_code == 204
        assert [told["id"] for told in events(served, run_id, after="999.7")] == ["1.1", "1.2", "1.end"]
        assert str(tmp_path) not in json.dumps(first + rest)


def test_a_cancelled_run_ends_its_stream_and_says_so(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(600)) as served:
        run_id = served.post(1).json()["run_id"]
        told: list[dict[str, Any]] = []
        listener = threading.Thread(target=lambda: told.extend(events(served, run_id)))
        listener.start()
        served.until(run_id, lambda view: len(served.begun()) == 1)
        assert httpx.delete(f"{served.address}/api/v1/runs/{run_id}").status_code == 202
        listener.join(60)
        assert not listener.is_alive()
        assert told[-1]["event"] == "state"
        assert told[-1]["data"]["status"] == "cancelled"


def test_streams_have_a_limit_and_leave_room_for_requests(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(600), max_streams=2, threads=4) as served:
        run_id = served.post(1).json()["run_id"]
        address = f"{served.address}/api/v1/runs/{run_id}/events"
        with httpx.stream("GET", address) as one, httpx.stream("GET", address) as two:
            assert next(one.iter_raw()) and next(two.iter_raw())
            refused = httpx.get(address)
            assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
            assert served.client.get("/healthz").status_code == 200
        for _ in range(200):
            if "gram_streams_open 0" in served.client.get("/metrics").text:
                break
            threading.Event().wait(0.1)
        else:
            raise AssertionError("a stream that nobody hears stays open")
        served.client.delete(f"/api/v1/runs/{run_id}")
