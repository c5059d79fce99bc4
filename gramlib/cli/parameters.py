"""gram params explain, export, check."""

from __future__ import annotations

import click

from gramlib.cli.runs import resolve
from gramlib.runner import workbench


@click.group()
def params() -> None:
    """Parameters of a run: what they are, where they come from, as one stage sees them."""


@params.command()
@click.argument("run", metavar="RUN.yaml")
@click.option("--set", "overrides", multiple=True, metavar="K=V", help="Override a parameter.")
def check(run: str, overrides: tuple[str, ...]) -> None:
    """Validate everything a run file names; prints the run id it stands for, and notes about the issuer."""
    from gramlib.params.issuer_notes import issuer_notes

    resolved = resolve(run, overrides)
    click.echo(
        f"{run}: valid; run id {resolved.run_id}, {len(resolved.scenarios)} scenarios, issuer {resolved.params.issuer.name}, "
        f"profile {resolved.params.profile}"
    )
    for note in issuer_notes(resolved.params.issuer):
        click.echo(f"note: {note}")


@params.command()
@click.argument("run", metavar="RUN.yaml")
@click.option("--set", "overrides", multiple=True, metavar="K=V", help="Override a parameter.")
@click.option("--stage", default="", metavar="S", help="This stage only.")
def explain(run: str, overrides: tuple[str, ...], stage: str) -> None:
    """Every parameter with its value, unit and meaning, and where the value came from."""
    from gramlib.params.explain import explain as rows_of
    from gramlib.runner.pipeline import stage_named

    rows = rows_of(resolve(run, overrides).params, stage)
    if not rows:
        stage_named(stage)
    width = max((len(row.name) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row.name:<{width}}  {row.value!s:<24}  {row.origin:<32}  {row.meaning}")


@params.command()
@click.argument("run", metavar="RUN.yaml")
@click.option("--stage", required=True, metavar="S", help="The stage whose parameters are wanted.")
@click.option("--set", "overrides", multiple=True, metavar="K=V", help="Override a parameter.")
def export(run: str, stage: str, overrides: tuple[str, ...]) -> None:
    """One stage's parameters as YAML, for plain papermill: papermill NOTEBOOK OUT.ipynb -f stage.yaml."""
    from gramlib.runner.export import export_text

    click.echo(export_text(resolve(run, overrides), stage, workbench.root(), workbench.reports()), nl=False)
