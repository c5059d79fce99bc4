"""Packages with entry points, installed as an installer would: the folder and its dist-info on the path, no network."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flit_core.wheel import make_wheel_in

EXAMPLE = Path(__file__).parent / "example"


def install(source: Path, site: Path) -> None:
    """Build the wheel of the package in `source` and unpack it into `site`, in place of an earlier version."""
    import zipfile

    for old in site.glob("*"):
        if old.name.startswith("gram_example"):
            shutil.rmtree(old)
    site.mkdir(exist_ok=True)
    built = site.parent / "wheels"
    built.mkdir(exist_ok=True)
    wheel = make_wheel_in(source / "pyproject.toml", built).file
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example package's sources, to be changed at will."""
    return shutil.copytree(EXAMPLE, tmp_path / "example")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages with the example in it; on nobody's path yet."""
    folder = tmp_path / "site"
    install(EXAMPLE, folder)
    return folder


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a package of one module on the path: `declare("bad-one", models={"x": "bad_one:X"}, code="...")`."""
    folder = tmp_path / "declared"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def put(
        package: str, code: str = "", models: dict[str, str] | None = None, sources: dict[str, str] | None = None
    ) -> None:
        module = package.replace("-", "_")
        monkeypatch.delitem(sys.modules, module, raising=False)
        (folder / f"{module}.py").write_text(code)
        info = folder / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        groups = {"gramlib.models": models or {}, "gramlib.sources": sources or {}}
        lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items()) for group, names in groups.items()]
        (info / "entry_points.txt").write_text("\n".join(lines))

    return put
