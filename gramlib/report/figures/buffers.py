"""Chart of the three buffers: what each holds, what the worst scenarios and the tail take from it, what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from gramlib.metrics.buffers import BUFFERS, buffers
from gramlib.params.issuer import Issuer
from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.html_table import Heading, Table
from gramlib.report.theme import BLUE, CARD, INK, VERMILLION, canvas, themed

NAMES = {
    "liquidity": ("Liquidity", "cash and bills", "requests of holders"),
    "custody": ("Custody", "own funds", "gold and cash lost or frozen"),
    "business": ("Business", "own funds above the requirement", "costs beyond income"),
}
"""Buffer -> its name, what it is, and what it stands against."""

MOST_SCENARIOS = 4


@themed
def three_buffers(
    issuer: Issuer,
    days: pd.DataFrame,
    replays: pd.DataFrame,
    outcomes: pd.DataFrame,
    scenarios_used: Mapping[str, Any],
) -> Figure:
    """Three panels, one a buffer: a bar by scenario or tail, with a line where the buffer is used up.

    `scenarios_used` has the titles; the other tables are stage predict's. The listed scenarios that take most are drawn.
    """
    found = buffers(issuer, days, replays, outcomes)
    titles = {str(record["id"]): str(record["title"]) for record in scenarios_used["scenarios"]}
    shown = [_shown(found[found["buffer"] == name]) for name in BUFFERS]
    drawing = canvas(8.4, 0.8 + 0.4 * sum(len(rows) + 1.4 for rows in shown))
    panels = drawing.subplots(len(BUFFERS), 1, height_ratios=[len(rows) + 0.6 for rows in shown])
    for axes, name, rows in zip(panels, BUFFERS, shown, strict=True):
        _draw(axes, name, rows, titles)
    panels[-1].set_xlabel("USD m taken; the short line is what the buffer holds")
    alt = "Bars of what is taken from three buffers. " + " ".join(
        f"{NAMES[name][0]} holds {numbers.usd(rows['holds_usd'].iloc[0])}: "
        + "; ".join(f"{_subject(row, titles)} {_left(row)}" for row in rows.itertuples(index=False))
        + "."
        for name, rows in zip(BUFFERS, shown, strict=True)
    )
    return finish(drawing, "three-buffers", buffers_sentence(found), alt, _table(found, titles), csv_of(found))


def buffers_sentence(found: pd.DataFrame) -> str:
    """By buffer, in how many listed scenarios nothing of it is left, and which of them one path in a hundred uses up."""
    said: list[str] = []
    gone: list[str] = []
    kept: list[str] = []
    for name, rows in found.groupby("buffer", sort=False):
        title, what, _ = NAMES[str(name)]
        listed, tails = rows[rows["kind"] == "scenario"], rows[rows["kind"] == "tail"]
        short = int((listed["left_usd"] < 0.0).sum())
        held = f"{title.lower() if said else title} ({what}, {numbers.usd(float(rows['holds_usd'].iloc[0]))})"
        said.append(
            f"{held} in {short or 'none'}"
            if said
            else f"{held} is used up in {short} of {len(listed)} listed scenarios"
        )
        (gone if (tails["left_usd"] < 0.0).any() else kept).append(title.lower())
    tail = (
        f"one path in a hundred uses up {numbers.joined(gone)}"
        if gone
        else "one path in a hundred uses up none of them"
    )
    return f"{numbers.joined(said)}; {tail}{f' and leaves some of {numbers.joined(kept)}' if gone and kept else ''}."


def _subject(row: Any, titles: Mapping[str, str]) -> str:
    if row.kind == "tail":
        return f"1 path in 100, {vocabulary.book_name(row.subject)}"
    return titles.get(row.subject, row.subject)


def _left(row: Any) -> str:
    if numbers.is_missing(row.left_usd):
        return "leaves some"
    return f"leaves {numbers.usd(row.left_usd)}" if row.left_usd >= 0.0 else f"{numbers.usd(-row.left_usd)} short"


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """The scenarios that take most, and every tail but that of prices alone where there are others."""
    tails = rows[rows["kind"] == "tail"]
    driven = tails[tails["subject"] != "liquidity_price_only"]
    return pd.concat([rows[rows["kind"] == "scenario"].head(MOST_SCENARIOS), driven if len(driven) else tails])


def _draw(axes: Axes, name: str, rows: pd.DataFrame, titles: Mapping[str, str]) -> None:
    """Bars under their words, amount first: on a narrow screen the chart scrolls, and its left edge has to say it all."""
    holds = float(rows["holds_usd"].iloc[0]) / 1e6
    takes = (rows["takes_usd"].clip(lower=0.0) / 1e6).fillna(0.0).to_numpy()
    for place, (row, taken) in enumerate(zip(rows.itertuples(index=False), takes, strict=True)):
        inside = min(taken, max(holds, 0.0))
        axes.barh(-place, inside, height=0.36, color=BLUE)
        axes.barh(-place, taken - inside, left=inside, height=0.36, color=VERMILLION)
        axes.annotate(
            numbers.sentence(f"{_left(row)}: {_subject(row, titles)}")[:-1],
            (0.0, 0.21 - place), xytext=(1, 3), textcoords="offset points", fontsize=9,
            bbox={"facecolor": CARD, "edgecolor": "none", "pad": 0.0},
        )  # fmt: skip
        axes.plot([holds, holds], [-place - 0.26, -place + 0.26], color=INK, linewidth=1.6)
    axes.set_xlim(0.0, 1.05 * max(takes.max(), holds, 1e-3))
    axes.set_ylim(0.35 - len(rows), 0.75)
    axes.set_yticks([])
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    title, what, against = NAMES[name]
    axes.set_title(f"{title}: {what}, {numbers.usd(1e6 * holds)}, against {against}")


def _table(found: pd.DataFrame, titles: Mapping[str, str]) -> Table:
    rows = tuple(
        (NAMES[row.buffer][0], _subject(row, titles), numbers.usd(row.holds_usd), numbers.usd(row.takes_usd), numbers.usd(row.left_usd))
        for row in found.itertuples(index=False)
    )  # fmt: skip
    money = tuple(Heading(text, "", numeric=True) for text in ("Holds", "Taken", "Left"))
    note = (
        "Taken of liquidity is the fall of cash and bills to their lowest, unpaid requests counted; of custody the most that was lost or "
        "frozen at once; of business what costs exceed income by at the end. Custody and business draw on the same own funds."
    )
    return Table(
        "Three buffers, what is taken from each and what is left",
        (Heading("Buffer"), Heading("Scenario or tail"), *money),
        rows,
        note,
    )
