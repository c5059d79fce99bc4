"""Short futures: margin in cash every day, most of it when gold rises."""

from __future__ import annotations

import pytest
from by_hand import TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import Hedge, Market


def short(grams: float, **changes: float) -> Hedge:
    """Futures sold short."""
    return Hedge(on=True, short_g=grams, **changes)


def test_margin_is_minus_grams_times_the_change_of_the_futures() -> None:
    days = table(quiet(cash_usd=10e6, hedge=short(100_000)), [100.0, 110.0, 105.0])
    assert days["hedge_usd"].tolist() == pytest.approx([0.0, -1e6, 0.5e6], rel=1e-12)
    assert days["cash_usd"].tolist() == pytest.approx([10e6, 9e6, 9.5e6], rel=1e-12)
    assert days["equity_usd"].tolist() == pytest.approx([10e6, 9e6, 9.5e6], rel=1e-9)


def test_a_short_of_the_surplus_grams_makes_own_funds_still() -> None:
    """h = G - N: what the surplus gains the futures lose, whatever gold does."""
    no_market = Market(capacity_share=1e-12, spread=0.0, impact=0.0)
    issuer = quiet(gold_g=1.05 * TOKENS_G, cash_usd=5e6, hedge=short(50_000), market=no_market)
    days = table(issuer, [100.0, 130.0, 60.0, 400.0])
    assert days["equity_usd"].tolist() == pytest.approx([10e6] * 4, rel=1e-5)


def test_a_rise_drains_liquidity_although_no_gram_is_lost() -> None:
    """Section 1: the dangerous direction. Margin beyond cash comes from bills, then the account is overdrawn."""
    days = table(quiet(cash_usd=1e6, bills_usd=1e6, hedge=short(100_000)), [100.0, 115.0, 130.0])
    assert days["cash_usd"].tolist() == pytest.approx([1e6, 0.0, -1e6], abs=1e-6)
    assert days["bills_usd"].tolist() == pytest.approx([1e6, 0.5e6, 0.0], abs=1e-6)
    assert (days["backing"] == 1.0).all()


def test_a_basis_shock_costs_its_share_of_spot_and_comes_back() -> None:
    """Futures 4.4% above spot on days 2 and 3: 0.44m USD on 100,000 g at 100, then back."""
    days = table(quiet(cash_usd=10e6, hedge=short(100_000)), flat(4), futures_basis={2: 0.044, 3: 0.044})
    assert days["hedge_usd"].tolist() == pytest.approx([0.0, 0.0, -440_000.0, 0.0, 440_000.0], abs=1e-6)
    assert days["cash_usd"][4] == pytest.approx(10e6, rel=1e-12)


def test_margin_competes_with_redemptions() -> None:
    issuer = quiet(cash_usd=5e6, redemption=asking(0.04))
    assert table(issuer, [100.0, 110.0])["queue_g"][1] == 0.0
    hedged = issuer.model_copy(update={"hedge": short(300_000)})
    days = table(hedged, [100.0, 110.0])
    assert days["queue_g"][1] == pytest.approx(40_000 - 2e6 / 110.0, rel=1e-9)
