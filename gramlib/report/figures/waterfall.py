"""Chart of one path's cash, day by day: what came in, what went out, what was left, who waits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gramlib.metrics.cash_flows import EITHER, INFLOWS, OUTFLOWS, cash_flows
from gramlib.params.issuer import Issuer
from gramlib.report import numbers
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.figures.replay import path_named, path_rows
from gramlib.report.html_table import Heading, Table
from gramlib.report.theme import BLACK, BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION, canvas, themed

FLOWS = {
    "gold_settled": ("gold sold, settled", ORANGE),
    "bills_sold": ("bills sold", SKY),
    "fees_and_income": ("fees and income", GREEN),
    "futures_and_credit": ("futures margin and credit", PURPLE),
    "redemptions": ("redemptions paid", VERMILLION),
    "costs_and_losses": ("costs and losses", BLACK),
}
"""Flow -> its name and colour."""

MOST_BARS = 70
"""Days drawn one by one; a longer path is drawn by weeks of five days."""


@themed
def liquidity_waterfall(path_ledgers: pd.DataFrame, book: str, choice: str, issuer: Issuer) -> Figure:
    """Flows of cash stacked up and down, cash and bills at the end, and unpaid requests, of one chosen path of a book."""
    rows = path_rows(path_ledgers, book, choice)
    flows = cash_flows(rows, issuer)
    step = 1 if len(flows) <= MOST_BARS else 5
    groups = (flows.index.to_numpy() - 1) // step
    summed = flows[[*INFLOWS, *EITHER, *OUTFLOWS]].groupby(groups).sum() / 1e6
    at = summed.index.to_numpy() * step + (step + 1) / 2

    drawing = canvas(8.4, 6.6)
    top, middle, bottom = drawing.subplots(3, 1, sharex=True, height_ratios=(2.2, 1, 1))
    up, down = np.zeros(len(at)), np.zeros(len(at))
    for name, (label, colour) in FLOWS.items():
        values = summed[name].to_numpy()
        if np.abs(values).sum() < 0.005 * np.abs(summed.to_numpy()).sum():
            continue
        base = np.where(values >= 0.0, up, down)
        top.bar(at, values, bottom=base, width=0.86 * step, color=colour, label=label)
        up, down = up + np.maximum(values, 0.0), down + np.minimum(values, 0.0)
    top.axhline(0.0, color=INK, linewidth=0.8)
    top.set_title(f"Cash in (up) and out (down), USD m {'a day' if step == 1 else 'in five days'}")
    top.legend(loc="upper right", ncols=2)
    top.set_ylim(1.15 * down.min(), max(1.55 * up.max(), 0.1))
    edges = np.append(flows.index.to_numpy() - 0.5, flows.index[-1] + 0.5)
    cash, bills = flows["closing_usd"].to_numpy() / 1e6, flows["bills_usd"].to_numpy() / 1e6
    middle.stairs(cash, edges, fill=True, color=BLUE, label="cash")
    middle.stairs(cash + bills, edges, baseline=cash, fill=True, color=SKY, label="bills")
    middle.axhline(0.0, color=INK, linewidth=0.8)
    middle.set_title("Cash and bills at the end of the day, USD m")
    middle.legend(loc="upper right", ncols=2)
    bottom.stairs(flows["queue_usd"].to_numpy() / 1e6, edges, fill=True, color=VERMILLION)
    bottom.set_ylim(0.0, max(1.1 * flows["queue_usd"].max() / 1e6, 0.1))
    bottom.set_title("Requests that wait at the end of the day, USD m")
    for axes in (top, middle, bottom):
        axes.yaxis.set_major_locator(MaxNLocator(5 if axes is top else 3))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "\N{MINUS SIGN}")))
    bottom.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    bottom.set_xlabel("business days since the start")

    title = path_named(rows, book, choice)
    headline = waterfall_sentence(title, flows)
    totals = flows[list(FLOWS)].sum()
    alt = (
        f"Stacked bars of cash flows over {numbers.days(len(flows))}, below them cash and bills, and requests that wait. In all: "
        + "; ".join(f"{FLOWS[name][0]} {numbers.usd(value)}" for name, value in totals.items())
        + f". Cash and bills go from {numbers.usd(flows['opening_usd'].iloc[0] + issuer.bills_usd)} to "
        f"{numbers.usd(flows['closing_usd'].iloc[-1] + flows['bills_usd'].iloc[-1])}; most that waits {numbers.usd(flows['queue_usd'].max())}."
    )
    return finish(
        drawing,
        f"liquidity-waterfall-{book}-{choice}",
        headline,
        alt,
        _table(title, flows),
        csv_of(flows.reset_index()),
    )


def waterfall_sentence(title: str, flows: pd.DataFrame) -> str:
    """When cash and bills ran out, how much waits at the most, and what paid the holders."""
    liquid = flows["closing_usd"] + flows["bills_usd"]
    empty = flows.index[(liquid <= 1.0) & (flows["queue_usd"] > 0.0)]
    paid, gold = -float(flows["redemptions"].sum()), float(flows["gold_settled"].sum())
    if len(empty):
        said = f"cash and bills are used up on day {empty[0]:,}, and requests for {numbers.usd(float(flows['queue_usd'].max()))} wait at the worst"
    else:
        least = f"cash and bills never run out while holders wait and are lowest on day {liquid.idxmin():,} with {numbers.usd(float(liquid.min()))}"
        said = least
    return f"{title}: {said}; {numbers.usd(paid)} is paid to holders, and {numbers.usd(gold)} comes in for gold."


def _table(title: str, flows: pd.DataFrame) -> Table:
    columns = {"opening_usd": "Opening cash", **{name: label.capitalize() for name, (label, _) in FLOWS.items()},
               "closing_usd": "Closing cash", "bills_usd": "Bills", "queue_usd": "Requests that wait"}  # fmt: skip
    rows = tuple(
        (str(day), *(numbers.plain(value / 1e6, 2) for value in row))
        for day, row in zip(flows.index, flows[list(columns)].to_numpy(), strict=True)
    )
    return Table(
        f"{title}: cash by day, USD m",
        (Heading("Day"), *(Heading(text, "", numeric=True) for text in columns.values())),
        rows,
    )
