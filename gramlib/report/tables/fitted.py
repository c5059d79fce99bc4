"""Tables of what was fitted beside the price: redemption, premium, losses, ruin."""

from __future__ import annotations

import math

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import columns


def fitted(table: pd.DataFrame, title: str) -> Table:
    """Estimates with their errors beside the defaults; the first column of `table` names the regime or token."""
    group = table.columns[0]
    numeric = ("Estimate", "Standard error", "Default", "Distance", "Observations")
    rows = tuple(
        (
            str(row[group]), vocabulary.spaced(str(row["parameter"])), numbers.plain(row["estimate"]),
            numbers.plain(row["standard_error"]), numbers.plain(row["default"]),
            numbers.MISSING if numbers.is_missing(row["distance_se"]) else f"{row['distance_se']:+.1f} s.e.".replace("-", "\N{MINUS SIGN}"),
            f"{int(row['n']):,}", str(row["unit"]), str(row["series"]), str(row["note"]),
        )
        for _, row in table.iterrows()
    )  # fmt: skip
    note = "Distance: the default less the estimate, in standard errors. Rates and shares are fractions."
    return Table(
        title,
        columns(group.capitalize(), "Parameter", *numeric, "Unit", "Series", "Note", numeric=numeric),
        rows,
        note,
    )


def losses(table: pd.DataFrame) -> Table:
    """A year of losses by line: expected, value at risk and expected shortfall at the levels there are."""
    levels = sorted(table["level"].unique())
    heads = [f"{kind} {numbers.exact_percent(level)}" for level in levels for kind in ("VaR", "ES")]
    rows = []
    for line, group in table.groupby("line", sort=False):
        at = group.set_index("level")
        cells = [numbers.usd(at.loc[level, name]) for level in levels for name in ("var_usd", "es_usd")]
        rate = numbers.plain(at["rate_year"].iloc[0])
        rows.append((str(line), rate, numbers.usd(at["mean_usd"].iloc[0]), *cells))
    numeric = ("Losses a year", "Expected", *heads)
    note = "Compound Poisson losses by Panjer's recursion, at today's gold price; rates are mostly judgement. No run, no price move."
    return Table("What a year of losses costs", columns("Line", *numeric, numeric=numeric), tuple(rows), note)


def ruin(table: pd.DataFrame) -> Table:
    """Chance that those losses exhaust own funds, by time span."""
    rows = tuple(
        (
            "for ever" if math.isinf(row.years) else f"{row.years:g} {'year' if row.years == 1 else 'years'}",
            numbers.percent(row.probability),
            f"{numbers.percent(row.lower)} to {numbers.percent(row.upper)}",
            str(row.method),
        )
        for row in table.itertuples(index=False)
    )
    first = table.iloc[0]
    note = (
        f"Own funds {numbers.usd(first['own_funds_usd'])}, income before losses {numbers.usd(first['income_usd_year'])} a year, "
        f"expected losses {numbers.usd(first['expected_loss_usd_year'])} a year."
    )
    return Table("Do own funds outlast them", columns("Within", "Chance of ruin", "Interval", "Method", numeric=("Chance of ruin", "Interval")), rows, note)  # fmt: skip
