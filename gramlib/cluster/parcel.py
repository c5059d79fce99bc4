"""A run's parameters as one ConfigMap: run.json as resolved here, and the data files it names where they are small.

A pod then needs no file of this machine, and its run has the very identity that was computed here: paths are no
part of it, the files' hashes are.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from gramlib.cluster.names import NAME_LABEL, RUN_ANNOTATION, RUN_LABEL, parcel_name, slug
from gramlib.errors import ParameterError
from gramlib.runner.resolve import ResolvedRun

FOLDER = "/params"
"""Where the pods see it."""
RUN_FILE = "run.json"
LARGEST_BYTES = 1_000_000
"""The server takes 1 MiB (2^20 bytes) of contents."""


def parcel(run: ResolvedRun) -> dict[str, Any]:
    """The ConfigMap of `run`; raises ParameterError where its data files do not fit."""
    files = {path: _key(index, Path(path)) for index, path in enumerate(sorted(run.inputs))}
    record = _moved(run.record, {path: f"{FOLDER}/{key}" for path, key in files.items()})
    text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    contents = {key: Path(path).read_bytes() for path, key in files.items()}
    size = len(text.encode()) + sum(map(len, contents.values()))
    if size > LARGEST_BYTES:
        raise ParameterError(
            f"the run's parameters and data files hold {size:,} bytes",
            expected=f"at most {LARGEST_BYTES:,}, what a ConfigMap can carry",
            origin=", ".join(files) or "the run's scenarios",
            remedy="shorten the file to the days that are used, or build it into the image and start the run there",
        )
    made: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": parcel_name(run.run_id),
            "labels": {NAME_LABEL: "gram", RUN_LABEL: slug(run.run_id)},
            "annotations": {RUN_ANNOTATION: run.run_id},
        },
        "data": {"run-id": run.run_id, RUN_FILE: text},
    }
    if contents:
        made["binaryData"] = {key: base64.b64encode(content).decode() for key, content in contents.items()}
    return made


def _key(index: int, path: Path) -> str:
    return f"{index}-{re.sub(r'[^A-Za-z0-9._-]', '_', path.name)}"


def _moved(value: Any, places: dict[str, str]) -> Any:
    """`value` with every path of `places`, alone or after `name=`, replaced by where the pods find it."""
    if isinstance(value, dict):
        return {places.get(key, key): _moved(item, places) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, places) for item in value]
    if isinstance(value, str):
        name, equals, path = value.rpartition("=")
        return f"{name}{equals}{places[path]}" if path in places else value
    return value
