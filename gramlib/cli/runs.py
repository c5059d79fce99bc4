"""gram run, status, why, index, prune."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gramlib.errors import GramError, ParameterError
from gramlib.runner import workbench

if TYPE_CHECKING:
    from gramlib.runner.place import Place
    from gramlib.runner.progress import Reporter
    from gramlib.runner.resolve import ResolvedRun
    from gramlib.runner.run import Ending, Request
    from gramlib.store import RunFolder

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Duration(click.ParamType):
    """Durations such as 90, 90s, 30m, 2h, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds, as a float."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(value))
        if match is None:
            self.fail(f"{value!r} is no duration; expected 90s, 30m or 2h", param, ctx)
        return float(match[1]) * _SECONDS[match[2]]


def given(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """An option's text, "" when it is left out; an empty one is refused: `--stage "$STAGE"` must not mean every stage."""
    if value is not None and not value.strip():
        raise click.BadParameter("is empty; leave the option out or give it a value")
    return value or ""


def resolve(what: str, overrides: tuple[str, ...] = (), run_id: str = "") -> ResolvedRun:
    """The run that a params file, a run.json, a run folder or a run id stands for."""
    from gramlib.runner.resolve import resolve_run

    root = workbench.root()
    path = Path(what)
    if path.is_dir() and (path / "run.json").is_file():
        return resolve_run(path / "run.json", list(overrides), root, path.resolve().name)
    if path.is_dir():
        raise ParameterError(
            f"{what or 'the empty name'} is a folder without run.json",
            expected="a params file, a run.json, a run folder or a run id",
            origin=str(path.absolute()),
            remedy="name a file in it, such as params/baseline.yaml",
        )
    if path.suffix in {".yaml", ".yml", ".json"} or path.exists():
        return resolve_run(path, list(overrides), root, run_id)
    folder = workbench.reports() / what
    if (folder / "run.json").is_file():
        return resolve_run(folder / "run.json", list(overrides), root, what)
    raise ParameterError(
        f"{what} is neither a file nor a run",
        expected="a params file, a run.json, a run folder or a run id",
        origin=str(workbench.reports()),
        remedy=_nearest(what, root),
    )


def _nearest(what: str, root: Path) -> str:
    file = root / "params" / f"{what}.yaml"
    return f"did you mean {workbench.shown(file)}?" if file.is_file() else "gram list runs shows the runs there are"


def _folder(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    if "://" in (value or ""):
        raise ParameterError(
            f"{ctx.command.name} works in a folder of this machine",
            expected="a folder",
            origin=f"--out {value}",
            remedy="run, status, why, index and prune know object storage; copy the runs here for the rest",
        )
    return Path(given(ctx, param, value)) if value is not None else None


def _place(ctx: click.Context, param: click.Parameter, value: str | None) -> Place:
    from gramlib.runner.place import place_of

    return place_of(given(ctx, param, value))


OUT = click.option("--out", callback=_folder, metavar="DIR", help="Folder of the runs (default: reports/).")
PLACE = click.option(
    "--out",
    "place",
    callback=_place,
    metavar="DIR|URL",
    help="Folder of the runs (default: reports/), or s3://bucket/prefix, gs://bucket/prefix.",
)


def _request(stage: str, first: str, last: str, force: bool, wait_s: float, place: Place) -> Request:
    from gramlib.runner.pipeline import STAGES, select
    from gramlib.runner.run import Request

    root = workbench.root()
    return Request(
        place.reports,
        root / "notebooks",
        root / "requirements.lock",
        select(STAGES, only=stage, first=first, last=last),
        force=force,
        wait_s=wait_s,
        place=place,
    )


def _resolve_at(what: str, overrides: tuple[str, ...], run_id: str, place: Place) -> ResolvedRun:
    """`resolve`, where the id of a run may stand for one that is kept elsewhere."""
    if place.elsewhere and _is_id(what):
        folder = place.read(what) / what
        if (folder / "run.json").is_file():
            return resolve(str(folder), overrides, run_id)
    return resolve(what, overrides, run_id)


def _is_id(what: str) -> bool:
    return bool(what) and Path(what).name == what and Path(what).suffix not in {".yaml", ".yml", ".json"}


def _looked_up(what: str, place: Place) -> RunFolder:
    """The run that a folder, a run id or a params file names, where only its records need be whole."""
    if place.elsewhere:
        run_id = what if _is_id(what) else resolve(what).run_id
        return existing_run(run_id, place.look(run_id), place.name)
    return existing_run(what, place.reports)


def _stage_options(command: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option("--until", "last", callback=given, metavar="S", help="Stop after this stage."),
        click.option("--from", "first", callback=given, metavar="S", help="Begin with this stage."),
        click.option("--stage", callback=given, metavar="S", help="This stage only."),
        PLACE,
        click.option(
            "--set",
            "overrides",
            multiple=True,
            metavar="K=V",
            help="Override a parameter, such as predict.n_paths=20000.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("params", metavar="PARAMS.yaml|run.json")
@_stage_options
@click.option(
    "--run-id",
    callback=given,
    metavar="ID",
    help="Name of the run (default: params file and a digest of all parameters).",
)
@click.option("--force", is_flag=True, help="Run the selected stages even where nothing changed.")
@click.option(
    "--wait",
    "wait_s",
    type=Duration(),
    default=0.0,
    metavar="30m",
    help="Wait this long for an upstream stage or a busy folder.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line instead of text.")
def run(
    params: str,
    overrides: tuple[str, ...],
    run_id: str,
    place: Place,
    stage: str,
    first: str,
    last: str,
    force: bool,
    wait_s: float,
    as_json: bool,
) -> None:
    """Run the stages of a params file, or repeat a run from its run.json.

    The same command resumes a run that failed or was stopped, and verifies one that is complete.
    """
    from gramlib.runner.progress import Reporter
    from gramlib.runner.run import execute

    reporter = Reporter(as_json=as_json)
    try:
        request = _request(stage, first, last, force, wait_s, place)
        resolved = _resolve_at(params, overrides, run_id, place)
    except GramError as error:
        reporter.event(
            "run_failed", run_id="", error=type(error).__name__, message=str(error), exit_code=error.exit_code
        )
        raise
    began = time.monotonic()
    try:
        ending = execute(resolved, request, reporter)
    except GramError as error:
        reporter.event(
            "run_failed",
            run_id=resolved.run_id,
            error=type(error).__name__,
            message=str(error),
            exit_code=error.exit_code,
        )
        if (request.reports / resolved.run_id).is_dir():
            _rebuild(request.kept, reporter)
        raise
    if ending.ran or not request.kept.has_index():
        _rebuild(request.kept, reporter)
    wall_s = time.monotonic() - began
    reporter.event(
        "run_ended",
        _closing_lines(ending, request.kept, wall_s),
        run_id=resolved.run_id,
        complete=ending.complete,
        ran=list(ending.ran),
        skipped=list(ending.skipped),
        wall_s=round(wall_s, 3),
        report=request.kept.address(ending.folder.path / "report.html") if ending.complete else "",
        verdict=(ending.report or {}).get("verdict", {}),
    )
    if resolved.replay_of:
        _print_comparison(resolved, request, reporter)


def _rebuild(place: Place, reporter: Reporter) -> None:
    from gramlib.runner.site import rebuild_index

    try:
        place.keep_index(rebuild_index(place.look(), place.name if place.elsewhere else ""))
    except GramError as error:  # how the run ended is what must be told
        reporter.event("warning", f"index.html is not renewed: {error.found}", warning=str(error))


def _closing_lines(ending: Ending, place: Place, wall_s: float) -> str:
    report = ending.report
    if report is None:
        return f"stages done in {wall_s:.1f} s; the run is not complete ({ending.unfinished}): run it without --stage, --from and --until"
    page = place.shown(ending.folder.path / "report.html")
    state = f"{len(ending.ran)} stage(s) run, {len(ending.skipped)} unchanged, {wall_s:.1f} s"
    return (
        f"verdict: {report['verdict']['status'].upper()}. {report['verdict']['sentence']}\n"
        f"report:  {page}  ({state})\n"
        f"open it in any browser, offline; all runs: {place.shown(ending.folder.path.parent / 'index.html')}"
    )


def _print_comparison(resolved: ResolvedRun, request: Request, reporter: Reporter) -> None:
    from gramlib.runner.repeat import compare_runs
    from gramlib.store import RunFolder

    first = RunFolder(request.reports / resolved.replay_of)
    if not first.exists():
        reporter.event(
            "compared", f"run {resolved.replay_of} is not in {request.reports}: nothing to compare with", identical=None
        )
        return
    found = compare_runs(first, RunFolder(request.reports / resolved.run_id))
    for item in found:
        text = f"{item.stage:<8} {item.name:<16} {'identical' if item.identical else 'different: ' + item.detail}"
        reporter.event("compared", text, stage=item.stage, name=item.name, identical=item.identical, detail=item.detail)


@click.command()
@click.argument("run_or_params", metavar="RUN")
@PLACE
def status(run_or_params: str, place: Place) -> None:
    """What has run: each stage with its result, time and headline, or how its last attempt ended."""
    from gramlib.runner.pipeline import STAGES
    from gramlib.runner.site import run_summary
    from gramlib.store.manifest import first_damage, first_missing

    folder = _looked_up(run_or_params, place)
    check = first_missing if place.elsewhere else first_damage
    summary = run_summary(folder, check)
    click.echo(
        f"run {folder.run_id}: {summary['status']}"
        + (f" ({summary['reason'].splitlines()[0]})" if summary["reason"] else "")
    )
    for item in STAGES:
        manifest = folder.manifest(item.folder)
        attempt = folder.last_attempt(item.folder)
        damage = check(folder.stage_path(item.folder), manifest) if manifest else ""
        if damage:
            click.echo(f"  {item.name:<8} damaged    {damage}")
        elif manifest is not None:
            click.echo(f"  {item.name:<8} succeeded  {manifest.wall_s:6.1f} s  {manifest.headline}")
        elif attempt is not None:
            silent = "at work now" if attempt.status == "running" else "no word of its end"
            message = str(attempt.record.get("error", {}).get("message", silent)).splitlines()[0]
            click.echo(f"  {item.name:<8} {attempt.status:<9}  {message}\n{'':20}{place.shown(attempt.path)}")
        else:
            click.echo(f"  {item.name:<8} not run")


def existing_run(what: str, out: Path | None, where: str = "") -> RunFolder:
    """The run folder that a folder, a run id or a params file names; raises ParameterError where there is none."""
    from gramlib.store import RunFolder

    reports = (out or workbench.reports()).resolve()
    for folder in (RunFolder(Path(what).resolve()), RunFolder(reports / what)):
        if folder.exists():
            return folder
    folder = RunFolder(reports / (what if where else resolve(what).run_id))
    if folder.exists():
        return folder
    raise ParameterError(
        f"run {folder.run_id} has not been started", expected=f"a run in {where or reports}", remedy=f"gram run {what}"
    )


@click.command()
@click.argument("run_or_params", metavar="RUN")
@_stage_options
@click.option("--force", is_flag=True, help="As gram run --force.")
def why(
    run_or_params: str, overrides: tuple[str, ...], place: Place, stage: str, first: str, last: str, force: bool
) -> None:
    """What `gram run` would do now, stage by stage, and why."""
    from gramlib.runner.run import decisions
    from gramlib.store import RunFolder

    request = _request(stage, first, last, force, 0.0, place)
    resolved = _resolve_at(run_or_params, overrides, "", place)
    folder = RunFolder(place.read(resolved.run_id) / resolved.run_id)
    click.echo(f"run {resolved.run_id}")
    for decision in decisions(resolved, request, folder):
        click.echo(f"  {decision.stage.name:<8} {'run      ' if decision.run else 'skip     '} {decision.reason}")


@click.command()
@PLACE
def index(place: Place) -> None:
    """Rebuild reports/index.html from the run folders."""
    from gramlib.runner.site import rebuild_index

    path = rebuild_index(place.look(), place.name if place.elsewhere else "")
    place.keep_index(path)
    click.echo(place.shown(path))


@click.command()
@PLACE
@click.option("--sweeps", is_flag=True, help="Sweeps too that a newer, finished one of the same file has replaced.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def prune(place: Place, sweeps: bool, dry_run: bool) -> None:
    """Remove failed attempts and scratch runs made by hand; results are never touched, but those of old sweeps on request."""
    from gramlib.runner.prune import old_sweeps, removable

    reports = place.look()
    old = old_sweeps(reports) if sweeps else []
    for path in [*(path for path in removable(reports) if path.parent.parent not in old), *old]:
        if not dry_run:
            place.remove(path)
        click.echo(("would remove " if dry_run else "removed ") + place.shown(path))
    if old and not dry_run:
        from gramlib.runner.site import rebuild_index

        place.keep_index(rebuild_index(place.look(), place.name if place.elsewhere else ""))
