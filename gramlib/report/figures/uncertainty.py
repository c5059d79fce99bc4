"""How sure the headlines are: running estimates over batches of paths, and what other parameters would say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.tables import uncertainty as tables
from gramlib.report.theme import BLUE, FAINT, GREEN, INK, ORANGE, VERMILLION, canvas, themed

_COLUMNS = 4
_SHORTFALL = "es_nonprice_loss"
_MOST_NAMED = 2
"""Headlines that are not sure enough yet, in the sentence; the table has them all."""

_HIDDEN = 0.5
"""Share of Monte Carlo in the spread from which on a range is no finding."""

_COLOURS = {"Monte Carlo": BLUE, "price model": ORANGE, "redemption response": GREEN}


@themed
def convergence(table: pd.DataFrame) -> Figure:
    """Running estimate of each headline that is judged, and of expected shortfall, with the limit; one panel each."""
    shown = _shown(table)
    keys = list(dict.fromkeys(zip(shown["subject"], shown["metric"], strict=True)))
    n_rows = -(-len(keys) // _COLUMNS)
    drawing = canvas(8.4, 0.5 + 1.75 * n_rows)
    panels = drawing.subplots(n_rows, _COLUMNS, squeeze=False).ravel()
    for axes in panels[len(keys) :]:
        axes.set_visible(False)
    for axes, (subject, metric) in zip(panels, keys, strict=False):
        _panel(axes, shown[(shown["subject"] == subject) & (shown["metric"] == metric)], subject, metric)
    drawing.supxlabel("thousand paths; band: interval so far, dots: each batch alone, dashes: limit", fontsize=8)

    last = tables.settled(shown)
    headline = convergence_sentence(last)
    alt = "Running estimates with interval over batches of paths. " + " ".join(
        f"{tables.headline_name(row.subject, row.metric)}: {_value(row, row.running)} plus or minus {_value(row, row.half_width)}"
        f"{'' if numbers.is_missing(row.limit) else f', limit {_value(row, row.limit)}'}."
        for row in last.itertuples(index=False)
    )
    return finish(drawing, "convergence", headline, alt, tables.convergence(table), csv_of(table))


def convergence_sentence(last: pd.DataFrame) -> str:
    """How many headlines are sure enough, and which are not, with the paths they need; `last` has a row a headline."""
    unsure = last[~last["decided"]]
    if unsure.empty:
        return f"All {len(last)} headlines shown are sure enough: no interval holds its limit."
    furthest = (unsure["paths_needed"] / unsure["paths"]).sort_values(ascending=False, kind="stable").index
    parts = [_needs(row) for row in unsure.loc[furthest[:_MOST_NAMED]].itertuples(index=False)]
    more = len(unsure) - len(parts)
    parts += [f"{numbers.count(more, 'other')} as well"] if more else []
    return f"{len(last) - len(unsure)} of {len(last)} headlines shown are sure enough; {numbers.joined(parts)}."


def _needs(row: Any) -> str:
    name = _label(row.subject, row.metric)
    if numbers.is_missing(row.paths_needed):
        return f"no number of paths can be told for {name}, whose estimate lies on its limit or at nought"
    return f"{name} needs about {tables.paths_needed(row.paths_needed)} paths and has {row.paths:,}"


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    shortfall = (table["metric"] == _SHORTFALL) & (table["subject"] != "liquidity_price_only")
    return table[table["limit"].notna() | shortfall]


def _panel(axes: Axes, rows: pd.DataFrame, subject: str, metric: str) -> None:
    rows = rows.sort_values("batch")
    paths, scale = rows["paths"] / 1000, 1e-6 if rows["unit"].iloc[0] == "USD" else 100.0
    running, half = scale * rows["running"], scale * rows["half_width"]
    axes.fill_between(paths, np.maximum(running - half, 0.0), running + half, color=FAINT, alpha=0.7, linewidth=0)
    axes.plot(paths, running, color=BLUE)
    axes.plot(paths, scale * rows["of_batch"], ".", color=INK, markersize=3)
    limit = rows["limit"].iloc[-1]
    if not numbers.is_missing(limit):
        axes.axhline(scale * limit, color=VERMILLION, linewidth=1.1, linestyle="--")
    name = (
        "Expected shortfall" if metric == _SHORTFALL else vocabulary.failure_name(metric.removeprefix("probability_"))
    )
    unit = "USD m" if metric == _SHORTFALL else "%"
    axes.set_title(f"{name}\n{subject}, {unit}", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.set_ylim(bottom=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _value(row: Any, value: float) -> str:
    return numbers.with_unit(value, vocabulary.metric_unit(row.metric, row.unit))


@themed
def uncertainty_sources(uncertainty: pd.DataFrame, metrics: pd.DataFrame) -> Figure:
    """Each headline's interval of Monte Carlo beside its ranges over parameters, as multiples of the estimate.

    The ranges were walked on fewer paths; each is put about the estimate of all paths by its ratio to its own.
    """
    rows = uncertainty_rows(uncertainty, metrics)
    keys = list(dict.fromkeys(zip(rows["subject"], rows["metric"], strict=True)))
    sources = [source for source in _COLOURS if source in set(rows["source"])]
    drawing = canvas(8.4, 1.3 + 0.11 * len(keys) * (len(sources) + 1))
    axes = drawing.subplots()
    for order, source in enumerate(sources):
        for row in rows[rows["source"] == source].itertuples(index=False):
            y = -keys.index((row.subject, row.metric)) * (len(sources) + 1) - order
            axes.plot([row.low, row.high], [y, y], color=_COLOURS[source], linewidth=3.2, solid_capstyle="butt")
            if row.hidden:
                axes.plot(
                    (row.low + row.high) / 2, y, "o", color=_COLOURS[source], markersize=4.5, markerfacecolor="white"
                )
        axes.plot([], [], color=_COLOURS[source], linewidth=3.2, label=_source_name(source))
    axes.axvline(1.0, color=INK, linewidth=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    low, high = min(0.8, float(rows["low"].min()) / 1.05), max(1.25, float(rows["high"].max()) * 1.05)
    axes.set_xlim(low, high)
    axes.set_xticks(
        [
            tick
            for tick in (0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
            if low <= tick <= high
        ]
    )
    centres = [-i * (len(sources) + 1) - (len(sources) - 1) / 2 for i in range(len(keys))]
    axes.set_yticks(centres, [_label(subject, metric) for subject, metric in keys])
    axes.grid(visible=False, axis="y")
    axes.set_title("As multiples of the estimate (circle: too little to be seen)")
    if sources:
        drawing.legend(loc="outside lower center", ncols=len(sources))
    headline = uncertainty_sentence(rows)
    alt = "Bars of three kinds of uncertainty by headline. " + " ".join(
        f"{_label(row.subject, row.metric)}, {_source_name(row.source)}: {row.low:.2f} to {row.high:.2f} times the estimate."
        for row in rows.itertuples(index=False)
    )
    return finish(
        drawing, "uncertainty-sources", headline, alt, tables.parameter_uncertainty(uncertainty), csv_of(rows)
    )


def uncertainty_rows(uncertainty: pd.DataFrame, metrics: pd.DataFrame) -> pd.DataFrame:
    """Columns subject, metric, source, low, high, hidden: intervals over the estimate, for headlines that are above nought.

    `hidden` says that Monte Carlo made up most of the spread over samples, so that the range is narrower than can be known.
    """
    figures = metrics.set_index(["subject", "metric"])
    made = []
    for (subject, metric), group in uncertainty.groupby(["subject", "metric"], sort=False):
        if (subject, metric) not in figures.index:
            continue
        figure = figures.loc[(subject, metric)]
        varied = group[group["estimate"] > 0.0]
        if figure["value"] > 0.0 and len(varied) == len(group):
            value = figure["value"]
            made.append((subject, metric, "Monte Carlo", figure["lower"] / value, figure["upper"] / value, False))
            made += [(subject, metric, row.source, row.lower / row.estimate, row.upper / row.estimate, row.noise_share > _HIDDEN)
                     for row in varied.itertuples(index=False)]  # fmt: skip
    rows = pd.DataFrame(made, columns=["subject", "metric", "source", "low", "high", "hidden"])
    rows["low"] = rows["low"].clip(lower=0.05)
    return rows


def uncertainty_sentence(rows: pd.DataFrame) -> str:
    """Which source is widest for how many headlines, and where parameters reach furthest up."""
    if rows.empty:
        return "No headline above nought was varied: there are 0 ranges to compare."
    width = (np.log(rows["high"]) - np.log(rows["low"])).rename("width")
    wide = pd.concat([rows[["subject", "metric", "source"]], width], axis=1)
    widest = wide.loc[wide.groupby(["subject", "metric"], sort=False)["width"].idxmax(), "source"]
    counted = widest.value_counts()
    told = numbers.joined(
        f"{_source_name(source)} for {counted[source]}" for source in _COLOURS if source in counted.index
    )
    said = f"Of {len(widest)} headlines the widest uncertainty is {told}"
    varied = rows[rows["source"] != "Monte Carlo"]
    if varied.empty:
        return numbers.sentence(said)
    top = varied.loc[varied["high"].idxmax()]
    return numbers.sentence(
        f"{said}; furthest up reaches {_source_name(top['source'])}, for {_label(top['subject'], top['metric'])}: {top['high']:.2f} times the estimate"
    )


def _source_name(source: str) -> str:
    return tables.SOURCES.get(source, source)


def _label(subject: str, metric: str) -> str:
    name = "expected shortfall" if metric == _SHORTFALL else vocabulary.metric_name(metric).removeprefix("chance of ")
    return f"{name}, {subject}"
