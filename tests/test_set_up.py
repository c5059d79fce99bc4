"""The set-up behind every make target, on an empty lock: no package index is asked for anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / ".ci" / "venv"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "a clone"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / ".ci" / "venv")
    (folder / "pyproject.toml").write_text("")
    (folder / "some.lock").write_text("# nothing\n")
    return folder


def set_up(clone: Path, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHON": sys.executable, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", **env}
    command = ["sh", ".ci/venv", "env", "some.lock"]
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=120)


def python_reporting(version: str, folder: Path, *, venv: bool = True) -> Path:
    """An interpreter that says it is `version`, and whose venv module may be missing."""
    fake = folder / f"python-{version}"
    fake.write_text(f'#!/bin/sh\ncase "$2" in *version_info*) echo {version} ;; *) exit {0 if venv else 1} ;; esac\n')
    fake.chmod(0o755)
    return fake


@pytest.mark.slow
def test_second_call_does_nothing_and_a_changed_lock_is_brought_in_where_it_stands(clone: Path) -> None:
    first = set_up(clone)
    assert first.returncode == 0, first.stderr
    assert "env is ready" in first.stderr

    again = set_up(clone)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    unasked = set_up(clone, PYTHON="")
    assert (unasked.returncode, unasked.stderr) == (0, "")

    in_use = clone / "env/in-use"
    in_use.touch()
    site = next((clone / "env/lib").glob("python3.*/site-packages"))
    stray = site / "dropped_from_the_lock-1.0.dist-info"
    stray.mkdir()
    (stray / "METADATA").write_text("Metadata-Version: 2.1\nName: dropped-from-the-lock\nVersion: 1.0\n")
    (stray / "RECORD").write_text(
        "dropped_from_the_lock-1.0.dist-info/METADATA,,\ndropped_from_the_lock-1.0.dist-info/RECORD,,\n"
    )
    (clone / "some.lock").write_text("# nothing, in other words\n")
    changed = set_up(clone)
    assert changed.returncode == 0, changed.stderr
    assert in_use.exists()
    assert not stray.exists()
    assert set_up(clone).stderr == ""


@pytest.mark.slow
def test_an_update_that_failed_is_not_taken_for_ready_and_a_moved_clone_is_built_anew(clone: Path) -> None:
    assert set_up(clone).returncode == 0
    (clone / "some.lock").write_text(f"no-such-package-of-gram==1.0 --hash=sha256:{'0' * 64}\n")
    assert set_up(clone).returncode == 1
    assert not (clone / "env/.gram-ready").exists()

    (clone / "some.lock").write_text("# nothing\n")
    assert "Setting up env" in set_up(clone).stderr
    moved = clone.rename(clone.parent / "moved")
    assert "Setting up env" in set_up(moved).stderr


@pytest.mark.slow
def test_a_set_up_cut_short_is_not_taken_for_ready(clone: Path) -> None:
    (clone / "env/bin").mkdir(parents=True)
    half = clone / "env/bin/python"
    half.symlink_to(sys.executable)
    (clone / "env.set-up").mkdir()  # left behind by a process that was killed
    (clone / "env.set-up/pid").write_text("999999999")

    assert set_up(clone).returncode == 0
    assert (clone / "env/.gram-ready").exists()
    assert not (clone / "env.set-up").exists()


@pytest.mark.slow
def test_what_pip_refused_is_said_in_one_line(clone: Path) -> None:
    (clone / "some.lock").write_text(f"no-such-package-of-gram==1.0 --hash=sha256:{'0' * 64}\n")
    failed = set_up(clone)
    assert failed.returncode == 1
    last = failed.stderr.splitlines()[-1]
    assert "No matching distribution found for no-such-package-of-gram" in last
    assert "check pip config list" in last
    assert len(failed.stderr.splitlines()) == 2  # "Setting up ..." and the reason
    assert not (clone / "env/.gram-ready").exists()


def test_an_unfit_python_is_named_with_its_version(clone: Path, tmp_path: Path) -> None:
    failed = set_up(clone, PYTHON=str(python_reporting("3.10.4", tmp_path)))
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
    assert "Python 3.11, 3.12 or 3.13" in failed.stderr
    assert "is 3.10.4" in failed.stderr
    assert not (clone / "env").exists()


def test_a_python_without_venv_names_the_package_to_install(clone: Path, tmp_path: Path) -> None:
    failed = set_up(clone, PYTHON=str(python_reporting("3.12.3", tmp_path, venv=False)))
    assert failed.returncode == 1
    assert "apt install python3.12-venv" in failed.stderr


def test_two_at_once_do_not_build_over_each_other(clone: Path) -> None:
    (clone / "env.set-up").mkdir()
    (clone / "env.set-up/pid").write_text(str(os.getpid()))
    failed = set_up(clone)
    assert failed.returncode == 1
    assert f"process {os.getpid()}" in failed.stderr
    assert not (clone / "env").exists()
