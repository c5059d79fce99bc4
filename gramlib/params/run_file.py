"""The layers of a run: the files it extends, the run file, `--set` on top, merged into one tree.

Values merge leaf by leaf: mappings merge, lists and single values replace. Naming another issuer replaces the
issuer with all its deviations. Paths in a file are relative to that file, paths in `--set` to the current folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gramlib.errors import ParameterError
from gramlib.params.data_params import FILE_LISTS
from gramlib.params.issuer_file import is_path
from gramlib.params.origins import Layered
from gramlib.params.quoting import shortened, shown
from gramlib.params.suggest import did_you_mean
from gramlib.params.yaml_source import Located, load_yaml, parse_scalar, shown_path

_LONGEST_OVERRIDE = 120


def merged(path: Path, overrides: Sequence[str], root: Path) -> Layered:
    """Every layer of the run file `path` merged, not yet validated; file names in origins are relative to `root`.

    Raises ParameterError for files that are missing, circular or not YAML, and for overrides that assign nothing.
    """
    layered = Layered()
    for located in _chain(path, root, ()):
        values = _prepared(located)
        if isinstance(values.get("issuer"), dict) and "file" in values["issuer"]:
            layered.drop("issuer")
        layered.merge(values, located.where)
    for override in overrides:
        _apply(override, layered)
    return layered


def _chain(path: Path, root: Path, above: tuple[Path, ...]) -> list[Located]:
    """The files that `path` extends, lowest first, and `path` itself."""
    located = load_yaml(path, shown_path(path, root))
    below = located.values.pop("extends", None)
    if below is None:
        return [located]
    origin = located.where("extends")
    if not isinstance(below, str) or not below.strip():
        raise ParameterError(
            f"extends is {shown(below)}", expected="the name of one YAML file", origin=origin, remedy="name one file"
        )
    target = path.parent / below
    if os.path.isdir(target):
        raise ParameterError(
            f"extends names {below}, which is a folder", expected="a file relative to this one", origin=origin,
            remedy="name the file in that folder",
        )  # fmt: skip
    if not os.path.isfile(target):  # pathlib raises where a name is too long or holds a zero byte
        beside = target.parent.glob("*.yaml") if os.path.isdir(target.parent) else ()
        near = did_you_mean(target.name, [file.name for file in beside if file != path])
        raise ParameterError(
            f"extends names {shown(below)}, which does not exist{near}", expected="a file relative to this one",
            origin=origin, remedy="correct the path",
        )  # fmt: skip
    seen = (*above, path.resolve())
    if target.resolve() in seen:
        circle = " -> ".join(p.name for p in (*seen, target))
        raise ParameterError(
            f"extends goes round in a circle: {circle}", expected="files that end at one without extends",
            origin=origin, remedy="remove one extends",
        )  # fmt: skip
    return [*_chain(target, root, seen), located]


def _prepared(located: Located) -> dict[str, Any]:
    """A file's values with its short forms written out and its paths made absolute."""
    values = located.values
    folder = located.path.parent
    if isinstance(values.get("issuer"), str):
        located.lines["issuer.file"] = located.lines["issuer"]
        values["issuer"] = {"file": values["issuer"]}
    if isinstance(values.get("scenarios"), str):
        values["scenarios"] = [values["scenarios"]]
    issuer, data, report = (values.get(name) for name in ("issuer", "data", "report"))
    if isinstance(issuer, dict) and isinstance(issuer.get("file"), str):
        issuer["file"] = _issuer_reference(issuer["file"], folder)
    if isinstance(data, dict):
        data.update({name: _absolute_data(name, value, folder) for name, value in data.items()})
    if isinstance(report, dict) and "compare_with" in report:
        report["compare_with"] = _run_reference(report["compare_with"], folder)
    return values


def _run_reference(named: Any, folder: Path) -> Any:
    """A run folder made absolute; an id, which has no slash, and what is no text stay as they are."""
    return _absolute(named, folder) if isinstance(named, str) and "/" in named else named


def _absolute_data(name: str, value: Any, folder: Path) -> Any:
    """The value of data.`name` with its paths made absolute; whatever is not of the right type is left to validation."""
    if name == "path" and isinstance(value, str):
        return _absolute(value, folder)
    if name in FILE_LISTS and isinstance(value, list):
        return [_absolute_item(item, folder) for item in value]
    return value


def _absolute_item(item: Any, folder: Path) -> Any:
    name, equals, path = item.partition("=") if isinstance(item, str) else (item, "", "")
    return f"{name}={_absolute(path, folder)}" if equals and path else item


def _absolute(text: str, folder: Path) -> str:
    try:
        return str((folder / Path(text).expanduser()).resolve()) if text else ""
    except (ValueError, RuntimeError):  # a zero byte, the home of nobody: refused later as what it is, no file
        return text


def _issuer_reference(text: str, folder: Path) -> str:
    return _absolute(text, folder) if is_path(text) else text


def _apply(override: str, layered: Layered) -> None:
    key, equals, text = override.partition("=")
    key, origin = key.strip(), f"--set {shortened(override, _LONGEST_OVERRIDE)}"
    if not equals or not key or any(not step for step in key.split(".")):
        raise ParameterError(
            f"{origin} is not an assignment", expected="--set name.of.value=value, like --set predict.n_paths=20000",
            origin="the command line", remedy="write name, =, value without spaces",
        )  # fmt: skip
    if key == "extends":
        raise ParameterError(
            "extends cannot be set on the command line", expected="a value of a stage, issuer, scenarios or profile",
            origin=origin, remedy="write a params file with extends",
        )  # fmt: skip
    assign(key, parse_scalar(text, origin), layered, origin, Path.cwd())


def assign(
    key: str,
    value: Any,
    layered: Layered,
    origin: str,
    folder: Path,
    where: Callable[[str], str] | None = None,
) -> None:
    """Lay one value on top at the dotted `key`: a mapping merges, anything else replaces.

    `origin` is told where it is refused, `where` gives the line of each leaf of a mapping by its dotted key; relative
    paths are taken from `folder`.
    """
    if key == "issuer" and isinstance(value, str):
        layered.put("issuer", {}, origin)
        key = "issuer.file"
    if key == "issuer" and isinstance(value, dict) and isinstance(value.get("file"), str):
        layered.put("issuer", {}, origin)
        value = {**value, "file": _issuer_reference(value["file"], folder)}
    if key == "issuer.file" and isinstance(value, str):
        value = _issuer_reference(value, folder)
    if key == "data" and isinstance(value, dict):
        value = {name: _absolute_data(name, item, folder) for name, item in value.items()}
    if key.startswith("data."):
        value = _absolute_data(key.removeprefix("data."), value, folder)
    if key == "report.compare_with":
        value = _run_reference(value, folder)
    if key == "scenarios" and isinstance(value, str):
        value = [value]
    if isinstance(value, dict) and value:
        section: dict[str, Any] = value
        for step in reversed(key.split(".")):
            section = {step: section}
        layered.merge(section, where or (lambda _: origin))
        return
    layered.put(key, value, origin)
