"""The queue itself, with the processes it begins, without a socket."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from served import CHILD

from gramlib.service import Settings, create_app
from gramlib.service.dispatcher import Dispatcher
from gramlib.service.jobs import Overtaken, state_of
from gramlib.service.problems import Refused
from gramlib.service.service import Service


def serviced(settings: Settings, *command: str, **limits: object) -> tuple[Flask, Service, Dispatcher]:
    app = create_app(replace(settings, command=command, **limits))
    service: Service = app.extensions["gram"]
    service.telemetry.quiet = True
    return app, service, Dispatcher(service.settings, service.jobs, service.telemetry)


def settled(service: Service, run_id: str) -> str:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        job = service.jobs.of_run(run_id)[-1]
        if not job.live:
            return f"{job.state} {job.exit_code} {job.reason}"
        time.sleep(0.02)
    raise AssertionError(job)


def test_the_same_run_asked_for_twice_is_one_job(app: Flask) -> None:
    jobs = app.extensions["gram"].jobs
    first, new = jobs.add("a", "x", {"identity": "x"})
    again, newer = jobs.add("a", "x", {"identity": "x"})
    assert (new, newer, again.id) == (True, False, first.id)
    with pytest.raises(Refused) as refused:
        jobs.add("a", "y", {"identity": "y"})
    assert refused.value.problem.status == 409


def test_a_run_that_ended_while_it_was_decided_to_queue_it_is_looked_at_again(app: Flask) -> None:
    jobs = app.extensions["gram"].jobs
    first, _ = jobs.add("a", "x", {"identity": "x"}, seen=(0, ""))
    running = jobs.next(lambda run: False)
    jobs.end(running, "succeeded", 0)
    for seen in ((0, ""), (first.id, "running")):
        with pytest.raises(Overtaken):
            jobs.add("a", "x", {"identity": "x"}, seen=seen)
    assert jobs.add("a", "x", {"identity": "x"}, seen=state_of(jobs.of_id(first.id)))[1]


def test_jobs_are_taken_in_order_each_once_and_none_of_a_busy_run(app: Flask) -> None:
    jobs = app.extensions["gram"].jobs
    for name in "abc":
        jobs.add(name, name, {"identity": name})
    assert jobs.next(lambda run: run == "a").run_id == "b"
    assert jobs.next(lambda run: False).run_id == "a"
    assert jobs.next(lambda run: False).run_id == "c"
    assert jobs.next(lambda run: False) is None
    assert jobs.counts()["running"] == 3


def test_a_full_queue_says_so(settings: Settings) -> None:
    _, service, _ = serviced(settings, "true", max_queued=1)
    service.jobs.add("a", "a", {"identity": "a"})
    with pytest.raises(Refused) as refused:
        service.jobs.add("b", "b", {"identity": "b"})
    assert refused.value.problem.status == 503


def test_a_job_put_back_waits_its_time(app: Flask) -> None:
    jobs = app.extensions["gram"].jobs
    jobs.add("a", "a", {"identity": "a"})
    job = jobs.next(lambda run: False)
    jobs.again(job, "busy", 60.0, counted=False)
    assert jobs.next(lambda run: False) is None
    assert jobs.of_run("a")[0].starts == 0


@pytest.mark.parametrize(
    ("script", "settles"),
    [
        ("print('{\"event\": \"run_ended\", \"time\": 9e9}')", "succeeded 0 "),
        ("import sys; print('{\"event\": \"run_failed\", \"time\": 9e9, \"exit_code\": 3, \"message\": \"bad data\"}'); sys.exit(3)",
         "failed 3 bad data"),
        ("import sys; print('no such option', file=sys.stderr); sys.exit(2)", "failed 2 no such option"),
        ("import os; os.kill(os.getpid(), 9)", "failed -9 its process was killed 3 times; memory is the usual reason"),
    ],
)  # fmt: skip
def test_how_a_process_ended_is_how_its_job_ended(settings: Settings, script: str, settles: str) -> None:
    _, service, dispatcher = serviced(settings, sys.executable, "-c", script)
    with dispatcher:
        service.jobs.add("a", "a", {"identity": "a"})
        assert settled(service, "a") == settles


def test_a_command_that_is_not_there_fails_its_job_and_no_other(settings: Settings) -> None:
    _, service, dispatcher = serviced(settings, "/no/such/program")
    with dispatcher:
        service.jobs.add("a", "a", {"identity": "a"})
        assert settled(service, "a").startswith("failed None its process could not be begun")


def test_a_run_that_somebody_else_holds_waits_for_them(settings: Settings) -> None:
    from gramlib.store import Claim

    app, service, dispatcher = serviced(settings, sys.executable, str(CHILD), "quick", "0")
    folder = settings.reports / "mine"
    folder.mkdir()
    with Claim(folder), dispatcher:
        answer = app.test_client().post("/api/v1/runs", json={"params": "smoke", "run_id": "mine"})
        assert answer.status_code == 202
        time.sleep(1.0)
        assert service.jobs.of_run("mine")[0].state == "queued"
    service.jobs.cancel("mine")


def test_a_queued_run_is_cancelled_at_once_and_only_once(client: FlaskClient) -> None:
    run_id = client.post("/api/v1/runs", json={"params": "smoke"}).get_json()["run_id"]
    answer = client.delete(f"/api/v1/runs/{run_id}")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "cancelled")
    assert client.delete(f"/api/v1/runs/{run_id}").status_code == 409
    assert client.post("/api/v1/runs", json={"params": "smoke"}).get_json()["status"] == "queued"
