"""Compiled code is kept in a folder of its own for each version of the source; without one the kernel runs all the same."""

from __future__ import annotations

from pathlib import Path

import numba
import pytest

from gramlib.simulation.kernel import cache_folder


@pytest.fixture(autouse=True)
def _setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", numba.config.CACHE_DIR)


def test_a_given_folder_gets_one_within_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    folder = cache_folder.use_cache_folder()
    assert folder is not None
    assert folder.parent == tmp_path
    assert cache_folder.source_hash() in folder.name
    assert folder.is_dir()
    assert str(folder) == numba.config.CACHE_DIR


def test_without_one_the_users_cache_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = cache_folder.use_cache_folder()
    assert folder is not None
    assert tmp_path in folder.parents


def test_a_folder_that_cannot_be_written_is_said_and_done_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(blocked))
    with pytest.warns(UserWarning, match="set NUMBA_CACHE_DIR"):
        assert cache_folder.use_cache_folder() is None


def test_an_edit_of_any_source_of_the_simulation_changes_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel = tmp_path / "simulation" / "kernel"
    kernel.mkdir(parents=True)
    monkeypatch.setattr(cache_folder, "__file__", str(kernel / "cache_folder.py"))
    (kernel / "steps.py").write_text("a = 1\n")
    (kernel.parent / "limits.py").write_text("b = 1\n")
    before = cache_folder.source_hash()
    (kernel.parent / "limits.py").write_text("b = 2\n")
    between = cache_folder.source_hash()
    (kernel / "steps.py").write_text("a = 2\n")
    assert len({before, between, cache_folder.source_hash()}) == 3
