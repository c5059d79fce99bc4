"""A workbench of its own for every test: the shipped issuers, two scenarios, one profile, and a run file to write."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gramlib.params import RunParams, resolve_params


@pytest.fixture
def bench(tmp_path: Path, workbench_root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(workbench_root / "params" / "issuers", tmp_path / "params" / "issuers")
    for name in ("scenarios/H13a", "scenarios/calm", "profiles/internal"):
        file = tmp_path / "params" / f"{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text("# params does not read what belongs to other rooms\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def resolve(bench: Path) -> Callable[..., RunParams]:
    """resolve(text, *overrides): the run of a file params/run.yaml with this text."""

    def run(text: str, *overrides: str) -> RunParams:
        path = bench / "params" / "run.yaml"
        path.write_text(text)
        return resolve_params(path, list(overrides), bench)

    return run
