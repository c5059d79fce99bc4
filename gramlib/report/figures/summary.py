"""The picture of a whole run: verdict, breaking shocks, and the scenario in which own funds fall lowest."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gramlib.report import tables, vocabulary
from gramlib.report.figure import Figure, finish
from gramlib.report.figures.reverse import draw_shock, panel_lines
from gramlib.report.html_table import Heading, Status, Table
from gramlib.report.theme import GREEN, INK, MUTED, STATUS_COLOUR, STATUS_INK, VERMILLION, canvas, themed

_LEADING_SHOCKS = ("price_fall", "custody_loss")


@themed
def overview(document: Mapping[str, Any], reverse: pd.DataFrame, replays: pd.DataFrame) -> Figure:
    """The README's picture of a run, from its report document, `reverse` and `replays`; save it with `.save(path)`."""
    verdict, worst = document["verdict"], document["worst_scenario"]
    shocks = [s for s in _LEADING_SHOCKS if s in set(reverse["shock"])] or list(dict.fromkeys(reverse["shock"]))[:1]
    drawing = canvas(12.0, 7.6)
    top, bottom = drawing.subfigures(2, 1, squeeze=False, height_ratios=(1, 2.6))[:, 0]
    _banner(top, document)
    left, right = bottom.subfigures(1, 2, width_ratios=(1.25, 1))
    left.suptitle("Which shocks break it", x=0.02, ha="left", fontsize=11, fontweight="bold")
    sizes = [panel_lines(reverse, shock) for shock in shocks]
    for axes, shock in zip(
        left.subplots(len(shocks), 1, height_ratios=[n + 1.5 for n in sizes], squeeze=False)[:, 0], shocks, strict=True
    ):
        draw_shock(axes, reverse[reverse["shock"] == shock], shock)
    right.suptitle(f"Where own funds fall lowest: scenario {worst}", x=0.02, ha="left", fontsize=11, fontweight="bold")
    _worst_days(right, replays[replays["scenario"] == worst].sort_values("day"))

    table = Table(
        "Headline figures",
        (
            Heading("Figure"),
            Heading("Value", "", numeric=True),
            Heading("Interval"),
            Heading("Limit", "", numeric=True),
            Heading("Status"),
        ),
        tuple(
            (
                f["label"],
                f["text"],
                f["interval"] or f["detail"],
                f["limit_text"] or "none",
                Status(f["status"] or "not_applicable"),
            )
            for f in document["headlines"]
        ),
    )
    alt = f"Verdict {vocabulary.STATUS_WORDS[verdict['status']][1]}. Breaking shocks: " + "; ".join(
        f"{vocabulary.failure_name(row.predicate)}, {vocabulary.shock_name(row.shock)}: {tables.shock_range(row)}"
        for row in reverse.itertuples(index=False) if row.shock in shocks
    ) + f". Two line charts of own funds and queue in scenario {worst}."  # fmt: skip
    return finish(drawing, "overview", verdict["sentence"], alt, table)


def _banner(area: Any, document: Mapping[str, Any]) -> None:
    verdict = document["verdict"]
    symbol, word = vocabulary.STATUS_WORDS[verdict["status"]]
    area.patches.append(FancyBboxPatch(
        (0.01, 0.08), 0.98, 0.86, boxstyle="round,pad=0,rounding_size=0.01", transform=area.transSubfigure,
        facecolor="#f4f6f8", edgecolor=STATUS_COLOUR[verdict["status"]], linewidth=2.5,
    ))  # fmt: skip
    area.text(0.03, 0.80, document["title"], fontsize=10, color=MUTED, va="center")
    area.text(
        0.03,
        0.60,
        f"{symbol} {word.upper()}",
        fontsize=17,
        fontweight="bold",
        color=STATUS_INK[verdict["status"]],
        va="center",
    )
    area.text(
        0.17, 0.62, textwrap.fill(verdict["sentence"], 118), fontsize=10.5, va="center", color=INK, linespacing=1.45
    )
    facts = [f"{f['label']}: {f['text']}" for f in document["headlines"][:3]]
    area.text(0.03, 0.20, "     ".join(facts), fontsize=9, color=MUTED, va="center")


def _worst_days(area: Any, ledger: pd.DataFrame) -> None:
    days, first = ledger["day"].to_numpy(), ledger.iloc[0]
    queue = 100 * ledger["queue_g"].to_numpy() / (first["tokens_g"] + first["paid_g"])
    panels = area.subplots(2, 1, sharex=True)
    for axes, values, colour, title in (
        (panels[0], ledger["equity_usd"].to_numpy() / 1e6, GREEN, "Own funds, USD m"),
        (panels[1], queue, VERMILLION, "Redemption queue, % of initial tokens"),
    ):
        axes.plot(days, values, color=colour)
        axes.set_title(title)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "\N{MINUS SIGN}")))
        if values.min() < 0:
            axes.axhline(0, color=INK, linewidth=0.8)
        else:
            axes.set_ylim(0, max(values.max() * 1.15, 1e-3))
    panels[1].set_xlabel("business days since the start")
