"""Two shocks at once as maps: what fails where, told by colour and name within outlines, with the refined edge on top."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter

from gramlib.report import numbers, vocabulary
from gramlib.report.figure import Figure, csv_of, finish
from gramlib.report.html_table import Table
from gramlib.report.tables.plain import columns
from gramlib.report.theme import BLUE, CARD, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION, canvas, themed

STYLES: dict[str, str] = {
    "F2": INK, "F6": BLUE, "F5": VERMILLION, "F1": PURPLE, "F7": ORANGE, "F3": GREEN, "F4": SKY, "queue": "#f3e9c8", "": CARD,
}  # fmt: skip
"""Colour of what a cell is named after, gravest first; regions are outlined and named, which holds in grey."""

LEAST_NAMED_CELLS = 12
"""A region of at least so many cells bears its name, and the largest of each name does whatever its size."""

_AXES = {
    "price_fall": "one-day fall of gold",
    "event_days": "days of a confidence event",
    "liquidity_multiplier": "market, times as illiquid as usual",
}

_TITLES = {
    "price_fall": "a fall of gold",
    "event_days": "a confidence event",
    "liquidity_multiplier": "a thin market",
}


@themed
def failure_maps(frontiers: pd.DataFrame, edges: pd.DataFrame) -> Figure:
    """One panel a map: the gravest failure of every cell, and where failing begins in each row.

    `frontiers` and `edges` are the catalogue's tables `frontiers` and `frontier_edges`.
    """
    names = list(dict.fromkeys(frontiers["map"]))
    drawing = canvas(8.4, 0.7 + 2.9 * len(names))
    panels = drawing.subplots(len(names), 1, squeeze=False)[:, 0]
    for axes, name in zip(panels, names, strict=True):
        _draw(axes, frontiers[frontiers["map"] == name], edges[edges["map"] == name])
    present = [key for key in STYLES if key in set(frontiers["worst"])]
    begin = Line2D([], [], color=INK, linewidth=2.4, label="failing begins, refined")
    drawing.legend(handles=[*(_patch(key) for key in present), begin], loc="outside lower center", ncols=3)
    told = [map_sentence(frontiers, edges, name) for name in names]
    alt = f"{len(names)} maps of failing cells, nothing drawn by chance. " + " ".join(
        f"{title(frontiers, name)}: {_counts(frontiers[frontiers['map'] == name])}. {sentence}"
        for name, sentence in zip(names, told, strict=True)
    )
    return finish(
        drawing,
        "failure-maps",
        told[0] if told else "No map was made.",
        alt,
        edge_table(edges, frontiers),
        csv_of(frontiers),
    )


def _patch(key: str) -> Patch:
    label = vocabulary.failure_name(key) if key else "nothing fails"
    return Patch(facecolor=STYLES[key], edgecolor=INK, linewidth=0.5, label=label)


def _draw(axes: Axes, cells: pd.DataFrame, edges: pd.DataFrame) -> None:
    first = cells.iloc[0]
    table = cells.pivot(index="y_size", columns="x_size", values="worst")
    x, y = (_bounds(np.asarray(values, dtype=float)) for values in (table.columns, table.index))
    named: dict[tuple[str, int, int], list[int]] = {}
    for row, worst in enumerate(table.to_numpy()):
        for key, start, stop in _runs(worst):
            width, height = x[stop] - x[start], y[row + 1] - y[row]
            axes.add_patch(
                Rectangle(
                    (x[start], y[row]), width, height, facecolor=STYLES[key], edgecolor=STYLES[key], linewidth=0.6
                )
            )
            if key:
                named.setdefault((key, start, stop), []).append(row)
    _outline(axes, table.to_numpy(), x, y)
    for (key, start, stop), rows in named.items():
        cells_held = (stop - start) * len(rows)
        largest = max((b - a) * len(held) for (k, a, b), held in named.items() if k == key)
        if cells_held == largest or cells_held >= LEAST_NAMED_CELLS:
            across, up = (x[start] + x[stop]) / 2, (y[rows[0]] + y[rows[-1] + 1]) / 2
            box = {"facecolor": CARD, "edgecolor": "none", "pad": 1.5}
            axes.annotate(key, (across, up), ha="center", va="center", fontsize=8, bbox=box)
    begins = first_failing(edges)
    bottom = dict(zip(table.index, range(len(table)), strict=True))
    for y_size, size in begins.items():
        if size is not None:
            row = bottom[y_size]
            axes.plot([size, size], [y[row], y[row + 1]], color=INK, linewidth=2.4, solid_capstyle="butt")
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    axes.grid(visible=False)
    axes.set_title(title(cells, first["map"]))
    axes.set_xlabel(_AXES.get(first["x"], vocabulary.shock_name(first["x"])))
    axes.set_ylabel(_AXES.get(first["y"], vocabulary.shock_name(first["y"])))
    for which, shock, unit in ((axes.xaxis, first["x"], first["x_unit"]), (axes.yaxis, first["y"], first["y_unit"])):
        if vocabulary.shock_unit(shock, unit) == "share":
            which.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}%"))


def _outline(axes: Axes, worst: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    """A thin line between neighbouring cells of different names."""
    for row, column in np.argwhere(worst[:, 1:] != worst[:, :-1]):
        axes.plot([x[column + 1]] * 2, [y[row], y[row + 1]], color=INK, linewidth=0.5)
    for row, column in np.argwhere(worst[1:] != worst[:-1]):
        axes.plot([x[column], x[column + 1]], [y[row + 1]] * 2, color=INK, linewidth=0.5)


def _bounds(sizes: np.ndarray) -> np.ndarray:
    """Sides of the cells: half way between neighbours, the outer ones as wide as those next to them."""
    if len(sizes) == 1:
        return np.array([sizes[0] - 0.5, sizes[0] + 0.5])
    middle = (sizes[1:] + sizes[:-1]) / 2
    return np.concatenate([[2 * sizes[0] - middle[0]], middle, [2 * sizes[-1] - middle[-1]]])


def _runs(worst: np.ndarray) -> Iterator[tuple[str, int, int]]:
    """Stretches of equal cells in a row: (name, first, one past the last)."""
    changes = [0, *(np.flatnonzero(worst[1:] != worst[:-1]) + 1).tolist(), len(worst)]
    for start, stop in itertools.pairwise(changes):
        yield str(worst[start]), start, stop


def first_failing(edges: pd.DataFrame) -> dict[float, float | None]:
    """Smallest size on x at which any failure, a queue apart, was found in each row of one map; None where none was."""
    rows = edges[edges["predicate"] != "queue"]
    smallest = rows.groupby("y_size")["lower"].min()
    return {float(y): None if np.isnan(size) else float(size) for y, size in smallest.items()}


def title(frontiers: pd.DataFrame, name: str) -> str:
    """A map by its two axes."""
    first = frontiers[frontiers["map"] == name].iloc[0]
    x, y = (_TITLES.get(first[axis], vocabulary.shock_name(first[axis])) for axis in ("x", "y"))
    return f"{x[0].upper()}{x[1:]} and {y}"


def _size(first: pd.Series, axis: str, value: float) -> str:
    return numbers.with_unit(value, vocabulary.shock_unit(first[axis], first[f"{axis}_unit"]))


_PHRASES = {
    "price_fall": ("a one-day fall of gold", "a one-day fall of gold by {}"),
    "event_days": ("a confidence event", "a confidence event of {}"),
    "liquidity_multiplier": ("a thin market", "a market {} as illiquid as usual"),
}
"""Axis of a map: (it without a size, it with one)."""

_CALM = {"event_days": (0.0, "without a confidence event"), "liquidity_multiplier": (1.0, "in the usual market")}


def map_sentence(frontiers: pd.DataFrame, edges: pd.DataFrame, name: str) -> str:
    """Where failing begins in the first row of a map and in its last; never "safe"."""
    first, edges = frontiers[frontiers["map"] == name].iloc[0], edges[edges["map"] == name]
    begins = first_failing(edges)
    rows = list(begins)
    scan_from, scan_to = float(edges["scan_from"].iloc[0]), float(edges["scan_to"].iloc[0])
    alone = [y for y, size in begins.items() if size is not None and size <= scan_from]
    told = []
    for y in (rows[0], rows[-1]):
        size = begins[y]
        if size is None:
            found = f"no failure was found up to {_phrase(first, 'x', scan_to)}"
        elif size <= scan_from:
            continue
        else:
            found = f"failing begins with {_phrase(first, 'x', size)}"
        told.append(f"{_row_phrase(first, y)} {found}")
    if alone:
        told.append(f"{_row_phrase(first, alone[0])} it fails without {_PHRASES[first['x']][0]}")
    return numbers.sentence("; ".join(told))


def _phrase(first: pd.Series, axis: str, size: float) -> str:
    return _PHRASES[first[axis]][1].format(_size(first, axis, size))


def _row_phrase(first: pd.Series, y: float) -> str:
    calm, words = _CALM[first["y"]]
    return words if y == calm else f"with {_phrase(first, 'y', y)}"


def _counts(cells: pd.DataFrame) -> str:
    counts = cells["worst"].value_counts()
    parts = [f"{counts[key]} {vocabulary.failure_name(key) if key else 'nothing'}" for key in STYLES if key in counts]
    return f"of {len(cells)} cells " + numbers.joined(parts)


def edge_table(edges: pd.DataFrame, frontiers: pd.DataFrame) -> Table:
    """Smallest failing size of each predicate in every row of the maps."""
    predicates = [p for p in vocabulary.FAILURES if p in set(edges["predicate"])]
    names = [vocabulary.failure_name(p) for p in predicates]
    rows = []
    for (name, y_size), row in edges.groupby(["map", "y_size"], sort=False):
        first = frontiers[frontiers["map"] == name].iloc[0]
        found = row[row["found"]].groupby("predicate")
        cells = []
        for predicate in predicates:
            intervals = found.get_group(predicate) if predicate in found.groups else None
            cells.append("none found" if intervals is None else "; ".join(
                f"{_size(first, 'x', i.lower)} to {_size(first, 'x', i.upper)}" for i in intervals.itertuples(index=False)
            ))  # fmt: skip
        rows.append((title(frontiers, str(name)), _size(first, "y", float(y_size)), *cells))
    step = numbers.joined(
        f"{_size(frontiers[frontiers['map'] == n].iloc[0], 'x', s)}"
        for n, s in edges.groupby("map", sort=False)["scan_step"].first().items()
    )
    return Table(
        "Where failing begins and ends along each row", columns("Map", "Row", *names), tuple(rows),
        f"Rows were scanned in steps of {step} and each edge seen was refined; a failing set narrower than a step can be missed. "
        "Between two rows nothing is claimed.",
    )  # fmt: skip
