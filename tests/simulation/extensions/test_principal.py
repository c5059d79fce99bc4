"""Principal mode: the price is fixed on the day of the request, and the issuer carries the difference until it pays."""

from __future__ import annotations

import pytest
from by_hand import TOKENS_G, asking, quiet, table

from gramlib.params.issuer import Issuer, Market, Redemption, Terms

PRINCIPAL = Terms(fee=0.0, mode="principal")
ONCE = Redemption(base_rate=0.0, max_rate=0.1, a_return=0.0, a_discount=0.0, a_queue=0.0, a_shortfall=0.0,
                  a_event=1000.0)  # fmt: skip
"""A tenth asks on the day of an event, nobody otherwise."""


def test_own_funds_move_by_the_queue_times_the_price_since_the_request() -> None:
    """100,000 g asked at 100; unhedged until sold, P&L = Q_fixed (P_t - P_request)."""
    no_market = Market(capacity_share=1e-12, spread=0.0, impact=0.0)
    issuer = quiet(terms=PRINCIPAL, redemption=ONCE, market=no_market)
    days = table(issuer, [100.0, 100.0, 130.0, 90.0, 90.0], event={1: 1.0})
    assert days["queue_g"][1] == pytest.approx(100_000.0, rel=1e-9)
    assert days["queue_fixed_usd"].tolist()[1:] == pytest.approx([10e6] * 4, rel=1e-9)
    assert days["equity_usd"].tolist() == pytest.approx([0.0, 0.0, 3e6, -1e6, -1e6], abs=10.0)
    assert days["principal_effect_usd"].tolist() == pytest.approx([0.0, 0.0, 3e6, -4e6, 0.0], abs=10.0)
    assert days["price_effect_usd"].abs().max() < 10.0


def test_holders_are_paid_the_price_of_their_request() -> None:
    """Sold on day 1 at 100 and settled on day 3, when the price is 150: 10m USD go out, not 15m."""
    issuer = quiet(terms=PRINCIPAL, redemption=ONCE)
    days = table(issuer, [100.0, 100.0, 120.0, 150.0], event={1: 1.0})
    assert days["sold_g"][1] == pytest.approx(100_000.0, rel=1e-9)
    assert days["paid_g"][3] == pytest.approx(100_000.0, rel=1e-9)
    assert days["cash_usd"][3] == pytest.approx(0.0, abs=1e-3)
    # Sold at once at the fixed price, the queue costs nothing however the price moves.
    assert days["equity_usd"].abs().max() < 1e-3
    agency = table(quiet(terms=Terms(fee=0.0), redemption=ONCE), [100.0, 100.0, 120.0, 150.0], event={1: 1.0})
    assert agency["paid_g"][3] == pytest.approx(100_000.0 * 100.0 / 150.0, rel=1e-9)


def test_only_the_grams_that_the_promise_needs_are_sold() -> None:
    """Asked at 100 while no gold can move; on day 2, at 200, half the grams bring what was promised."""
    days = table(
        quiet(terms=PRINCIPAL, redemption=ONCE), [100.0, 100.0, 200.0], event={1: 1.0}, liquidity_multiplier={1: 1e12}
    )
    assert days["sold_g"][1] < 1e-3
    assert days["sold_g"][2] == pytest.approx(50_000.0, rel=1e-6)


def test_requests_of_several_days_are_paid_at_their_average() -> None:
    """A tenth of what is free at 100, then a tenth at 200: 10m for 100,000 g and 18m for 90,000 g."""
    no_market = Market(capacity_share=1e-12, spread=0.0, impact=0.0)
    issuer = quiet(terms=PRINCIPAL, redemption=asking(0.1), market=no_market)
    days = table(issuer, [100.0, 100.0, 200.0])
    assert days["queue_g"][2] == pytest.approx(190_000.0, rel=1e-9)
    assert days["queue_fixed_usd"][2] == pytest.approx(28e6, rel=1e-9)
    # Cash for a quarter of what is owed pays a quarter of the grams.
    richer = table(issuer.model_copy(update={"cash_usd": 7e6}), [100.0, 100.0, 200.0])
    assert richer["paid_g"][1] == pytest.approx(70_000.0, rel=1e-9)
    assert richer["queue_fixed_usd"][1] == pytest.approx(3e6, rel=1e-9)


def test_fee_is_on_the_price_of_the_request() -> None:
    issuer = quiet(terms=Terms(fee=0.01, mode="principal"), redemption=ONCE)
    days = table(issuer, [100.0, 100.0, 120.0, 150.0], event={1: 1.0})
    assert days["fees_usd"].sum() == pytest.approx(0.01 * 10e6, rel=1e-9)


def test_where_everybody_is_paid_at_once_both_modes_agree() -> None:
    prices = [128.0, 121.0, 110.0, 112.0]
    rich = {"cash_usd": 1e9}
    agency = table(Issuer(**rich), prices)
    principal = table(Issuer(terms=Terms(mode="principal"), **rich), prices)
    assert (agency["queue_g"] == 0.0).all()
    for name in agency:
        assert principal[name].tolist() == pytest.approx(agency[name].tolist(), rel=1e-12, abs=1e-6), name
    assert TOKENS_G > principal["queue_fixed_usd"].max() == 0.0
