"""The whole chain against history: what was said at each month end, and what came."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.tables import chain as tables
from gramlib.report.theme import BLUE, FAINT, INK, MUTED, ORANGE, VERMILLION, canvas, date_axis, themed


@themed
def chain_backtest(months: pd.DataFrame, tests: pd.DataFrame) -> Figure:
    """Gold against its value at risk, the fund against the interval of redemptions, and the chance of a queue, by month.

    Misses are marked; so are months whose prices made the issuer fail.
    """
    drawing = canvas(8.4, 7.6)
    gold, fund, chance = drawing.subplots(3, 1, sharex=True, height_ratios=[3, 3, 2])
    _gold(gold, months)
    _fund(fund, months)
    _chance(chance, months)
    if len(months):
        date_axis(chance)
    named = {
        label: handle for axes in drawing.axes for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    drawing.legend(list(named.values()), list(named), loc="outside lower center", ncols=3)
    headline = tables.chain_sentences(months, tests)
    alt = (
        f"Three panels over {len(months)} month ends: the move of gold over 20 business days against its value at risk, the share of the gold "
        f"fund that left against the 90% interval of the issuer's, and the chance of a queue. {headline}"
    )
    return finish(drawing, "chain-backtest", headline, alt, tables.chain(months, tests), csv_of(months))


def _gold(axes: Axes, months: pd.DataFrame) -> None:
    beyond = months[months["exceeded_975"]]
    axes.fill_between(
        months["as_of"], -100 * months["var_990"], -100 * months["var_975"], color=ORANGE, alpha=0.45, linewidth=0,
        label="value at risk, 97.5% to 99%",
    )  # fmt: skip
    axes.plot(months["as_of"], -100 * months["realised_loss"], ".", color=BLUE, markersize=4, label="what came")
    axes.plot(
        beyond["as_of"],
        -100 * beyond["realised_loss"],
        "X",
        color=VERMILLION,
        markersize=7,
        label="beyond what was said",
    )
    axes.axhline(0, color=INK, linewidth=0.7)
    axes.set_title("Move of gold over 20 business days, %")


def _fund(axes: Axes, months: pd.DataFrame) -> None:
    known = months[months["place"] != ""]
    missed = known[known["place"] != "inside"]
    axes.fill_between(
        months["as_of"], 100 * months["redeemed_lower"], 100 * months["redeemed_upper"], color=FAINT, linewidth=0,
        label="redeemed, 90% interval",
    )  # fmt: skip
    inside = known[known["place"] == "inside"]
    axes.plot(inside["as_of"], 100 * inside["fund_redeemed"], ".", color=BLUE, markersize=4, label="what came")
    axes.plot(
        missed["as_of"], 100 * missed["fund_redeemed"], "x", color=VERMILLION, markersize=3.5, label="fund outside it"
    )
    axes.set_title("Share that left: tokens as forecast, ounces of the gold fund as they did, %")
    if known.empty:
        axes.annotate(
            "no history of the fund in this run", (0.5, 0.85), xycoords="axes fraction", ha="center", color=MUTED
        )


def _chance(axes: Axes, months: pd.DataFrame) -> None:
    axes.plot(months["as_of"], 100 * months["chance_queue"], color=BLUE, linewidth=1.2, label="chance, all drivers")
    axes.plot(months["as_of"], 100 * months["alone_queue"], color=ORANGE, linewidth=1.2, label="chance, prices alone")
    failed = months[months["replay_queue"] | (months["replay_failures"] != "")]
    for at in failed["as_of"]:
        axes.axvline(at, color=VERMILLION, linewidth=1.2, linestyle=":")
    if len(failed):
        axes.plot([], [], color=VERMILLION, linestyle=":", label="failed on the prices that came")
    axes.set_ylim(bottom=0.0)
    axes.set_title("Chance of a queue within 20 business days, %")
