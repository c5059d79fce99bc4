"""SHA-256 of files, of records and of the code a stage imported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def sha256_bytes(content: bytes) -> str:
    """Hex digest of `content`."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """Hex digest of the file at `path`, read in blocks."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sha256_record(record: Any) -> str:
    """Hex digest of a JSON-able record, whatever the order of its keys."""
    canonical = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return sha256_bytes(canonical.encode("utf-8"))


def sha256_notebook(path: Path) -> str:
    """Hex digest of a notebook's source cells: outputs, metadata and execution counts do not count."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sha256_record([(cell["cell_type"], "".join(cell["source"])) for cell in cells])


def sha256_modules(package_root: Path, names: Iterable[str]) -> dict[str, str]:
    """Hex digest of each gramlib module in `names`, by name; a package's data files count with it.

    `package_root` is the folder of `gramlib/__init__.py`. A module that no longer exists gets an empty digest.
    """
    return {name: _sha256_module(package_root, name) for name in sorted(set(names))}


def module_names(package_root: Path) -> list[str]:
    """Dotted names of every module and package of gramlib."""
    names = []
    for path in package_root.rglob("*.py"):
        parts = [package_root.name, *path.relative_to(package_root).with_suffix("").parts]
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return sorted(names)


def _sha256_module(package_root: Path, name: str) -> str:
    parts = name.split(".")[1:]
    folder = package_root.joinpath(*parts)
    if (folder / "__init__.py").is_file():
        data = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"}) if parts else []
        digests = [(str(p.relative_to(folder)), sha256_file(p)) for p in [folder / "__init__.py", *data]]
        return sha256_record(digests)
    module = folder.with_suffix(".py")
    return sha256_file(module) if module.is_file() else ""
