"""Charts of gold tokens against gold, and of what holders redeemed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, tables
from gramlib.report.blocks import Block, paragraph
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.theme import INK, MUTED, OKABE_ITO, VERMILLION, canvas, date_axis, themed

NO_TOKENS = (
    "This run has no token prices: the premium of gold tokens is not shown, and the peg model rests on assumptions "
    "alone. Name providers in data.tokens, or files in data.token_files."
)
NO_FLOWS = (
    "This run has no redemption history: how holders redeem rests on assumptions alone. Name providers in data.flows, "
    "or files in data.flow_files."
)


@themed
def token_premium(token_prices: pd.DataFrame, summary: pd.DataFrame, document: dict[str, Any]) -> Figure | Block:
    """Premium of each token over gold on days both are quoted; a sentence where the run has no tokens.

    `summary` is `prices.premium_summary` of the table. Weekend days are drawn apart, against the last gold price.
    """
    if token_prices.empty:
        return paragraph(NO_TOKENS)
    names = list(summary["token"])
    drawing = canvas(8.4, 0.9 + 1.8 * len(names))
    panels = np.atleast_1d(drawing.subplots(len(names), 1, sharex=True))
    for axes, name, colour in zip(panels, names, OKABE_ITO * len(names), strict=False):
        table = token_prices[token_prices["token"] == name]
        aligned = table["gold_age_days"] == 0
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.plot(
            table["date"][~aligned], 1e4 * table["premium"][~aligned], ".", color=MUTED, markersize=2.4, alpha=0.7
        )
        axes.plot(table["date"][aligned], 1e4 * table["premium"][aligned], color=colour, linewidth=0.8)
        axes.set_title(f"{name}: premium over gold [bp]; dots are days without a gold price")
    date_axis(panels[-1])
    parts = [
        f"{row.token} lay {numbers.basis_points(row.mean)} from gold on average (sd {numbers.basis_points(row.sd)}, "
        f"{numbers.basis_points(row.min)} to {numbers.basis_points(row.max)}) over {row.days:,} days"
        for row in summary.itertuples(index=False)
    ]
    headline = numbers.sentence("; ".join(parts))
    alt = f"Line charts of token premiums. {headline} Weekend and holiday days are dots against the last gold price."
    free = document.get("redistribute") == "yes"
    csv = csv_of(token_prices[["date", "token", "premium"]]) if free else ""
    return finish(drawing, "token-premium", headline, alt, tables.premium(summary), csv, dense=True)


@themed
def redemptions(flows: pd.DataFrame, document: dict[str, Any]) -> Figure | Block:
    """Quantity outstanding of each product and its largest falls; a sentence where the run has no flows."""
    if flows.empty:
        return paragraph(NO_FLOWS)
    names = list(dict.fromkeys(flows["product"]))
    drawing = canvas(8.4, 0.9 + 1.7 * len(names))
    panels = np.atleast_1d(drawing.subplots(len(names), 1, sharex=True))
    found = []
    for axes, name, colour in zip(panels, names, OKABE_ITO * len(names), strict=False):
        table = flows[flows["product"] == name]
        axes.plot(table["date"], table["quantity"], color=colour, linewidth=1.0)
        flagged = table[~table["flag"].isin(["", "first"])]
        axes.plot(flagged["date"], flagged["quantity"], "x", color=VERMILLION, markersize=6)
        axes.set_title(f"{name}: {table['unit'].iloc[0]} outstanding; crosses are changes that are no holder's flow")
        axes.yaxis.set_major_formatter(FuncFormatter(_short))
        axes.set_ylim(0)
        clean = table[table["flag"] == ""]
        if len(clean):
            worst = clean.loc[clean["change_share"].idxmin()]
            found.append(f"{name} lost {numbers.percent(-worst['change_share'])} on {_day(worst['date'])}")
    date_axis(panels[-1])
    headline = numbers.sentence(f"Largest falls from one row to the next: {numbers.joined(found) or '0 to show'}")
    last = flows.groupby("product", sort=False)["quantity"].last()
    alt = (
        f"Line charts of {numbers.joined([f'{name} (last {value:,.0f})' for name, value in last.items()])}. {headline}"
    )
    free = document.get("redistribute") == "yes"
    csv = csv_of(flows) if free else ""
    return finish(drawing, "redemptions", headline, alt, tables.flows(flows), csv, dense=True)


def _day(value: pd.Timestamp) -> str:
    return f"{value.day} {value:%B %Y}"


def _short(value: float, _: object) -> str:
    for divisor, suffix in ((1e9, " bn"), (1e6, " m"), (1e3, " k")):
        if abs(value) >= divisor:
            return f"{value / divisor:,.4g}{suffix}"
    return f"{value:,.4g}"
