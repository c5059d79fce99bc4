"""The zoo of sick price files."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def zoo(workbench_root: Path) -> Path:
    """Folder of small price files with one sickness each."""
    return workbench_root / "tests" / "zoo" / "prices"
