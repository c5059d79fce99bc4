"""Old sweeps: only those that a newer, finished one of the same file has replaced, and only on request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gramlib.cli import gram
from gramlib.runner.prune import old_sweeps
from gramlib.store import Claim


def sweep(reports: Path, name: str, created: float, n_succeeded: int = 2, file: str = "params/sweeps/a.yaml") -> Path:
    """What a sweep of two members leaves, as far as pruning reads it."""
    folder = reports / name
    (folder / "one").mkdir(parents=True)
    (folder / "one" / "run.json").write_text("{}")
    (folder / "sweep.json").write_text(json.dumps({"file": file, "created": created}))
    counts = {"succeeded": n_succeeded, "failed": 0, "not run": 2 - n_succeeded}
    (folder / "comparison.json").write_text(json.dumps({"counts": counts}))
    return folder


def test_the_newest_finished_one_of_each_file_is_kept_with_all_that_is_newer(tmp_path: Path) -> None:
    oldest = sweep(tmp_path, "a-3", 1.0)
    unfinished = sweep(tmp_path, "a-2", 2.0, n_succeeded=1)
    sweep(tmp_path, "a-0", 3.0)
    sweep(tmp_path, "a-1", 4.0, n_succeeded=1)
    sweep(tmp_path, "b-0", 0.5, file="params/sweeps/b.yaml")
    assert old_sweeps(tmp_path) == [unfinished, oldest]


def test_one_that_no_finished_one_follows_is_kept(tmp_path: Path) -> None:
    sweep(tmp_path, "a-0", 1.0)
    (sweep(tmp_path, "a-1", 2.0) / "comparison.json").unlink()
    sweep(tmp_path, "a-2", 3.0, n_succeeded=0)
    assert old_sweeps(tmp_path) == []


def test_one_that_somebody_works_on_is_kept(tmp_path: Path) -> None:
    old = sweep(tmp_path, "a-0", 1.0)
    sweep(tmp_path, "a-1", 2.0)
    with Claim(old / "one"):
        assert old_sweeps(tmp_path) == []
    assert old_sweeps(tmp_path) == [old]


def test_only_on_request_and_the_index_forgets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path))
    old = sweep(tmp_path, "a-0", 1.0)
    new = sweep(tmp_path, "a-1", 2.0)
    for folder in (old, new):
        (folder / "sweep.html").write_text("<title>A sweep</title>")

    def said(*options: str) -> str:
        return CliRunner().invoke(gram, ["prune", *options], catch_exceptions=False).output

    failed = old / "one" / "01_data.attempt-1"
    failed.mkdir()
    (failed / "attempt.json").write_text(json.dumps({"status": "failed", "started": 1.0}))
    assert said("--dry-run") == f"would remove {failed}\n"
    assert said("--sweeps", "--dry-run") == f"would remove {old}\n" and failed.is_dir()
    assert said("--sweeps") == f"removed {old}\n"
    assert not old.exists() and new.is_dir()
    index = (tmp_path / "index.html").read_text()
    assert "a-1/sweep.html" in index and "a-0/sweep.html" not in index
