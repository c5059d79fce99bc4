"""The real five stages, kept in object storage by two machines in turn, give the local run's tables byte for byte."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from s3_server import S3Server, s3_server

from gramlib.artefacts import CATALOGUE

pytestmark = pytest.mark.slow
__all__ = ["s3_server"]


def test_a_smoke_run_in_object_storage_equals_the_local_one(
    s3_server: S3Server, smoke_run: Path, tmp_path: Path, workbench_root: Path
) -> None:
    bucket = s3_server.bucket()
    environment = {**os.environ, **s3_server.environment(tmp_path / "cache")}

    def gram(*arguments: str) -> str:
        command = [sys.executable, "-m", "gramlib", *arguments, "--out", bucket.url("runs")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    params = str(workbench_root / "params" / "smoke.yaml")
    gram("run", params, "--until", "train")
    shutil.rmtree(tmp_path / "cache")  # the next machine
    assert "verdict: " in gram("run", params)
    run_id = smoke_run.name
    by_stage = {
        path.name.split("_", 1)[1]: path.name for path in smoke_run.glob("[0-9][0-9]_*") if "." not in path.name
    }
    different = [
        name
        for name, entry in CATALOGUE.items()
        if bucket.read(f"runs/{run_id}/{by_stage[entry.stage]}/{entry.filename}")
        != (smoke_run / by_stage[entry.stage] / entry.filename).read_bytes()
    ]
    assert different == []
    shutil.rmtree(tmp_path / "cache")
    status = gram("status", run_id)
    assert f"run {run_id}: succeeded" in status and status.count("succeeded ") == len(by_stage)
    assert gram("why", run_id).count("skip") == len(by_stage)
    assert gram("index").strip() == bucket.url("runs/index.html")
    assert run_id.encode() in bucket.read("runs/index.html")
    links = set(re.findall(rf'href="({run_id}/[^"#]+)"', bucket.read("runs/index.html").decode()))
    assert f"{run_id}/report.html" in links
    assert {link for link in links if f"runs/{link}" not in bucket.names()} == set()
