"""The run itself: claim the folder, skip what is unchanged, execute the rest, publish, say how it ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gramlib.errors import GramError, TemporaryError, UpstreamNotReady
from gramlib.runner import workbench
from gramlib.runner.compared import with_compared
from gramlib.runner.pipeline import STAGES, Stage
from gramlib.runner.place import Place, Sender
from gramlib.runner.plan import Decision, decide
from gramlib.runner.progress import Reporter, Watch
from gramlib.runner.resolve import ResolvedRun, with_provenance
from gramlib.runner.stop import StopRequested, StopSwitch
from gramlib.store import Attempt, Claim, Manifest, RunFolder, atomic
from gramlib.store.attempt import remove_replaced
from gramlib.store.hashing import sha256_file

WAIT_POLL_SECONDS = 2.0


@dataclass(frozen=True)
class Request:
    """What the user asked for: which stages, whether to redo them, how long to wait, where."""

    reports: Path
    notebooks: Path
    lock: Path
    selected: tuple[Stage, ...] = STAGES
    stages: tuple[Stage, ...] = STAGES
    force: bool = False
    wait_s: float = 0.0
    adopt_from: tuple[Path, ...] = ()
    """Runs whose results are taken over where they have the same key, the first that fits."""
    place: Place | None = None
    """Where the runs are kept, when that is not the folder `reports` itself."""

    @property
    def kept(self) -> Place:
        """Where the runs are kept."""
        return self.place or Place(self.reports)


@dataclass(frozen=True)
class Ending:
    """How a run ended: the stages that ran and those that were unchanged."""

    folder: RunFolder
    ran: tuple[str, ...]
    skipped: tuple[str, ...]
    unfinished: str

    @property
    def complete(self) -> bool:
        """Whether every stage of the pipeline, not only the selected ones, stands and fits together."""
        return not self.unfinished

    @property
    def report(self) -> dict[str, Any] | None:
        """The published report.json, or None while the run is not complete."""
        return atomic.read_json(self.folder.path / "report.json") if self.complete else None


def execute(run: ResolvedRun, request: Request, reporter: Reporter) -> Ending:
    """Bring the run's stages up to date; raises the GramError that stopped it.

    The folder's claim is held for the whole time, so that a second run of the same command leaves with 75.
    """
    run = with_compared(run, request.reports)
    folder = RunFolder(request.reports / run.run_id)
    with StopSwitch() as stop:
        try:
            if request.wait_s:  # without the claim, or the stage waited for could not be run
                _patiently(lambda: _require_outside(run, request), request.wait_s)
            claim = request.kept.claim(folder)
            _patiently(claim.acquire, request.wait_s)
            try:
                request.kept.bring(folder)
                lock_hash = sha256_file(request.lock) if request.lock.is_file() else ""
                begun = folder.exists()
                folder.create(run.record if begun else with_provenance(run.record, workbench.PACKAGE.parent, lock_hash))
                request.kept.keep_record(folder)
                return _execute_stages(run, request, reporter, folder, claim, stop)
            finally:
                claim.release()
        except StopRequested:
            raise stop.error(f"run {run.run_id}") from None


def _patiently(action: Callable[[], None], wait_s: float) -> None:
    """Do `action`, tried again until it no longer raises a TemporaryError or `wait_s` seconds have gone."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            action()
            return
        except TemporaryError:
            if time.monotonic() + WAIT_POLL_SECONDS > deadline:
                raise
            time.sleep(WAIT_POLL_SECONDS)


def _execute_stages(
    run: ResolvedRun, request: Request, reporter: Reporter, folder: RunFolder, claim: Claim, stop: StopSwitch
) -> Ending:
    remove_replaced(folder.path)
    reporter.event(
        "run_started",
        f"run {run.run_id}" + (f"  (repeats {run.replay_of})" if run.replay_of else ""),
        run_id=run.run_id,
        folder=request.kept.address(folder.path),
        stages=[stage.name for stage in request.selected],
    )
    ran: list[str] = []
    skipped: list[str] = []
    for stage in request.selected:
        _require_upstream(folder, stage, run)
        notebook = request.notebooks / stage.notebook
        decision = decide(run, folder, stage, notebook, request.lock, force=request.force)
        label = f"[{stage.number}/{len(request.stages)}] {stage.name:<8}"
        if not decision.run:
            manifest = folder.manifest(stage.folder)
            headline = manifest.headline if manifest else ""
            request.kept.keep_stage(folder, stage)
            reporter.event("stage_skipped", f"{label} unchanged  {headline}", stage=stage.name, reason=decision.reason)
            skipped.append(stage.name)
            continue
        folder.unpublish_report()
        request.kept.withdraw_report(folder)
        taken = _adopted(run, request, folder, stage, claim)
        if taken is not None:
            request.kept.keep_stage(folder, stage)
            reporter.event(
                "stage_adopted",
                f"{label} taken over from {taken.adopted_from}",
                stage=stage.name,
                adopted_from=taken.adopted_from,
            )
            skipped.append(stage.name)
            continue
        reporter.event("stage_started", f"{label} {decision.reason}", stage=stage.name, reason=decision.reason)
        manifest = _run_one(run, request, reporter, folder, stage, claim, stop, label)
        reporter.event(
            "stage_succeeded",
            f"{label} {manifest.wall_s:5.1f} s  {manifest.headline}",
            stage=stage.name,
            wall_s=round(manifest.wall_s, 3),
            headline=manifest.headline,
            outputs=[o.name for o in manifest.outputs],
            warnings=list(manifest.warnings),
        )
        for warning in manifest.warnings:
            reporter.event("warning", f"      {warning}", stage=stage.name, warning=warning)
        ran.append(stage.name)
    unfinished = _unfinished(run, request, folder, {*ran, *skipped})
    final = request.stages[-1]
    if not unfinished and final.name == "report" and not folder.is_published(final.folder):
        folder.publish_report(final.folder)
    if not unfinished and final.name == "report":
        request.kept.keep_report(folder)
    return Ending(folder, tuple(ran), tuple(skipped), unfinished)


def _adopted(run: ResolvedRun, request: Request, folder: RunFolder, stage: Stage, claim: Claim) -> Manifest | None:
    if not request.adopt_from or request.force:
        return None
    from gramlib.runner.adopt import adopt

    claim.ensure_held()
    return adopt(run, folder, stage, request.notebooks / stage.notebook, request.lock, request.adopt_from)


def _run_one(
    run: ResolvedRun,
    request: Request,
    reporter: Reporter,
    folder: RunFolder,
    stage: Stage,
    claim: Claim,
    stop: StopSwitch,
    label: str,
) -> Manifest:
    from gramlib.runner.attempts import run_stage

    with Sender(request.kept, folder) as sender, Watch(reporter, label, stage.name, claim) as watch:

        def on_attempt(attempt: Attempt) -> None:
            watch.on_attempt(attempt)
            sender.attempt = attempt
            with contextlib.suppress(GramError):  # the sender tries again
                request.kept.keep_attempt(folder, attempt)

        try:
            manifest = run_stage(
                run,
                folder,
                stage,
                request.notebooks / stage.notebook,
                request.lock,
                claim,
                stop,
                watch.on_cell,
                on_attempt,
            )
            sender.end()
            request.kept.keep_stage(folder, stage)
            if sender.attempt is not None:
                request.kept.drop_attempt(folder, sender.attempt)
            return manifest
        except GramError as error:
            reporter.event(
                "stage_failed",
                stage=stage.name,
                error=type(error).__name__,
                message=str(error),
                exit_code=error.exit_code,
            )
            raise


def _require_outside(run: ResolvedRun, request: Request) -> None:
    """Raise UpstreamNotReady while a stage that is read from, and is not to run now, has no result."""
    folder = RunFolder(request.kept.look(run.run_id) / run.run_id)
    settled: set[str] = set()
    for stage in request.selected:
        outside = replace(stage, upstream=tuple(name for name in stage.upstream if name not in settled))
        _require_upstream(folder, outside, run)
        settled.add(stage.name)


def _require_upstream(folder: RunFolder, stage: Stage, run: ResolvedRun) -> None:
    from gramlib.runner.pipeline import stage_named

    missing = [name for name in stage.upstream if folder.manifest(stage_named(name).folder) is None]
    if missing:
        raise UpstreamNotReady(
            f"{stage.name} reads from {', '.join(missing)}, which has not succeeded in run {run.run_id}",
            expected=f"a succeeded {missing[0]} stage",
            origin=str(folder.path),
            remedy=f"run it first (gram run … --stage {missing[0]}), leave out --stage, or wait for it (--wait 30m)",
        )


def _unfinished(run: ResolvedRun, request: Request, folder: RunFolder, settled: set[str]) -> str:
    """The first stage outside `settled` that would still run, with the reason; empty when none would."""
    for stage in request.stages:
        if stage.name not in settled:
            decision = decide(run, folder, stage, request.notebooks / stage.notebook, request.lock, force=False)
            if decision.run:
                return f"{stage.name} would run: {decision.reason}"
    return ""


def decisions(run: ResolvedRun, request: Request, folder: RunFolder) -> list[Decision]:
    """What would run and why, without running it: a stage also runs when one that it reads from would."""
    run = with_compared(run, request.reports)
    made: list[Decision] = []
    would_run: set[str] = set()
    for stage in request.selected:
        decision = decide(run, folder, stage, request.notebooks / stage.notebook, request.lock, force=request.force)
        hit = [name for name in stage.upstream if name in would_run]
        if not decision.run and hit:
            decision = Decision(stage, True, f"because {hit[0]} would run again")
        if decision.run:
            would_run.add(stage.name)
        made.append(decision)
    return made
