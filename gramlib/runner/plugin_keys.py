"""How plug-ins stand in the keys of stages: an update of one is a reason to run again, with its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gramlib.params.plugins import MODELS, SOURCES

PREFIX = "plug-in "
GROUP_OF_STAGE = {"data": SOURCES, "train": MODELS, "predict": MODELS, "analyse": MODELS}
"""Whose code may run in a stage; the report runs nobody's."""


def plugin_keys(records: Iterable[Mapping[str, str]], stage: str) -> dict[str, str]:
    """Those of `records` (PlugIn.to_record) that may run in `stage`, by their name in its key: package, version and files."""
    return {
        f"{PREFIX}{one['name']}": f"{one['package']} {one['version']}, files {one['sha256'][:12]}"
        for one in records
        if one["group"] == GROUP_OF_STAGE.get(stage)
    }


def plugins_that_ran(keys: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Plug-ins in the `keys` of finished stages by name, as they were then: run.json tells of the run's first day alone."""
    named = ((name, value) for key in keys for name, value in key.get("params", {}).items())
    return {name.removeprefix(PREFIX): value for name, value in named if name.startswith(PREFIX)}
