"""The example package, built and installed without a network."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from flit_core.wheel import make_wheel_in

EXAMPLE = Path(__file__).parent / "example"


def install(source: Path, site: Path) -> Path:
    """Build the wheel of the package in `source` and unpack it into the folder `site`, in place of an earlier version."""
    for old in site.glob("gram_example*"):
        shutil.rmtree(old)
    wheels = site.parent / "wheels"
    for folder in (site, wheels):
        folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(make_wheel_in(source / "pyproject.toml", wheels).file) as archive:
        archive.extractall(site)
    return site
