"""Where the workbench stands: the clone that holds notebooks/, params/ and reports/."""

from __future__ import annotations

import os
from pathlib import Path

import gramlib
from gramlib.errors import ParameterError

PACKAGE = Path(gramlib.__file__).resolve().parent


def root() -> Path:
    """Top folder of the clone; raises ParameterError when gramlib was installed outside one."""
    folder = PACKAGE.parent
    if (folder / "notebooks").is_dir() and (folder / "params").is_dir():
        return folder
    raise ParameterError(
        f"gramlib stands in {PACKAGE}, which is not a clone of the workbench",
        expected="notebooks/ and params/ beside gramlib/",
        remedy="clone the repository and use its `make run`, or `.venv/bin/gram` after `make setup`",
    )


def reports() -> Path:
    """Folder of all runs: reports/ of the clone, or what GRAM_REPORTS names."""
    return Path(os.environ["GRAM_REPORTS"]).resolve() if os.environ.get("GRAM_REPORTS") else root() / "reports"


def shown(path: Path) -> str:
    """`path` as a person would type it: relative to the current folder where it lies in it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
