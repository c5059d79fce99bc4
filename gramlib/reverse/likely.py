"""The `likely_failures` table: per predicate, how the book failed and how often, and the likeliest scenario that fails.

    basis book, rank 0       all failing paths of the book `liquidity`, medians of their factors, drivers needed
    basis book, rank 1 ...   the same by way (`ways`), the most frequent first
    basis scenario, rank 0   the likeliest failing class of the fitted laws (`factors`, `design_point`)

A return period is one over the chance in a year. Where no path fails, the chance has an upper end and no lower one, and the
failure is rarer than one in so many years; it is never "never".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.metrics import one_year
from gramlib.metrics.figures import NEVER, WITH_DRIVERS
from gramlib.metrics.intervals import wilson_interval
from gramlib.params.stages import AnalyseParams
from gramlib.reverse.design_point import Rate, Scenario, likeliest_failures, rate_of
from gramlib.reverse.factors import Windows, mishaps_of, windows_of
from gramlib.reverse.ways import FACTORS, WINDOW_DAYS, walked_paths
from gramlib.simulation import Market, simulate

WALKED_PATHS = 200
"""Failing paths looked at for each predicate, at most: a share of one half is then known to seven percentage points."""

TOP_WAYS = 3

OTHER_MODEL_PATHS = 4_096
"""Paths of each other price model: what is wanted from them is how far apart they are, not a figure of each."""

NEEDED = 0.5
"""A driver is necessary for a failure that without it is rarer by more than this share. Gold alone is sufficient where prices
without drivers bring more than this share; a driver, where it brings more than this share of what gold alone does not."""

PRICE = "price"
"""Stands among the sufficient drivers for none at all: gold alone."""

Progress = Callable[[int, int, str], None]

COLUMNS: dict[str, str] = {
    "predicate": "str", "basis": "str", "rank": "int64", "way": "str", "probability_year": "float64", "lower": "float64",
    "upper": "float64", "return_period_years": "float64", "return_lower_years": "float64", "return_upper_years": "float64",
    "n": "int64", "walked": "int64", "way_share": "float64", "way_lower": "float64", "way_upper": "float64",
    **dict.fromkeys(FACTORS, "float64"),
    "necessary": "str", "sufficient": "str", "log_likelihood": "float64", "models_lower_years": "float64",
    "models_upper_years": "float64", "method": "str",
}  # fmt: skip


def likely_failures(
    outcomes: pd.DataFrame,
    driver_effects: pd.DataFrame,
    market: Market,
    params: AnalyseParams,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The catalogue's `likely_failures` from the tables of stage predict and the market that its books came from.

    Windows of the price laws come from the first `params.search_n_paths` paths of the book.
    """
    tell = progress or (lambda done, total, text: None)
    predicates = predicates_of(market.issuer.peg)
    paths = outcomes[outcomes["book"] == WITH_DRIVERS]
    rows: list[dict[str, Any]] = []
    for done, predicate in enumerate(predicates):
        tell(done, len(predicates) + 1, f"how {predicate} comes about")
        rows += _book_rows(predicate, paths, driver_effects, market, params)
    tell(len(predicates), len(predicates) + 1, "the likeliest failing scenarios")
    rows += _scenario_rows(predicates, market, params)
    tell(len(predicates) + 1, len(predicates) + 1, "ways to fail")
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    words = [name for name, kind in COLUMNS.items() if kind == "str"]
    table = table.fillna(dict.fromkeys(words, "")).astype(COLUMNS)
    return table.sort_values(["predicate", "basis", "rank"], kind="stable", ignore_index=True)


# Paths of the book -----------------------------------------------------------------------------------------------


def _book_rows(
    predicate: str, paths: pd.DataFrame, driver_effects: pd.DataFrame, market: Market, params: AnalyseParams
) -> list[dict[str, Any]]:
    first_days = paths[f"{predicate.lower()}_day"].to_numpy()
    failed = first_days != NEVER
    n, n_failed = len(paths), int(failed.sum())
    seen = walked_paths(
        paths["path"].to_numpy()[failed], first_days[failed], lambda path: market.days(WITH_DRIVERS, path),
        market.start_usd_per_g, market.issuer, WALKED_PATHS,
    )  # fmt: skip
    horizon_days = market.params.horizon_days
    share = wilson_interval(n_failed, n, params.confidence)
    yearly = [one_year(value, horizon_days) for value in (n_failed / n, *share)]
    necessary, sufficient = _drivers(driver_effects, predicate)
    frequent = seen["way"].value_counts()
    ways = sorted(frequent.items(), key=lambda found: (-found[1], found[0]))
    rows = [
        {
            **_chances(predicate, "book", 0, *yearly), "way": str(ways[0][0]) if ways else "", "n": n, "walked": len(seen),
            **_way_share(int(ways[0][1]) if ways else 0, len(seen), params.confidence), **_typical(seen),
            "necessary": necessary, "sufficient": sufficient,
            "method": f"share of paths, Wilson {params.confidence:.0%}; medians over failing paths walked again, "
            f"{WINDOW_DAYS} days up to the failure; way is the most frequent one",
        }
    ]  # fmt: skip
    for rank, (way, count) in enumerate(ways[:TOP_WAYS], start=1):
        taken = _way_share(int(count), len(seen), params.confidence)
        ends = (taken["way_share"], taken["way_lower"], taken["way_upper"])
        chances = [chance * part for chance, part in zip(yearly, ends, strict=True)]
        rows.append({
            **_chances(predicate, "book", rank, *chances), "way": str(way), "n": n, "walked": len(seen), **taken,
            **_typical(seen[seen["way"] == way]),
            "method": "chance of the failure times the share of its paths that failed this way; ends multiplied",
        })  # fmt: skip
    return rows


def _chances(predicate: str, basis: str, rank: int, chance: float, lower: float, upper: float) -> dict[str, Any]:
    periods = [1.0 / value if value > 0.0 else math.nan for value in (chance, upper, lower)]
    names = ("return_period_years", "return_lower_years", "return_upper_years")
    return {"predicate": predicate, "basis": basis, "rank": rank, "probability_year": chance, "lower": lower,
            "upper": upper, **dict(zip(names, periods, strict=True))}  # fmt: skip


def _way_share(count: int, walked: int, confidence: float) -> dict[str, float]:
    if not walked:
        return {}
    ends = wilson_interval(count, walked, confidence)
    return {"way_share": count / walked, "way_lower": ends.lower, "way_upper": ends.upper}


def _typical(seen: pd.DataFrame) -> dict[str, float]:
    return {} if seen.empty else {name: float(seen[name].median()) for name in FACTORS}


def _drivers(driver_effects: pd.DataFrame, predicate: str) -> tuple[str, str]:
    """Names of the necessary and of the sufficient drivers, by `NEEDED`."""
    rows = driver_effects[(driver_effects["book"] == WITH_DRIVERS) & (driver_effects["predicate"] == predicate)]
    by_case = {
        case: rows[rows["case"] == case].set_index("driver")["failed"] for case in ("all", "none", "without", "only")
    }
    failed = int(by_case["all"].sum())
    if not failed:
        return "", ""
    on_price = int(by_case["none"].sum())
    necessary = [str(name) for name, left in by_case["without"].items() if left < (1.0 - NEEDED) * failed]
    sufficient = [PRICE] if on_price > NEEDED * failed else []
    sufficient += [
        str(name) for name, alone in by_case["only"].items() if alone - on_price > NEEDED * max(0, failed - on_price)
    ]
    return ", ".join(necessary), ", ".join(sufficient)


# Scenarios of the fitted laws ------------------------------------------------------------------------------------


def _scenario_rows(predicates: tuple[str, ...], market: Market, params: AnalyseParams) -> list[dict[str, Any]]:
    windows = _windows(market, params.search_n_paths)
    mishaps = mishaps_of(market.issuer, market.params.drivers)
    found, least = likeliest_failures(
        market.issuer, market.start_usd_per_g, market.own_funds, windows, mishaps, params.reverse_step,
        params.reverse_horizon_days, simulate,
    )  # fmt: skip
    on_prices = [scenario for predicate, scenario in found.items() if scenario.sign and predicate in predicates]
    others = _other_models(market, params) if on_prices else []
    rows = []
    for predicate in predicates:
        if predicate not in found:
            rows.append(_none_found(predicate, windows, least))
            continue
        scenario = found[predicate]
        rate = rate_of(scenario, windows, market.issuer, params.confidence)
        rows.append(_scenario_row(predicate, scenario, rate, params))
        if scenario.sign:
            rates = [
                rate.per_year,
                *(rate_of(scenario, other, market.issuer, params.confidence).per_year for other in others),
            ]
            rows[-1] |= _range(rates)
    return rows


def _windows(market: Market, n_paths: int) -> Windows:
    prices, sigma = market.prices(WITH_DRIVERS, n_paths)
    return windows_of(prices, sigma, market.issuer, market.params.drivers, market.sigma_sample)


def _other_models(market: Market, params: AnalyseParams) -> list[Windows]:
    """Windows of every other price model that the calibration holds."""
    names = [name for name in market.calibration["models"] if name != market.price_model]
    return [_windows(market.with_model(name), min(OTHER_MODEL_PATHS, params.search_n_paths)) for name in names]


def _scenario_row(predicate: str, scenario: Scenario, rate: Rate, params: AnalyseParams) -> dict[str, Any]:
    chances = [-math.expm1(-value) for value in (rate.per_year, rate.lower, rate.upper)]
    sure = f"on {rate.n_paths:,} paths, Wilson {params.confidence:.0%} on their effective number"
    return {
        **_chances(predicate, "scenario", 0, *chances), "way": scenario.way, "n": rate.n_paths, "walked": 0,
        "price_move": scenario.sign * scenario.move, "price_days": float(scenario.move_days) if scenario.sign else math.nan,
        "event_days": float(scenario.event_days), "lost_share": scenario.mishap.lost_share,
        "liquidity_multiplier": max(scenario.multiplier, scenario.mishap.multiplier),
        "log_likelihood": scenario.log_likelihood,
        "method": f"likeliest failing class; chance of windows of {WINDOW_DAYS} days at least as severe in what is not calm, "
        + (sure if scenario.on_paths else "exact under the laws of the drivers"),
    }  # fmt: skip


def _none_found(predicate: str, windows: Windows, least: float) -> dict[str, Any]:
    """No class that was tried fails. That bounds no chance: each class not tried is rarer, but there are many."""
    return {
        "predicate": predicate, "basis": "scenario", "rank": 0, "n": windows.n_paths, "walked": 0,
        "method": f"no failing class found, from the likeliest down to a log-likelihood of {least:.1f}",
    }  # fmt: skip


def _range(rates: list[float]) -> dict[str, float]:
    """Shortest and longest return period over the price models; no longest one where a model never gets there."""
    chances = -np.expm1(-np.array(rates))
    longest = 1.0 / chances.min() if chances.min() > 0.0 else math.nan
    return {
        "models_lower_years": float(1.0 / chances.max()) if chances.max() > 0.0 else math.nan,
        "models_upper_years": longest,
    }
