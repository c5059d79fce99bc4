"""Probabilities of different horizons made comparable."""

from __future__ import annotations

import math

from gramlib.units import BUSINESS_DAYS_PER_YEAR


def one_year(probability: float, horizon_days: int) -> float:
    """Probability within 252 days, from one within `horizon_days`, at a constant hazard."""
    if probability >= 1.0:
        return 1.0
    return -math.expm1(math.log1p(-probability) * BUSINESS_DAYS_PER_YEAR / horizon_days)
