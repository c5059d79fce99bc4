"""What other packages add to the workbench, found by their entry points; nothing of theirs is imported here.

A package names what it adds in its pyproject.toml:

    [project.entry-points."gramlib.models"]
    drift = "my_package.drift:Drift"         # a class as gramlib.models.protocol describes it

    [project.entry-points."gramlib.sources"]
    vault = "my_package.vault:load"          # a function of DataParams that gives a gramlib.sources.raw.RawSeries

Installed beside the workbench, `drift` is a name for `train.models` and `predict.model`, `vault` one for `data.source`. A
plug-in counts in a run's key with its version and the files of its top-level module or package, whether imported or not.
Source: the entry points specification of the Python Packaging User Guide.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass
from functools import lru_cache

from gramlib.errors import ParameterError
from gramlib.params.built_in import BASELINE_NAMES, FORECASTER_NAMES, MODEL_NAMES, SOURCE_NAMES

MODELS, SOURCES = "gramlib.models", "gramlib.sources"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class PlugIn:
    """One entry point: `name` in `group`, declared by `package` of `version`, at `target` (module:attribute).

    `refused` says why it cannot be used, as far as that shows before it is imported; empty where nothing does.
    """

    group: str
    name: str
    package: str
    version: str
    target: str
    refused: str = ""

    @property
    def origin(self) -> str:
        """Whose it is, as in "my-models 0.2"."""
        return f"{self.package} {self.version}"

    def files_sha256(self) -> str:
        """Hex digest of the files of the top-level module or package it lives in; empty where there is none."""
        return _files_sha256(self.target.partition(":")[0].partition(".")[0])

    def to_record(self) -> dict[str, str]:
        """What run.json holds of it: everything but `refused`, and the digest of its files."""
        record = {name: str(value) for name, value in asdict(self).items() if name != "refused"}
        return record | {"sha256": self.files_sha256()}

    def error(self, found: str, expected: str = "") -> ParameterError:
        """The error that says what is wrong with it, and whose it is."""
        return ParameterError(
            f"plug-in {self.name!r} of {self.origin}: {found}",
            expected=expected,
            origin=f"entry point {self.name} = {self.target} in {self.group}",
            remedy=f"correct or update {self.package}, or leave {self.name} out; the others go on working",
        )


def plug_ins(group: str) -> tuple[PlugIn, ...]:
    """Every plug-in of `group` (MODELS or SOURCES) that is installed, by name; those that cannot be used among them."""
    import sys

    return _found(group, tuple(sys.path))


def usable(group: str) -> dict[str, PlugIn]:
    """Those that nothing speaks against so far, by name."""
    return {one.name: one for one in plug_ins(group) if not one.refused}


@lru_cache(maxsize=8)
def _found(group: str, path: tuple[str, ...]) -> tuple[PlugIn, ...]:
    """`path` is sys.path, on which the answer depends."""
    from importlib.metadata import entry_points

    found = {
        (entry.name, entry.value, entry.dist.name if entry.dist else "?", entry.dist.version if entry.dist else "?")
        for entry in entry_points(group=group)
    }
    count = Counter(name for name, *_ in found)
    made = []
    for name, target, package, version in sorted(found):
        refused = ""
        if name in _reserved(group):
            refused = f"the name {name!r} is the workbench's own"
        elif count[name] > 1:
            others = sorted({other for also, _, other, _ in found if also == name and other != package})
            refused = f"the name {name!r} is also claimed by {', '.join(others) or 'the same package'}"
        elif not _NAME.fullmatch(name):
            refused = "a name is at most 40 small letters, digits and underscores, beginning with a letter"
        made.append(PlugIn(group, name, package, version, target, refused))
    return tuple(made)


def _reserved(group: str) -> tuple[str, ...]:
    if group == MODELS:
        return (*MODEL_NAMES, *FORECASTER_NAMES, *BASELINE_NAMES, "all", "champion")
    # The parameters of stage data are themselves validated by what is found here.
    from gramlib.params.data_params import PROVIDERS

    return (*SOURCE_NAMES, *PROVIDERS)


def _files_sha256(module: str) -> str:
    """Of the module's file, or of all files below the package's folders but compiled ones."""
    import hashlib
    from importlib.util import find_spec
    from pathlib import Path

    try:
        spec = find_spec(module)  # of a top-level name: imports nothing
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return ""
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    files = [(file.relative_to(folder).as_posix(), file) for folder in folders for file in folder.rglob("*")]
    if not folders and spec.origin:
        files = [(Path(spec.origin).name, Path(spec.origin))]
    digest = hashlib.sha256()
    for name, file in sorted(files):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
