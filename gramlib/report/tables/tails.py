"""Tables of the tails: the fit at the threshold used and at the others, and moves that come once in so many years."""

from __future__ import annotations

import math

import pandas as pd

from gramlib.report import numbers
from gramlib.report.html_table import Table, Tables
from gramlib.report.tables.plain import columns

_UNBOUNDED = "no bound"
_NAMES = {
    "threshold": "Threshold", "mean_excess": "Mean excess", "xi": "Shape xi", "beta": "Scale beta", "scale_less_xi_threshold": "Scale less xi times threshold",
    "hill_alpha": "Hill's tail index", "var_990": "VaR 99%", "es_990": "ES 99%", "var_999": "VaR 99.9%", "es_999": "ES 99.9%",
}  # fmt: skip


def thresholds(table: pd.DataFrame) -> Tables:
    """Fit of `tail_fit` at the threshold used beside the range over the others; then, folded, every threshold."""
    fits = table[table["quantity"].isin(_NAMES)]
    rows, folded = [], []
    for (series, tail, quantity), group in fits.groupby(["series", "tail", "quantity"], sort=False):
        name = f"{series}, {tail}: {_NAMES[str(quantity)]}"
        for row in group[group["used"]].itertuples(index=False):
            others = group[~group["used"]]["value"]
            over = (
                f"{numbers.significant(others.min())} to {numbers.significant(others.max())}"
                if len(others)
                else "\N{EN DASH}"
            )
            rows.append((name, numbers.significant(row.value), _interval(row), over, f"{row.n_exceed:,}"))
        folded += [(name, numbers.percent(row.threshold_share), numbers.significant(row.value), _interval(row), f"{row.n_exceed:,}")
                   for row in group.itertuples(index=False)]  # fmt: skip
    rules = table[table["quantity"] == "share_by_rule"]
    said = "; ".join(f"{row.series}, {row.tail} {numbers.percent(row.value)}" for row in rules.itertuples(index=False))
    note = (
        "Residuals in standard deviations of their day, returns as fractions. Intervals 95%, by profile likelihood for xi, beta, VaR and ES, "
        "normal for mean excess, the steadied scale and Hill's index; exceedances taken as independent. The threshold is the run's tail_share, fixed beforehand. "
        f"The rule it is held against, the largest share whose xi lies in the interval of every smaller share, says: {said}."
    )
    numeric = ("Used", "95% interval", "Other thresholds", "Days beyond")
    every = ("Days beyond the threshold", "Value", "95% interval", "Days")
    return Tables((
        Table("The tails at the threshold used", columns("Figure", *numeric, numeric=numeric), tuple(rows), note),
        Table("The tails at every threshold", columns("Figure", *every, numeric=every), tuple(folded), folded=True),
    ))  # fmt: skip


def rare_moves(table: pd.DataFrame) -> Table:
    """Moves that come once in so many years, and years between moves of a size, of one day and of 20, by three ways."""
    ways = {"daily returns": 0, "champion": 1, "all models": 2}
    cells: dict[tuple[str, str, str], list[str]] = {}
    champion = ""
    for row in table[table["quantity"].str.startswith(("once_in", "years_between"))].itertuples(index=False):
        span, _, who = str(row.series).partition(", ")
        place = ways.get(who or span, 2)
        key = ("1 day" if place == 0 else span if who in ways else str(row.series), str(row.tail), str(row.quantity))
        if place == 1:
            champion = str(row.method).partition(":")[0]
        shown = numbers.percent if row.unit != "year" else _years
        cells.setdefault(key, ["\N{EN DASH}"] * 3)[place] = (
            f"{shown(row.value)} ({shown(row.lower)} to {shown(row.upper)})"
        )
    rows = tuple((f"{span}: {_move(quantity, tail)}", *found) for (span, tail, quantity), found in cells.items())
    ways_said = ("Fitted tail", f"Champion ({champion})", "All models")
    note = (
        "Fitted tail: of daily returns as they are, any day alike, so bad days that come together count singly; 95% profile likelihood. "
        "Champion: the worst of each simulated year, years in which it happens counted; 95% sampling error alone. All models: median and range of the same. "
        "Beyond the sample an answer is mostly the model's assumption: read the champion's with the range."
    )
    return Table("How rare are large moves", columns("Move", *ways_said, numeric=ways_said), rows, note)


def _move(quantity: str, tail: str) -> str:
    _, _, number, *_ = quantity.split("_")
    direction = tail.removesuffix("s")
    return (
        f"{direction} once in {number} years"
        if quantity.startswith("once_in")
        else f"years between {tail} of {number}%"
    )


def _interval(row: object) -> str:
    lower, upper = getattr(row, "lower"), getattr(row, "upper")  # noqa: B009
    if numbers.is_missing(lower):
        return "\N{EN DASH}"
    return f"{numbers.significant(lower)} to {numbers.significant(upper) if math.isfinite(upper) else _UNBOUNDED}"


def _years(value: float) -> str:
    return numbers.significant(value, 2) if math.isfinite(value) else _UNBOUNDED
