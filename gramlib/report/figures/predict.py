"""Charts of the prediction stage: the scenarios thrown at the issuer, and the fans of the generated books."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from gramlib.report import numbers, tables, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.html_table import Heading, Table
from gramlib.report.theme import BLUE, INK, MUTED, VERMILLION, canvas, themed, tint
from gramlib.units import GRAMS_PER_TROY_OUNCE

_MOST_TABLE_DAYS = 12


@themed
def scenario_paths(replays: pd.DataFrame, scenarios_used: Mapping[str, Any]) -> Figure:
    """Gold price of every listed scenario relative to its first day, one small panel each, on one scale."""
    known = {str(record["id"]): record for record in scenarios_used["scenarios"]}
    paths = {name: group.sort_values("day") for name, group in replays.groupby("scenario", sort=False)}
    moves = {name: _relative(group, known.get(name, {})) for name, group in paths.items()}
    columns = 3 if len(paths) > 4 else 2
    lines = -(-len(paths) // columns)

    drawing = canvas(8.4, 0.6 + 1.75 * lines)
    panels = np.atleast_2d(drawing.subplots(lines, columns, sharey=True, squeeze=False))
    for axes, name in zip(panels.flat, paths, strict=False):
        days, move = moves[name]
        axes.axhline(0, color=MUTED, linewidth=0.7)
        axes.fill_between(days, move, 0, color=BLUE, alpha=0.18)
        axes.plot(days, move, color=BLUE, linewidth=1.4)
        worst, extreme = _extreme(move, days)
        axes.plot(days[worst], move[worst], "o", color=VERMILLION, markersize=4)
        axes.set_title(f"{textwrap.fill(scenario_label(known, name), 36)}\n{extreme}", fontsize=8.5)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _signed(value, 0)))
    for axes in panels.flat[len(paths) :]:
        axes.set_visible(False)
    drawing.supxlabel("business days since the start", fontsize=9.5, color=MUTED)

    lowest = min(moves, key=lambda name: _below_highest(moves[name][1]).min())
    kinds = pd.Series([str(known.get(name, {}).get("provenance", "hypothetical")) for name in paths]).value_counts()
    headline = (
        f"{numbers.count(len(paths), 'scenario')} put the issuer to the test; the deepest fall of gold is "
        f"{numbers.percent(-_below_highest(moves[lowest][1]).min())} ({scenario_title(known, lowest)})."
    )
    alt = (
        f"{numbers.count(len(paths), 'small line chart')} of the gold price in percent of its start: "
        + "; ".join(f"{name} lowest {_signed(m.min())}, highest {_signed(m.max())}" for name, (_, m) in moves.items())
        + ". Price paths: "
        + numbers.joined(f"{n} {kind}" for kind, n in kinds.items())
        + "."
    )
    return finish(drawing, "scenario-paths", headline, alt, tables.scenarios(scenarios_used))


def _below_highest(move: np.ndarray) -> np.ndarray:
    """Distance below the highest price so far, from moves relative to the start."""
    return (1.0 + move) / np.maximum.accumulate(1.0 + move) - 1.0


def _extreme(move: np.ndarray, days: np.ndarray) -> tuple[int, str]:
    """Place of the largest fall below the highest price so far, or of the highest rise when that is larger, in words."""
    below = _below_highest(move)
    if not move.any():
        return 0, "gold flat"
    if -below.min() >= move.max():
        place = int(below.argmin())
        return place, f"fall of {numbers.percent(-below[place])} by day {days[place]}"
    place = int(move.argmax())
    return place, f"rise of {numbers.percent(move[place])} by day {days[place]}"


def _relative(group: pd.DataFrame, record: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Days from 0 and price over its start, less one.

    A ledger begins on day 1; the start is recovered from the total return the scenario was measured with.
    """
    price = group["price_usd_per_g"].to_numpy()
    total = record.get("shocks", {}).get("total_return")
    start = price[-1] / (1.0 + total) if total is not None and total > -1 else price[0]
    return np.concatenate([[0], group["day"].to_numpy()]), np.concatenate([[0.0], price / start - 1.0])


def scenario_title(known: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """A scenario's id with its title, from the records of scenarios_used by id."""
    title = str(known.get(name, {}).get("title", ""))
    return f"{name}, {title}" if title else name


def scenario_label(known: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """A scenario's title with its id behind it, as a label."""
    title = str(known.get(name, {}).get("title", ""))
    return f"{title} ({name})" if title else name


def _signed(value: float, decimals: int = 1) -> str:
    text = numbers.plain(100 * value, decimals)
    return f"{'+' if value > 0 and text.strip('0.') else ''}{text}%"


@themed
def fan(days: pd.DataFrame, book: str, variable: str) -> Figure:
    """Quantiles over all paths of one book, day by day, as nested bands around the median."""
    chosen = days[(days["book"] == book) & (days["variable"] == variable)]
    if chosen.empty:
        raise KeyError(f"no {variable!r} of book {book!r} in days")
    wide = chosen.pivot(index="day", columns="quantile", values="value").sort_index()
    name, unit = vocabulary.VARIABLES.get(variable, (vocabulary.spaced(variable), ""))
    if unit == "USD/g":
        wide, unit = wide * GRAMS_PER_TROY_OUNCE, "USD/oz"
    factor = 100.0 if unit.startswith("%") else 1e-6 if unit == "USD m" else 1.0
    levels = list(wide.columns)
    pairs = [(low, high) for low, high in zip(levels, reversed(levels), strict=True) if low < high]

    drawing = canvas(8.4, 3.8)
    axes = drawing.subplots()
    for place, (low, high) in enumerate(pairs):
        axes.fill_between(
            wide.index, wide[low] * factor, wide[high] * factor, color=tint(BLUE, 0.18 + 0.26 * place), linewidth=0,
            label=f"{_level(high - low)} of paths",
        )  # fmt: skip
    middle = levels[len(levels) // 2]
    axes.plot(
        wide.index,
        wide[middle] * factor,
        color=INK,
        linewidth=1.6,
        label="median" if middle == 0.5 else f"quantile {middle:g}",
    )
    axes.set_title(f"{name}, {unit}" if unit else name)
    axes.set_xlabel("business days from the start of the paths")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace("-", "\N{MINUS SIGN}")))
    drawing.legend(loc="outside lower center", ncols=len(pairs) + 1)

    last, low, high = wide.index[-1], levels[0], levels[-1]
    shown = [_value(wide.loc[last, level], unit) for level in (middle, low, high)]
    headline = (
        f"{name}, {vocabulary.book_name(book)}: after {numbers.days(last)} the median is {shown[0]}; "
        f"{_level(high - low)} of paths lie between {shown[1]} and {shown[2]}."
    )
    alt = (
        f"Fan chart of {name.lower()} over {numbers.days(last)}: "
        + "; ".join(
            f"quantile {level:g} from {_value(wide.iloc[0][level], unit)} to {_value(wide.loc[last, level], unit)}"
            for level in levels
        )
        + "."
    )
    picked = wide.iloc[np.unique(np.linspace(0, len(wide) - 1, min(_MOST_TABLE_DAYS, len(wide))).astype(int))]
    rows = tuple(
        (str(day), *(_value(value, unit) for value in row))
        for day, row in zip(picked.index, picked.to_numpy(), strict=True)
    )
    headings = (Heading("Day"), *(Heading(f"Quantile {level:g}", "", numeric=True) for level in levels))
    csv = csv_of(wide.reset_index())
    return finish(
        drawing, f"fan-{book}-{variable}", headline, alt, Table(f"{name}: quantiles over paths", headings, rows), csv
    )


def _level(share: float) -> str:
    return f"{100 * share:.6g}%"


def _value(value: float, unit: str) -> str:
    if unit.startswith("%"):
        return f"{numbers.plain(100 * value, 2)}%"
    return numbers.with_unit(value, "USD" if unit == "USD m" else unit)
