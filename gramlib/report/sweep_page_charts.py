"""The two pictures of a sweep: what each setting does to the chance of failure, and what a buffer buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers
from gramlib.report.figure import Figure, finish
from gramlib.report.html_table import Heading, Table
from gramlib.report.sweep_page_wording import LEADING, figure_text, interval_text, setting_name, setting_text
from gramlib.report.theme import BLUE, FAINT, INK, MUTED, VERMILLION, canvas, themed
from gramlib.sensitivity.main_effects import Effect, frontier

MOST_PANELS = 4
MOST_NAMED = 6


@themed
def main_effects_chart(effects: Sequence[Effect]) -> Figure:
    """Mean chance of any failure at each level of the settings that move it most, on one scale."""
    shown = effects[:MOST_PANELS]
    drawing = canvas(8.4, 3.0)
    panels = drawing.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, effect in zip(panels, shown, strict=True):
        means = [mean for _, mean in effect.levels]
        axes.plot(range(len(means)), means, "-o", color=BLUE, markersize=6, linewidth=1.6)
        axes.set_xticks(range(len(means)), [_wrapped(setting_text(effect.key, level)) for level, _ in effect.levels])
        axes.margins(x=0.18)
        axes.set_title(
            f"{setting_name(effect.key)}\n{numbers.percent(effect.share)} of the differences", fontsize=9, color=INK
        )
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    panels[0].set_ylim(0.0, 1.15 * max(*(mean for effect in shown for _, mean in effect.levels), 1e-3))
    panels[0].set_ylabel("chance of any failure, mean")
    rows = tuple(
        (setting_name(effect.key), setting_text(effect.key, level), numbers.percent(mean))
        for effect in effects
        for level, mean in effect.levels
    )
    table = Table(
        "Mean chance of any failure by setting",
        (Heading("Setting"), Heading("Value"), Heading("Mean over members", numeric=True)),
        rows,
    )
    told = "; ".join(f"{name} {level}: {mean}" for name, level, mean in rows)
    first = shown[0]
    return finish(
        drawing, "main-effects",
        f"{setting_name(first.key).capitalize()} goes with {numbers.percent(first.share)} of the differences between members",
        f"Mean chance of any failure at each value of each setting. {told}.", table,
    )  # fmt: skip


@themed
def frontier_chart(members: Sequence[Mapping[str, Any]], cost_key: str) -> Figure:
    """Every member by a cost and its chance of any failure; those that no other beats are joined."""
    costs, chances = [cost_of(member, cost_key) for member in members], [_chance(member) for member in members]
    kept = unbeaten(members, cost_key)
    scale, unit = (1e6, "USD m") if max(map(abs, costs)) >= 1e6 else (1.0, "")
    drawing = canvas(8.4, 3.8)
    axes = drawing.subplots()
    axes.plot(
        [cost / scale for cost in costs],
        chances,
        "o",
        color=MUTED,
        markersize=4.5,
        alpha=0.75,
        zorder=2,
        label="members",
    )
    axes.plot([costs[k] / scale for k in kept], [chances[k] for k in kept], "-o", color=VERMILLION, markersize=7, linewidth=1.4,
              zorder=3, label="beaten by none")  # fmt: skip
    for place, k in enumerate(kept[:MOST_NAMED], start=1):
        axes.annotate(
            str(place),
            (costs[k] / scale, chances[k]),
            textcoords="offset points",
            xytext=(0, 8),
            ha="center",
            fontsize=9,
            color=INK,
        )
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    if _cost_text(members[0], cost_key).endswith("%"):
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))
    axes.margins(x=0.06)
    axes.set_ylim(0.0, 1.15 * max(*chances, 1e-3))
    axes.set_xlabel(f"{cost_name(cost_key)}{f' [{unit}]' if unit else ''}")
    axes.set_ylabel("chance of any failure")
    axes.grid(color=FAINT, linewidth=0.6)
    axes.legend(loc="best", frameon=False)
    named = [members[k] for k in kept]
    alt = (
        f"{cost_name(cost_key)} against the chance of any failure, {len(members)} members. Beaten by none: "
        + "; ".join(f"{member['id']} ({figure_text(member['figures'][LEADING])})" for member in named)
    )
    return finish(
        drawing, "frontier", frontier_headline(members, kept, cost_key), f"{alt}.", frontier_table(named, cost_key)
    )


def frontier_table(named: Sequence[Mapping[str, Any]], cost_key: str) -> Table:
    """The members that no other beats, cheapest first."""
    rows = tuple(
        (
            str(place),
            member["id"],
            _cost_text(member, cost_key),
            figure_text(member["figures"][LEADING]),
            interval_text(member["figures"][LEADING]),
        )
        for place, member in enumerate(named, start=1)
    )
    headings = (Heading("No."), Heading("Member"), Heading(cost_name(cost_key), numeric=True),
                Heading("Any failure", numeric=True), Heading("Interval"))  # fmt: skip
    return Table("Members that no other beats", headings, rows)


def frontier_headline(members: Sequence[Mapping[str, Any]], kept: Sequence[int], cost_key: str) -> str:
    """The chart's sentence."""
    if len(kept) == 1:
        only = members[kept[0]]
        return f"{only['id']} beats every other member: none has as low a {cost_name(cost_key).lower()} and as low a chance of failure"
    first, last = members[kept[0]], members[kept[-1]]
    return (
        f"Of {len(members)} members {len(kept)} are beaten by none: from {figure_text(first['figures'][LEADING])} at "
        f"{_cost_text(first, cost_key)} to {figure_text(last['figures'][LEADING])} at {_cost_text(last, cost_key)}"
    )


def cost_setting(settings: Sequence[str]) -> str:
    """The setting that costs money, where one varies: a buffer in USD, else the redemption fee; empty: own funds at the end."""
    buffers = [key for key in settings if key.startswith("issuer.") and key.endswith("_usd")]
    return (buffers or [key for key in settings if key == "issuer.terms.fee"] or [""])[0]


def cost_name(cost_key: str) -> str:
    """What stands on the frontier's axis."""
    return setting_name(cost_key).capitalize() if cost_key else "Own funds given up at the end, mean"


def cost_of(member: Mapping[str, Any], cost_key: str) -> float:
    """A member's place on the axis; without a setting that costs, own funds at the end with the other sign."""
    return float(member["settings"][cost_key]) if cost_key else -float(member["figures"]["end_equity_mean"]["value"])


def _cost_text(member: Mapping[str, Any], cost_key: str) -> str:
    return setting_text(cost_key, member["settings"][cost_key]) if cost_key else numbers.usd(cost_of(member, ""))


def unbeaten(members: Sequence[Mapping[str, Any]], cost_key: str) -> list[int]:
    """Positions of the members on the frontier, cheapest first."""
    return frontier([cost_of(member, cost_key) for member in members], [-_chance(member) for member in members])


def _chance(member: Mapping[str, Any]) -> float:
    return float(member["figures"][LEADING]["value"])


def _wrapped(text: str) -> str:
    return text if len(text) <= 10 else text.replace(" a day", "\na day").replace("USD ", "USD\n")
