"""The fetched answers a data stage used, as a part of its key: which, and whether they still have the same bytes.

A snapshot that is no longer there does not undo a result, whose tables stand for themselves: fetching again would
put other figures under the same day. One whose bytes have changed does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gramlib.store import atomic

CARD = "card.json"


def used(document: Mapping[str, Any], snapshots: Path) -> dict[str, str]:
    """Hash of each snapshot under `snapshots` that a `source_cards` document names, by source and stamp."""
    wanted = {card["sha256"] for card in document.get("cards", [])}
    found = {}
    for path in sorted(snapshots.glob(f"*/[0-9]*/{CARD}")):
        card = atomic.read_json(path)
        if isinstance(card, dict) and card.get("sha256") in wanted:
            found[f"{path.parent.parent.name}/{path.parent.name}"] = str(card["sha256"])
    return found


def now(recorded: Mapping[str, str], snapshots: Path) -> dict[str, str]:
    """The hashes `recorded` snapshots have now; that of one that is gone is taken as recorded."""
    return {name: _digest(snapshots / name) or digest for name, digest in recorded.items()}


def _digest(folder: Path) -> str:
    """Hash of all answers in a snapshot, in the order of its card; empty when the snapshot is gone."""
    card = atomic.read_json(folder / CARD) if (folder / CARD).is_file() else None
    if not isinstance(card, dict):
        return ""
    digest = hashlib.sha256()
    for file in card.get("files", []):
        path = folder / Path(str(file["name"])).name
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()
