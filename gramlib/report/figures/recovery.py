"""Early warnings, options of recovery and what remains, as pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.tables.recovery import early_warning as warning_tables
from gramlib.report.tables.recovery import recovery_options as recovery_tables
from gramlib.report.tables.recovery import residual_risk as residual_tables
from gramlib.report.theme import BLUE, FAINT, INK, MUTED, ORANGE, VERMILLION, canvas, themed

WANTED = 0.95
"""Share of failing paths on which amber should be in time."""


@themed
def early_warning(table: pd.DataFrame) -> Figure:
    """Share of failing simulated paths warned in time, and false alarms a year, with default and tuned limits."""
    rows = table[(table["basis"] == "simulated") & ~table["stands"]]
    drawing = canvas(8.4, 1.3 + 0.42 * len(rows))
    left, right = drawing.subplots(1, 2, sharey=True)
    for line, row in enumerate(rows.itertuples(index=False)):
        for prefix, colour, shift in (("", ORANGE, 0.12), ("tuned_", BLUE, -0.12)):
            value = getattr(row, f"{prefix}in_time")
            if numbers.is_missing(value):
                continue
            ends = [getattr(row, f"{prefix}in_time{end}") for end in ("_lower", "_upper")]
            left.plot(ends, [shift - line] * 2, color=colour, linewidth=2.0, zorder=2)
            left.plot([value], [shift - line], "o", color=colour, markersize=6, zorder=3)
            right.plot(
                [getattr(row, f"{prefix}false_alarms_year")], [shift - line], "o", color=colour, markersize=6, zorder=3
            )
    for label, colour in (("limits of the model page", ORANGE), ("tuned amber", BLUE)):
        left.plot([], [], "o", color=colour, label=label)
    left.axvline(WANTED, color=INK, linewidth=1.0, linestyle=":")
    left.set_xlim(-0.03, 1.03)
    left.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    left.set_yticks([-k for k in range(len(rows))], list(rows["title"]))
    left.set_ylim(-len(rows) + 0.5, 0.5)
    left.set_xlabel("failing paths warned in time")
    right.set_xlabel("false alarms a year")
    right.set_xlim(left=0.0)
    drawing.legend(loc="outside upper center", ncols=2, frameon=False)
    told = "; ".join(
        f"{row.title}: {_share(row.in_time)} in time with {_rate(row.false_alarms_year)} false alarms a year, tuned "
        f"{_share(row.tuned_in_time)} with {_rate(row.tuned_false_alarms_year)}"
        for row in rows.itertuples(index=False)
    )
    alt = f"Warnings in time and false alarms of each indicator on simulated paths. {told}."
    return finish(drawing, "early-warning", warning_headline(table), alt, warning_tables(table), csv_of(table))


@themed
def recovery_options(table: pd.DataFrame) -> Figure:
    """Change of each failure's share of paths, one panel an option, best first."""
    options = table.drop_duplicates("option")
    predicates = list(dict.fromkeys(table["predicate"]))
    drawing = canvas(8.4, 1.0 + 0.42 * len(options))
    panels = drawing.subplots(1, len(predicates), sharey=True, squeeze=False)[0]
    for axes, predicate in zip(panels, predicates, strict=True):
        rows = table[table["predicate"] == predicate]
        for row in rows.itertuples(index=False):
            colour = BLUE if row.difference <= 0.0 else VERMILLION
            axes.barh(-row.rank, row.difference, height=0.55, color=colour, zorder=2)
            axes.plot(
                [row.difference_lower, row.difference_upper], [-row.rank] * 2, color=MUTED, linewidth=1.2, zorder=3
            )
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_title(predicate)
        ends = rows[["difference_lower", "difference_upper", "difference"]].to_numpy()
        room = 0.08 * max(float(np.nanmax(ends) - np.nanmin(ends)), 1e-6)
        axes.set_xlim(min(0.0, float(np.nanmin(ends))) - room, max(0.0, float(np.nanmax(ends))) + room)
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{100 * value:g}".replace("-", "\N{MINUS SIGN}"))
        )
        axes.grid(visible=False, axis="y")
    panels[0].set_yticks([-rank for rank in options["rank"]], list(options["title"]))
    for label, colour in (("fewer paths fail", BLUE), ("more paths fail", VERMILLION)):
        panels[0].barh([-1], [0], color=colour, label=label)
    drawing.legend(loc="outside upper center", ncols=2)
    drawing.supxlabel(
        "change of the share of failing paths, percentage points, with interval", fontsize=9.5, color=MUTED
    )
    told = "; ".join(
        f"{row.title}, {row.predicate}: {numbers.percent(row.before)} to {numbers.percent(row.after)}"
        for row in table.itertuples(index=False)
    )
    alt = f"What each option of recovery does to each failure. {told}."
    return finish(drawing, "recovery-options", recovery_headline(table), alt, recovery_tables(table), csv_of(table))


@themed
def residual_shocks(table: pd.DataFrame) -> Figure:
    """Smallest breaking share of each axis of the reverse stress, before and after the package."""
    shares = smallest_shocks(table)
    drawing = canvas(8.4, 1.0 + 0.34 * max(1, len(shares)))
    axes = drawing.subplots()
    for line, row in enumerate(shares.itertuples(index=False)):
        ends = [row.size_before, row.scan_to if numbers.is_missing(row.size_after) else row.size_after]
        axes.plot(ends, [-line] * 2, color=FAINT, linewidth=2.0, zorder=1)
        axes.plot([row.size_before], [-line], "o", color=ORANGE, zorder=2)
        if numbers.is_missing(row.size_after):
            axes.annotate(f"none found up to {numbers.percent(row.scan_to)}", (ends[1], -line), xytext=(5, 0),
                          textcoords="offset points", va="center", fontsize=8, color=MUTED)  # fmt: skip
        else:
            axes.plot([row.size_after], [-line], "o", color=BLUE, zorder=2)
    for label, colour in (("as it stands", ORANGE), ("with the package", BLUE)):
        axes.plot([], [], "o", color=colour, label=label)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    names = [f"{vocabulary.shock_name(row.subject)}: {row.predicate}" for row in shares.itertuples(index=False)]
    axes.set_yticks([-k for k in range(len(names))], names)
    axes.set_xlabel("smallest shock that breaks it (logarithmic)")
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)
    told = "; ".join(
        f"{name}: {numbers.percent(row.size_before)} before, "
        + ("none found after" if numbers.is_missing(row.size_after) else f"{numbers.percent(row.size_after)} after")
        for name, row in zip(names, shares.itertuples(index=False), strict=True)
    )
    alt = f"Smallest breaking shock of each axis before and after the package. {told or 'None was found'}."
    return finish(drawing, "residual-shocks", residual_headline(table), alt, residual_tables(table), csv_of(table))


def smallest_shocks(table: pd.DataFrame) -> pd.DataFrame:
    """Of each axis measured in shares the failure (not the mere queue) with the smallest breaking shock today."""
    rows = table[(table["kind"] == "shock") & (table["unit"] == "1") & (table["predicate"] != "queue")]
    rows = rows[
        rows["size_before"].notna() & (rows["size_before"] > 0.0) & ~rows["subject"].isin(vocabulary.TIMES_SHOCKS)
    ]
    return rows.sort_values("size_before", kind="stable").drop_duplicates("subject")


def warning_headline(table: pd.DataFrame) -> str:
    """How many indicators can be made to warn in time, and what that costs in false alarms."""
    rows = table[(table["basis"] == "simulated") & (table["indicator"] != "any") & ~table["stands"]]
    tuned = rows[rows["tuned_amber"].notna()]
    together = table[(table["basis"] == "simulated") & (table["indicator"] == "any")]
    said = (
        f"{len(tuned)} of {numbers.count(len(rows), 'indicator')} can be set so that amber is two days ahead on "
        f"{WANTED:.0%} of failing paths"
    )
    if len(together) and not numbers.is_missing(together["tuned_false_alarms_year"].iloc[0]):
        now, then = (float(together[f"{name}false_alarms_year"].iloc[0]) for name in ("", "tuned_"))
        said += f"; the price, all together, is {_rate(then)} false alarms a year in place of {_rate(now)}"
    return said + "."


def recovery_headline(table: pd.DataFrame) -> str:
    """The best option, and those that make matters worse."""
    options = table.drop_duplicates("option").sort_values("rank", kind="stable")
    best, worse = options.iloc[0], options[options["avoided"] < 0.0]
    said = (
        f"{best['title']} avoids most in time: {100 * best['counted']:.1f} failures for 100 paths of a year"
        if best["counted"] > 0.0
        else "No option avoids failures in time"
    )
    if len(worse):
        said += f"; {numbers.joined(t[0].lower() + t[1:] for t in worse['title'])} {'adds' if len(worse) == 1 else 'add'} more than {'it avoids' if len(worse) == 1 else 'they avoid'}"
    return said + "."


def residual_headline(table: pd.DataFrame) -> str:
    """How many listed scenarios still fail, and on how many axes the smallest breaking shock moved away."""
    scenarios = table[table["kind"] == "scenario"]
    before, after = int((scenarios["failed_before"] != "").sum()), int(scenarios["remains"].sum())
    shocks = smallest_shocks(table)
    moved = int(((shocks["size_after"] > shocks["size_before"]) | shocks["size_after"].isna()).sum())
    return (
        f"{after} of {numbers.count(len(scenarios), 'listed scenario')} still fail with the package, {before} without; on {moved} of "
        f"{numbers.count(len(shocks), 'axis', 'axes')} it takes a larger shock."
    )


def _share(value: float) -> str:
    return numbers.percent(value)


def _rate(value: float) -> str:
    return numbers.plain(value, 1)
