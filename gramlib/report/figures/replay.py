"""One listed scenario day by day, as four small charts on one time axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, finish
from gramlib.report.figures.predict import scenario_title
from gramlib.report.html_table import Heading, Table
from gramlib.report.theme import BLUE, CARD, GREEN, INK, MUTED, PURPLE, VERMILLION, canvas, themed
from gramlib.units import GRAMS_PER_TROY_OUNCE


@themed
def replay(
    replays: pd.DataFrame,
    scenario_id: str,
    title: str | Mapping[str, Any],
    failures: pd.DataFrame | None = None,
    *,
    redistribute: str = "unknown",
) -> Figure:
    """One scenario day by day: gold price, redemption queue, token discount, own funds.

    `title` may be the scenarios_used document, which holds it. `failures` (replay_failures) marks the first day of each failure. Rows go into the download only where
    `redistribute` is "yes", since a historical path repeats the returns of its source.
    """
    ledger = replays[replays["scenario"] == scenario_id].sort_values("day")
    if ledger.empty:
        raise KeyError(
            f"no scenario {scenario_id!r} in replays; there are {', '.join(dict.fromkeys(replays['scenario']))}"
        )
    if not isinstance(title, str):
        title = scenario_title({str(record["id"]): record for record in title["scenarios"]}, scenario_id)
    first = ledger.iloc[0]
    tokens_at_start = first["tokens_g"] + first["paid_g"]
    series = {
        "Gold price": ("USD/oz", (ledger["price_usd_per_g"] * GRAMS_PER_TROY_OUNCE).to_numpy(), BLUE),
        "Redemption queue": ("% of initial tokens", 100 * (ledger["queue_g"] / tokens_at_start).to_numpy(), VERMILLION),
        "Token discount to gold": ("%", 100 * ledger["discount"].to_numpy(), PURPLE),
        "Own funds": ("USD m", (ledger["equity_usd"] / 1e6).to_numpy(), GREEN),
    }
    days = ledger["day"].to_numpy()
    marks = _first_failures(failures, scenario_id)

    drawing = canvas(8.4, 4.8)
    for axes, (name, (unit, values, colour)) in zip(
        drawing.subplots(2, 2, sharex=True).flat, series.items(), strict=True
    ):
        axes.plot(days, values, color=colour, drawstyle="default", marker="o" if len(days) <= 30 else "", markersize=3)
        axes.set_title(f"{name}, {unit}")
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "\N{MINUS SIGN}")))
        if name != "Gold price" and values.min() >= 0:
            axes.set_ylim(0, max(values.max() * 1.15, 1e-3))
        elif values.min() < 0:
            axes.axhline(0, color=INK, linewidth=0.8)
        for place, day in enumerate(sorted(set(marks.values()))):
            axes.axvline(day, color=INK, linewidth=0.9, linestyle=":")
            if name == "Gold price":
                names = " ".join(p for p, d in marks.items() if d == day)
                box = {"facecolor": CARD, "edgecolor": "none", "pad": 1.0}
                axes.annotate(names, (day, 0.04 + 0.13 * (place % 5)), xycoords=("data", "axes fraction"), fontsize=8.5,
                              xytext=(4, 0), textcoords="offset points", bbox=box)  # fmt: skip
    drawing.supxlabel("business days since the start", fontsize=9.5, color=MUTED)

    queue, discount, equity = (series[name][1] for name in ("Redemption queue", "Token discount to gold", "Own funds"))
    headline = (
        f"{title}: {_failed_words(marks) if failures is not None else ''}"
        f"{'no queue' if queue.max() == 0 else f'the queue peaks at {numbers.percent(queue.max() / 100)} of tokens'}, "
        f"the discount at {numbers.percent(discount.max() / 100)}, own funds fall to {numbers.usd(equity.min() * 1e6)} at the lowest."
    )
    alt = f"Four line charts over {numbers.days(len(days))}. " + " ".join(
        f"{name} in {unit}: first {numbers.plain(v[0])}, lowest {numbers.plain(v.min())}, highest {numbers.plain(v.max())}, last {numbers.plain(v[-1])}."
        for name, (unit, v, _) in series.items()
    )
    table = _ledger_table(title, days, series)
    csv = ""
    if redistribute == "yes":
        csv = ledger.drop(columns="scenario").to_csv(index=False, float_format="%.8g", lineterminator="\n")
    return finish(drawing, f"replay-{scenario_id}", headline, alt, table, csv)


_CHOICES = {"worst": "Worst path", "percentile_1": "Path at the lowest percent", "median": "Median path"}


def path(path_ledgers: pd.DataFrame, book: str, choice: str) -> Figure:
    """One path of a book day by day, drawn as a scenario is: `choice` is worst, percentile_1 or median."""
    rows = path_rows(path_ledgers, book, choice)
    name = f"{book}-{choice}"
    return replay(rows.assign(scenario=name), name, path_named(rows, book, choice))


def path_rows(path_ledgers: pd.DataFrame, book: str, choice: str) -> pd.DataFrame:
    """The days of one chosen path; KeyError where there is none."""
    rows = path_ledgers[(path_ledgers["book"] == book) & (path_ledgers["choice"] == choice)]
    if rows.empty:
        raise KeyError(f"no path {choice!r} of book {book!r} in path_ledgers")
    return rows


def path_named(rows: pd.DataFrame, book: str, choice: str) -> str:
    """A chosen path in words."""
    return f"{_CHOICES[choice]} of the {vocabulary.book_name(book)}, number {rows['path'].iloc[0]:,}"


def _first_failures(failures: pd.DataFrame | None, scenario_id: str) -> dict[str, int]:
    if failures is None:
        return {}
    rows = failures[(failures["scenario"] == scenario_id) & (failures["first_day"] >= 0)]
    return dict(zip(rows["predicate"], rows["first_day"].astype(int), strict=True))


def _failed_words(marks: dict[str, int]) -> str:
    if not marks:
        return "no failure; "
    return (
        numbers.joined(
            f"{vocabulary.failure_name(p)} on day {d}" for p, d in sorted(marks.items(), key=lambda m: (m[1], m[0]))
        )
        + "; "
    )


def _ledger_table(title: str, days: np.ndarray, series: dict[str, tuple[str, np.ndarray, str]]) -> Table:
    """A few figures of each panel; daily rows could give away a licensed price series."""
    rows = tuple(
        (name, unit, *(numbers.plain(x) for x in (v[0], v.min())), f"day {days[int(v.argmin())]}", numbers.plain(v.max()),
         f"day {days[int(v.argmax())]}", numbers.plain(v[-1]))
        for name, (unit, v, _) in series.items()
    )  # fmt: skip
    texts = ("First", "Lowest", "on", "Highest", "on", "Last")
    return Table(
        title, (Heading("Series"), Heading("Unit"), *(Heading(text, "", numeric=True) for text in texts)), rows
    )
