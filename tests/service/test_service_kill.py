"""kill -9 of the service and of the processes it begins: nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from pathlib import Path

import psutil
import pytest
import toy_pipeline
from served import Served, quick, toy

pytestmark = [pytest.mark.kill, pytest.mark.slow]


def pid_of(served: Served, run_id: str) -> int:
    return next(
        line["pid"] for line in reversed(served.log) if line["event"] == "job_begun" and line["run_id"] == run_id
    )


def test_a_service_killed_while_runs_go_on_loses_none_and_doubles_none(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(6), workers=2) as served:
        ids = [served.post(seed).json()["run_id"] for seed in range(5)]
        served.until(ids[0], lambda view: len(served.begun()) >= 2)
        served.kill()
        served.start()
        recognised = {line["run_id"] for line in served.log if line["event"] == "job_recognised"}
        assert all(served.ended(run_id)["job"]["state"] == "succeeded" for run_id in ids)
        assert sorted(served.begun()) == sorted(ids)
        assert recognised
        assert all(served.view(run_id)["job"]["starts"] == 1 for run_id in ids)


def test_runs_that_ended_while_no_service_was_there_are_seen_to_have_ended(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(0.7)) as served:
        run_id = served.post(1).json()["run_id"]
        served.until(run_id, lambda view: len(served.begun()) == 1)
        pid = pid_of(served, run_id)
        served.kill()
        deadline = time.monotonic() + 20
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        served.start()
        assert served.ended(run_id)["job"]["state"] == "succeeded"
        assert served.begun() == [run_id]


def test_a_process_whose_id_was_not_yet_written_down_is_recognised_by_the_folder_it_holds(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(600)) as served:
        run_id = served.post(1).json()["run_id"]
        served.until(run_id, lambda view: len(served.begun()) == 1)
        pid = pid_of(served, run_id)
        served.kill()
        with sqlite3.connect(served.reports / ".service" / "service.sqlite") as connection:
            connection.execute("UPDATE jobs SET pid = NULL, process_started = NULL")
        connection.close()
        served.start()
        assert [line["pid"] for line in served.log if line["event"] == "job_recognised"] == [pid]
        assert served.client.delete(f"/api/v1/runs/{run_id}").status_code == 202
        assert served.ended(run_id)["job"]["state"] == "cancelled"
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        assert served.begun() == [run_id]


def test_a_killed_run_is_begun_again_and_given_up_after_its_last_start(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(30), max_starts=2) as served:
        run_id = served.post(1).json()["run_id"]
        for start in (1, 2):
            served.until(run_id, lambda view, n=start: view["job"]["starts"] == n and len(served.begun()) == n)
            os.kill(pid_of(served, run_id), signal.SIGKILL)
        view = served.ended(run_id)
        assert view["job"]["state"] == view["status"] == "failed"
        assert "killed 2 times" in view["reason"]
        assert served.begun() == [run_id, run_id]


def test_a_real_run_whose_process_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    notebooks = toy_pipeline.write_notebooks(tmp_path / "notebooks")
    with Served(tmp_path / "reports", toy(notebooks)) as served:
        run_id = served.post(1).json()["run_id"]
        folder = served.reports / run_id
        deadline = time.monotonic() + 90
        while not (folder / "01_data" / "stage.json").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        first = (folder / "01_data" / "stage.json").read_bytes()
        os.kill(pid_of(served, run_id), signal.SIGKILL)
        view = served.ended(run_id, 180)
        assert view["job"]["state"] == "succeeded", view
        assert view["job"]["starts"] == 2
        assert (folder / "01_data" / "stage.json").read_bytes() == first
        assert json.loads((folder / "report.json").read_text())["verdict"]["sentence"] == "A toy."


def test_a_service_that_is_asked_to_stop_puts_its_runs_back(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(600)) as served:
        run_id = served.post(1).json()["run_id"]
        served.until(run_id, lambda view: len(served.begun()) == 1)
        pid = pid_of(served, run_id)
        assert served.stop() == 0
        assert served.errors == ""
        assert not psutil.pid_exists(pid)
        served.start()
        served.until(run_id, lambda view: len(served.begun()) == 2)
        assert served.client.delete(f"/api/v1/runs/{run_id}").status_code == 202
        assert served.ended(run_id)["status"] == "cancelled"


def test_a_second_service_over_the_same_runs_is_refused(tmp_path: Path) -> None:
    with Served(tmp_path / "reports", quick(0)) as served:
        second = Served(tmp_path / "reports", quick(0))
        with pytest.raises(AssertionError, match="one gram serve a folder of runs"):
            second.start()
        second.process.wait(30)
        second.process.stderr.close()
        second.process.stdout.close()
        assert served.client.get("/healthz").status_code == 200
