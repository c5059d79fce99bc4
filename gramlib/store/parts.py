"""Finished pieces of a stage's long work, kept beside its attempts so that the next attempt need not do them again.

    reports/<run_id>/<NN_stage>.parts/<SHA-256 of the key>.<SHA-256 of the file>.npz

A piece is a set of arrays under a key: a record of everything that the piece depends on. It is read back only if the file
is whole and holds the very key that is asked for. When the stage has succeeded its parts are removed. No reader of a run
looks at them.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gramlib.store import atomic
from gramlib.store.hashing import sha256_bytes, sha256_record

if TYPE_CHECKING:
    import numpy as np

PARTS_MARK = ".parts"
_KEY = "key"


@dataclass(frozen=True)
class Parts:
    """The parts in `folder`, which is made when the first is written; `tell` hears of every part that could not be used."""

    folder: Path
    tell: Callable[[str], None]

    def write(self, key: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Keep `arrays` (of numbers, dates or text, none named "key") under the JSON-able record `key`."""
        import numpy as np  # not to load it where a run's state is only looked at

        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **{_KEY: np.array(_text(key))}, **arrays)
        content = buffer.getvalue()
        self.folder.mkdir(parents=True, exist_ok=True)
        atomic.write_bytes(self.folder / f"{sha256_record(key)}.{sha256_bytes(content)}.npz", content)

    def read(self, key: Mapping[str, Any]) -> dict[str, np.ndarray] | None:
        """The arrays kept under `key`; None when there are none, or none that is whole: those are removed, and said."""
        for path in sorted(self.folder.glob(f"{sha256_record(key)}.*.npz")):
            try:
                return _arrays(path, key)
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
                self.tell(f"the finished part {path.name[:12]}… is {error}; it is worked out again")
                path.unlink(missing_ok=True)
        return None


def _arrays(path: Path, key: Mapping[str, Any]) -> dict[str, np.ndarray]:
    import numpy as np

    content = path.read_bytes()
    if sha256_bytes(content) != path.name.split(".")[1]:
        raise ValueError("damaged")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    if str(arrays.pop(_KEY)) != _text(key):
        raise ValueError("of something else")
    return arrays


def _text(key: Mapping[str, Any]) -> str:
    return json.dumps(key, sort_keys=True, allow_nan=False)


def parts_folder(run_path: Path, stage_folder: str) -> Path:
    """Where the parts of a stage lie."""
    return run_path / f"{stage_folder}{PARTS_MARK}"


def remove_parts(run_path: Path, stage_folder: str) -> None:
    """Remove the parts of a stage, if there are any."""
    shutil.rmtree(parts_folder(run_path, stage_folder), ignore_errors=True)
