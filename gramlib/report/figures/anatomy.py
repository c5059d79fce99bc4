"""Chart of a redemption run: what pushes holders, how fast they ask, what is paid and what waits, on the same days."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gramlib.metrics.run_anatomy import DRIVERS, run_anatomy, saturating_intensity
from gramlib.params.issuer import Issuer
from gramlib.report import numbers
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.figures.replay import path_named, path_rows
from gramlib.report.html_table import Heading, Table
from gramlib.report.theme import BLACK, BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, SKY, VERMILLION, canvas, themed

TERMS = {
    "event": ("confidence event", BLACK),
    "fall_of_gold": ("fall of gold", ORANGE),
    "shortfall": ("shortfall of coverage", PURPLE),
    "discount": ("discount", SKY),
    "queue": ("queue", VERMILLION),
}
"""Term of the intensity -> its name and colour, first causes below, feedback above."""

WINDOW_DAYS = 40
_LEAD_DAYS = 4


@themed
def redemption_run(path_ledgers: pd.DataFrame, book: str, choice: str, issuer: Issuer) -> Figure:
    """Terms of E6 stacked, the rate they make, and grams asked for, paid and waiting, of one chosen path of a book.

    Drawn are the days about the run's beginning: the first on which the rate goes a tenth of the way from calm to its cap.
    """
    rows = path_rows(path_ledgers, book, choice)
    whole = run_anatomy(rows, issuer)
    shown = whole.loc[_window(whole, issuer)]
    days, holders = shown.index.to_numpy(), issuer.redemption

    drawing = canvas(8.4, 6.8)
    push, rate, grams = drawing.subplots(3, 1, sharex=True, height_ratios=(1.7, 1, 1.3))
    base = np.zeros(len(days))
    for name, (label, colour) in TERMS.items():
        if whole[name].max() < 0.01 * whole[list(DRIVERS)].sum(axis=1).max():
            continue
        push.bar(days, shown[name], bottom=base, width=0.86, color=colour, label=label)
        base = base + shown[name].to_numpy()
    full = saturating_intensity(issuer) - holders.a0
    push.axhline(full, color=INK, linewidth=1.2, linestyle="--", label="enough for the fastest run")
    push.set_ylim(0.0, 1.45 * max(base.max(), full))
    push.set_title("What pushes holders: terms of the redemption intensity above calm")
    push.legend(loc="upper left", ncols=3)
    rate.plot(days, 100 * shown["redemption_rate"], color=BLUE, marker="o", markersize=3)
    rate.axhline(100 * holders.max_rate, color=MUTED, linewidth=1.0, linestyle="--")
    rate.set_ylim(0.0, 118 * holders.max_rate)
    rate.set_title("Holders who ask, % of free tokens a day (dashed: the most that can)")
    for column, label, colour in (
        ("requested_g", "asked for", BLUE),
        ("paid_g", "paid", GREEN),
        ("queue_g", "waiting", VERMILLION),
    ):
        grams.plot(days, shown[column] / 1e6, color=colour, marker="o", markersize=3, label=label)
    grams.set_title("Tonnes of gold asked for and paid on the day, and waiting at its end")
    grams.set_ylim(0.0, max(1.25 * float(shown[["requested_g", "paid_g", "queue_g"]].to_numpy().max()) / 1e6, 1e-6))
    grams.legend(loc="upper left", ncols=3)
    for axes in (push, rate, grams):
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    grams.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    grams.set_xlabel("business days since the start")

    title = path_named(rows, book, choice)
    headline = anatomy_sentence(title, whole, issuer)
    first, last = int(days[0]), int(days[-1])
    alt = (
        f"Three charts of days {first} to {last}. Highest term of the intensity: "
        + "; ".join(
            f"{TERMS[name][0]} {numbers.plain(shown[name].max())} on day {shown[name].idxmax()}" for name in TERMS
        )
        + f". Rate from {numbers.percent(shown['redemption_rate'].iloc[0])} to {numbers.percent(shown['redemption_rate'].max())} a day at most; asked for at most "
        f"{numbers.mass(shown['requested_g'].max())} a day, paid at most {numbers.mass(shown['paid_g'].max())}, waiting at most {numbers.mass(shown['queue_g'].max())}."
    )
    return finish(
        drawing, f"run-anatomy-{book}-{choice}", headline, alt, _table(title, whole), csv_of(whole.reset_index())
    )


def anatomy_sentence(title: str, anatomy: pd.DataFrame, issuer: Issuer) -> str:
    """What starts the run, what keeps it up once it is at its fastest, and how fast that is."""
    begins = _begins(anatomy, issuer)
    fastest = numbers.percent(float(anatomy["redemption_rate"].max()))
    if begins is None:
        return f"{title}: no run, holders never ask for more than {fastest} of the free tokens a day."
    start = anatomy.loc[begins, list(DRIVERS)]
    peak = anatomy.loc[anatomy["queue_g"].idxmax(), list(DRIVERS)]
    first, later = str(start.idxmax()), str(peak.idxmax())
    second = start.drop(first)
    helped = f", helped by {_the(str(second.idxmax()))}," if second.max() >= 0.1 * start[first] else ""
    kept = "is still its largest force when most wait" if first == later else f"{_the(later)} drives it when most wait"
    return (
        f"{title}: {_the(first)} starts a run on day {begins:,}{helped} and {kept}; "
        f"at its fastest {fastest} of the free tokens ask in a day, and {numbers.mass(float(anatomy['queue_g'].max()))} wait at the worst."
    )


def _the(term: str) -> str:
    return f"the {TERMS[term][0]}"


def _begins(anatomy: pd.DataFrame, issuer: Issuer) -> int | None:
    holders = issuer.redemption
    fast = anatomy.index[anatomy["redemption_rate"] > holders.base_rate + 0.1 * (holders.max_rate - holders.base_rate)]
    return int(fast[0]) if len(fast) else None


def _window(anatomy: pd.DataFrame, issuer: Issuer) -> slice:
    """Days about the beginning of the run, without one about the day of the highest intensity; all of a short path."""
    begins = _begins(anatomy, issuer)
    centre = int(anatomy["intensity"].idxmax()) if begins is None else begins
    last = min(int(anatomy.index[-1]), max(centre - _LEAD_DAYS, 1) + WINDOW_DAYS - 1)
    return slice(max(1, last - WINDOW_DAYS + 1), last)


def _table(title: str, anatomy: pd.DataFrame) -> Table:
    columns = {**{name: (label.capitalize(), "", 1.0) for name, (label, _) in TERMS.items()}, "intensity": ("Intensity x", "", 1.0),
               "redemption_rate": ("Rate", "% a day", 100.0), "requested_g": ("Asked for", "kg", 1e-3), "paid_g": ("Paid", "kg", 1e-3),
               "queue_g": ("Waiting", "kg", 1e-3)}  # fmt: skip
    rows = tuple(
        (
            str(day),
            *(numbers.plain(value * factor, 2) for value, (_, _, factor) in zip(row, columns.values(), strict=True)),
        )
        for day, row in zip(anatomy.index, anatomy[list(columns)].to_numpy(), strict=True)
    )
    return Table(
        f"{title}: what pushed holders, by day",
        (Heading("Day"), *(Heading(text, unit, numeric=True) for text, unit, _ in columns.values())),
        rows,
    )
