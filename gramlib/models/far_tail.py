"""How rare each model thinks a day is that it has hardly seen.

Beyond the sample a model's answer is mostly its assumption, so a statement about such days carries the range over models
(MODELS_AND_CHECKS D.1). The question asked is fixed: a one-day fall of at least 9% within the next 30 business days, starting from
today's volatility. Falls of that size were recorded about once in 13 to 17 years since 1975.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gramlib.models.protocol import PathModel
from gramlib.units import BUSINESS_DAYS_PER_YEAR

FALL = 0.09
WITHIN_DAYS = 30
N_PATHS = 40_000
PATHS_AT_ONCE = 10_000


def fall_odds(models: Mapping[str, PathModel], rng: np.random.Generator) -> list[dict[str, Any]]:
    """One record a model: `probability` with Monte Carlo `standard_error`, and `return_period_years`.

    The return period is the horizon in years over the probability; it is None when no path of 40,000 fell so far.
    """
    return [
        {"model": name, "fall": FALL, "within_days": WITHIN_DAYS, **_odds(model, rng)} for name, model in models.items()
    ]


def _odds(model: PathModel, rng: np.random.Generator) -> dict[str, Any]:
    hits = 0
    for _ in range(N_PATHS // PATHS_AT_ONCE):
        growth, _ = model.simulate(PATHS_AT_ONCE, WITHIN_DAYS, rng)
        hits += int((np.diff(growth, axis=1).min(axis=1) <= math.log1p(-FALL)).sum())
    probability = hits / N_PATHS
    return {
        "probability": probability,
        "standard_error": math.sqrt(probability * (1.0 - probability) / N_PATHS),
        "return_period_years": WITHIN_DAYS / BUSINESS_DAYS_PER_YEAR / probability if hits else None,
    }
