"""gram ingest."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--unit",
    type=click.Choice(["auto", "oz", "g", "kg", "tola"]),
    default="auto",
    show_default=True,
    help="Weight the price is quoted for.",
)
@click.option("--column", default="", metavar="NAME", help="The price column (default: chosen by rule, and said).")
@click.option(
    "--date-order",
    type=click.Choice(["auto", "ymd", "dmy", "mdy"]),
    default="auto",
    show_default=True,
    help="Order of day and month.",
)
@click.option(
    "--decimal", type=click.Choice(["auto", "point", "comma"]), default="auto", show_default=True, help="Decimal mark."
)
@click.option(
    "--delimiter",
    type=click.Choice(["auto", "comma", "semicolon", "tab", "pipe", "space"]),
    default="auto",
    show_default=True,
    help="Separator of a text file.",
)
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook (default: chosen by rule, and said).")
@click.option(
    "--day-shift", type=click.IntRange(-2, 2), default=0, show_default=True, help="Days to add to every date."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.parquet|.csv",
    help="Write date, gold_usd_per_g and gold_usd_per_oz at full precision.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the report.")
def ingest(
    file: Path,
    unit: str,
    column: str,
    date_order: str,
    decimal: str,
    delimiter: str,
    sheet: str,
    day_shift: int,
    output: Path | None,
    as_json: bool,
) -> None:
    """Standardise one price file and print its quality report.

    Takes CSV, TSV, semicolon and pipe files, XLSX, Parquet, JSON records, and gz of the text ones. What was decided
    is said with the evidence; a file that is no price series is refused with exit 3 and the reason.
    """
    from gramlib.prices.ingest import ingest as read
    from gramlib.prices.ingest import write_quotes
    from gramlib.sources.files import FileSettings

    found = read(str(file), FileSettings(column, unit, date_order, decimal, delimiter, sheet, day_shift))
    if output is not None:
        write_quotes(found, output)
    if as_json:
        click.echo(json.dumps(found.summary, ensure_ascii=False))
        return
    _report(file, found.summary, found.quality.itertuples())
    if output is not None:
        click.echo(f"{found.summary['rows']:,} rows written to {output}")


def _report(file: Path, summary: dict, checks: object) -> None:
    click.echo(
        f"{file.name}: {summary['rows']:,} days from {summary['start']} to {summary['end']}, column {summary['column']!r}, "
        f"{summary['currency']} per {summary['unit_in']}"
    )
    click.echo(
        f"{summary['duplicates']:,} duplicates, {summary['missing']:,} missing, {summary['weekends']:,} weekend rows, {summary['outliers']:,} outliers"
    )
    for row in checks:  # type: ignore[attr-defined]
        click.echo(f"  {row.status:<8} {row.check:<18} {row.found}\n{'':29}{row.decision}")
