"""What many tests at once are worth: Holm's adjusted p-values, and the model confidence set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

CONFIDENCE_SET_SIZE = 0.10
"""One minus the confidence that the set holds the best model, as Hansen, Lunde and Nason (2011) use it."""

CONFIDENCE_SET_RESAMPLES = 1000


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Adjusted p-values (n,) of a family of tests (Holm 1979): reject where below 5% and the chance of even one false rejection
    is at most 5%, whatever the dependence between the tests. A p-value that is NaN stays so and is no part of the family.
    """
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(len(p), np.nan)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    stepped = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return adjusted


def confidence_sets(forecasts: pd.DataFrame, score: str, seed: int) -> list[dict[str, Any]]:
    """Model confidence set of each horizon by the mean of `score`: one record a model and horizon.

    The range statistic with a stationary bootstrap of mean block 20 days, or twice the horizon where that is longer; the
    set of 90% holds the models whose p-value is above 10%. With one model there is nothing to compare and no record.
    """
    # arch is heavy, and simulating from a calibration does without it.
    from arch.bootstrap import MCS

    records: list[dict[str, Any]] = []
    for horizon, group in forecasts.groupby("horizon_days"):
        losses = group.pivot_table(index="date", columns="model", values=score).dropna()
        if losses.shape[1] < 2:
            continue
        days = int(horizon)
        block = max(20, 2 * days)
        contest = MCS(
            losses, size=CONFIDENCE_SET_SIZE, reps=CONFIDENCE_SET_RESAMPLES, block_size=block, method="R", seed=seed
        )
        contest.compute()
        p_values = contest.pvalues["Pvalue"]
        records += [
            {
                "horizon_days": days,
                "model": str(model),
                "score": score,
                "p_value": float(p_values[model]),
                "in_set": bool(p_values[model] > CONFIDENCE_SET_SIZE),
                "n": len(losses),
                "block_days": block,
            }
            for model in sorted(losses.columns)
        ]
    return records
