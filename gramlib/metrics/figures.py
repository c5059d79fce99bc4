"""The metrics table of a run: one row a figure, with its interval and how it was made.

    subject          figures
    each book        probability and day (quantiles) of each failure, expected loss, VaR and ES of the non-price loss,
                     quantiles of the worst coverage, backing, equity, queue, wait and discount
    book liquidity   added_by_drivers_*: its failure rates less those of liquidity_price_only on the same price paths
    sampled books    quantiles of what every day is needed for (`daily`): headroom, ladder, exhaustion, days counted
    each scenario    worst values and days of its ledger (`scenario_figures`), and its odds with random drivers on

Intervals are Monte Carlo error. A figure of a scenario is exact for that scenario, so it has none; its odds have one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from gramlib import artefacts
from gramlib.errors import DataContractError
from gramlib.metrics.daily import DAILY_UNITS
from gramlib.metrics.headlines import NEVER
from gramlib.metrics.intervals import (
    Interval,
    bootstrap_interval,
    paired_difference_interval,
    quantile_interval,
    wilson_interval,
)
from gramlib.metrics.scenario_figures import odds_figures, scenario_figures
from gramlib.metrics.tail_bootstrap import tail_bootstrap_intervals
from gramlib.metrics.tail_risk import expected_shortfall, value_at_risk
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams

COLUMNS = ("subject", "metric", "value", "lower", "upper", "unit", "method", "n")
WITH_DRIVERS, PRICE_ONLY = "liquidity", "liquidity_price_only"
_FAILURE_LEVELS = (0.05, 0.95)
"""Of the day of a failure, beside its median."""

_QUANTILES = (
    ("min_coverage", "1", (0.01, 0.05, 0.5)),
    ("min_backing", "1", (0.01, 0.05, 0.5)),
    ("min_equity_usd", "USD", (0.01, 0.05, 0.5)),
    ("peak_queue_share", "1", (0.5, 0.95, 0.99)),
    ("longest_wait_days", "day", (0.5, 0.95, 0.99)),
    ("worst_discount", "1", (0.5, 0.95, 0.99)),
    ("end_tokens_share", "1", (0.01, 0.5)),
)

_SAMPLED_LEVELS = {
    "min_own_funds_headroom_usd": (0.05, 0.5),
    "min_liquid_1d_share": (0.05, 0.5),
    "min_liquid_5d_share": (0.05, 0.5),
    "queue_days": (0.5, 0.95),
    "oldest_request_days": (0.5, 0.95),
    "discount_days": (0.5, 0.95),
    "longest_discount_days": (0.5, 0.95),
}

Row = tuple[str, float, Interval, str, str, int]


def metrics_table(
    outcomes: pd.DataFrame,
    replays: pd.DataFrame,
    replay_failures: pd.DataFrame,
    issuer: Issuer,
    params: AnalyseParams,
    rng: np.random.Generator,
    scenario_odds: pd.DataFrame | None = None,
    sample: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The catalogue's `metrics` table from the tables of stage predict; `rng` feeds the bootstrap alone.

    `scenario_odds` is stage predict's table, `sample` that of `path_sample`; without one its figures are left out. Raises DataContractError when the books with and without drivers do not hold the same paths.
    """
    rows: list[tuple] = []
    for book in dict.fromkeys(outcomes["book"]):
        paths = outcomes[outcomes["book"] == book]
        rows += [(book, *row) for row in _book_figures(paths, issuer, params, rng)]
    rows += [(WITH_DRIVERS, *row) for row in _added_by_drivers(outcomes, issuer, params)]
    if sample is not None:
        for book, paths in sample.groupby("book", sort=False):
            rows += [(book, *row) for row in _sampled_figures(paths, params)]
    failed = dict(list(replay_failures.groupby("scenario", sort=False)))
    for scenario, ledger in replays.groupby("scenario", sort=False):
        rows += [(scenario, *row) for row in scenario_figures(ledger, failed[scenario], issuer)]
        if scenario_odds is not None:
            odds = scenario_odds[scenario_odds["scenario"] == scenario]
            rows += [(scenario, *row) for row in odds_figures(odds, params.confidence)]
    flat = [(s, metric, value, *interval, unit, method, n) for s, metric, value, interval, unit, method, n in rows]
    kinds = {"value": "float64", "lower": "float64", "upper": "float64", "n": "int64"}
    return pd.DataFrame(flat, columns=list(COLUMNS)).astype(kinds)


def predicates_of(issuer: Issuer) -> tuple[str, ...]:
    """Failure predicates that apply to this issuer."""
    return artefacts.predicates_of(issuer.peg)


def _book_figures(
    paths: pd.DataFrame, issuer: Issuer, params: AnalyseParams, rng: np.random.Generator
) -> Iterator[Row]:
    n = len(paths)
    days = {p: paths[f"{p.lower()}_day"].to_numpy() for p in predicates_of(issuer)}
    days["any"] = _first_of(np.stack(list(days.values())))
    for predicate, first_day in days.items():
        failing = first_day[first_day != NEVER]
        interval = wilson_interval(failing.size, n, params.confidence)
        yield f"probability_{predicate}", failing.size / n, interval, "1", f"share of paths, {_wilson(params)}", n
        median = value_at_risk(failing, 0.5)
        method = f"median over the failing paths only, {_order(params)}"
        yield (
            f"median_days_to_{predicate}", median, quantile_interval(failing, 0.5, params.confidence), "day", method,
            max(1, failing.size),
        )  # fmt: skip
        for level in _FAILURE_LEVELS if failing.size else ():
            day, ends = value_at_risk(failing, level), quantile_interval(failing, level, params.confidence)
            name = f"days_to_{predicate}_q{round(level * 100):02d}"
            yield name, day, ends, "day", f"quantile over the failing paths only, {_order(params)}", failing.size
    yield from _loss_figures(paths["nonprice_loss_usd"].to_numpy(dtype=float), params, rng)
    for column, unit, levels in _QUANTILES:
        values = paths[column].to_numpy(dtype=float)
        for level in levels:
            interval = quantile_interval(values, level, params.confidence)
            name = f"{column}_q{round(level * 100):02d}"
            yield name, value_at_risk(values, level), interval, unit, f"quantile over paths, {_order(params)}", n


def _loss_figures(losses: np.ndarray, params: AnalyseParams, rng: np.random.Generator) -> Iterator[Row]:
    n = losses.size
    resamples = f"percentile bootstrap {params.confidence:.0%}, {params.bootstrap_samples} resamples"
    mean = bootstrap_interval(losses, np.mean, rng, params.bootstrap_samples, params.confidence)
    yield "mean_nonprice_loss", float(losses.mean()), mean, "USD", f"mean over paths, {resamples}", n
    var, shortfall = tail_bootstrap_intervals(losses, params.level, rng, params.bootstrap_samples, params.confidence)
    at = f"at {params.level:.1%} over paths, {resamples}"
    yield "var_nonprice_loss", value_at_risk(losses, params.level), var, "USD", f"value at risk {at}", n
    yield "es_nonprice_loss", expected_shortfall(losses, params.level), shortfall, "USD", f"expected shortfall {at}", n


def _added_by_drivers(outcomes: pd.DataFrame, issuer: Issuer, params: AnalyseParams) -> Iterator[Row]:
    with_drivers = outcomes[outcomes["book"] == WITH_DRIVERS].sort_values("path")
    alone = outcomes[outcomes["book"] == PRICE_ONLY].sort_values("path")
    if with_drivers.empty or alone.empty:
        return
    if not np.array_equal(with_drivers["path"], alone["path"]):
        raise DataContractError(
            f"books {WITH_DRIVERS} and {PRICE_ONLY} hold different paths ({len(with_drivers)} and {len(alone)})",
            expected="the same paths, drawn with common random numbers",
            remedy="re-run stage predict",
        )
    n = len(alone)
    for predicate in predicates_of(issuer):
        column = f"{predicate.lower()}_day"
        first, second = (book[column].to_numpy() != NEVER for book in (with_drivers, alone))
        only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
        interval = paired_difference_interval(only_first, only_second, n, params.confidence)
        method = f"difference on the same price paths, Agresti-Min {params.confidence:.0%}"
        yield f"added_by_drivers_{predicate}", (only_first - only_second) / n, interval, "1", method, n


def _sampled_figures(paths: pd.DataFrame, params: AnalyseParams) -> Iterator[Row]:
    n = len(paths)
    told = f"over the first {n:,} paths, walked day by day"
    for name, levels in _SAMPLED_LEVELS.items():
        values = paths[name].to_numpy(dtype=float)
        for level in levels:
            interval = quantile_interval(values, level, params.confidence)
            quantile = f"quantile {told}, {_order(params)}"
            yield (
                f"{name}_q{round(level * 100):02d}",
                value_at_risk(values, level),
                interval,
                DAILY_UNITS[name],
                quantile,
                n,
            )
    spent = paths["days_to_exhaustion"].dropna().to_numpy(dtype=float)
    interval = wilson_interval(spent.size, n, params.confidence)
    yield (
        "share_exhausted",
        spent.size / n,
        interval,
        "1",
        f"share of paths that use up cash and bills, {told}, {_wilson(params)}",
        n,
    )
    ends = quantile_interval(spent, 0.5, params.confidence)
    median = f"median over those of them that use up cash and bills, {told}, {_order(params)}"
    yield "median_days_to_exhaustion", value_at_risk(spent, 0.5), ends, "day", median, max(1, spent.size)


def _first_of(days: np.ndarray) -> np.ndarray:
    later_than_all = np.where(days == NEVER, np.iinfo(days.dtype).max, days).min(axis=0)
    return np.where(later_than_all == np.iinfo(days.dtype).max, NEVER, later_than_all)


def _wilson(params: AnalyseParams) -> str:
    return f"Wilson {params.confidence:.0%}"


def _order(params: AnalyseParams) -> str:
    return f"order statistics {params.confidence:.0%}"
