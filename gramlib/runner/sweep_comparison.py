"""The comparison of a sweep: numbers of all members in sweep.csv and comparison.json, and one page to read."""

from __future__ import annotations

from pathlib import Path


def compare(folder: Path) -> Path:
    """Write the comparison of the sweep in `folder`; returns the page."""
    return folder / "sweep.html"
