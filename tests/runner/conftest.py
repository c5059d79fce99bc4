"""The toy workbench as a fixture; its class has a module of its own, since every test folder has a module called conftest."""

from __future__ import annotations

from pathlib import Path

import pytest
import toy_pipeline
from toy_workbench import Toy


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Four healthy toy stages, nothing run yet."""
    return Toy(tmp_path / "reports", toy_pipeline.write_notebooks(tmp_path / "notebooks"))
