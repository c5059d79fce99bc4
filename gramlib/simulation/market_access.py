"""What the gold market takes from the issuer in a day, and at which price (MODEL.md, E9)."""

from __future__ import annotations

from math import sqrt

from gramlib.params.issuer import Issuer


def capacity_usd(issuer: Issuer, stress: float, cut: float = 0.0) -> float:
    """What one day's market takes, in USD; `stress` is the liquidity multiplier m, `cut` the share that is gone."""
    return issuer.market.capacity_share * issuer.market.adv_usd / stress * (1.0 - cut)


def execution_share(issuer: Issuer, sale_usd: float, stress: float, spread_rise: float = 0.0) -> float:
    """Price got over P: half the stressed spread and a square-root impact below one; never negative.

    `spread_rise` widens the spread alone, by that multiple of itself.
    """
    market = issuer.market
    impact = market.impact * market.daily_vol * sqrt(stress) * sqrt(sale_usd * stress / market.adv_usd)
    return max(0.0, 1.0 - market.spread * stress / 2.0 * (1.0 + spread_rise) - impact)
