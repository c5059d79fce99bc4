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


def test_an_edit_of_what_is_compiled_changes_the_folder_and_no_other_edit_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "gramlib"
    kernel = package / "simulation" / "kernel"
    kernel.mkdir(parents=True)
    monkeypatch.setattr(cache_folder, "__file__", str(kernel / "cache_folder.py"))
    monkeypatch.setattr(cache_folder.gramlib, "__file__", str(package / "__init__.py"))
    (kernel / "loop.py").write_text("from gramlib.simulation.kernel import steps\n")
    (kernel / "steps.py").write_text(
        "import os\nfrom gramlib.units import GRAMS\nfrom gramlib.simulation.limits import DAYS\n"
    )
    for name in ("units.py", "simulation/limits.py", "simulation/replays.py", "simulation/kernel/launch.py"):
        (package / name).write_text("a = 1\n")
    hashes = [cache_folder.source_hash()]
    for name in ("units.py", "simulation/limits.py", "simulation/kernel/steps.py"):
        (package / name).write_text((package / name).read_text() + "b = 2\n")
        hashes.append(cache_folder.source_hash())
    assert len(set(hashes)) == 4
    for name in ("simulation/replays.py", "simulation/kernel/launch.py"):
        (package / name).write_text("c = 3\n")
    assert cache_folder.source_hash() == hashes[-1], "the door and the replays are not compiled"


def test_the_sources_of_this_kernel_are_found() -> None:
    names = {path.stem for path in cache_folder.compiled_sources()}
    assert {"loop", "steps", "extensions", "judge", "philox", "maths", "units", "limits", "stops", "issuer"} <= names
    assert not {"books", "replay_csv", "launch"} & names
