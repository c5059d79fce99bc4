"""Packages with entry points on the path, as an installer would leave them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from installing import EXAMPLE, install


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the example package is installed; it is on the path."""
    site = install(EXAMPLE, tmp_path / "site")
    for name in [name for name in sys.modules if name.partition(".")[0] == "gram_example"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(site))
    return site


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a package of one module on the path: `declare("bad-one", "code", models={"x": "bad_one:X"})`.

    A second one of the same name goes before the first, as an update would.
    """
    made: list[str] = []

    def put(
        package: str, code: str = "", models: dict[str, str] | None = None, sources: dict[str, str] | None = None
    ) -> None:
        folder, module = tmp_path / f"declared-{len(made)}", package.replace("-", "_")
        made.append(package)
        info = folder / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (folder / f"{module}.py").write_text(code)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        groups = {"gramlib.models": models or {}, "gramlib.sources": sources or {}}
        lines = [
            f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in names.items())
            for group, names in groups.items()
        ]
        (info / "entry_points.txt").write_text("\n".join(lines))
        monkeypatch.delitem(sys.modules, module, raising=False)
        monkeypatch.syspath_prepend(str(folder))

    return put
