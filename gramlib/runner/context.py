"""What a stage's notebook sees: its parameters, the tables it may read, and where it may write.

Under `gram run` the kernel finds its attempt folder in GRAM_ATTEMPT. By hand (JupyterLab, plain papermill)
it reads from the run named by `upstream`, else from the latest succeeded one, else from a smoke run made
once, and writes to a scratch run: never into a recorded one.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from gramlib.artefacts import entry
from gramlib.errors import ArtefactError, DataContractError, ParameterError, UpstreamNotReady
from gramlib.params.checks import stage_params
from gramlib.params.stages import STAGE_PARAMS
from gramlib.params.suggest import did_you_mean
from gramlib.report.html_table import Heading, Table
from gramlib.runner.pipeline import Stage, stage_named
from gramlib.runner.plugin_keys import plugins_that_ran
from gramlib.store import Manifest, Output, RunFolder, atomic
from gramlib.store.manifest import read_manifest
from gramlib.store.parts import Parts, parts_folder

if TYPE_CHECKING:
    from gramlib.params.governance import Governance
    from gramlib.params.issuer import Issuer
    from gramlib.params.model_figures import ModelFigure
    from gramlib.params.sensitivity import Range
    from gramlib.scenarios import Scenario
    from gramlib.verdicts import Profile, Standard

_NOTEBOOK_NAMES = {"In", "Out", "exit", "quit", "open", "get_ipython", "gramlib"}
PROGRESS_EVERY_SECONDS = 0.2


class StageHandle:
    """A stage by name; `context` opens it for a notebook."""

    def __init__(self, name: str):
        self.stage = stage_named(name)

    def context(self, namespace: dict[str, Any], like: str = "") -> StageContext:
        """Validate the notebook's parameters (`globals()`) and open the stage.

        `like` names a run whose issuer, scenarios, profile and standards are meant wherever a parameter names the same
        as it did there; without it names stand for the files in params/.
        Raises ParameterError for a value the stage's model refuses, and for a name it does not know:
        papermill itself lets a misspelt parameter pass with a warning.
        """
        model = STAGE_PARAMS[self.stage.name]
        fields = set(model.model_fields)
        given = {name: value for name, value in namespace.items() if name in fields}
        opened_before = any(isinstance(value, StageContext) for value in namespace.values())
        if not opened_before:  # later cells define names of their own: only the first opening can tell a misspelt one
            strange = sorted(
                name
                for name, value in namespace.items()
                if name not in fields | _NOTEBOOK_NAMES
                and not name.startswith("_")
                and not isinstance(value, ModuleType)
            )
            if strange:
                raise ParameterError(
                    f"{strange[0]!r} is no parameter of stage {self.stage.name}{did_you_mean(strange[0], fields)}",
                    expected=f"one of {', '.join(model.model_fields)}",
                    origin="the notebook's parameters",
                )
        return StageContext(self.stage, stage_params(self.stage.name, given, "the notebook's parameters"), like)


class StageContext:
    """Reads upstream tables, writes this stage's own, and closes the stage with `finish`."""

    def __init__(self, stage: Stage, params: BaseModel, like: str = ""):
        self.stage = stage
        self.params: Any = params
        self._outputs: dict[str, Output] = {}
        self._headline = ""
        self._warnings: list[str] = []
        self._last_progress = 0.0
        self._started = time.time()
        self._like: RunFolder | None = None
        attempt = os.environ.get("GRAM_ATTEMPT", "")
        if attempt:
            self.folder = Path(attempt)
            record = atomic.read_json(self.folder / "attempt.json") or {}
            if record.get("stage") != stage.name:
                raise DataContractError(
                    f"this is the notebook of {stage.name}, but the runner started {record.get('stage')}",
                    expected="each stage in its own notebook",
                    origin=attempt,
                )
            if record["python"] != sys.prefix:
                raise DataContractError(
                    f"the kernel runs in {sys.prefix}",
                    expected=f"the runner's Python in {record['python']}",
                    origin="kernel python3",
                    remedy="remove the user's own kernelspec named python3 (jupyter kernelspec list)",
                )
            self._upstream = {name: Path(path) for name, path in record["upstream"].items()}
            self._required = tuple(record["outputs"])
            self._run: RunFolder | None = RunFolder(Path(record["run_path"]))
            self.by_hand = False
        else:
            from gramlib.runner import by_hand

            self._like = by_hand.named_run(like) if like else None
            self._run = by_hand.upstream_run(stage, str(getattr(params, "upstream", ""))) or self._like
            self.folder = by_hand.scratch_folder(stage)
            self._upstream = (
                {name: self._run.stage_path(stage_named(name).folder) for name in stage.upstream} if self._run else {}
            )
            self._required = stage.outputs
            self.by_hand = True

    @cached_property
    def run_record(self) -> dict[str, Any]:
        """run.json of the run this stage belongs to (by hand: of the run it reads from; empty for the data stage)."""
        return self._run.record() if self._run else {}

    @cached_property
    def _settings(self) -> dict[str, Any]:
        """run.json of the run that stands behind the names of issuer, scenarios, profile and standards."""
        return self._like.record() if self._like else self.run_record

    def _names_a_file(self, parameter: str) -> bool:
        """Whether `parameter` is looked up in params/: by hand, and unless it names what the run that is meant named."""
        if not self.by_hand or not hasattr(self.params, parameter):
            return False
        if self._like is None:
            return True
        there = self._settings["params"]["stages"][self.stage.name][parameter]
        return bool(there != getattr(self.params, parameter))

    @cached_property
    def issuer(self) -> Issuer:
        """The issuer: the run's own resolved one, by hand the file that the parameter names."""
        from gramlib.params.issuer import Issuer
        from gramlib.params.issuer_file import load_issuer

        if self._names_a_file("issuer"):
            return load_issuer(self.params.issuer, _root())
        return Issuer.from_record(self._settings["params"]["issuer"])

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The listed scenarios of the run, by hand those that the parameter names."""
        from gramlib.scenarios import Scenario, load_scenarios

        if self._names_a_file("scenarios"):
            return load_scenarios(list(self.params.scenarios), _root())
        return tuple(Scenario.from_record(record) for record in self._settings["scenarios"])

    @cached_property
    def profile(self) -> Profile:
        """The profile of requirements and appetites."""
        from gramlib.verdicts import Profile, load_profile

        if self._names_a_file("profile"):
            return load_profile(self.params.profile, _root())
        return Profile.from_record(self._settings["profile"])

    @cached_property
    def standards(self) -> tuple[Standard, ...]:
        """The standards to hold the run against, those that bind by the profile among them."""
        from gramlib.verdicts import Standard, standards_of

        changed = self._names_a_file("standards") or self._names_a_file("profile")  # a profile says which of them bind
        if changed and hasattr(self.params, "standards"):
            return standards_of(list(self.params.standards), self.profile, _root())
        return tuple(Standard.from_record(record) for record in self._settings["standards"])

    @cached_property
    def assumptions(self) -> list[dict[str, Any]]:
        """The register of assumptions the run was started with, by hand the one in params/."""
        if "assumptions" in self.run_record:
            return list(self.run_record["assumptions"])
        from gramlib.params.assumptions import load_assumptions

        return [entry.model_dump(mode="json") for entry in load_assumptions(_root())]

    @cached_property
    def governance(self) -> Governance:
        """Who answers for what: as the run was started with, by hand as in params/."""
        from gramlib.params.governance import Governance, load_governance

        return (
            Governance(**self.run_record["governance"]) if "governance" in self.run_record else load_governance(_root())
        )

    @cached_property
    def ranges(self) -> tuple[Range, ...]:
        """How far inputs may lie from their values: as the run was started with, by hand as in params/."""
        from gramlib.params.sensitivity import Range, load_ranges

        if "sensitivity" in self.run_record:
            return tuple(Range(**record) for record in self.run_record["sensitivity"])
        return load_ranges(_root())

    def model_figures(self, name: str) -> tuple[ModelFigure, ...]:
        """Fitted figures of params/models/`name`.yaml: those the run was started with, by hand those in params/."""
        from gramlib.params.model_figures import ModelFigure, load_figures

        if "model_figures" in self.run_record:
            return tuple(ModelFigure.model_validate(record) for record in self.run_record["model_figures"][name])
        return load_figures(_root(), name)

    @property
    def provenance(self) -> dict[str, Any]:
        """What made this run, for its readers: code, versions, time, and the command that repeats it."""
        record = self.run_record
        git = record.get("git", {})
        return {
            "run_id": record.get("run_id", ""),
            "created": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(record.get("created", 0.0))),
            "replay_with": f"gram run reports/{record.get('run_id', '')}/run.json",
            "commit": (git.get("commit", "") + (" with changes that are not committed" if git.get("dirty") else ""))
            or "unknown",
            "gramlib": record.get("gramlib", ""),
            "python": record.get("python", ""),
            "versions": record.get("versions", {}),
            "lock_sha256": record.get("lock_sha256", ""),
            "plug_ins": plugins_that_ran(
                [self.manifests[name].key for name in self._upstream if name in self.manifests]
            ),
        }

    @property
    def manifest_records(self) -> list[dict[str, Any]]:
        """The upstream manifests as plain records, in stage order."""
        return [asdict(self.manifests[name]) for name in self._upstream if name in self.manifests]

    @cached_property
    def manifests(self) -> dict[str, Manifest]:
        """Manifests of the upstream stages, by name."""
        found = {name: read_manifest(path) for name, path in self._upstream.items()}
        return {name: manifest for name, manifest in found.items() if manifest is not None}

    @property
    def snapshots(self) -> Path:
        """Where answers from the network are kept, for every run beside this one."""
        from gramlib.runner import workbench

        if self._like is not None:
            return self._like.path.parent / "snapshots"
        return (self.folder.parent.parent if not self.by_hand else workbench.reports()) / "snapshots"

    @cached_property
    def compared_report(self) -> dict[str, Any] | None:
        """The report document of the run named to compare with, None where none is; raises ParameterError where it is gone."""
        if not self.params.compare_with:
            return None
        from gramlib.runner import workbench
        from gramlib.runner.compared import previous_report

        reports = self.folder.parent.parent if not self.by_hand else workbench.reports()
        return previous_report(self.params.compare_with, reports)

    @cached_property
    def parts(self) -> Parts | None:
        """Where long work keeps what is finished, so that the next attempt need not do it again; None by hand."""
        if self.by_hand or self._run is None:
            return None
        return Parts(parts_folder(self._run.path, self.stage.folder), self.warn)

    def read(self, name: str) -> Any:
        """An upstream artefact by catalogue name: a DataFrame, or a dict for a document; verified.

        Raises UpstreamNotReady when its stage has no result, ArtefactError when it is damaged.
        """
        from gramlib.store.tables import read_artefact

        wanted = entry(name).stage
        if wanted not in self._upstream:
            raise ArtefactError(
                f"stage {self.stage.name} does not read from {wanted}",
                origin=f"ctx.read({name!r})",
                expected=f"a table of {', '.join(self._upstream) or 'no other stage'}",
                remedy="see gramlib/runner/pipeline.py",
            )
        if wanted not in self.manifests:
            raise UpstreamNotReady(
                f"stage {wanted} has no result",
                expected="a succeeded stage",
                origin=str(self._upstream[wanted]),
                remedy=f"run it first: gram run … --stage {wanted}",
            )
        return read_artefact(self._upstream[wanted], self.manifests[wanted], name)

    def read_all(self, *names: str) -> dict[str, Any]:
        """Several upstream artefacts by catalogue name; raises as `read` does."""
        return {name: self.read(name) for name in names}

    def write(self, name: str, value: Any) -> None:
        """Hand on `value` under its catalogue name; it is checked against the catalogue first."""
        from gramlib.store.tables import write_artefact

        if entry(name).stage != self.stage.name:
            raise ArtefactError(
                f"{name} belongs to stage {entry(name).stage}",
                expected=f"one of {', '.join(self.stage.outputs)}",
                origin=f"ctx.write({name!r}) in stage {self.stage.name}",
            )
        self._outputs[name] = write_artefact(self.folder, name, value)

    def headline(self, text: str) -> None:
        """One sentence that the runner prints when the stage has succeeded."""
        self._headline = text

    def warn(self, *texts: str) -> None:
        """Warnings that the runner prints and the manifest keeps, besides what the notebook shows."""
        self._warnings += texts

    def progress(self, done: int, total: int, text: str) -> None:
        """Tell the runner how far a long call is; cheap enough to call often."""
        now = time.monotonic()
        if now - self._last_progress >= PROGRESS_EVERY_SECONDS or done >= total:
            self._last_progress = now
            if not self.by_hand:
                from gramlib.runner.progress import write_progress

                write_progress(self.folder, done, total, text)

    @cached_property
    def banner(self) -> str:
        """The label that every page made from these data carries; empty for real data."""
        if "source_cards" in self._outputs:
            document = atomic.read_json(self.folder / self._outputs["source_cards"].path)
        elif "data" in self._upstream:
            document = self.read("source_cards")
        elif self._run is not None:
            manifest = self._run.manifest(stage_named("data").folder)
            document = (
                atomic.read_json(self._run.stage_path(stage_named("data").folder) / "source_cards.json")
                if manifest
                else None
            )
        else:
            document = None
        return str((document or {}).get("label", ""))

    def finish(self) -> Finished:
        """Close the stage: everything it owes must be written. Returns the list of what was."""
        missing = [name for name in self._required if name not in self._outputs]
        if missing:
            raise ArtefactError(
                f"{self.stage.name} ends without {', '.join(missing)}",
                expected=f"all of {', '.join(self._required)}",
                origin="ctx.finish()",
                remedy="write it with ctx.write",
            )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        outputs = tuple(self._outputs[name] for name in sorted(self._outputs))
        modules = sorted(name for name in sys.modules if name == "gramlib" or name.startswith("gramlib."))
        resources = {"kernel_peak_bytes": float(peak), "kernel_cpu_s": time.process_time()}
        if self.by_hand:
            from gramlib.runner import by_hand

            by_hand.close(self.folder, self.stage, outputs, self._headline, self.params)
        else:
            atomic.write_json(
                self.folder / "kernel.json",
                {
                    "outputs": [asdict(output) for output in outputs],
                    "modules": modules,
                    "headline": self._headline,
                    "warnings": self._warnings,
                    "resources": resources,
                    "banner": self.banner,
                },
            )
        return Finished(self.stage.name, outputs, self.folder if self.by_hand else None)

    def _repr_html_(self) -> str:
        fields = {name: field for name, field in type(self.params).model_fields.items() if name != "upstream"}
        rows = {
            name: (name, _words(getattr(self.params, name)), field.description or "") for name, field in fields.items()
        }
        changed = [rows[name] for name, field in fields.items() if getattr(self.params, name) != field.get_default()]
        headings = (Heading("Parameter"), Heading("Value"), Heading("Meaning"))
        source = f"It reads run {self._run.run_id}. " if self._run and self._upstream else ""
        where = "Run by hand: it writes to a scratch run." if self.by_hand else ""
        caption = f"Stage {self.stage.name}: {'set for this run' if changed else 'every parameter at its default'}"
        table = Table(caption, headings, tuple(changed), source + where)
        everything = Table(f"All parameters of stage {self.stage.name}", headings, tuple(rows.values()))
        return f"{table._repr_html_()}<details><summary>All {len(rows)} parameters</summary>{everything._repr_html_()}</details>"

    def __repr__(self) -> str:
        return f"StageContext({self.stage.name}, {self.params!r})"


class Finished:
    """What a stage has written, as its notebook shows it."""

    def __init__(self, stage: str, outputs: tuple[Output, ...], scratch: Path | None):
        self.stage, self.outputs, self.scratch = stage, outputs, scratch

    def __repr__(self) -> str:
        return "\n".join(
            f"{o.name}: {o.rows if o.rows is not None else 'document'} {'rows' if o.rows is not None else ''}".rstrip()
            for o in self.outputs
        )

    def _repr_html_(self) -> str:
        headings = (
            Heading("Artefact"),
            Heading("What it is"),
            Heading("Rows", numeric=True),
            Heading("Bytes", numeric=True),
            Heading("SHA-256 begins"),
        )
        rows = tuple(
            (o.name, entry(o.name).title, "" if o.rows is None else f"{o.rows:,}", f"{o.bytes:,}", o.sha256[:12])
            for o in self.outputs
        )
        note = f"Run by hand: written to {self.scratch}, not into a recorded run." if self.scratch else ""
        return Table(f"Written by stage {self.stage}", headings, rows, note)._repr_html_()


def _root() -> Path:
    from gramlib.runner.workbench import root

    return root()


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
