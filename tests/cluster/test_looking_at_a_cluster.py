"""gram k8s status, logs, cancel and render, as typed, against recorded answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from api_server import Answer, RecordedServer, job, listed, pod, refusal

from gramlib.cli import main
from gramlib.cluster import connection

JOBS = [
    job("gram-data-try-1", "Complete"),
    job("gram-train-try-1", "Failed", reason="PodFailurePolicy"),
    job("gram-predict-try-1", "waiting"),
]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.connect, "__defaults__", ("", None, 0.0))


def test_status_tells_each_stage(server: RecordedServer, kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.on("LIST jobs", listed("JobList", JOBS))
    server.on("LIST pods gram-train-try-1", listed("PodList", [pod("t", "Failed", exit_code=138)]))
    server.on("LIST pods gram-predict-try-1", listed("PodList", [pod("p", "Pending", waiting=("ErrImagePull", "no"))]))
    assert main(["k8s", "status", "try-1", "--kubeconfig", str(kubeconfig)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "run try-1 in namespace gram",
        "  data     succeeded",
        "  train    failed     PodFailurePolicy; exit 138, the notebook kernel died, most often for want of memory",
        "  predict  waiting    ErrImagePull: no",
        "  analyse  absent     no Job",
        "  report   absent     no Job",
    ]


def test_logs_are_those_of_the_last_stage_sent_and_its_newest_pod(
    server: RecordedServer, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("LIST jobs", listed("JobList", JOBS[:2]))
    old, new = (
        pod(name, "Failed", exit_code=1, created=f"2026-01-0{day}T00:00:00Z") for day, name in ((2, "new"), (1, "old"))
    )
    server.on("LIST pods gram-train-try-1", listed("PodList", [old, new]))
    server.on("LOG new", Answer(body="fitting\nä broken"))
    assert main(["k8s", "logs", "try-1", "--kubeconfig", str(kubeconfig)]) == 0
    assert capsys.readouterr().out == "fitting\nä broken\n"


def test_logs_that_are_not_there(server: RecordedServer, kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server.on("LIST pods gram-analyse-try-1", listed("PodList", []))
    server.on("GET job gram-analyse-try-1", refusal(404, "not found"))
    assert main(["k8s", "logs", "try-1", "--stage", "analyse", "--kubeconfig", str(kubeconfig)]) == 2
    assert "analyse of run try-1 has no log: its Job is absent" in capsys.readouterr().err


def test_cancel_deletes_jobs_and_parameters_and_says_so(
    server: RecordedServer, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = Answer(body={"kind": "Status", "status": "Success"})
    server.on("LIST jobs", listed("JobList", JOBS[:2]))
    server.on("DELETE job gram-data-try-1", gone).on("DELETE job gram-train-try-1", gone)
    server.on("DELETE configmap gram-run-try-1", gone)
    assert main(["k8s", "cancel", "try-1", "--kubeconfig", str(kubeconfig)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "deleted Job gram-data-try-1",
        "deleted Job gram-train-try-1",
        "deleted ConfigMap gram-run-try-1",
    ]


def test_cancel_of_what_is_not_there(
    server: RecordedServer, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("LIST jobs", listed("JobList", []))
    assert main(["k8s", "cancel", "try-1", "--kubeconfig", str(kubeconfig)]) == 0
    assert capsys.readouterr().out == "nothing of run try-1 is in namespace gram\n"


def test_unauthorised_is_told_plainly(
    server: RecordedServer, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.on("LIST jobs", refusal(401, "Unauthorized"))
    assert main(["k8s", "status", "try-1", "--kubeconfig", str(kubeconfig)]) == 2
    assert "the cluster said 401, Unauthorized" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_temporary(
    server: RecordedServer, kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kubeconfig.write_text(kubeconfig.read_text().replace(server.url, "http://127.0.0.1:9"), encoding="utf-8")
    assert main(["k8s", "status", "try-1", "--kubeconfig", str(kubeconfig)]) == 75
    told = capsys.readouterr().err
    assert "the cluster does not answer" in told
    assert len(told.splitlines()) <= 4


def test_no_kubeconfig_is_told_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["k8s", "status", "try-1", "--kubeconfig", str(tmp_path / "none")]) == 2
    assert "no cluster to speak to" in capsys.readouterr().err


def test_render_needs_no_cluster_and_reads_back(capsys: pytest.CaptureFixture[str], workbench_root: Path) -> None:
    params = str(workbench_root / "params" / "smoke.yaml")
    options = [
        "--run-id",
        "Try_2",
        "--image",
        "r/gram:1",
        "--image",
        "train=r/gram-train:1",
        "--from",
        "train",
        "-n",
        "risk",
    ]
    assert main(["k8s", "render", params, *options, "--out", "s3://b/p"]) == 0
    made = list(yaml.safe_load_all(capsys.readouterr().out))
    assert [item["kind"] for item in made] == ["ConfigMap", "Job", "Job", "Job", "Job"]
    assert {item["metadata"]["namespace"] for item in made} == {"risk"}
    assert [item["spec"]["template"]["spec"]["containers"][0]["image"] for item in made[1:]] == [
        "r/gram-train:1", "r/gram:1", "r/gram:1", "r/gram:1",
    ]  # fmt: skip
    names = {item["metadata"]["name"].removeprefix("gram-").partition("-")[2] for item in made}
    assert len(names) == 1
    assert names.pop().startswith("try-2-")
    assert all(item["metadata"]["annotations"]["gram/run-id"] == "Try_2" for item in made)
    args = made[1]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert args == [
        "run", "/params/run.json", "--run-id", "Try_2", "--stage", "train", "--wait", "10m", "--out", "s3://b/p",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "options, told",
    [
        (["--out", "reports"], "is no URL"),
        (["--image", "trian=x"], "did you mean 'train'"),
        (["--image", "train="], "names no image"),
        (["--set", "predict.n_pahts=3"], "n_paths"),
        (["--stage", "train", "--from", "data"], "--stage together with --from"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_sent(
    options: list[str], told: str, capsys: pytest.CaptureFixture[str], workbench_root: Path
) -> None:
    assert main(["k8s", "submit", str(workbench_root / "params" / "smoke.yaml"), *options]) == 2
    assert told in capsys.readouterr().err


def test_the_client_is_loaded_only_where_a_cluster_is_spoken_to(workbench_root: Path) -> None:
    render = "main(['k8s', 'render', 'params/smoke.yaml', '--stage', 'data'])"
    code = f"import sys; from gramlib.cli import main; assert {render} == 0; print('kubernetes' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=workbench_root, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1:] == ["False"], done.stderr
