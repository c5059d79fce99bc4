"""Everything fetched, as it came, and never overwritten.

    <snapshots>/<source>/<UTC stamp>/            raw answers and card.json: a good answer
    <snapshots>/<source>/refused/<UTC stamp>/    the same for an answer that was not used, with the reason

A folder appears whole or not at all. One whose bytes no longer have the hashes of its card is passed over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.sources.online.provider import RawFile
from gramlib.store.atomic import read_json, write_bytes, write_json

CARD = "card.json"
REFUSED = "refused"
STAMP = "%Y%m%dT%H%M%SZ"
SCHEMA = 1


@dataclass(frozen=True)
class Snapshot:
    """One good answer on disk: where, fetched when (UTC), and its files with bytes verified."""

    folder: Path
    accessed: dt.datetime
    files: tuple[RawFile, ...]

    def age_hours(self, now: dt.datetime) -> float:
        """Hours between the fetch and `now`, not below zero."""
        return max(0.0, (now - self.accessed).total_seconds() / 3600)

    def sentence(self, now: dt.datetime) -> str:
        """When it was fetched, and how long ago, in words."""
        age = self.age_hours(now)
        words = f"{age:.1f} hours" if age < 48 else f"{age / 24:.1f} days"
        return f"snapshot of {self.accessed:%Y-%m-%d %H:%M} UTC, {words} old"


def sha256_of(files: Sequence[RawFile]) -> str:
    """Hash of all answers, in order, one after the other."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.content)
    return digest.hexdigest()


def save(
    source: Path, accessed: dt.datetime, files: Sequence[RawFile], card: dict[str, Any], refused: str = ""
) -> Path:
    """Write the answers and their card under `source`, aside when `refused` gives a reason; the new folder."""
    parent = source / REFUSED if refused else source
    parent.mkdir(parents=True, exist_ok=True)
    building = parent / f".{secrets.token_hex(6)}.tmp"
    building.mkdir()
    try:
        for file in files:
            write_bytes(building / file.filename, file.content)
        write_json(building / CARD, _record(accessed, files, card, refused))
        return _renamed(building, parent / accessed.strftime(STAMP))
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _record(accessed: dt.datetime, files: Sequence[RawFile], card: dict[str, Any], refused: str) -> dict[str, Any]:
    listed = [
        {"name": file.filename, "url": file.url, "content_type": file.content_type, "bytes": len(file.content),
         "sha256": sha256_of([file])}
        for file in files
    ]  # fmt: skip
    record = {"schema": SCHEMA, **card, "accessed": accessed.isoformat(), "sha256": sha256_of(files), "files": listed}
    return {**record, "refused": refused} if refused else record


def _renamed(building: Path, wanted: Path) -> Path:
    """Move the finished folder to the first free name: two fetches within one second keep both answers."""
    for count in range(1, 1000):
        target = wanted if count == 1 else wanted.with_name(f"{wanted.name}-{count:03d}")
        try:
            os.rename(building, target)
        except OSError:
            if not target.exists():
                raise
            continue
        return target
    raise FileExistsError(f"{wanted} and 998 more of that second exist")


def newest(source: Path) -> tuple[Snapshot | None, list[str]]:
    """The newest good snapshot under `source`, and a sentence for each newer folder that was passed over."""
    passed_over: list[str] = []
    folders = (
        [path for path in source.iterdir() if path.is_dir() and path.name[:1].isdigit()] if source.is_dir() else []
    )
    for folder in sorted(folders, key=lambda path: path.name, reverse=True):
        try:
            return _load(folder), passed_over
        except (OSError, KeyError, TypeError, ValueError) as error:
            passed_over.append(f"{folder.name} is damaged ({type(error).__name__}: {error}) and was passed over")
    return None, passed_over


def _load(folder: Path) -> Snapshot:
    record = read_json(folder / CARD)
    if not isinstance(record, dict) or record["schema"] != SCHEMA:
        raise ValueError("no card.json of this version")
    files = []
    for listed in record["files"]:
        name = Path(listed["name"]).name
        file = RawFile(name, (folder / name).read_bytes(), listed["url"], listed["content_type"])
        if sha256_of([file]) != listed["sha256"]:
            raise ValueError(f"{name} has not the bytes its card speaks of")
        files.append(file)
    accessed = dt.datetime.fromisoformat(record["accessed"])
    if accessed.tzinfo is None or not files:
        raise ValueError("no access time with a time zone, or no file")
    return Snapshot(folder, accessed, tuple(files))
