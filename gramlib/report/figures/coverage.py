"""Do the value-at-risk forecasts hold out of sample."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.report import numbers, tables, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.theme import BLUE, FAINT, INK, VERMILLION, canvas, themed

MOST_ROWS = 30
"""With more series the chart shows those of the shortest horizon; the download holds all of them."""


@themed
def coverage_backtest(backtests: pd.DataFrame, grade: str = "") -> Figure:
    """Losses beyond the value at risk, counted over expected, with the verdict of Kupiec's test.

    Data grade D marks it as no evidence.
    """
    rows = (
        backtests[backtests["test"] == "kupiec"].sort_values(["horizon_days", "level", "model"]).reset_index(drop=True)
    )
    tested, refused = len(rows), int((rows["p_value"] < 0.05).sum())
    held = int((rows["adjusted_p_value"] < 0.05).sum())
    weakest = _weakest(rows)
    if len(rows) > MOST_ROWS:
        rows = rows[rows["horizon_days"] == rows["horizon_days"].min()].reset_index(drop=True)
    ratio = (rows["exceptions"] / rows["expected"]).to_numpy()
    rejected = (rows["p_value"] < 0.05).to_numpy()
    places = np.arange(len(rows))[::-1]
    drawing = canvas(8.4, 1.2 + 0.26 * len(rows))
    axes = drawing.subplots()
    axes.axvline(1, color=INK, linewidth=0.9)
    axes.hlines(places, 1, ratio, color=FAINT, linewidth=3)
    axes.plot(ratio[~rejected], places[~rejected], "o", color=BLUE, label="compatible with its level (p at least 5%)")
    axes.plot(ratio[rejected], places[rejected], "X", color=VERMILLION, markersize=8, label="rejected (p below 5%)")
    names = [
        f"{vocabulary.model_name(r.model)}, {numbers.days(r.horizon_days)}, {100 * r.level:g}%"
        for r in rows.itertuples(index=False)
    ]
    axes.set_yticks(places, names)
    axes.set_xlim(0, max(2.0, ratio.max() * 1.12))
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_title("Losses beyond the value at risk: counted over expected")
    drawing.legend(loc="outside lower center", ncols=2)
    caveat = f"{tables.NO_EVIDENCE} " if grade == "D" else ""
    headline = (
        f"{caveat}Kupiec's test rejects {refused or 'none'} of {numbers.count(tested, 'value-at-risk series', 'value-at-risk series')} at 5%, "
        f"{held or 'none'} after allowing for all tests made.{weakest}"
    )
    alt = (
        "Dot chart of exceptions over expected. "
        + "; ".join(
            f"{name}: {r.exceptions} against {numbers.plain(r.expected, 1)}, p {r.p_value:.3f}"
            for name, r in zip(names, rows.itertuples(index=False), strict=True)
        )
        + "."
    )
    csv = csv_of(backtests.drop(columns="alternative"))  # a sentence a row; the table of power says it once a test
    return finish(drawing, "coverage-backtest", headline, alt, tables.backtests(backtests, grade), csv)


def _weakest(rows: pd.DataFrame) -> str:
    """How little the weakest of the tests could have noticed: a pass is worth no more than the power of its test."""
    power = rows["power"].min()
    if numbers.is_missing(power):
        return ""
    return f" The weakest of these tests had a chance of {numbers.percent(power)} to notice twice the nominal rate."
