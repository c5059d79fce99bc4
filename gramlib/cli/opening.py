"""gram open."""

from __future__ import annotations

from pathlib import Path

import click

from gramlib.cli.runs import OUT
from gramlib.runner import workbench


@click.command("open")
@click.argument("run", metavar="RUN")
@click.argument("stage", metavar="STAGE")
@OUT
@click.option("--no-browser", is_flag=True, help="Start JupyterLab and print its address.")
@click.option("--print", "only_print", is_flag=True, help="Write the notebook and print its path, nothing more.")
def open_stage(run: str, stage: str, out: Path | None, no_browser: bool, only_print: bool) -> None:
    """JupyterLab on a stage of a run: its notebook with that run's parameters, reading that run's tables.

    What is done there goes to a scratch run; the recorded run is never written to.
    """
    from gramlib.runner.open_stage import launch, run_to_open, write_notebook
    from gramlib.runner.pipeline import stage_named

    reports = (out or workbench.reports()).resolve()
    found = run_to_open(run, reports)
    notebook = write_notebook(found, stage_named(stage))
    click.echo(workbench.shown(notebook))
    if not only_print:
        launch(notebook, found.path.parent, browser=not no_browser)
