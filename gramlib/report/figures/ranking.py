"""Listed scenarios from worst to best."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.figures.predict import scenario_label
from gramlib.report.html_table import Heading, Table
from gramlib.report.theme import FAINT, GREEN, INK, MUTED, VERMILLION, canvas, themed

MOST_ROWS = 40
"""With more scenarios the chart shows those that fail and the lowest of the others; the download holds all."""


@themed
def scenario_ranking(metrics: pd.DataFrame, replay_failures: pd.DataFrame, scenarios_used: Mapping[str, Any]) -> Figure:
    """Listed scenarios from worst to best by title: lowest own funds, and which failures each one causes."""
    ranked = rank_scenarios(metrics, replay_failures)
    records = {str(record["id"]): record for record in scenarios_used["scenarios"]}
    titles = {name: scenario_label(records, str(name)) for name in ranked.index}
    shown = _shown(ranked)
    drawing = canvas(8.4, 1.1 + 0.3 * len(shown))
    axes = drawing.subplots()
    places = np.arange(len(shown))[::-1]
    lowest = shown["min_equity_usd"].to_numpy() / 1e6
    failing = shown["failed"].str.len().to_numpy() > 0
    axes.hlines(places, np.minimum(lowest, 0), np.maximum(lowest, 0), color=FAINT, linewidth=3)
    axes.plot(lowest[~failing], places[~failing], "o", color=GREEN, label="no failure")
    axes.plot(lowest[failing], places[failing], "X", color=VERMILLION, markersize=8, label="fails")
    axes.axvline(0, color=INK, linewidth=0.9)
    for place, failed in zip(places, shown["failed"], strict=True):
        axes.annotate(
            failed or "none",
            (1.01, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=8.5,
            color=MUTED,
            annotation_clip=False,
        )
    axes.annotate(
        "failures",
        (1.01, len(shown) - 0.3),
        xycoords=("axes fraction", "data"),
        fontsize=8.5,
        fontweight="bold",
        annotation_clip=False,
    )
    axes.set_yticks(places, [textwrap.shorten(titles[name], 58, placeholder=" …") for name in shown.index])
    axes.tick_params(axis="y", labelsize=8.5)
    axes.set_ylim(-0.6, len(shown) - 0.2)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    some = "" if len(shown) == len(ranked) else f"; {len(shown)} of {len(ranked)} shown"
    axes.set_xlabel(f"lowest own funds, USD m{some}")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "\N{MINUS SIGN}")))
    drawing.legend(loc="outside lower center", ncols=2)

    count = int((ranked["failed"].str.len() > 0).sum())
    worst = ranked.index[0]
    headline = (
        f"{count or 'None'} of {numbers.count(len(ranked), 'scenario')} {'cause' if count > 1 else 'causes'} a failure; "
        f"own funds fall lowest in “{titles[worst]}”, to {numbers.usd(ranked['min_equity_usd'].iloc[0])}."
    )
    alt = (
        f"Dot chart of lowest own funds by scenario, {_which(shown, ranked)}: "
        + "; ".join(
            f"{titles[name]} {numbers.usd(row.min_equity_usd)}, failures {row.failed or 'none'}"
            for name, row in zip(shown.index, shown.itertuples(), strict=True)
        )
        + "."
    )
    return finish(
        drawing,
        "scenario-ranking",
        headline,
        alt,
        _ranking_table(ranked, titles),
        csv_of(ranked.reset_index(names="scenario")),
    )


def _shown(ranked: pd.DataFrame) -> pd.DataFrame:
    failing_first = ranked["failed"].eq("").argsort(kind="stable")
    return ranked.iloc[np.sort(failing_first[:MOST_ROWS])]


def _which(shown: pd.DataFrame, ranked: pd.DataFrame) -> str:
    if len(shown) == len(ranked):
        return "worst first"
    return f"{len(shown)} of {len(ranked)}: those that fail before others, worst first"


def rank_scenarios(metrics: pd.DataFrame, replay_failures: pd.DataFrame) -> pd.DataFrame:
    """One row a scenario, its figures as columns and `failed` as text; worst first.

    Worst is the lowest own funds, ties by the longest wait (MODEL.md section 6).
    """
    scenarios = list(dict.fromkeys(replay_failures["scenario"]))
    figures = (
        metrics[metrics["subject"].isin(scenarios)]
        .pivot(index="subject", columns="metric", values="value")
        .reindex(scenarios)
    )
    figures = figures.reindex(columns=[*dict.fromkeys([*figures.columns, "min_equity_usd", "longest_wait_days"])])
    held = replay_failures[replay_failures["first_day"] >= 0]
    failed = (
        held.groupby("scenario")["predicate"].agg(lambda names: " ".join(sorted(names))).reindex(scenarios).fillna("")
    )
    return figures.assign(failed=failed).sort_values(
        ["min_equity_usd", "longest_wait_days"], ascending=[True, False], kind="stable"
    )


def _ranking_table(ranked: pd.DataFrame, titles: Mapping[Any, str]) -> Table:
    columns = [
        name
        for name in (
            "min_equity_usd",
            "min_own_funds_headroom_usd",
            "peak_queue_share",
            "oldest_request_days",
            "worst_discount",
        )
        if name in ranked
    ]
    units = {"peak_queue_share": "share", "worst_discount": "share", "oldest_request_days": "day"}
    headings = (
        Heading("Scenario"),
        *(Heading(vocabulary.metric_name(n), "", numeric=True) for n in columns),
        Heading("Failures"),
    )
    rows = tuple(
        (titles[name], *(numbers.with_unit(row[n], units.get(n, "USD")) for n in columns), row["failed"] or "none")
        for name, row in ranked.iterrows()
    )
    return Table("Scenarios, worst first", headings, rows)
