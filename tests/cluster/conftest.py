"""A server of recorded answers, and a run to send to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from api_server import RecordedServer

from gramlib.cluster.connection import Cluster, connect
from gramlib.cluster.manifest import Placement
from gramlib.cluster.submit import Submission
from gramlib.runner.pipeline import STAGES
from gramlib.runner.resolve import ResolvedRun, resolve_run


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with RecordedServer() as running:
        yield running


@pytest.fixture
def kubeconfig(tmp_path: Path, server: RecordedServer) -> Path:
    path = tmp_path / "kubeconfig"
    path.write_text(
        f"""apiVersion: v1
kind: Config
current-context: test
contexts: [{{name: test, context: {{cluster: test, user: test}}}}]
clusters: [{{name: test, cluster: {{server: "{server.url}"}}}}]
users: [{{name: test, user: {{token: t}}}}]
""",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def cluster(kubeconfig: Path) -> Cluster:
    """No pauses: a test that waits is a test that is slow."""
    return connect("gram", kubeconfig=kubeconfig, pause_s=0.0)


@pytest.fixture(scope="session")
def smoke(workbench_root: Path) -> ResolvedRun:
    return resolve_run(workbench_root / "params" / "smoke.yaml", [], workbench_root, "try-1")


@pytest.fixture
def submission(smoke: ResolvedRun, workbench_root: Path) -> Submission:
    return Submission(smoke, STAGES, Placement(), workbench_root)


@pytest.fixture
def one_stage(submission: Submission) -> Submission:
    """The data stage alone."""
    return replace(submission, stages=STAGES[:1])
