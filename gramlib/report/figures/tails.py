"""Chart of the tails: what they say at each threshold, and which threshold is used."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, tables
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.theme import BLUE, VERMILLION, canvas, themed

_SERIES = "residuals"
_ROWS = (
    ("xi", "shape xi"),
    ("beta", "scale beta, sd"),
    ("var_999", "VaR 99.9%, sd"),
    ("mean_excess", "mean excess, sd"),
)


@themed
def threshold_stability(table: pd.DataFrame) -> Figure:
    """Shape, scale, far quantile and mean excess of the residuals at each threshold, with 95% intervals, of `tail_fit`."""
    own = table[table["series"] == _SERIES]
    drawing = canvas(8.4, 7.2)
    grid = drawing.subplots(len(_ROWS), 2, sharex=True, sharey="row")
    for column, tail in enumerate(("falls", "rises")):
        for line, (quantity, label) in enumerate(_ROWS):
            axes = grid[line, column]
            found = own[(own["tail"] == tail) & (own["quantity"] == quantity)].sort_values("threshold_share")
            at = 100.0 * (1.0 - found["threshold_share"])
            axes.fill_between(at, found["lower"], found["upper"], color=BLUE, alpha=0.18, linewidth=0)
            axes.plot(at, found["value"], "o-", color=BLUE, markersize=3.5)
            for used in at[found["used"]]:
                axes.axvline(used, color=VERMILLION, linewidth=1.3, linestyle="--")
            axes.set_ylabel(label if column == 0 else "")
        grid[0, column].set_title(tail.capitalize())
        grid[-1, column].set_xlabel("threshold, percentile of the window (dashed: used)")
        grid[-1, column].xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    words = [_sentence(own[own["tail"] == tail], tail) for tail in ("falls", "rises")]
    alt = f"Eight line charts of fitted tail figures against the threshold, with 95% bands. {' '.join(words)}"
    return finish(drawing, "threshold-stability", " ".join(words), alt, tables.thresholds(table), csv_of(own))


def _sentence(own: pd.DataFrame, tail: str) -> str:
    def value(quantity: str, rows: pd.DataFrame = own) -> Any:
        return rows[rows["quantity"] == quantity]

    used = own[own["used"]]
    xi, far = value("xi", used), value("var_999")
    if xi.empty:
        return f"There are too few days to fit a tail to {tail} at the threshold used."
    rule = float(value("share_by_rule")["value"].iloc[0])
    row, share = xi.iloc[0], float(xi["threshold_share"].iloc[0])
    verdict = "agrees with" if rule >= share else "would take fewer days than"
    return (
        f"{tail.capitalize()}: xi {row['value']:.2f} ({row['lower']:.2f} to {row['upper']:.2f}) from the outer {numbers.percent(share)}; "
        f"other thresholds put the 99.9% quantile at {far['value'].min():.2f} to {far['value'].max():.2f} standard deviations; "
        f"the rule {verdict} the threshold."
    )
