"""Writes that are whole or not there: a temporary file beside the target, then one rename."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader sees the old file or the new one, never a part."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, content: str) -> None:
    """`write_bytes` for UTF-8 text."""
    write_bytes(path, content.encode("utf-8"))


def json_text(record: Any) -> str:
    """The one JSON form used on disk: sorted keys, full float precision, no NaN."""
    return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(path: Path, record: Any) -> None:
    """`write_text` of `json_text(record)`."""
    write_text(path, json_text(record))


def create_json(path: Path, record: Any) -> bool:
    """Create `path` with `record` only if nothing is there; True when this call created it.

    A hard link fails when the name is taken, and the linked file is already whole: of two processes
    that try at once exactly one wins, and nobody reads half of it.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_text(json_text(record), encoding="utf-8")
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        return True
    finally:
        temporary.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """The record (a JSON object) at `path`, or None when it is missing, no file or not a whole record."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, json.JSONDecodeError, UnicodeDecodeError):
        return None
    return record if isinstance(record, dict) else None
