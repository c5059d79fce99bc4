"""What every test may ask for: the clone it runs in, and real reference data where a machine has them."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# On a developer's machine properties look for new counterexamples; a verdict on a submission must be repeatable.
settings.register_profile("repeatable", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def workbench_root() -> Path:
    """The clone's top folder."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of real market data kept outside the repository; skips where the machine has none."""
    named = os.environ.get("GRAM_REFERENCE_DATA")
    if not named:
        pytest.skip("GRAM_REFERENCE_DATA is not set")
    folder = Path(named) / "data"
    if not folder.is_dir():
        pytest.fail(f"GRAM_REFERENCE_DATA is {named}, but there is no folder {folder}")
    return folder


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory: pytest.TempPathFactory, workbench_root: Path) -> Path:
    """The folder of a complete run of params/smoke.yaml, in a reports folder of its own.

    It is made once, however many processes share the tests, and each process has its own copy. GRAM_FINISHED_RUN names a
    finished run to copy instead, for work on pages alone.
    """
    finished = os.environ.get("GRAM_FINISHED_RUN")
    made = Path(finished) if finished else _made_once(tmp_path_factory, workbench_root)
    reports = tmp_path_factory.mktemp("smoke") / "reports"
    run = shutil.copytree(made, reports / made.name)
    _gram("index", reports=reports)
    return run


def _made_once(tmp_path_factory: pytest.TempPathFactory, workbench_root: Path) -> Path:
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "smoke-made-once"
    shared.mkdir(exist_ok=True)
    with open(shared / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            said = _gram("run", str(workbench_root / "params" / "smoke.yaml"), reports=shared / "reports")
            assert said.strip().splitlines()[-3].startswith("verdict: ")
            (shared / "done").touch()
    return next(path.parent for path in (shared / "reports").glob("*/run.json"))


def _gram(*arguments: str, reports: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "gramlib", *arguments],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env={**os.environ, "GRAM_REPORTS": str(reports)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
