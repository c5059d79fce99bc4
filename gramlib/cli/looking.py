"""gram compare, replay, selftest, list."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gramlib.cli.runs import OUT, existing_run
from gramlib.errors import GramError, ParameterError
from gramlib.runner import workbench


@click.command()
@click.argument("before", metavar="RUN_A")
@click.argument("after", metavar="RUN_B")
@OUT
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def compare(before: str, after: str, out: Path | None, as_json: bool) -> None:
    """What changed from RUN_A to RUN_B: parameters, key figures, verdict, scenarios; writes a page beside the runs."""
    from gramlib.runner.comparison import compared, write_page
    from gramlib.runner.site import rebuild_index

    reports = (out or workbench.reports()).resolve()
    runs = existing_run(before, out), existing_run(after, out)
    found = compared(*runs)
    page = write_page(found, *runs, reports)
    rebuild_index(reports)
    if as_json:
        click.echo(json.dumps({**found.to_record(), "page": str(page)}, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(f"{found.text()}\npage: {workbench.shown(page)}")


@click.command()
@click.argument("prices", metavar="PRICES.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--issuer", required=True, metavar="I.yaml", help="Issuer file, or a name in params/issuers.")
@click.option(
    "--events", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="E.csv", help="Days with events."
)
@click.option(
    "--engine",
    type=click.Choice(["reference", "kernel"]),
    default="reference",
    show_default=True,
    help="Which engine computes it.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="DAYS.csv",
    help="The daily ledger.",
)
def replay(prices: Path, issuer: str, events: Path | None, engine: str, output: Path) -> None:
    """Run the issuer through a price file, day by day, and write the ledger at full precision."""
    from gramlib.params.issuer_file import load_issuer
    from gramlib.simulation.replay_csv import replay_csv

    for source in (prices, events):
        if source is not None and output.resolve() == source.resolve():
            raise ParameterError(
                f"-o names {output}, which is also read",
                expected="another file for the ledger",
                origin="-o",
                remedy="choose another name: the input would be lost",
            )

    days = replay_csv(prices, load_issuer(issuer, workbench.root()), events, engine, output)
    click.echo(f"{len(days)} day(s) written to {output}")


@click.command()
def selftest() -> None:
    """The numbers with known answers: expected, found, tolerance, source."""
    from gramlib.selftest import known_answers

    answers = known_answers()
    width = max(len(answer.name) for answer in answers)
    for answer in answers:
        click.echo(
            f"{'ok  ' if answer.ok else 'FAIL'} {answer.name:<{width}}  expected {answer.expected:>14.8g}  found {answer.found:>14.8g}  "
            f"tolerance {answer.tolerance:.1g}  {answer.source}"
        )
    wrong = [answer for answer in answers if not answer.ok]
    if wrong:
        raise GramError(
            f"{len(wrong)} of {len(answers)} known answers are not met, first {wrong[0].name}",
            expected="all of them",
            remedy="do not use this installation's figures; report the lines above",
        )
    click.echo(f"all {len(answers)} known answers met")


LISTABLE = ("stages", "models", "scenarios", "sources", "issuers", "profiles", "runs")


@click.command("list")
@click.argument("what", type=click.Choice(LISTABLE))
def list_things(what: str) -> None:
    """What there is: stages, models, scenarios, sources, issuers, profiles or runs."""
    from gramlib.runner.catalogue import rows

    found = list(rows(what, workbench.root(), workbench.reports()))
    for name, text in found:
        click.echo(f"{name:<28} {text}")
    if not found:
        click.echo(f"no {what} in {workbench.shown(workbench.reports())}")
