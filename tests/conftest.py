"""What every test may ask for: the clone it runs in, and real reference data where a machine has them."""

from __future__ import annotations

import os
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
