"""What is particular about a run's parameters, read off its run.json: standard library only, for the index is rebuilt often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

BASELINE = "params/baseline.yaml"
_LONGEST_TEXT = 40
_MOST_NAMES = 3
_LARGEST_WHOLE = 1e15
_SAID_ELSEWHERE = ("title", "report.title", "report.author", "report.upstream")
"""Not parameters of the result, or shown beside it."""


def flat_parameters(record: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    """Every parameter of a run.json: name -> (value, where it came from); what stages share stands once."""
    params = record.get("params")
    if not isinstance(params, Mapping):
        return {}
    origins = params.get("provenance") or {}
    stages = params.get("stages") or {}
    predict = stages.get("predict") or {}
    found = {
        "title": params.get("title", ""),
        "issuer": predict.get("issuer", ""),
        "profile": params.get("profile", ""),
    }
    found["scenarios"] = params.get("scenarios", [])
    for stage, values in stages.items():
        own = {name: value for name, value in values.items() if not _shared(name)}
        found |= dict(_leaves(own, stage))
    issuer = {name: value for name, value in (params.get("issuer") or {}).items() if name not in {"basis", "name"}}
    found |= dict(_leaves(issuer, "issuer"))
    found |= dict(_leaves(params.get("runner") or {}, "runner"))
    return {name: (value, str(origins.get(name, ""))) for name, value in found.items()}


def _shared(name: str) -> bool:
    return name in {"issuer", "scenarios", "profile", "upstream"}


def _leaves(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        key = f"{prefix}.{name}"
        if isinstance(value, Mapping):
            yield from _leaves(value, key)
        else:
            yield key, value


def value_text(value: object) -> str:
    """A parameter's value as a person writes it, shortened where it is long."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        whole = float(value).is_integer() and abs(value) < _LARGEST_WHOLE
        return f"{value:,.0f}" if whole else f"{value:g}"
    if isinstance(value, list | tuple):
        words = [value_text(item) for item in value]
        if len(words) > _MOST_NAMES:
            return f"{', '.join(words[:_MOST_NAMES])} and {len(words) - _MOST_NAMES} more"
        return ", ".join(words) or "none"
    text = str(value)
    return (text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…") or "empty"


def digest(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What a run sets beyond the baseline and the defaults, as "name = value": by hand first, then its params file."""
    own_file = str((record.get("params") or {}).get("path", ""))
    by_hand, in_file = [], []
    for name, (value, origin) in flat_parameters(record).items():
        if name in _SAID_ELSEWHERE:
            continue
        told = f"{name} = {value_text(value)}"
        if origin.startswith("--set"):
            by_hand.append(told)
        elif own_file != BASELINE and origin.rpartition(":")[0] == own_file:
            in_file.append(told)
    return (*by_hand, *in_file)
