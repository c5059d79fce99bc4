"""What a Binder link builds, built here: a venv from binder/, by the steps of repo2docker's pip build pack."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from packaging.specifiers import SpecifierSet


def test_the_python_of_binder_is_one_we_run_on_and_post_build_can_be_run(workbench_root: Path) -> None:
    named = (workbench_root / "binder" / "runtime.txt").read_text().strip()
    project = tomllib.loads((workbench_root / "pyproject.toml").read_text())["project"]
    assert named.startswith("python-")
    assert SpecifierSet(project["requires-python"]).contains(named.removeprefix("python-") + ".0")
    assert os.access(workbench_root / "binder" / "postBuild", os.X_OK)


def opened(root: Path, environment: dict[str, str], path: str) -> str:
    """The page that JupyterLab of `environment` serves at `path`, which is what a Binder link opens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}", "--port-retries=0"]
    options = ["--ip=127.0.0.1", "--IdentityProvider.token=known"]
    server = subprocess.Popen([*command, *options], cwd=root, env=environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        transport = httpx.HTTPTransport(retries=8)  # it pauses longer from one to the next, half a minute in all
        with httpx.Client(transport=transport, follow_redirects=True, timeout=60, trust_env=False) as client:
            answer = client.get(f"http://127.0.0.1:{port}/{path}", params={"token": "known"})
        assert answer.status_code == 200, answer.text[:500]
        return answer.text
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.slow
def test_the_venv_that_binder_builds_opens_the_start_notebook_on_a_finished_run(
    workbench_root: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    environment = {
        **os.environ,
        "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GRAM_REPORTS": str(tmp_path / "reports"),
        "NUMBA_CACHE_DIR": str(tmp_path / "numba"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=workbench_root, env=environment, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    run("pip", "install", "--no-cache-dir", "--quiet", "-r", "binder/requirements.txt")
    run("pip", "check")
    run("binder/postBuild")
    start = tmp_path / "start.ipynb"
    run("jupyter", "nbconvert", "--to", "notebook", "--execute", "notebooks/00_start.ipynb", "--output", str(start))
    shown = json.dumps(json.loads(start.read_text())["cells"])
    assert "smoke-" in shown
    page = opened(workbench_root, environment, "lab/tree/notebooks/00_start.ipynb")
    assert "jupyter-config-data" in page
