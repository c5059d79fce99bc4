"""Measures as pictures: own funds asked for, one measure at a time, a fee against the band, a gate against the wish to run."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.html_table import Table
from gramlib.report.tables import recommend as tables
from gramlib.report.tables.plain import columns
from gramlib.report.theme import BLUE, FAINT, INK, MUTED, OKABE_ITO, ORANGE, VERMILLION, canvas, themed


@themed
def own_funds_required(parts: pd.DataFrame, recommendations: pd.DataFrame) -> Figure:
    """The four amounts as bars, the binding one in colour, against own funds today."""
    row = recommendations[recommendations["action"] == "own_funds"].iloc[0]
    drawing = canvas(8.4, 2.9)
    axes = drawing.subplots()
    for place, part in enumerate(parts.itertuples(index=False)):
        axes.barh(-place, part.usd / 1e6, height=0.55, color=VERMILLION if part.binding else BLUE, zorder=2)
        if not numbers.is_missing(part.usd_lower):
            axes.plot(
                [part.usd_lower / 1e6, part.usd_upper / 1e6], [-place, -place], color=INK, linewidth=1.4, zorder=3
            )
    axes.axvline(row["now"] / 1e6, color=INK, linewidth=1.2, linestyle="--", zorder=4)
    axes.annotate(
        "own funds today",
        (row["now"] / 1e6, 0.62),
        xytext=(5, 0),
        textcoords="offset points",
        fontsize=9,
        annotation_clip=False,
    )
    axes.set_yticks(
        [-place for place in range(len(parts))], [numbers.sentence(str(part))[:-1] for part in parts["part"]]
    )
    axes.set_ylim(-len(parts) + 0.4, 0.9)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("USD m")
    gap = row["number"] - row["now"]
    binding = parts.loc[parts["binding"], "part"].item()
    side = f"{numbers.usd(gap)} short of" if gap > 0 else f"{numbers.usd(-gap)} above"
    headline = numbers.sentence(
        f"own funds of {numbers.usd(row['now'])} are {side} the {numbers.usd(row['number'])} that {binding} asks for"
    )
    alt = (
        "Bars of the own funds asked for: "
        + "; ".join(f"{p.part} {numbers.usd(p.usd)}" for p in parts.itertuples(index=False))
        + "."
    )
    return finish(drawing, "own-funds-required", headline, alt, tables.own_funds_parts(parts), csv_of(parts))


@themed
def measure_effects(effects: pd.DataFrame) -> Figure:
    """Chance of each failure with one measure carried out, against today's; one panel a failure."""
    predicates = [
        p
        for p in dict.fromkeys(effects["predicate"])
        if effects.loc[effects["predicate"] == p, ["before", "after"]].to_numpy().any()
    ]
    actions = list(dict.fromkeys(effects["action"]))
    drawing = canvas(8.4, 1.0 + 0.26 * max(1, len(actions)) * max(1, -(-len(predicates) // 3)) + 0.5)
    panels = drawing.subplots(max(1, -(-len(predicates) // 3)), 3, squeeze=False, sharey=True).ravel()
    for axes, predicate in zip(panels, predicates, strict=False):
        rows = effects[effects["predicate"] == predicate]
        axes.axvline(rows["before"].iloc[0], color=INK, linewidth=1.2, linestyle="--")
        for row in rows.itertuples(index=False):
            place = -actions.index(row.action)
            better = row.difference_upper < 0.0
            colour = BLUE if better else VERMILLION if row.difference_lower > 0.0 else MUTED
            axes.plot([row.after_lower, row.after_upper], [place, place], color=colour, linewidth=1.6)
            axes.plot(row.after, place, "o", color=colour, markersize=4.5)
        axes.set_title(vocabulary.failure_name(predicate), fontsize=9)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
        axes.set_yticks([-k for k in range(len(actions))], [vocabulary.spaced(action) for action in actions])
        axes.set_xlim(left=0.0)
        axes.tick_params(axis="x", labelsize=8)
    for axes in panels[len(predicates) :]:
        axes.set_visible(False)
    headline = _best(effects) if len(effects) else "No measure is needed, so none was tried alone."
    alt = (
        "Dots of the share of failing paths with one measure carried out, a dashed line as the issuer stands. "
        + headline
    )
    return finish(drawing, "measure-effects", headline, alt, tables.measure_effects(effects), csv_of(effects))


def _best(effects: pd.DataFrame) -> str:
    """For the failure that happens most, the measure that takes most of it away, and who makes something worse."""
    worst = effects.loc[effects["before"].idxmax(), "predicate"]
    rows = effects[effects["predicate"] == worst]
    best = rows.loc[rows["after"].idxmin()]
    text = (f"{vocabulary.failure_name(worst)} happens on {numbers.percent(best['before'])} of paths; {vocabulary.spaced(best['action'])} "
            f"leaves {numbers.percent(best['after'])}")  # fmt: skip
    harmful = effects[effects["difference_lower"] > 0.0]
    made_worse = [
        f"{vocabulary.spaced(a)} raises {numbers.joined(list(rows['predicate']))}"
        for a, rows in harmful.groupby("action", sort=False)
    ]
    return numbers.sentence(
        text + (f"; {numbers.joined(made_worse)}" if made_worse else "; none of them raises another failure")
    )


@themed
def fee_against_band(frontier: pd.DataFrame, recommendations: pd.DataFrame) -> Figure:
    """What a fee brings in a stressed run beside the discount that arbitrage leaves: both rise with it."""
    row = recommendations[recommendations["action"] == "redemption_fee"].iloc[0]
    drawing = canvas(8.4, 3.2)
    left, right = drawing.subplots(1, 2)
    left.plot(frontier["fee"], frontier["net_usd"] / 1e6, "o-", color=BLUE)
    left.axhline(0.0, color=INK, linewidth=0.8)
    left.set_title("Fees less the cost of selling, in the run")
    left.set_ylabel("USD m")
    for column, colour, label in (("band_calm", BLUE, "calm day"), ("band_stressed", ORANGE, "stressed market")):
        right.plot(frontier["fee"], frontier[column], "o-", color=colour, label=label)
    right.set_title("Discount at which arbitrage begins")
    right.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    right.set_ylim(bottom=0.0)
    right.legend()
    for axes in (left, right):
        axes.axvline(row["now"], color=INK, linewidth=1.2, linestyle="--")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
        axes.set_xlabel("redemption fee; dashed: today's")
    covered = frontier[frontier["net_usd"] >= 0.0]
    headline = f"No fee up to {numbers.percent(frontier['fee'].max())} pays for the selling in a stressed run."
    if len(covered):
        widened = float(np.interp(row["number"], frontier["fee"], frontier["band_calm"]))
        headline = numbers.sentence(
            f"those who leave in a stressed run pay for their leaving from a fee of {numbers.percent(row['number'])} on; arbitrage then begins at "
            f"a discount of {numbers.percent(widened)}"
        )
    rows = tuple(
        (numbers.percent(r.fee), numbers.usd(r.net_usd), numbers.percent(r.band_calm), numbers.percent(r.band_stressed),
         numbers.percent(r.worst_discount), f"{numbers.percent(r.probability_F4)} ({numbers.percent(r.probability_F4_lower)} to {numbers.percent(r.probability_F4_upper)})")
        for r in frontier.itertuples(index=False)
    )  # fmt: skip
    names = (
        "Fee",
        "Fees less selling cost",
        "Band, calm",
        "Band, stressed",
        "Worst discount of the run",
        "Chance of F4 in the book",
    )
    table = Table("Fee against band", columns(*names, numeric=names), rows)
    return finish(
        drawing, "fee-against-band", headline, "Two lines over the redemption fee. " + headline, table, csv_of(frontier)
    )


@themed
def gate_against_run(frontier: pd.DataFrame) -> Figure:
    """What a gate keeps in the treasury, and how it makes holders ask and wait; one line a path."""
    panels = (
        ("peak_redemption_rate", "Busiest day's requests", lambda value, _: f"{100 * value:g}%"),
        ("oldest_request_days", "Oldest request [days]", lambda value, _: f"{value:g}"),
        ("least_liquid_usd", "Least cash and bills [USD m]", lambda value, _: f"{value / 1e6:g}"),
    )  # fmt: skip
    drawing = canvas(8.4, 3.4)
    drawn = drawing.subplots(1, len(panels))
    for axes, (column, title, words) in zip(drawn, panels, strict=True):
        for place, (subject, rows) in enumerate(frontier.groupby("subject", sort=False)):
            ordered = rows.sort_values("gate")
            axes.plot(
                ordered["gate"], ordered[column], "o-", color=OKABE_ITO[place], markersize=3.5, label=str(subject)
            )
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: "none" if value >= 1 else f"{100 * value:g}%"))
        axes.yaxis.set_major_formatter(FuncFormatter(words))
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("gate, share of tokens a day")
        axes.grid(visible=True, color=FAINT)
    handles, labels = drawn[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside lower center", ncols=1)
    first = next(iter(dict.fromkeys(frontier["subject"])))
    rows = frontier[frontier["subject"] == first].sort_values("gate")
    tight, none = rows.iloc[0], rows.iloc[-1]
    headline = numbers.sentence(
        f"in the run a gate of {numbers.percent(tight['gate'])} keeps {numbers.usd(tight['least_liquid_usd'] - none['least_liquid_usd'])} more in the "
        f"treasury, and the busiest day asks for {numbers.percent(tight['peak_redemption_rate'])} of tokens in place of "
        f"{numbers.percent(none['peak_redemption_rate'])}; the oldest request waits {numbers.days(tight['oldest_request_days'])}"
    )
    names = ("Path", "Gate", "Oldest request", "Longest queue", "Busiest day", "Dearest day's sale")
    table = Table(
        "Gates in a run", columns(*names, numeric=names[1:]),
        tuple((str(r.subject), tables.amount(r.gate, "share of tokens a day"), numbers.days(r.oldest_request_days),
               numbers.percent(r.peak_queue_share), numbers.percent(r.peak_redemption_rate), numbers.percent(r.fire_sale_loss))
              for r in frontier.itertuples(index=False)),
    )  # fmt: skip
    return finish(
        drawing, "gate-against-run", headline, "Three panels over the gate. " + headline, table, csv_of(frontier)
    )
