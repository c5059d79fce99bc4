"""Writes that are whole or not there: a temporary file beside the target, then one rename."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.EACCES}
"""How volumes without hard links refuse one: vfat, some CIFS, FUSE and NFS servers, and folders with protected links."""

DOOR_SECONDS, DOOR_TRIES = 60.0, 100


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
    that try at once exactly one wins, and nobody reads half of it. Some shared volumes know no hard links.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_text(json_text(record), encoding="utf-8")
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            return _rename_if_free(temporary, path)
        return True
    finally:
        temporary.unlink(missing_ok=True)


def _rename_if_free(temporary: Path, path: Path) -> bool:
    """Rename to `path` if the name is free, under a door that one process at a time can open: O_EXCL holds also on such volumes.

    A door left open by a process that died in these few instructions is shut after a minute.
    """
    door = path.with_name(f".{path.name}.door")
    for _ in range(DOOR_TRIES):
        try:
            os.close(os.open(door, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            if path.exists():
                return False
            with contextlib.suppress(FileNotFoundError):
                if abs(time.time() - door.stat().st_mtime) > DOOR_SECONDS:
                    os.rename(door, door.with_name(f"{door.name}.{secrets.token_hex(4)}.tmp"))
            time.sleep(0.01)
            continue
        try:
            if path.exists():
                return False
            os.rename(temporary, path)
            return True
        finally:
            door.unlink(missing_ok=True)
    return False


def read_json(path: Path) -> Any:
    """The record (a JSON object) at `path`, or None when it is missing, no file or not a whole record."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, json.JSONDecodeError, UnicodeDecodeError):
        return None
    return record if isinstance(record, dict) else None
