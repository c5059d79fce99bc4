"""Fifty clients at once, on a socket, with real processes: no run is lost, none is done twice, nobody waits for a run."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from served import Served, quick

SECONDS = 60.0
CLIENTS = 50
SEEDS = 12


@pytest.mark.slow
def test_fifty_clients_lose_and_double_no_run(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(0.2), workers=2, threads=24) as served:
        accepted: list[str] = []
        statuses: Counter[tuple[str, int]] = Counter()
        waits_s: list[float] = []
        wrong: list[str] = []
        until = time.monotonic() + SECONDS

        def ask(number: int) -> None:
            with httpx.Client(base_url=served.address, timeout=60) as client:
                turn = 0
                while time.monotonic() < until:
                    seed, turn = (number + turn) % SEEDS, turn + 1
                    began = time.monotonic()
                    key = {"Idempotency-Key": f"{number}-{seed}"}
                    body = {"params": "smoke", "set": {"predict.seed": seed}}
                    answer = client.post("/api/v1/runs", json=body, headers=key)
                    waits_s.append(time.monotonic() - began)
                    statuses["POST", answer.status_code] += 1
                    if answer.status_code not in (200, 202):
                        wrong.append(answer.text)
                        continue
                    accepted.append(answer.json()["run_id"])
                    listed = client.get("/api/v1/runs?limit=5")
                    one = client.get(f"/api/v1/runs/{accepted[-1]}")
                    statuses["GET", listed.status_code] += 1
                    statuses["GET", one.status_code] += 1

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert {status for _, status in statuses} <= {200, 202}
        runs = set(accepted)
        assert len(runs) == SEEDS
        assert all(served.ended(run_id)["job"]["state"] == "succeeded" for run_id in runs)
        assert sorted(served.begun()) == sorted(runs), "a run was begun twice, or never"
        said = (
            f"{len(waits_s)} POSTs, median {statistics.median(waits_s) * 1e3:.0f} ms, worst {max(waits_s) * 1e3:.0f} ms"
        )
        assert max(waits_s) < 30, said
        print(said)
