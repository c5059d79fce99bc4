"""Every committed notebook runs by hand on its default parameters, with nothing recorded beforehand (nbval-lax)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_all_notebooks_pass_nbval_lax_on_an_empty_reports_folder(workbench_root: Path, tmp_path: Path) -> None:
    notebooks = sorted(str(path) for path in (workbench_root / "notebooks").glob("*.ipynb"))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval-lax",
            "--nbval-current-env",
            "-q",
            "-p",
            "no:cacheprovider",
            "-o",
            "addopts=",
            *notebooks,
        ],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "GRAM_REPORTS": str(tmp_path / "reports")},
    )
    assert done.returncode == 0, done.stdout[-4000:]
    recorded = [path.parent for path in (tmp_path / "reports").glob("smoke-*/run.json")]
    assert len(recorded) == 1, "one smoke run was made, for all of them to read from"
    assert not (recorded[0] / "05_report").exists(), "by hand nothing is written into a recorded run"
    assert {path.parent.name.split("-")[1] for path in (tmp_path / "reports").glob("scratch-*/run.json")} == {
        "data",
        "train",
        "predict",
        "analyse",
        "report",
    }
