"""`gram list` names everything there is, once, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramlib.cli.looking import LISTABLE
from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS
from gramlib.runner.catalogue import rows
from gramlib.runner.pipeline import NAMES
from gramlib.sources.online import PROVIDERS


@pytest.mark.parametrize("what", LISTABLE)
def test_every_kind_can_be_listed(what: str, workbench_root: Path, tmp_path: Path) -> None:
    listed = list(rows(what, workbench_root, tmp_path))
    names = [name for name, _ in listed]
    assert len(set(names)) == len(names)
    assert all(text.strip() for _, text in listed)
    expected = {
        "stages": set(NAMES),
        "models": {*PATH_MODELS, *FORECASTERS, *(model.name for model in BASELINES)},
        "runs": set(),
        "sources": {"sample", "file", *PROVIDERS},
        "profiles": {path.stem for path in (workbench_root / "params" / "profiles").glob("*.yaml")},
        "issuers": {path.stem for path in (workbench_root / "params" / "issuers").glob("*.yaml")},
        "scenarios": {path.stem for path in (workbench_root / "params" / "scenarios").glob("*.yaml")},
    }
    assert set(names) == expected[what]
