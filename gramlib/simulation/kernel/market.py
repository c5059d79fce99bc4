"""What the gold market takes from the issuer in a day, and at which price: the twin of `market_access`."""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.simulation.kernel.lanes import inlined
from gramlib.units import BUSINESS_DAYS_PER_YEAR

DAYS_A_YEAR = float(BUSINESS_DAYS_PER_YEAR)


@inlined
def impact_terms(issuer: Any) -> tuple[float, float, float]:
    """Half the spread, Y sig, and one over ADV."""
    market = issuer.market
    return market.spread / 2.0, market.impact * market.daily_vol, 1.0 / market.adv_usd


@inlined
def execution_share(
    half_spread: float,
    push: float,
    per_adv: float,
    sale_usd: float,
    stress: float,
    root_stress: float,
    spread_stress: float,
) -> float:
    """Price got over P: half the stressed spread and a square-root impact below one; never negative.

    `spread_stress` is m, times what widens the spread alone.
    """
    impact = push * root_stress * np.sqrt(sale_usd * stress * per_adv)
    return max(0.0, 1.0 - half_spread * spread_stress - impact)
