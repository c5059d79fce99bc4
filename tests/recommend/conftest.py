"""The shipped issuers, prices and policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramlib.params import load_issuer
from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import load_figures
from gramlib.recommend import Figures


@pytest.fixture(scope="session")
def figures(workbench_root: Path) -> Figures:
    """The shipped prices and policy."""
    return Figures.of(load_figures(workbench_root, "measures"))


@pytest.fixture(scope="session")
def gram(workbench_root: Path) -> Issuer:
    """The issuer of the baseline."""
    return load_issuer("gram", workbench_root)


@pytest.fixture(scope="session")
def gram_usd(workbench_root: Path) -> Issuer:
    """Its variant that promises dollars."""
    return load_issuer("gram_usd", workbench_root)
