"""`gram k8s submit` against recorded answers: what is sent, what is waited for, and every way it goes wrong."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import urllib3.util.retry
from api_server import Answer, RecordedServer, events, job, listed, pod, refusal

from gramlib.cli import main
from gramlib.cluster import jobs
from gramlib.cluster.connection import Cluster
from gramlib.cluster.failure import StageJobFailed
from gramlib.cluster.submit import Submission, submit
from gramlib.errors import Interrupted, ParameterError, TemporaryError
from gramlib.runner.pipeline import NAMES, STAGES
from gramlib.runner.progress import Reporter

DATA = "gram-data-try-1"


def digest_of(submission: Submission, stage: int = 0) -> str:
    return submission.documents()[1 + stage]["metadata"]["annotations"]["gram/spec-sha256"]


def happy(server: RecordedServer, *names: str) -> None:
    """Jobs that are created, run, log a line and complete."""
    server.on("POST configmap gram-run-try-1", Answer(201, {}))
    for name in names or [f"gram-{stage}-try-1" for stage in NAMES]:
        server.on(f"POST job {name}", Answer(201, job(name, "waiting")))
        server.on(f"GET job {name}", Answer(body=job(name, "waiting")))
        server.on(
            f"WATCH job {name}",
            events(("MODIFIED", job(name, version="11")), ("MODIFIED", job(name, "Complete", version="12"))),
        )
        server.on(f"LIST pods {name}", listed("PodList", [pod(f"{name}-x")]))
        server.on(f"LOG {name}-x", Answer(body=f"hello from {name}\nand goodbye"))


def failing(server: RecordedServer, reason: str, message: str, *pods: dict[str, Any], failed: int = 1) -> None:
    """The data Job, created, which then fails with these pods."""
    server.on("POST configmap gram-run-try-1", Answer(201, {}))
    server.on(f"POST job {DATA}", Answer(201, job(DATA, "waiting")))
    server.on(f"GET job {DATA}", Answer(body=job(DATA)))
    ended = job(DATA, "Failed", version="12", reason=reason, message=message, failed=failed)
    server.on(f"WATCH job {DATA}", events(("MODIFIED", ended)))
    server.on(f"LIST pods {DATA}", listed("PodList", list(pods)))


def send(submission: Submission, cluster: Cluster) -> None:
    submit(submission, cluster, Reporter(terminal=False), poll_s=0.01)


def test_stages_are_sent_in_order_each_after_the_one_before(
    server: RecordedServer, cluster: Cluster, submission: Submission, capsys: pytest.CaptureFixture[str]
) -> None:
    happy(server)
    send(submission, cluster)
    order = [route for route in server.heard if route.startswith(("POST", "WATCH"))]
    expected = ["POST configmap gram-run-try-1"]
    for stage in NAMES:
        expected += [f"POST job gram-{stage}-try-1", f"WATCH job gram-{stage}-try-1"]
    assert order == expected
    told = capsys.readouterr().out
    assert "      | hello from gram-train-try-1\n      | and goodbye\n" in told
    assert told.index("train    succeeded") < told.index("sent as Job gram-predict-try-1")
    assert told.splitlines()[-1] == "all 5 stage(s) done; results in volume gram-runs: try-1/"


def test_what_is_sent_is_what_render_prints(server: RecordedServer, cluster: Cluster, submission: Submission) -> None:
    happy(server)
    send(submission, cluster)
    assert [body for route, body in server.bodies if route.startswith("POST")] == submission.documents()


def test_a_stage_done_before_is_not_sent_again(
    server: RecordedServer, cluster: Cluster, submission: Submission, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("POST configmap gram-run-try-1", refusal(409, "already exists"))
    server.on("GET configmap gram-run-try-1", Answer(body=submission.documents()[0]))
    for index, stage in enumerate(NAMES[:2]):
        name = f"gram-{stage}-try-1"
        server.on(f"POST job {name}", refusal(409, "already exists"))
        server.on(f"GET job {name}", Answer(body=job(name, "Complete", digest=digest_of(submission, index))))
    happy(server, *(f"gram-{stage}-try-1" for stage in NAMES[2:]))
    send(submission, cluster)
    assert not any(
        route.startswith(("DELETE", "WATCH job gram-data", "WATCH job gram-train")) for route in server.heard
    )
    assert "[1/5] data     done before" in capsys.readouterr().out


def test_a_job_at_work_is_taken_up(server: RecordedServer, cluster: Cluster, one_stage: Submission) -> None:
    happy(server, DATA)
    server.answers[f"POST job {DATA}"].clear()
    server.answers[f"GET job {DATA}"].clear()
    server.on(f"POST job {DATA}", refusal(409, "already exists"))
    server.on(f"GET job {DATA}", Answer(body=job(DATA, digest=digest_of(one_stage))))
    send(one_stage, cluster)
    assert server.times(f"POST job {DATA}") == 1
    assert server.times(f"DELETE job {DATA}") == 0


def test_a_job_at_work_with_another_image_is_left_alone(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    server.on("POST configmap gram-run-try-1", Answer(201, {}))
    server.on(f"POST job {DATA}", refusal(409, "already exists"))
    server.on(f"GET job {DATA}", Answer(body=job(DATA, digest="another")))
    with pytest.raises(ParameterError, match="at work with another image"):
        send(one_stage, cluster)
    assert not any(route.startswith("DELETE") for route in server.heard)


@pytest.mark.parametrize("phase, digest", [("Failed", "same"), ("Complete", "another")])
def test_a_job_that_failed_or_did_something_else_is_replaced(
    server: RecordedServer, cluster: Cluster, one_stage: Submission, phase: str, digest: str
) -> None:
    happy(server, DATA)
    for route in (f"POST job {DATA}", f"GET job {DATA}"):
        server.answers[route].clear()
    there = job(DATA, phase, digest=digest_of(one_stage) if digest == "same" else digest)
    server.on(f"POST job {DATA}", refusal(409, "already exists"), Answer(201, job(DATA)))
    server.on(f"GET job {DATA}", Answer(body=there), refusal(404, "not found"), Answer(body=job(DATA)))
    server.on(f"DELETE job {DATA}", Answer(body={"kind": "Status", "status": "Success"}))
    send(one_stage, cluster)
    assert server.times(f"DELETE job {DATA}") == 1
    assert server.times(f"POST job {DATA}") == 2


def test_a_job_being_deleted_is_waited_out(server: RecordedServer, cluster: Cluster, one_stage: Submission) -> None:
    happy(server, DATA)
    for route in (f"POST job {DATA}", f"GET job {DATA}", f"WATCH job {DATA}"):
        server.answers[route].clear()
    leaving = job(DATA, deleting=True)
    server.on(f"POST job {DATA}", refusal(409, "object is being deleted"), Answer(201, job(DATA)))
    server.on(f"GET job {DATA}", Answer(body=leaving), Answer(body=leaving), Answer(body=job(DATA)))
    server.on(f"WATCH job {DATA}", events(("DELETED", leaving)), events(("MODIFIED", job(DATA, "Complete"))))
    send(one_stage, cluster)
    assert server.times(f"DELETE job {DATA}") == 0


def test_other_parameters_under_the_same_name_are_refused(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    server.on("POST configmap gram-run-try-1", refusal(409, "already exists"))
    server.on("GET configmap gram-run-try-1", Answer(body={"data": {"run.json": '{"identity": "else"}'}}))
    with pytest.raises(ParameterError, match="is in the cluster with other parameters"):
        send(one_stage, cluster)
    assert not any("job" in route for route in server.heard)


def test_too_many_requests_are_asked_again_after_as_long_as_the_server_says(
    server: RecordedServer, cluster: Cluster, one_stage: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(urllib3.util.retry.time, "sleep", slept.append)
    happy(server, DATA)
    server.answers[f"POST job {DATA}"].appendleft(refusal(429, "slow down", {"Retry-After": "7"}))
    send(one_stage, cluster)
    assert 7 in slept
    assert server.times(f"POST job {DATA}") == 2


def test_server_errors_are_asked_again(server: RecordedServer, cluster: Cluster, one_stage: Submission) -> None:
    happy(server, DATA)
    server.answers[f"POST job {DATA}"].extendleft(
        [refusal(500, "etcd"), refusal(503, "starting"), refusal(504, "slow")]
    )
    server.answers[f"GET job {DATA}"].appendleft(refusal(502, "proxy"))
    send(one_stage, cluster)
    assert server.times(f"POST job {DATA}") == 4


def test_a_creation_whose_answer_was_lost_is_found(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    happy(server, DATA)
    for route in (f"POST job {DATA}", f"GET job {DATA}"):
        server.answers[route].clear()
    server.on(f"POST job {DATA}", Answer(201, job(DATA), cut=True), refusal(409, "already exists"))
    server.on(f"GET job {DATA}", Answer(body=job(DATA, digest=digest_of(one_stage))))
    send(one_stage, cluster)
    assert server.times(f"WATCH job {DATA}") == 1


def test_a_server_that_stays_down_ends_it_with_75_and_where_it_was_left(
    server: RecordedServer, cluster: Cluster, submission: Submission
) -> None:
    happy(server, DATA)
    server.on("POST job gram-train-try-1", refusal(500, "etcd is gone"))
    with pytest.raises(TemporaryError) as raised:
        send(submission, cluster)
    assert "the cluster said 500, etcd is gone" in str(raised.value)
    assert "was left at train: done data; not sent predict, analyse, report" in str(raised.value)
    assert server.times("POST job gram-train-try-1") == 6


@pytest.mark.parametrize("status, exit_code", [(401, 2), (403, 2), (422, 2)])
def test_what_is_refused_for_good_is_not_asked_again(
    server: RecordedServer, cluster: Cluster, one_stage: Submission, status: int, exit_code: int
) -> None:
    server.on("POST configmap gram-run-try-1", refusal(status, "no way"))
    with pytest.raises(ParameterError, match=f"the cluster said {status}, no way") as raised:
        send(one_stage, cluster)
    assert raised.value.exit_code == exit_code
    assert len(server.heard) == 1


def test_a_namespace_that_is_not_there_names_the_command_that_makes_it(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    server.on("POST configmap gram-run-try-1", refusal(404, 'namespaces "gram" not found'))
    with pytest.raises(ParameterError, match="kubectl apply -k k8s/base/cluster"):
        send(one_stage, cluster)


def test_a_full_quota_is_temporary(server: RecordedServer, cluster: Cluster, one_stage: Submission) -> None:
    server.on("POST configmap gram-run-try-1", Answer(201, {}))
    server.on(f"POST job {DATA}", refusal(403, "exceeded quota: gram, requested: count/jobs.batch=1"))
    with pytest.raises(TemporaryError, match="exceeded quota"):
        send(one_stage, cluster)


def test_a_watch_cut_off_is_taken_up_again(server: RecordedServer, cluster: Cluster, one_stage: Submission) -> None:
    happy(server, DATA)
    server.answers[f"WATCH job {DATA}"].extendleft(
        [events(cut=True), events(("MODIFIED", job(DATA, version="11")), cut=True), refusal(500, "restarting")]
    )
    send(one_stage, cluster)
    assert server.times(f"WATCH job {DATA}") == 4


@pytest.mark.parametrize("how", ["answer", "event"])
def test_an_expired_version_reads_the_job_anew(
    server: RecordedServer, cluster: Cluster, one_stage: Submission, how: str
) -> None:
    happy(server, DATA)
    gone = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
    answer = refusal(410, "too old resource version") if how == "answer" else events(("ERROR", gone))
    server.answers[f"WATCH job {DATA}"].appendleft(answer)
    server.answers[f"GET job {DATA}"].append(Answer(body=job(DATA, version="99")))
    send(one_stage, cluster)
    assert server.times(f"WATCH job {DATA}") == 2
    assert server.times(f"GET job {DATA}") == 2


def test_a_job_that_ended_while_the_watch_was_cut_is_seen(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    happy(server, DATA)
    server.answers[f"WATCH job {DATA}"].clear()
    server.on(f"WATCH job {DATA}", events(cut=True))
    server.answers[f"GET job {DATA}"].append(Answer(body=job(DATA, "Complete")))
    send(one_stage, cluster)
    assert server.times(f"WATCH job {DATA}") == 1


def test_a_watch_that_always_breaks_gives_up(server: RecordedServer, cluster: Cluster, one_stage: Submission) -> None:
    happy(server, DATA)
    server.answers[f"WATCH job {DATA}"].clear()
    server.on(f"WATCH job {DATA}", events())
    with pytest.raises(TemporaryError, match="broke 21 times in a row"):
        send(one_stage, cluster)


def test_waiting_is_bounded(
    server: RecordedServer, cluster: Cluster, one_stage: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    happy(server, DATA)
    server.answers[f"GET job {DATA}"].clear()
    server.answers[f"WATCH job {DATA}"].clear()
    server.on(f"GET job {DATA}", Answer(body=job(DATA, "suspended")))
    server.on(f"WATCH job {DATA}", events(("MODIFIED", job(DATA, "suspended"))))
    clock = iter(range(0, 10**9, 600))
    monkeypatch.setattr(jobs.time, "monotonic", lambda: float(next(clock)))
    with pytest.raises(TemporaryError, match="is suspended after 90 minutes"):
        send(one_stage, cluster)


def test_a_failed_stage_stops_the_run_with_its_exit_code_meaning_and_notebook(
    server: RecordedServer, cluster: Cluster, submission: Submission
) -> None:
    words = "some line\ngram: the column price holds text\nexpected: numbers\n"
    ended = pod(f"{DATA}-x", "Failed", exit_code=3, message=words)
    failing(server, "PodFailurePolicy", "Container gram for pod x failed with exit code 3", ended)
    with pytest.raises(StageJobFailed) as raised:
        send(submission, cluster)
    error = raised.value
    assert error.exit_code == 3
    assert error.found == (
        "data failed: exit 3, data that are not what they claim to be -- gram: the column price holds text"
    )
    assert "volume gram-runs: try-1/01_data.attempt-*/notebook.ipynb" in error.origin
    assert f"kubectl logs -n gram {DATA}-x" in error.origin
    assert not any("gram-train" in route for route in server.heard)
    assert 1 <= len(str(error).splitlines()) <= 4


def test_the_command_ends_with_the_stage_s_own_exit_code(
    server: RecordedServer, kubeconfig: Path, workbench_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(server, "PodFailurePolicy", "", pod(f"{DATA}-x", "Failed", exit_code=3))
    params = str(workbench_root / "params" / "smoke.yaml")
    options = ["--run-id", "try-1", "--kubeconfig", str(kubeconfig), "--json"]
    assert main(["k8s", "submit", params, *options]) == 3
    told = capsys.readouterr()
    assert told.err.startswith("gram: data failed: exit 3, data that are not what they claim to be\n")
    last = json.loads(told.out.splitlines()[-1])
    assert (last["event"], last["error"], last["exit_code"]) == ("run_failed", "StageJobFailed", 3)


def test_want_of_memory_is_told(server: RecordedServer, cluster: Cluster, one_stage: Submission) -> None:
    failing(server, "PodFailurePolicy", "", pod(f"{DATA}-x", "Failed", exit_code=137, reason="OOMKilled"))
    with pytest.raises(StageJobFailed, match="exit 137, killed, most often for want of memory, OOMKilled") as raised:
        send(one_stage, cluster)
    assert raised.value.exit_code == 137


def test_evictions_beyond_the_limit_are_told_as_such(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    failing(
        server,
        "BackoffLimitExceeded",
        "Job has reached the specified backoff limit",
        pod(
            f"{DATA}-b",
            "Failed",
            exit_code=143,
            evicted="node was low on ephemeral-storage",
            created="2026-01-02T05:00:00Z",
        ),
        pod(f"{DATA}-a", "Failed", exit_code=1, created="2026-01-02T04:00:00Z"),
        failed=3,
    )
    with pytest.raises(StageJobFailed) as raised:
        send(one_stage, cluster)
    assert "exit 143, terminated from outside, Evicted, after 3 attempts" in str(raised.value)
    assert "node was low on ephemeral-storage" in str(raised.value)
    assert raised.value.exit_code == 143


def test_a_pod_disrupted_before_it_ended_has_no_exit_code(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    failing(
        server,
        "BackoffLimitExceeded",
        "",
        pod(f"{DATA}-x", "Failed", exit_code=None, disrupted="DeletionByTaintManager"),
    )
    with pytest.raises(StageJobFailed, match="DeletionByTaintManager: its container never started or never ended"):
        send(one_stage, cluster)


def test_a_deadline_is_told_even_when_no_pod_is_left(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    failing(server, "DeadlineExceeded", "Job was active longer than specified deadline")
    with pytest.raises(StageJobFailed, match="ran past activeDeadlineSeconds") as raised:
        send(one_stage, cluster)
    assert raised.value.exit_code == 124
    assert "no pod of it is left" in str(raised.value)


def test_a_job_deleted_by_somebody_ends_it_with_75(
    server: RecordedServer, cluster: Cluster, one_stage: Submission
) -> None:
    happy(server, DATA)
    server.answers[f"WATCH job {DATA}"].clear()
    server.on(f"WATCH job {DATA}", events(("DELETED", job(DATA))))
    with pytest.raises(TemporaryError, match="was deleted while it was at work"):
        send(one_stage, cluster)


def test_what_a_pod_waits_for_is_told_once(
    server: RecordedServer, cluster: Cluster, one_stage: Submission, capsys: pytest.CaptureFixture[str]
) -> None:
    happy(server, DATA)
    name = f"{DATA}-x"
    pulling = pod(name, "Pending", waiting=("ImagePullBackOff", "no such image"))
    homeless = pod(name, "Pending", unscheduled='persistentvolumeclaim "gram-runs" not found')
    pods = server.answers[f"LIST pods {DATA}"]
    pods.extendleft([listed("PodList", [item]) for item in (pulling, pulling, homeless)])
    server.answers[f"WATCH job {DATA}"].appendleft(events(("MODIFIED", job(DATA))))
    until_told = threading.Event()

    class Patient(Reporter):
        def event(self, what: str, text: str = "", /, **facts: Any) -> None:
            super().event(what, text, **facts)
            if "and goodbye" in text:
                until_told.set()

    server.answers[f"GET job {DATA}"].append(Answer(body=job(DATA)))
    submit(one_stage, cluster, Patient(terminal=False), poll_s=0.01)
    told = capsys.readouterr().out
    assert told.count("persistentvolumeclaim") <= 1
    assert until_told.is_set()


def test_a_log_cut_off_goes_on_after_what_was_told(
    server: RecordedServer, cluster: Cluster, one_stage: Submission, capsys: pytest.CaptureFixture[str]
) -> None:
    happy(server, DATA)
    log = f"LOG {DATA}-x"
    server.answers[log].clear()
    server.on(log, Answer(body="one\ntwo\nthr", cut=True), Answer(body="one\ntwo\nthree\nfour\n"))
    server.answers[f"LIST pods {DATA}"].appendleft(listed("PodList", [pod(f"{DATA}-x", "Running")]))
    send(one_stage, cluster)
    lines = [line.removeprefix("      | ") for line in capsys.readouterr().out.splitlines()]
    assert [line for line in lines if line in {"one", "two", "thr", "three", "four"}] == ["one", "two", "three", "four"]


def test_ctrl_c_says_what_is_at_work_and_how_to_stop_it(
    server: RecordedServer, cluster: Cluster, submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    happy(server)

    def pressed(*arguments: Any, **options: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("gramlib.cluster.submit.await_end", pressed)
    with pytest.raises(Interrupted) as raised:
        send(submission, cluster)
    assert raised.value.exit_code == 130
    assert "left at data: done nothing; not sent train, predict, analyse, report" in str(raised.value)
    assert "gram k8s cancel try-1 stops it" in str(raised.value)


@pytest.mark.slow
def test_a_real_ctrl_c_ends_the_command_with_130(
    server: RecordedServer, kubeconfig: Path, workbench_root: Path
) -> None:
    happy(server, DATA)
    server.answers[f"WATCH job {DATA}"].clear()
    server.on(f"WATCH job {DATA}", events(("MODIFIED", job(DATA)), hold=True))
    command = [sys.executable, "-m", "gramlib", "k8s", "submit", "params/smoke.yaml", "--run-id", "try-1"]
    with subprocess.Popen(
        [*command, "--kubeconfig", str(kubeconfig), "--json"],
        cwd=workbench_root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert server.holding.wait(60)
        process.send_signal(2)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err[-3000:] + out[-500:]
    assert "not sent train" in err
    assert {json.loads(line)["event"] for line in out.splitlines()} >= {
        "run_started",
        "stage_progress",
        "run_failed",
    }


def test_stages_may_be_chosen(server: RecordedServer, cluster: Cluster, submission: Submission) -> None:
    happy(server)
    send(Submission(submission.run, STAGES[3:], submission.place, submission.root), cluster)
    sent = [route for route in server.heard if route.startswith("POST job")]
    assert sent == ["POST job gram-analyse-try-1", "POST job gram-report-try-1"]
