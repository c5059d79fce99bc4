"""What the gold market takes from the issuer in a day, and at which price (MODEL.md, E9)."""

from __future__ import annotations

from math import sqrt

from gramlib.params.issuer import Issuer


def capacity_usd(issuer: Issuer, stress: float) -> float:
    """What one day's market takes, in USD; `stress` is the liquidity multiplier m."""
    return issuer.market.capacity_share * issuer.market.adv_usd / stress


def execution_share(issuer: Issuer, sale_usd: float, stress: float) -> float:
    """Price got over P: half the stressed spread and a square-root impact below one; never negative."""
    market = issuer.market
    impact = market.impact * market.daily_vol * sqrt(stress) * sqrt(sale_usd * stress / market.adv_usd)
    return max(0.0, 1.0 - market.spread * stress / 2.0 - impact)
