"""May a model's paths stand for gold? The acceptance list of MODELS_AND_CHECKS D.3, check by check.

A model whose paths fail a check is out of the contest, with the reason; it is still scored and printed. The paths judged are
long ones, after a run-in: they show what the model believes gold is like, not where volatility happens to stand today.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from gramlib.models.protocol import PathModel
from gramlib.models.stylised import YEAR_DAYS, bands, drawdown_facts, drawdowns, facts
from gramlib.models.threads import usual_workers

N_PATHS = 200
N_DAYS = 2520
RUN_IN_DAYS = 500
FEWEST_RETURNS = 500

HILL_LOW, HILL_HIGH = 2.5, 4.5
LARGEST_AUC = 0.60
WINDOW_DAYS = 20
CUTS = 4
MOST_WINDOWS = 400
DRAWN_WINDOWS = 1600 * CUTS
N_FEATURES, RIDGE = 8, 1e-3
FOLDS = 5
COPY_DISTANCE = 1e-3
"""A window closer to a training window than this share of its own length is a copy; 0 but for rounding when days are copied."""

MEANING = {
    "constant_paths": "paths on which the price never moves",
    "prices_not_positive": "prices that are zero, negative or no number",
    "excess_kurtosis": "excess kurtosis of daily returns",
    "hill_alpha_falls": "tail index of falls (Hill, outer 2.5%)",
    "hill_alpha_rises": "tail index of rises (Hill, outer 2.5%)",
    "autocorrelation_size_lag_1": "autocorrelation of |r| at 1 day",
    "autocorrelation_size_lag_10": "autocorrelation of |r| at 10 days",
    "autocorrelation_size_lag_50": "autocorrelation of |r| at 50 days",
    "shortfall_10_days_over_root_10": "10-day shortfall over root 10 of the one-day one",
    "drawdown_year_median": "median of the largest drawdown of a year",
    "drawdown_year_upper_quartile": "upper quartile of the largest drawdown of a year",
    "discriminative_auc": "how well a classifier tells 20-day windows from gold's (AUC, 0.5 not at all)",
    "nearest_training_window": "distance of the closest 20-day window to one of the training data, over its length",
}
"""Every check, in the order of the table."""

COLUMNS = ["model", "check", "found", "low", "high", "ok", "meaning"]
Bands = Mapping[str, tuple[float, float]]


def acceptance(
    paths: np.ndarray, log_return: np.ndarray, rng: np.random.Generator, known_bands: Bands | None = None
) -> list[dict[str, Any]]:
    """Rows check, found, low, high, ok, meaning for price `paths` (n_paths, n_days + 1) against the data `log_return` (n,).

    `found` is the median over paths where each path has a value of its own; `low` or `high` is None where the check has one
    side. `known_bands` are `bands(log_return, n_days, ...)` where they were made before.
    """
    positive = np.isfinite(paths) & (paths > 0.0)
    moves = np.diff(np.log(paths[positive.all(axis=1)]), axis=1)
    constant = moves.std(axis=1) == 0.0
    moves = moves[~constant]
    found = {"constant_paths": float(constant.sum()), "prices_not_positive": float((~positive).sum())}
    limits: dict[str, tuple[float | None, float | None]] = {name: (None, 0.0) for name in found}
    limits |= known_bands or bands(log_return, paths.shape[1] - 1, rng)
    limits |= {name: (HILL_LOW, HILL_HIGH) for name in ("hill_alpha_falls", "hill_alpha_rises")}
    limits |= {"discriminative_auc": (None, LARGEST_AUC), "nearest_training_window": (COPY_DISTANCE, None)}
    if len(moves):
        year = min(YEAR_DAYS, moves.shape[1])
        years = moves[:, : moves.shape[1] // year * year].reshape(-1, year)
        found |= {name: float(np.median(values)) for name, values in facts(moves).items()}
        found |= {name: float(values[0]) for name, values in drawdown_facts(drawdowns(years)[None, :]).items()}
        drawn = _draw_windows(moves, rng)
        found["discriminative_auc"] = _discriminative(drawn, log_return)
        found["nearest_training_window"] = _nearest(drawn, log_return)
    return [_row(name, found.get(name, np.nan), *limits[name]) for name in MEANING]


def _row(check: str, found: float, low: float | None, high: float | None) -> dict[str, Any]:
    ok = (low is None or found >= low) and (high is None or found <= high) and not np.isnan(found)
    return {"check": check, "found": found, "low": low, "high": high, "ok": bool(ok), "meaning": MEANING[check]}


def _draw_windows(moves: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Windows of 20 days at random places (m, 20)."""
    path = rng.integers(0, len(moves), DRAWN_WINDOWS)
    start = rng.integers(0, moves.shape[1] - WINDOW_DAYS + 1, DRAWN_WINDOWS)
    return moves[path[:, None], start[:, None] + np.arange(WINDOW_DAYS)]


def _features(windows: np.ndarray) -> np.ndarray:
    """What a classifier looks at (m, 8): level, spread, shape, clustering and extremes of each window."""
    spread = windows.std(axis=1)
    scaled = (windows - windows.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-12)[:, None]
    half = windows.shape[1] // 2
    columns = (
        windows.mean(axis=1) / np.maximum(spread, 1e-12),
        np.log(np.maximum(spread, 1e-12)),
        (scaled**3).mean(axis=1),
        (scaled**4).mean(axis=1),
        (np.abs(scaled[:, 1:]) * np.abs(scaled[:, :-1])).mean(axis=1),
        (scaled[:, 1:] * scaled[:, :-1]).mean(axis=1),
        np.log(np.maximum(scaled[:, :half].std(axis=1), 1e-6) / np.maximum(scaled[:, half:].std(axis=1), 1e-6)),
        (windows == 0.0).mean(axis=1),
    )
    return np.column_stack(columns)


def _discriminative(drawn: np.ndarray, log_return: np.ndarray) -> float:
    """Out-of-fold AUC of a small classifier between generated windows and recorded ones that do not overlap.

    A linear discriminant on the features and their squares (least squares on the label, both classes of equal weight); folds
    are stretches of time. The mean over four cuts of the data into windows, each against windows of its own: one cut alone
    leaves a standard error of some 0.02.
    """
    count = min((len(log_return) - WINDOW_DAYS) // WINDOW_DAYS, MOST_WINDOWS)
    against = len(drawn) // CUTS
    label = np.repeat([1.0, -1.0], (count, against))
    weight = np.repeat([1.0 / count, 1.0 / against], (count, against))
    fold = np.concatenate([np.arange(n) * FOLDS // n for n in (count, against)])
    ridge, areas = RIDGE * np.eye(2 * N_FEATURES + 1), []
    for cut in range(CUTS):
        first = cut * WINDOW_DAYS // CUTS
        whole = (len(log_return) - first) // WINDOW_DAYS
        real = log_return[first : first + whole * WINDOW_DAYS].reshape(whole, WINDOW_DAYS)
        real = real[np.linspace(0, whole - 1, count).astype(np.intp)]
        features = _features(np.concatenate((real, drawn[cut * against : (cut + 1) * against])))
        features = (features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-12)
        features = np.column_stack((np.ones(len(features)), features, features**2))
        for held_out in range(FOLDS):
            inside = fold != held_out
            weighted = features[inside].T * weight[inside]
            slope = np.linalg.solve(weighted @ features[inside] + ridge, weighted @ label[inside])
            score, side = features[~inside] @ slope, label[~inside]
            areas.append(_area(score[side > 0], score[side < 0]))
    return float(np.mean(areas))


def _area(higher: np.ndarray, lower: np.ndarray) -> float:
    """Area under the ROC curve: how often one of `higher` beats one of `lower`, ties half."""
    ordered = np.sort(lower)
    wins = np.searchsorted(ordered, higher) + np.searchsorted(ordered, higher, side="right")
    return float(wins.mean() / (2.0 * len(lower)))


def _nearest(drawn: np.ndarray, log_return: np.ndarray) -> float:
    """Smallest distance of a generated window to any recorded one, both centred, over the generated window's length."""
    recorded = sliding_window_view(log_return, WINDOW_DAYS)
    recorded = recorded - recorded.mean(axis=1, keepdims=True)
    mine = drawn[:MOST_WINDOWS]
    mine = mine - mine.mean(axis=1, keepdims=True)
    length = (mine**2).sum(axis=1)
    squared = length[:, None] + (recorded**2).sum(axis=1)[None, :] - 2.0 * mine @ recorded.T
    return float(np.sqrt(np.maximum(squared, 0.0).min(axis=1) / np.maximum(length, 1e-300)).min())


def acceptance_table(
    models: Mapping[str, PathModel], log_return: np.ndarray, rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The catalogue's `acceptance`, and for each model that failed the reason in words.

    Paths of 2,520 days, or as long as the data, are taken after a run-in of 500. Data of fewer than 500 returns have no
    facts to speak of: then there are no rows and no model is turned away.
    """
    if len(log_return) < FEWEST_RETURNS:
        return pd.DataFrame([], columns=COLUMNS), {}
    n_days = min(N_DAYS, len(log_return))
    for_bands, *for_models = rng.spawn(1 + len(models))
    known = bands(log_return, n_days, for_bands)

    def judged(model: PathModel, own: np.random.Generator) -> list[dict[str, Any]]:
        growth, _ = model.simulate(N_PATHS, RUN_IN_DAYS + n_days, own)
        paths = np.exp(growth[:, RUN_IN_DAYS:] - growth[:, RUN_IN_DAYS : RUN_IN_DAYS + 1])
        return acceptance(paths, log_return, own, known)

    with ThreadPoolExecutor(usual_workers()) as pool:
        found = zip(models, pool.map(judged, models.values(), for_models), strict=True)
        rows = [{"model": name, **row} for name, own_rows in found for row in own_rows]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"found": float, "low": float, "high": float})
    failed = table[~table["ok"]]
    reasons = {
        str(name): "; ".join(_said(row) for row in group.itertuples()) for name, group in failed.groupby("model")
    }
    return table, reasons


def _said(row: Any) -> str:
    if np.isnan(row.low):
        wanted = f"at most {row.high:.3g}"
    elif np.isnan(row.high):
        wanted = f"at least {row.low:.3g}"
    else:
        wanted = f"{row.low:.3g} to {row.high:.3g}"
    return f"{row.meaning} {row.found:.3g}, wanted {wanted}"
