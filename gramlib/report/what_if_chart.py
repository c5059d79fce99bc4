"""One stated path day by day for two issuers, the run's own and a changed one, as four small charts on one time axis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gramlib.report import numbers
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.html_table import Heading, Table
from gramlib.report.theme import BLUE, GREEN, INK, MUTED, PURPLE, VERMILLION, canvas, themed

_COLUMNS = ("day", "price_usd_per_g", "cash_usd", "bills_usd", "queue_g", "tokens_g", "discount", "equity_usd")


@themed
def before_and_after(before: pd.DataFrame, after: pd.DataFrame, tokens_g: float, what_happens: str) -> Figure:
    """Cash and bills, queue, discount and own funds of two ledgers of the same days.

    `tokens_g` are the tokens at the start; `what_happens` says the path in words, as in "gold falls by 10% in a day".
    """
    series = {
        "Cash and bills": ("USD m", *(_money(days, "cash_usd", "bills_usd") for days in (before, after)), BLUE),
        "Redemption queue": ("% of tokens at the start", *(_share(days, tokens_g) for days in (before, after)), VERMILLION),
        "Token discount to gold": ("%", *((100 * days["discount"]).to_numpy() for days in (before, after)), PURPLE),
        "Own funds": ("USD m", *(_money(days, "equity_usd") for days in (before, after)), GREEN),
    }  # fmt: skip
    drawing = canvas(8.4, 4.8)
    panels = drawing.subplots(2, 2, sharex=True).flat
    day = after["day"].to_numpy()
    for axes, (name, (unit, own, changed, colour)) in zip(panels, series.items(), strict=True):
        axes.plot(day, changed, color=colour, marker="o", markersize=3.5, label="with the changes")
        axes.plot(day, own, color=INK, linestyle="--", linewidth=1.3, label="as the run has it")
        axes.set_title(f"{name}, {unit}")
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "\N{MINUS SIGN}")))
        low, high = min(own.min(), changed.min()), max(own.max(), changed.max())
        axes.set_ylim(min(0.0, 1.1 * low), max(1.15 * high, 1e-3))
    drawing.axes[0].legend(loc="best", frameon=False, fontsize=8.5)
    drawing.supxlabel("business days since the start", fontsize=9.5, color=MUTED)
    queue, discount, equity = (series[name] for name in ("Redemption queue", "Token discount to gold", "Own funds"))
    headline = numbers.sentence(
        f"{what_happens}: the queue peaks at {_both(queue, max, 'percent')} of tokens, the discount at "
        f"{_both(discount, max, 'percent')}, own funds are {_both(equity, min, 'usd')} at the lowest"
    )
    alt = f"Four line charts over {numbers.days(len(day))}, each with and without the changes. " + " ".join(
        f"{name} in {unit}: {numbers.plain(own.min())} to {numbers.plain(own.max())} before, "
        f"{numbers.plain(changed.min())} to {numbers.plain(changed.max())} after."
        for name, (unit, own, changed, _) in series.items()
    )
    both = pd.concat([before.assign(issuer="before"), after.assign(issuer="after")])[["issuer", *_COLUMNS]]
    return finish(drawing, "stated-path", headline, alt, _table(series), csv_of(both))


def _money(days: pd.DataFrame, *columns: str) -> np.ndarray:
    return np.asarray(days[list(columns)].sum(axis=1) / 1e6)


def _share(days: pd.DataFrame, tokens_g: float) -> np.ndarray:
    return np.asarray(100 * days["queue_g"] / tokens_g)


def _both(series: tuple[str, np.ndarray, np.ndarray, str], end: Callable[[np.ndarray], float], kind: str) -> str:
    own, changed = (float(end(values)) for values in series[1:3])
    texts = [
        numbers.percent(value / 100) if kind == "percent" else numbers.usd(value * 1e6) for value in (changed, own)
    ]
    return texts[0] if texts[0] == texts[1] else f"{texts[0]} ({texts[1]} before)"


def _table(series: dict[str, tuple[str, np.ndarray, np.ndarray, str]]) -> Table:
    rows = tuple(
        (name, unit, *(numbers.plain(value) for values in (own, changed) for value in (values.min(), values.max(), values[-1])))
        for name, (unit, own, changed, _) in series.items()
    )  # fmt: skip
    texts = ("Lowest before", "Highest before", "Last before", "Lowest after", "Highest after", "Last after")
    return Table(
        "The path in figures", (Heading("Series"), Heading("Unit"), *(Heading(t, numeric=True) for t in texts)), rows
    )
