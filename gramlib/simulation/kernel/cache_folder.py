"""Where compiled code is kept between runs: a folder of its own for every version of the kernel's source.

numba keeps compiled functions on disk and compiles anew when the *file of the outer function* changes. It does not
notice an edit of what that function calls in other files, and would go on running the old code. So the name of the folder
carries a hash of the kernel's sources: an edited kernel finds an empty folder and is compiled.

The folder lies in NUMBA_CACHE_DIR where that is set (an image bakes it there and says where it is), else in the user's
cache folder. Where nothing can be written the kernel is compiled in every process, which takes some ten seconds.
"""

from __future__ import annotations

import ast
import hashlib
import os
import tempfile
import warnings
from pathlib import Path

import numba

import gramlib


def use_cache_folder() -> Path | None:
    """Point numba to the folder of this version of the kernel; None, with a warning, where it cannot be written.

    To be called before the first function of the kernel is decorated, since numba reads the setting then.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    home = Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gramlib"
    folder = home / f"kernel-{source_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        warnings.warn(f"compiled code cannot be kept in {folder} ({error.strerror}): the kernel is compiled anew in every "
                      "process; set NUMBA_CACHE_DIR to a folder that can be written", stacklevel=2)  # fmt: skip
        return None
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    return folder


def is_compiled() -> bool:
    """Whether this version of the kernel has been compiled on this machine before."""
    folder = numba.config.CACHE_DIR  # type: ignore[attr-defined]
    return bool(folder) and any(Path(folder).glob("*/loop.run_task-*.nbi"))


def source_hash() -> str:
    """Twelve hexadecimal digits that change with any source that is compiled, or whose constants are."""
    digest = hashlib.sha256()
    for path in sorted(compiled_sources()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def compiled_sources() -> set[Path]:
    """The modules of gramlib that the kernel's loop imports, and what these import, itself included."""
    found: set[Path] = set()
    unread = [Path(__file__).parent / "loop.py"]
    while unread:
        path = unread.pop()
        if path not in found:
            found.add(path)
            unread += _imported(path)
    return found


def _imported(path: Path) -> list[Path]:
    """Modules of gramlib named in the import lines of a file; packages themselves only pass names on."""
    named: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gramlib":
            named += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    files = [Path(gramlib.__file__).parent.joinpath(*name.split(".")[1:]).with_suffix(".py") for name in named]
    return [file for file in files if file.is_file()]
