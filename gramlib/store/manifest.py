"""The manifest of a stage, stage.json: written last, so that a folder without one is never a result."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gramlib.errors import ArtefactError
from gramlib.store import atomic
from gramlib.store.hashing import sha256_file, sha256_record

SCHEMA = 1


@dataclass(frozen=True)
class Output:
    """One file a stage handed on."""

    name: str
    path: str
    sha256: str
    bytes: int
    version: int
    rows: int | None = None


@dataclass(frozen=True)
class Manifest:
    """What a stage was made from, what it made, and what it cost.

    `key` holds everything the result depends on, part by part, so that a changed part can be named:
    params, inputs, notebook, modules, upstream, lock, python. `pages` maps the files made for readers
    (notebooks, HTML) to their hashes: no later stage reads them, but a missing or altered one must not pass.
    `adopted_from` names the run whose work this is, where the stage was taken over.
    """

    stage: str
    run_id: str
    key: dict[str, Any]
    outputs: tuple[Output, ...]
    status: str = "succeeded"
    started: float = 0.0
    finished: float = 0.0
    headline: str = ""
    warnings: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    resources: dict[str, float] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    adopted_from: str = ""
    schema: int = SCHEMA

    @property
    def wall_s(self) -> float:
        """Wall time of the stage, kernel start included."""
        return self.finished - self.started

    @property
    def outputs_digest(self) -> str:
        """One digest of all outputs, the form in which downstream stages remember them."""
        return sha256_record([[o.name, o.version, o.sha256] for o in self.outputs])

    def write(self, folder: Path) -> None:
        """Write stage.json."""
        atomic.write_json(folder / "stage.json", asdict(self))

    def output(self, name: str) -> Output:
        """The output called `name`; raises ArtefactError."""
        for output in self.outputs:
            if output.name == name:
                return output
        raise ArtefactError(
            f"stage {self.stage} of run {self.run_id} has no {name}",
            expected=f"one of {', '.join(o.name for o in self.outputs)}",
            remedy=f"re-run it: gram run {self.run_id} --stage {self.stage} --force",
        )


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in `folder`, or None where there is no whole, succeeded one of this schema."""
    record = atomic.read_json(folder / "stage.json")
    if record is None or record.get("schema") != SCHEMA or record.get("status") != "succeeded":
        return None
    try:
        outputs = tuple(Output(**output) for output in record.pop("outputs"))
        return Manifest(**{**record, "outputs": outputs, "warnings": tuple(record["warnings"])})
    except (KeyError, TypeError):  # edited by hand, or written by another version without saying so
        return None


def first_damage(folder: Path, manifest: Manifest) -> str:
    """The first output or page that is missing or differs from its hash, in words; empty when all verify."""
    for name, digest in {**{output.path: output.sha256 for output in manifest.outputs}, **manifest.pages}.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if sha256_file(path) != digest:
            return f"{name} differs from its recorded hash"
    return ""


def first_missing(folder: Path, manifest: Manifest) -> str:
    """The first output or page that is not there or not of its recorded size, in words; nothing is read, so that it is cheap."""
    for output in manifest.outputs:
        path = folder / output.path
        if not path.is_file() or path.stat().st_size != output.bytes:
            return f"{output.path} is {'damaged' if path.is_file() else 'missing'}"
    return next((f"{name} is missing" for name in manifest.pages if not (folder / name).is_file()), "")
