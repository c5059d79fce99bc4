"""How the page ends: what the run cannot say, the command that makes it again, and its figures as a download."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from html import escape
from typing import Any

from gramlib.report.blocks import Block
from gramlib.report.figure import in_uri

_SHARED = ("issuer", "scenarios", "profile")
"""Values that a run is given once, at the top, and that its record tells of each stage that takes them."""


def limitations_block(document: Mapping[str, Any]) -> Block:
    """What this run cannot say, as a list."""
    told = document["limitations"]
    return Block(
        f'<ul class="reasons">{"".join(f"<li>{escape(text)}</li>" for text in told)}</ul>',
        "\n".join(f"- {text}" for text in told),
    )


def reproduce_block(document: Mapping[str, Any], run_record: Mapping[str, Any]) -> Block:
    """The commands that make this run again, and report.json to save; `run_record` is run.json."""
    commands = commands_of(run_record)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    name = f"{run_record.get('run_id') or 'run'}-report.json"
    lines = "\n".join(command for command, _ in commands)
    html = (
        "".join(f"<p>{escape(meaning)}</p><pre><code>{escape(command)}</code></pre>" for command, meaning in commands)
        + f'<p class="download"><a download="{escape(name, quote=True)}" href="data:application/json;charset=utf-8,{in_uri(text)}">'
        f"Download the figures of this page as data ({escape(name)}, schema {document['schema']})</a></p>"
    )
    return Block(html, lines)


def commands_of(run_record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(command, what it does) for a run.json: repeat it from its record, and resolve its run file anew as it was given.

    Overrides are those whose origin is the command line; a value is written as `--set` reads it.
    """
    run_id = run_record.get("run_id", "")
    told = [
        (
            f"gram run reports/{run_id}/run.json",
            "To repeat this run from its record, and to be told table by table whether it is identical:",
        )
    ]
    params = run_record.get("params", {})
    if params.get("path"):
        told.append(
            (" ".join(["gram run", str(params["path"]), *_overrides(params)]), "To make it again from its run file:")
        )
    return told


def _overrides(params: Mapping[str, Any]) -> list[str]:
    origins = params.get("provenance", {})
    given = [
        key
        for key, origin in origins.items()
        if origin == "--set" and not ("." in key and key.partition(".")[2] in _SHARED)
    ]
    return [f"--set {shlex.quote(f'{key}={_value(_at(params, key))}')}" for key in given]


def _at(params: Mapping[str, Any], key: str) -> Any:
    """The value of a dotted key as the record of a run has it."""
    top, _, rest = key.partition(".")
    if top == "issuer" and not rest:
        return params["stages"]["predict"]["issuer"]
    found: Any = params["stages"] if top in params["stages"] else params
    for step in key.split("."):
        found = found[step]
    return found


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{','.join(map(_value, value))}]"
    return json.dumps(value)
