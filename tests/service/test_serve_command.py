"""`gram serve` as a user types it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest


def gram(reports: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gramlib", "serve", *arguments],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "GRAM_REPORTS": str(reports), "GRAM_SERVICE": ""},
    )  # fmt: skip


@pytest.mark.parametrize("host", ["0.0.0.0", pytest.param("::", marks=pytest.mark.slow)])
def test_beyond_loopback_without_a_token_is_refused_and_says_how_to_make_one(tmp_path: Path, host: str) -> None:
    done = gram(tmp_path, "--host", host, "--port", "0")
    assert done.returncode == 2
    assert "gram serve token add NAME --role read" in done.stderr
    assert len(done.stderr.splitlines()) <= 4


@pytest.mark.slow
def test_a_token_is_shown_once_and_lets_in_beyond_loopback(tmp_path: Path) -> None:
    added = gram(tmp_path, "token", "add", "auditor", "--role", "read")
    token = added.stdout.strip()
    assert (added.returncode, token[:5], "not shown again" in added.stderr) == (0, "gram_", True)
    listed = gram(tmp_path, "token", "list")
    assert "auditor" in listed.stdout and token not in listed.stdout
    process = subprocess.Popen(
        [sys.executable, "-m", "gramlib", "serve", "--host", "0.0.0.0", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "GRAM_REPORTS": str(tmp_path), "GRAM_SERVICE": ""},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        address = said["address"].replace("0.0.0.0", "127.0.0.1")
        assert httpx.get(f"{address}/api/v1/runs").status_code == 401
        assert httpx.get(f"{address}/api/v1/runs", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert gram(tmp_path, "token", "revoke", "auditor").returncode == 0
        assert httpx.get(f"{address}/api/v1/runs", headers={"Authorization": f"Bearer {token}"}).status_code == 401
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, errors) == (0, "")
    assert token not in rest
    assert all(json.loads(line)["event"] for line in rest.splitlines())


@pytest.mark.slow
def test_a_port_that_is_taken_is_refused_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = gram(tmp_path, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "in use" in done.stderr


@pytest.mark.slow
def test_revoking_what_is_not_there(tmp_path: Path) -> None:
    done = gram(tmp_path, "token", "revoke", "nobody")
    assert (done.returncode, "there is no token" in done.stderr) == (2, True)
