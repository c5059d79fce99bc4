"""How a message quotes what it refuses: as it was written, and never longer than a reader needs."""

from __future__ import annotations

from typing import Any

_LONGEST = 60


def shown(value: Any) -> str:
    """A value as a message quotes it, at most 60 characters."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, bool):
        return str(value).lower()
    return shortened(repr(value))


def shortened(text: str, longest: int = _LONGEST) -> str:
    """`text`, its end replaced by three dots where it is longer than `longest` characters."""
    return text if len(text) <= longest else text[: longest - 3] + "..."
