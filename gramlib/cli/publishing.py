"""gram publish."""

from __future__ import annotations

from pathlib import Path

import click

from gramlib.errors import ParameterError
from gramlib.runner import workbench


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--to", "into", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The folder to be made public."
)
def publish(run: str, into: Path) -> None:
    """Copy a run's pages into a folder to be made public; refused where a series may not be handed on."""
    from gramlib.runner.publish import publish as published
    from gramlib.store.run_folder import RunFolder

    folder = RunFolder((Path(run) if (Path(run) / "run.json").is_file() else workbench.reports() / run).resolve())
    if not folder.exists():
        raise ParameterError(
            f"there is no run {run}",
            expected="a run folder or a run id",
            origin=str(workbench.reports()),
            remedy="gram list runs shows the runs there are",
        )
    click.echo(f"{len(published(folder, into))} pages of {folder.run_id} in {into}")
