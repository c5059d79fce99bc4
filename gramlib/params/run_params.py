"""A resolved run: every stage's parameters, the issuer, and where each value came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gramlib.errors import ParameterError
from gramlib.params.data_params import FILE_LISTS, named_files
from gramlib.params.fields import Section, param
from gramlib.params.issuer import Issuer
from gramlib.params.stages import STAGE_PARAMS
from gramlib.readable import readable

RECORD_SCHEMA = 1


class RunnerParams(Section):
    """How the runner works; nothing here can change a number."""

    stage_timeout_s: int = param(3600, "longest time a stage may take; 0 means no limit", "s", ge=0, le=604_800)
    memory_limit_mb: int = param(
        0, "most memory a stage's kernel may use; 0 means the container's limit", "MB", ge=0, le=16_777_216
    )


@readable
@dataclass(frozen=True)
class RunParams:
    """One run, resolved and validated.

    `provenance` maps each dotted key ("predict.n_paths", "issuer.terms.fee") to "file:line", "--set" or
    "default". `issuer_overrides` are the issuer keys that deviate from the issuer's own file.
    """

    stem: str
    title: str
    stages: dict[str, Section]
    issuer: Issuer
    scenarios: tuple[str, ...]
    profile: str
    runner: RunnerParams
    provenance: dict[str, str]
    path: str
    issuer_overrides: tuple[str, ...] = field(default=())

    def to_record(self) -> dict[str, Any]:
        """Everything, JSON-able, as run.json holds it; `RunParams.from_record` is its inverse."""
        return {
            "schema": RECORD_SCHEMA,
            "stem": self.stem,
            "title": self.title,
            "path": self.path,
            "stages": {name: params.model_dump(mode="json") for name, params in self.stages.items()},
            "issuer": self.issuer.to_record(),
            "issuer_overrides": list(self.issuer_overrides),
            "scenarios": list(self.scenarios),
            "profile": self.profile,
            "runner": self.runner.model_dump(mode="json"),
            "provenance": dict(self.provenance),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> RunParams:
        """The run that `to_record` wrote; raises ParameterError when the record is not of this version."""
        if record.get("schema") != RECORD_SCHEMA:
            raise ParameterError(
                f"a run record of schema {record.get('schema')!r}", expected=f"schema {RECORD_SCHEMA}",
                origin="run.json", remedy="run the params file again with this version",
            )  # fmt: skip
        try:
            return cls(
                stem=record["stem"],
                title=record["title"],
                stages={name: model.model_validate(record["stages"][name]) for name, model in STAGE_PARAMS.items()},
                issuer=Issuer.from_record(record["issuer"]),
                scenarios=tuple(record["scenarios"]),
                profile=record["profile"],
                runner=RunnerParams.model_validate(record["runner"]),
                provenance=dict(record["provenance"]),
                path=record["path"],
                issuer_overrides=tuple(record["issuer_overrides"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ParameterError(
                f"a run record that does not fit this version ({' '.join(str(error).split())[:120]})",
                expected="a run.json as gram run writes it", origin="run.json",
                remedy="run the params file again with this version",
            ) from error  # fmt: skip

    def identity_record(self) -> dict[str, Any]:
        """What tells this run from another: all that can change a number or a word, no machine path.

        Left out are the runner's section, provenance, each stage's `upstream`, the run to compare with, the paths of data files (the caller
        adds the hashes of the files themselves) and the issuer's file name (its values are here). Scenarios and
        profile stand by name: the caller adds their contents.
        """
        stages = {
            name: without_paths(params.model_dump(mode="json", exclude={"upstream", "path", "issuer", "compare_with"}))
            for name, params in self.stages.items()
        }
        return {
            "title": self.title,
            "stages": stages,
            "issuer": self.issuer.to_record(),
            "scenarios": list(self.scenarios),
            "profile": self.profile,
        }

    @property
    def data_files(self) -> tuple[Path, ...]:
        """Every file of the user's own that the data stage reads; none when it runs on the shipped sample."""
        data = self.stages["data"].model_dump()
        lists = [path for name in FILE_LISTS for path in named_files(data[name]).values()]
        return tuple(Path(path) for path in ([data["path"]] if data["path"] else []) + lists)


def without_paths(values: dict[str, Any]) -> dict[str, Any]:
    """A stage's `values` with each named file reduced to its name: where a file lies is no part of what it says."""
    return {key: [item.partition("=")[0] + "=" if "=" in item else item for item in value] if key in FILE_LISTS else value
            for key, value in values.items()}  # fmt: skip
