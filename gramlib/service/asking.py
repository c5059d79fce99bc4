"""From a parameter set sent by a client to a resolved run: validated as the command line does, and naming no file.

A client names things by their names in params/ only. Whatever would be a path on this machine, whatever accepts terms in
somebody's name, is for whoever runs the service to write into a params file there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gramlib.errors import ParameterError
from gramlib.params.data_params import FILE_LISTS
from gramlib.params.suggest import did_you_mean
from gramlib.runner.resolve import ResolvedRun, resolve_run

_OPERATORS = frozenset({"data.path", "data.accept_terms", *(f"data.{name}" for name in FILE_LISTS)})
_FREE_TEXT = ("title", "report.title")
_NAMES = ("issuer", "issuer.file", "profile", "scenarios", "report.compare_with")
ORIGIN = "set"


def run_files(root: Path) -> dict[str, Path]:
    """Run files in params/ by name."""
    files = {path.stem: path for path in sorted((root / "params").glob("*.yaml"))}
    return {stem: path for stem, path in files.items() if stem not in ("assumptions", "governance", "sensitivity")}


def params_file(name: str, root: Path) -> Path:
    """The run file called `name` in params/, found among those there are; raises ParameterError."""
    files = run_files(root)
    if name not in files:
        raise ParameterError(
            f"there is no run file {name[:80]!r}{did_you_mean(name[:80], list(files))}",
            expected=f"one of {', '.join(files)}",
            origin="params",
        )
    return files[name]


def resolved(name: str, values: dict[str, Any], run_id: str, root: Path) -> ResolvedRun:
    """The run of the run file `name` with `values` on top, as `gram run params/NAME.yaml --set k=v … --run-id ID` resolves it.

    Raises ParameterError with the same words as the command line, and for values that name files.
    """
    for key, value in _leaves(values):
        _refuse_files(key, value)
    path = params_file(name, root)
    return resolve_run(path, [f"{key}={json.dumps(value)}" for key, value in values.items()], root, run_id)


def _leaves(values: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        name = f"{above}.{key.strip()}" if above else key.strip()
        if isinstance(value, dict):
            yield from _leaves(value, name)
        else:
            yield name, value


def _refuse_files(key: str, value: Any) -> None:
    if "=" in key or any(c.isspace() for c in key):
        raise ParameterError(
            f"{key[:80]!r} is no name of a value", expected="a dotted name such as predict.n_paths", origin=ORIGIN
        )
    if key in _OPERATORS:
        raise ParameterError(
            f"{key} is not to be set from outside",
            expected="values that name no file of this machine and accept nobody's terms",
            origin=f"{ORIGIN}.{key}",
            remedy="whoever runs the service writes it into a run file in params/, to be asked for by its name",
        )
    texts = [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
    for text in texts:
        a_path = "/" in text or "\\" in text or text.startswith("~") or "\0" in text
        a_file = key in _NAMES and text.lower().endswith((".yaml", ".yml", ".json"))
        if (a_path and key not in _FREE_TEXT) or a_file:
            raise ParameterError(
                f"{key} is {text[:80]!r}, which looks like a file",
                expected="the name of a thing, not a path",
                origin=f"{ORIGIN}.{key}",
                remedy="GET /api/v1/issuers and /api/v1/scenarios list the names",
            )
