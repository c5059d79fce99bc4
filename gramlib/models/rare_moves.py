"""Moves of a day and of 20 days that come once in so many years, by simulation, with the range over models.

Paths of ten years after a run-in of 500 days, so that volatility is not today's but whatever the model visits. The worst move of
each year of 252 days is kept (block maxima): once in T years is what a year exceeds with probability 1/T. The champion's interval
is sampling error alone, paths resampled whole. What the model may have wrong is larger, so the range over all fitted
models stands beside it, those that the acceptance turned away included.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gramlib.models.registry import path_model

HORIZONS_DAYS = (1, 20)
YEARS = (10, 25, 50, 100)
SIZES = {1: (0.05, 0.09), 20: (0.10, 0.15, 0.20)}
PATH_YEARS, YEAR_DAYS, RUN_IN_DAYS = 10, 252, 500
CHAMPION_PATHS, RIVAL_PATHS, AT_ONCE = 1000, 200, 500
RESAMPLES = 200
FEWEST_YEARS = 10
"""Simulated years with such a move below which no return period is told."""

Worst = dict[tuple[str, int], np.ndarray]
"""Largest change of price of each year, a share, by tail and horizon: (n_paths, 10)."""


def rare_moves(
    calibration: dict[str, Any], residuals: pd.DataFrame, used_share: float, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Rows of `tail_fit` for simulated moves, of the champion and over all models, and the odds of `far_tail` over models."""
    values = residuals["residual"].to_numpy(dtype=float)
    champion = calibration["champion"]
    for_models, for_resampling = rng.spawn(2)
    worst = {}
    for name, own in zip(calibration["models"], for_models.spawn(len(calibration["models"])), strict=True):
        model = path_model(name).from_record(calibration["models"][name], values)
        worst[name] = _worst_of_years(model, CHAMPION_PATHS if name == champion else RIVAL_PATHS, own)
    resampled = for_resampling.integers(0, CHAMPION_PATHS, (RESAMPLES, CHAMPION_PATHS))
    rows: list[dict[str, Any]] = []
    for (tail, days), own_years in worst[champion].items():
        head = {"tail": tail, "threshold_share": used_share, "used": True}
        found = _figures(own_years, days, FEWEST_YEARS)
        drawn = np.array([_figures(own_years[paths], days, 1) for paths in resampled])
        rivals = np.array([_figures(years[tail, days], days, FEWEST_YEARS) for years in worst.values()])
        for place, (quantity, unit) in enumerate(_quantities(days)):
            row = {"quantity": quantity, "unit": unit, **head}
            if np.isfinite(found[place]):
                error, (lower, upper) = drawn[:, place].std(), np.nanquantile(drawn[:, place], (0.025, 0.975))
                rows.append(row | {"series": f"{_days(days)}, champion", "value": found[place], "standard_error": error,
                                   "lower": lower, "upper": upper, "n_exceed": own_years.size,
                                   "method": f"{champion}: worst of each simulated year, 95% bootstrap over {CHAMPION_PATHS:,} paths"})  # fmt: skip
            told = rivals[:, place][np.isfinite(rivals[:, place])]
            if told.size:
                rows.append(row | {"series": f"{_days(days)}, all models", "value": np.median(told), "standard_error": None,
                                   "lower": told.min(), "upper": told.max(), "n_exceed": told.size,
                                   "method": _range_over(told.size, len(rivals))})  # fmt: skip
    return rows + _far_tail(calibration["far_tail"], used_share)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _range_over(told: int, models: int) -> str:
    silent = f"; {models - told} had too few such years to tell" if told < models else ""
    return f"median and range over {told} models{silent}"


def _worst_of_years(model: Any, n_paths: int, rng: np.random.Generator) -> Worst:
    pieces = []
    for start in range(0, n_paths, AT_ONCE):
        growth, _ = model.simulate(min(AT_ONCE, n_paths - start), RUN_IN_DAYS + PATH_YEARS * YEAR_DAYS, rng)
        pieces.append({days: _yearly(growth, days) for days in HORIZONS_DAYS})
    return {
        (tail, days): np.concatenate([piece[days][side] for piece in pieces])
        for days in HORIZONS_DAYS
        for side, tail in enumerate(("falls", "rises"))
    }


def _yearly(growth: np.ndarray, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Largest fall and largest rise over `days` that ends in each year (n_paths, 10)."""
    change = np.expm1(growth[:, RUN_IN_DAYS + 1 :] - growth[:, RUN_IN_DAYS + 1 - days : growth.shape[1] - days])
    years = change.reshape(len(change), PATH_YEARS, YEAR_DAYS)
    return -years.min(axis=2), years.max(axis=2)


def _quantities(days: int) -> list[tuple[str, str]]:
    """Names and units of what `_figures` finds."""
    sizes = [(f"years_between_{100 * size:.0f}_percent", "year") for size in SIZES[days]]
    return [*((f"once_in_{span}_years", "1") for span in YEARS), *sizes]


def _figures(years: np.ndarray, days: int, fewest: int) -> np.ndarray:
    """Return levels and return periods of yearly maxima; NaN where fewer than `fewest` years show such a move."""
    levels = np.quantile(years, 1.0 - 1.0 / np.array(YEARS))
    levels[years.size / np.array(YEARS) < fewest] = np.nan
    hits = (years.reshape(-1, 1) >= np.array(SIZES[days])).sum(axis=0)
    return np.concatenate((levels, np.where(hits >= fewest, years.size / np.maximum(hits, 1), np.nan)))


def _far_tail(odds: list[dict[str, Any]], used_share: float) -> list[dict[str, Any]]:
    """Years between falls as `far_tail` asks for them, from today's volatility: median and range over models."""
    periods = [record["return_period_years"] for record in odds if record["return_period_years"] is not None]
    if not periods:
        return []
    first = odds[0]
    return [{"series": f"1 day, within {first['within_days']} days from today", "tail": "falls", "threshold_share": used_share,
             "quantity": f"years_between_{100 * first['fall']:.0f}_percent", "value": float(np.median(periods)), "standard_error": None,
             "lower": min(periods), "upper": max(periods), "unit": "year", "n_exceed": len(odds), "used": True,
             "method": _range_over(len(periods), len(odds))}]  # fmt: skip
