"""Tables of what was fitted beside the price: redemption, premium, losses, ruin."""

from __future__ import annotations

import math

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Table, Tables
from gramlib.report.tables.plain import columns


def fitted(table: pd.DataFrame, title: str) -> Tables:
    """Estimates with their errors beside the defaults, then, folded, what each was fitted to.

    The first column of `table` names the regime or token.
    """
    group = table.columns[0]
    numeric = ("Estimate", "Standard error", "Default", "Distance")
    figures, origins = [], []
    for _, row in table.iterrows():
        name = f"{row[group]}: {vocabulary.spaced(str(row['parameter']))}"
        distance = numbers.plain(row["distance_se"], 1)
        figures.append((
            f"{name} [{row['unit']}]" if row["unit"] != "1" else name, numbers.significant(row["estimate"]),
            _or_dash(numbers.significant(row["standard_error"])), _or_dash(numbers.significant(row["default"])), _or_dash(distance),
        ))  # fmt: skip
        span = f"{row['start']:%Y-%m-%d} to {row['end']:%Y-%m-%d}"
        origins.append((name, f"{int(row['n']):,}", str(row["series"]), span, str(row["method"]), str(row["note"])))
    note = "Distance: the default less the estimate, in standard errors. Rates and shares are fractions."
    if table["note"].str.startswith("shipped figure").any():
        note += " Where this run has no such data, figures of an earlier fit stand here; below it says which."
    heads = columns("Figure", "Observations", "Series", "Days", "Method", "Note", numeric=("Observations",))
    return Tables((
        Table(title, columns("Figure", *numeric, numeric=numeric), tuple(figures), note),
        Table(f"{title}: how they were found", heads, tuple(origins), folded=True),
    ))  # fmt: skip


def _or_dash(text: str) -> str:
    """A cell that has nothing to say shows a dash."""
    return "\N{EN DASH}" if text == numbers.MISSING else text


SHOWN_LEVELS = (0.99, 0.999)
"""Levels the table of losses has room for; the artefact holds the others."""


def losses(table: pd.DataFrame) -> Table:
    """A year of losses by line: expected, value at risk and expected shortfall."""
    heads = [f"{kind} {numbers.exact_percent(level)}" for level in SHOWN_LEVELS for kind in ("VaR", "ES")]
    rows = []
    for line, group in table.groupby("line", sort=False):
        at = group.set_index("level")
        cells = [numbers.usd(at.loc[level, name]) for level in SHOWN_LEVELS for name in ("var_usd", "es_usd")]
        rate = numbers.significant(at["rate_year"].iloc[0], 2)
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


def credibility(table: pd.DataFrame) -> Table:
    """Own record against the industry: what each weighs, and the rate that the loss table takes."""
    rows = tuple(
        (
            vocabulary.spaced(row.driver), numbers.significant(row.industry_rate_year, 2), f"{row.events:,} in {row.exposure_years:g}",
            numbers.percent(row.weight), f"{numbers.significant(row.credible_rate_year, 2)} ({numbers.significant(row.lower, 2)} to {numbers.significant(row.upper, 2)})",
            numbers.significant(row.default_rate_year, 2), numbers.significant(row.rate_year, 2), row.basis,
        )
        for row in table.itertuples(index=False)
    )  # fmt: skip
    if (table["exposure_years"] > 0.0).any():
        used = "The loss table takes the credible rates; simulations draw at the issuer file's."
    else:
        used = "No record of its own is in the issuer file (own_record): its rates stand as they are."
    numeric = ("Industry", "Own losses in years", "Weight of own", "Credible rate (90%)", "Issuer file", "Used here")
    note = f"Losses a year at each custodian, each bank, or in all. Poisson-gamma credibility: weight = years / (years + 1 / (rate cv²)). {used}"
    return Table(
        "Own and industry record weighed", columns("Loss", *numeric, "Industry's source", numeric=numeric), rows, note
    )
