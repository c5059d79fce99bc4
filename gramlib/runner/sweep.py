"""A sweep on this machine: what is shared first, then every member, side by side, until each has succeeded or failed.

    reports/<sweep>/sweep.json       the members and what varies; written once
    reports/<sweep>/<member>/        a run like any other: run.json, stages, manifests
    reports/<sweep>/shared-…/        a run of the stages that several members take over
    reports/<sweep>/sweep.html       the comparison; sweep.csv and comparison.json hold its numbers

The same command resumes: finished members are known by their manifests. Several processes, or pods of an Indexed Job, may
work on one sweep at once: each run folder has one writer, the others wait for it or leave with 75.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gramlib.errors import GramError, SweepIncomplete, TemporaryError
from gramlib.params.sweep import SweepFile
from gramlib.runner import sweep_pool, workbench
from gramlib.runner.pipeline import STAGES, Stage
from gramlib.runner.plan import changed, upstream_digests
from gramlib.runner.progress import Reporter
from gramlib.runner.resolve import with_provenance
from gramlib.runner.stop import StopRequested, StopSwitch
from gramlib.runner.sweep_members import Member, members_of
from gramlib.runner.sweep_plan import Task, above, plan_tasks
from gramlib.runner.sweep_schedule import Outcome, Schedule
from gramlib.store import RunFolder, atomic
from gramlib.store.hashing import module_names, sha256_file, sha256_modules, sha256_record
from gramlib.store.manifest import first_missing
from gramlib.store.run_folder import run_folders

SCHEMA = 1


@dataclass(frozen=True)
class SweepRequest:
    """Where and how: `chosen` are the numbers of the members to run, None for all; `n_workers` 0 for as many as fit."""

    reports: Path
    notebooks: Path
    lock: Path
    n_workers: int = 0
    chosen: tuple[int, ...] | None = None
    wait_s: float = 0.0
    stages: tuple[Stage, ...] = STAGES
    worker: tuple[str, ...] = sweep_pool.COMMAND


@dataclass(frozen=True)
class Sweep:
    """A sweep, resolved: its id, its members and the plan."""

    file: SweepFile
    sweep_id: str
    members: tuple[Member, ...]
    tasks: tuple[Task, ...]

    def folder(self, reports: Path) -> Path:
        """Where its runs are."""
        return reports / self.sweep_id


@dataclass
class SweepEnding:
    """How it ended: outcome by member id, and seconds by job that ran."""

    folder: Path
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    wall_s: dict[str, float] = field(default_factory=dict)

    @property
    def failed(self) -> list[str]:
        """Members that failed or could not be begun."""
        return [name for name, outcome in self.outcomes.items() if not outcome.succeeded]


def resolve_sweep(file: SweepFile, stages: tuple[Stage, ...] = STAGES) -> Sweep:
    """Everything about the sweep, decided before any kernel starts; raises ParameterError (exit 2)."""
    members = members_of(file)
    until = file.params.until
    identity = sha256_record([until, file.params.pictures, [(m.member_id, m.run.record["identity"]) for m in members]])
    return Sweep(file, f"{file.stem}-{identity[:8]}", tuple(members), tuple(plan_tasks(members, until, stages)))


def run_sweep(sweep: Sweep, request: SweepRequest, reporter: Reporter) -> SweepEnding:
    """Bring the chosen members up to date; raises the GramError that stopped the whole, never one for a failed member."""
    folder = sweep.folder(request.reports)
    folder.mkdir(parents=True, exist_ok=True)
    atomic.create_json(folder / "sweep.json", sweep_record(sweep))
    names = {m.member_id for m in sweep.members if request.chosen is None or m.index in request.chosen}
    wanted = [task for task in sweep.tasks if task.name in names]
    standing = _standing(sweep, request, folder, wanted)
    ending = SweepEnding(folder, unchanged=tuple(standing))
    needed = {
        one.name: one for task in wanted if task.name not in standing for one in [*above(sweep.tasks, task), task]
    }
    ordered = [task for task in sweep.tasks if task.name in needed]
    shared = sum(task.member is None for task in ordered)
    reporter.event(
        "sweep_started",
        f"sweep {sweep.sweep_id}: {len(wanted)} members, {len(standing)} already done"
        + (f", {shared} shared run{'s' if shared > 1 else ''} first" if shared else ""),
        sweep_id=sweep.sweep_id, folder=str(folder), members=len(wanted), done=len(standing), shared=shared,
    )  # fmt: skip
    ending.outcomes = {name: Outcome("succeeded") for name in standing}
    if ordered:
        with StopSwitch() as stop:
            try:
                _run(sweep, request, reporter, folder, ordered, ending)
            except StopRequested:
                raise stop.error(f"sweep {sweep.sweep_id}") from None
    return ending


def sweep_record(sweep: Sweep) -> dict[str, Any]:
    """sweep.json: what was asked for."""
    params = sweep.file.params
    return {
        "schema": SCHEMA,
        "sweep_id": sweep.sweep_id,
        "title": params.title,
        "file": sweep.file.shown,
        "base": params.base,
        "until": params.until,
        "created": time.time(),
        "varies": list(dict.fromkeys(key for m in sweep.members for key in m.settings)),
        "asked": params.model_dump(mode="json", by_alias=True),
        "members": [
            {"index": task.member.index, "id": task.name, "settings": task.member.settings, "above": task.above}
            for task in sweep.tasks
            if task.member is not None
        ],
    }


def outcome_error(sweep: Sweep, ending: SweepEnding) -> GramError | None:
    """What a finished sweep ends with: 4 where members failed, 75 where the rest is busy elsewhere; None for success."""
    failed = [name for name in ending.failed if not ending.outcomes[name].temporary]
    waiting = [name for name in ending.failed if ending.outcomes[name].temporary]
    if failed:
        first = ending.outcomes[failed[0]]
        return SweepIncomplete(
            f"{len(failed)} of {len(ending.outcomes)} members failed; the first is {failed[0]}: {first.reason.splitlines()[0]}",
            expected="every member to succeed", origin=str(ending.folder),
            remedy="see the reasons in sweep.html; the same command runs the failed ones again",
        )  # fmt: skip
    if waiting:
        first = ending.outcomes[waiting[0]]
        return TemporaryError(
            f"{len(waiting)} of {len(ending.outcomes)} members are not ready; {waiting[0]}: {first.reason.splitlines()[0]}",
            origin=str(ending.folder), remedy="run the same command again, or wait for them (--wait 30m)",
        )  # fmt: skip
    return None


def _run(
    sweep: Sweep, request: SweepRequest, reporter: Reporter, folder: Path, ordered: Sequence[Task], ending: SweepEnding
) -> None:
    earlier = _earlier(sweep, request.reports)
    lock_hash = sha256_file(request.lock) if request.lock.is_file() else ""
    provenance = with_provenance({}, workbench.PACKAGE.parent, lock_hash)

    def job(task: Task) -> dict[str, Any]:
        run_folder = RunFolder(folder / task.name)
        run_folder.create({**task.run.record, **provenance, "created": time.time()})
        return {
            "job": task.name,
            "folder": str(run_folder.path),
            "stages": [stage.name for stage in request.stages[: request.stages.index(task.stages[-1]) + 1]],
            "adopt_from": [str(path) for path in _sources(task, folder, earlier, request.reports)],
            "notebooks": str(request.notebooks),
            "lock": str(request.lock),
            "wait_s": request.wait_s,
            "figures": task.member is not None,
            "pictures": task.run.pictures,
        }

    n_workers = min(request.n_workers or sweep_pool.usual_jobs(), len(ordered))
    with sweep_pool.Pool(n_workers, request.worker) as pool:
        schedule = Schedule(ordered, job, reporter, len(ending.outcomes))
        schedule.work_off(pool)
    ending.outcomes |= {task.name: schedule.outcomes[task.name] for task in ordered if task.member is not None}
    ending.wall_s = schedule.wall_s


def _sources(task: Task, folder: Path, earlier: list[Path], reports: Path) -> list[Path]:
    """Runs that may have done what `task` needs: the one above it, its namesake in earlier sweeps, for what stands on top any run."""
    found = [folder / task.above] if task.above else []
    found += [path / task.name for path in earlier if (path / task.name / "run.json").is_file()]
    return found if task.above else found + [run.path for run in run_folders(reports)]


def _earlier(sweep: Sweep, reports: Path) -> list[Path]:
    """Folders of earlier sweeps from a file of the same name: adding a value to an axis repeats nothing."""
    found = [
        path.parent for path in reports.glob(f"{sweep.file.stem}-*/sweep.json") if path.parent.name != sweep.sweep_id
    ]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _standing(sweep: Sweep, request: SweepRequest, folder: Path, wanted: Sequence[Task]) -> list[str]:
    """Members that need nothing done: every stage there, with the key it would have now and files of the right size."""
    last = request.stages.index(next(stage for stage in request.stages if stage.name == sweep.file.params.until))
    digests: dict[str, str] = {}
    return [task.name for task in wanted if _stands(task, request, folder, request.stages[: last + 1], digests)]


def _stands(task: Task, request: SweepRequest, folder: Path, stages: Sequence[Stage], digests: dict[str, str]) -> bool:
    from gramlib.runner.sweep_figures import read_figures

    run_folder = RunFolder(folder / task.name)
    for stage in stages:
        manifest = run_folder.manifest(stage.folder)
        if manifest is None:
            return False
        digests = digests or _fill(digests)
        notebook = request.notebooks / stage.notebook
        upstream = upstream_digests(run_folder, stage)
        if changed(manifest, task.run, run_folder, stage, notebook, request.lock, upstream, digests):
            return False
        if first_missing(run_folder.stage_path(stage.folder), manifest):
            return False
    return read_figures(run_folder.path) is not None


def _fill(digests: dict[str, str]) -> dict[str, str]:
    digests.update(sha256_modules(workbench.PACKAGE, module_names(workbench.PACKAGE)))
    return digests
