"""gram sweep."""

from __future__ import annotations

import time
from pathlib import Path

import click

from gramlib.cli.runs import OUT, Duration
from gramlib.errors import GramError, ParameterError
from gramlib.runner import workbench


class Shard(click.ParamType):
    """One of several equal parts, such as 2/4."""

    name = "shard"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """The number of the part, from 1, and the number of parts."""
        first, slash, last = str(value).partition("/")
        if not slash or not first.isdigit() or not last.isdigit() or not 1 <= int(first) <= int(last):
            self.fail(f"{value!r} is no part; expected 1/4 to 4/4 for the four quarters of a sweep", param, ctx)
        return int(first), int(last)


@click.command()
@click.argument("file", metavar="SWEEP.yaml")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Members at once (default: what cores and memory allow).",
)
@click.option(
    "--index", type=click.IntRange(0), metavar="K", help="Member K alone, counted from 0, as in an Indexed Job."
)
@click.option("--shard", type=Shard(), metavar="I/N", help="Every Nth member from the Ith on.")
@OUT
@click.option(
    "--wait",
    "wait_s",
    type=Duration(),
    default=0.0,
    metavar="30m",
    help="Wait this long for a run that another process is at.",
)
@click.option("--list", "only_list", is_flag=True, help="Only print the members, and what they share.")
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line instead of text.")
def sweep(
    file: str, jobs: int | None, index: int | None, shard: tuple[int, int] | None, out: Path | None, wait_s: float,
    only_list: bool, as_json: bool,
) -> None:  # fmt: skip
    """Run every member of a sweep file and compare them in one report.

    The same command resumes: what is done is not done again. A failed member does not stop the others (exit code 4).
    """
    from gramlib.params.sweep import load_sweep
    from gramlib.runner.progress import Reporter
    from gramlib.runner.sweep import SweepRequest, outcome_error, resolve_sweep, run_sweep

    reporter = Reporter(as_json=as_json)
    root = workbench.root()
    began = time.monotonic()
    try:
        resolved = resolve_sweep(load_sweep(Path(file), root))
        if only_list:
            _print_members(resolved)
            return
        chosen = _chosen(len(resolved.members), index, shard)
        request = SweepRequest(
            (out or workbench.reports()).resolve(),
            root / "notebooks",
            root / "requirements.lock",
            jobs or 0,
            chosen,
            wait_s,
        )
        ending = run_sweep(resolved, request, reporter)
    except GramError as error:
        reporter.event("sweep_failed", error=type(error).__name__, message=str(error), exit_code=error.exit_code)
        raise
    from gramlib.runner.sweep_comparison import compare

    page = compare(ending.folder, {name: ending.outcomes[name].reason for name in ending.failed})
    if index is None and shard is None:  # pods at work side by side leave the index to the one who looks at the whole
        from gramlib.runner.site import rebuild_index

        rebuild_index(ending.folder.parent)
    wall_s = time.monotonic() - began
    succeeded = len(ending.outcomes) - len(ending.failed)
    reporter.event(
        "sweep_ended",
        f"{succeeded} of {len(ending.outcomes)} members succeeded, {len(ending.unchanged)} of them unchanged, {wall_s:.1f} s\n"
        f"comparison: {workbench.shown(page)}",
        sweep_id=resolved.sweep_id, succeeded=succeeded, failed=ending.failed, unchanged=len(ending.unchanged),
        wall_s=round(wall_s, 3), comparison=str(page),
    )  # fmt: skip
    if (trouble := outcome_error(resolved, ending)) is not None:
        raise trouble


def _chosen(count: int, index: int | None, shard: tuple[int, int] | None) -> tuple[int, ...] | None:
    if index is not None and shard is not None:
        raise ParameterError("--index together with --shard", expected="one of the two", origin="the command line")
    if index is not None:
        if index >= count:
            raise ParameterError(f"--index {index}: the sweep has {count} members", expected=f"0 to {count - 1}",
                                 origin="the command line")  # fmt: skip
        return (index,)
    return tuple(range(shard[0] - 1, count, shard[1])) if shard else None


def _print_members(resolved: object) -> None:
    from gramlib.runner.sweep import Sweep

    assert isinstance(resolved, Sweep)
    for member in resolved.members:
        settings = ", ".join(f"{key}={value}" for key, value in member.settings.items())
        click.echo(f"{member.index:>4}  {member.member_id}  {settings}")
    for task in resolved.tasks:
        if task.member is None:
            users = sum(other.above == task.name for other in resolved.tasks)
            click.echo(f"once for {users} runs: {', '.join(stage.name for stage in task.stages)} ({task.name})")
