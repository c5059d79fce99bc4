"""gram k8s render, submit, status, logs, cancel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gramlib.cli.runs import given, resolve
from gramlib.errors import GramError, ParameterError
from gramlib.runner import workbench

if TYPE_CHECKING:
    from gramlib.cluster.connection import Cluster
    from gramlib.cluster.submit import Submission

NAMESPACE = click.option("-n", "--namespace", default="gram", show_default=True, metavar="NAME", help="Namespace.")


def _connection_options(command: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option("--kubeconfig", type=click.Path(path_type=Path), metavar="FILE", help="Another kubeconfig."),
        click.option(
            "--context", callback=given, metavar="NAME", help="Context of the kubeconfig (default: its current one)."
        ),
        NAMESPACE,
    ):
        command = option(command)
    return command


def _run_options(command: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option(
            "--volume", default="gram-runs", show_default=True, metavar="NAME", help="Claim that keeps the runs."
        ),
        click.option(
            "--out", callback=given, metavar="URL", help="Keep the runs in object storage, as s3://bucket/prefix."
        ),
        click.option(
            "--image",
            "images",
            multiple=True,
            metavar="[STAGE=]IMAGE",
            help="Image of every stage, or of one; later ones win.",
        ),
        click.option("--until", "last", callback=given, metavar="S", help="Stop after this stage."),
        click.option("--from", "first", callback=given, metavar="S", help="Begin with this stage."),
        click.option("--stage", callback=given, metavar="S", help="This stage only."),
        click.option("--run-id", callback=given, metavar="ID", help="Name of the run, as for gram run."),
        click.option("--set", "overrides", multiple=True, metavar="K=V", help="Override a parameter."),
    ):
        command = option(command)
    return command


@click.group()
def k8s() -> None:
    """A run as Jobs of a Kubernetes cluster; k8s/README.md is the runbook."""


def _submission(
    params: str,
    overrides: tuple[str, ...],
    run_id: str,
    stage: str,
    first: str,
    last: str,
    images: tuple[str, ...],
    out: str,
    volume: str,
    namespace: str,
) -> Submission:
    from gramlib.cluster.manifest import Placement
    from gramlib.cluster.submit import Submission
    from gramlib.runner.pipeline import STAGES, select

    if out and "://" not in out:
        raise ParameterError(
            f"--out {out} is no URL",
            expected="s3://bucket/prefix or gs://bucket/prefix",
            remedy="or leave it out for the claim",
        )
    return Submission(
        resolve(params, overrides, run_id),
        select(STAGES, only=stage, first=first, last=last),
        Placement(namespace, _images(images), out, volume),
        workbench.root(),
    )


def _images(values: tuple[str, ...]) -> dict[str, str]:
    from gramlib.cluster.needs import FULL_IMAGE, SLIM_IMAGE
    from gramlib.runner.pipeline import stage_named

    chosen: dict[str, str] = {}
    for value in values:
        stage, equals, image = value.partition("=")
        if not equals:
            chosen |= {FULL_IMAGE: value, SLIM_IMAGE: value}
        elif image:
            chosen[stage_named(stage).name] = image
        else:
            raise ParameterError(f"--image {value} names no image", expected="IMAGE or STAGE=IMAGE")
    return chosen


@k8s.command()
@click.argument("params", metavar="PARAMS.yaml|run.json")
@_run_options
@NAMESPACE
def render(params: str, overrides: tuple[str, ...], namespace: str, **options: str) -> None:
    """Print exactly what submit sends, for `kubectl apply -f -`; needs no cluster."""
    from gramlib.params.manifests import documents_text

    click.echo(documents_text(_submission(params, overrides, namespace=namespace, **options).documents()), nl=False)  # type: ignore[arg-type]


@k8s.command()
@click.argument("params", metavar="PARAMS.yaml|run.json")
@_run_options
@_connection_options
@click.option("--json", "as_json", is_flag=True, help="One JSON event a line instead of text.")
def submit(
    params: str,
    overrides: tuple[str, ...],
    namespace: str,
    context: str,
    kubeconfig: Path | None,
    as_json: bool,
    **options: str,
) -> None:
    """Run the stages as Jobs, one after another, with their logs; the same command goes on with a run.

    Ends with the exit code of the stage that failed. Ctrl-C leaves the Job that is at work to itself, and says so.
    """
    from gramlib.cluster.submit import submit as send
    from gramlib.runner.progress import Reporter

    reporter = Reporter(as_json=as_json, terminal=False)
    try:
        submission = _submission(params, overrides, namespace=namespace, **options)  # type: ignore[arg-type]
        send(submission, _cluster(namespace, context, kubeconfig), reporter)
    except GramError as error:
        reporter.event("run_failed", error=type(error).__name__, message=str(error), exit_code=error.exit_code)
        raise


@k8s.command()
@click.argument("run", metavar="RUN")
@_connection_options
def status(run: str, namespace: str, context: str, kubeconfig: Path | None) -> None:
    """What the cluster holds of a run, stage by stage."""
    from gramlib.cluster.looking import run_status

    run_id = _run_id(run)
    lines = run_status(_cluster(namespace, context, kubeconfig), run_id)
    click.echo(f"run {run_id} in namespace {namespace}")
    for line in lines:
        click.echo(f"  {line.stage:<8} {line.phase:<10} {line.detail}".rstrip())


@k8s.command()
@click.argument("run", metavar="RUN")
@click.option("--stage", callback=given, metavar="S", help="Of this stage (default: the last one that was sent).")
@click.option("-f", "--follow", is_flag=True, help="Go on as long as it is written.")
@_connection_options
def logs(run: str, stage: str, follow: bool, namespace: str, context: str, kubeconfig: Path | None) -> None:
    """The log of a stage's newest pod."""
    from gramlib.cluster.looking import latest_stage, run_log
    from gramlib.runner.pipeline import stage_named

    run_id, cluster = _run_id(run), _cluster(namespace, context, kubeconfig)
    chosen = stage_named(stage) if stage else latest_stage(cluster, run_id)
    for line in run_log(cluster, run_id, chosen, follow=follow):
        click.echo(line)


@k8s.command()
@click.argument("run", metavar="RUN")
@_connection_options
def cancel(run: str, namespace: str, context: str, kubeconfig: Path | None) -> None:
    """Delete a run's Jobs and parameters from the cluster; its results stay."""
    from gramlib.cluster.looking import cancel as remove

    run_id = _run_id(run)
    removed = remove(_cluster(namespace, context, kubeconfig), run_id)
    for name in removed:
        click.echo(f"deleted {name}")
    if not removed:
        click.echo(f"nothing of run {run_id} is in namespace {namespace}")


def _cluster(namespace: str, context: str, kubeconfig: Path | None) -> Cluster:
    from gramlib.cluster.connection import connect

    return connect(namespace, context, kubeconfig)


def _run_id(what: str) -> str:
    """The id of the run that a params file, a run folder or an id stands for; the run may be in the cluster alone."""
    return resolve(what).run_id if Path(what).exists() or Path(what).suffix in {".yaml", ".yml", ".json"} else what
