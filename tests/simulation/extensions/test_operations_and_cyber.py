"""Stops of chain, oracle or desk, and losses to an attack."""

from __future__ import annotations

import pytest
from by_hand import PRICE, TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import Market, PegModel, Terms


def test_during_a_stop_requests_accrue_and_nobody_is_paid() -> None:
    """1% a day for two stopped days: all is paid on the third, and the oldest request is two days old before that."""
    days = table(quiet(cash_usd=1e9, redemption=asking(0.01)), flat(3), operations_stop={1: 1.0, 2: 1.0})
    assert days["paid_g"].tolist()[:3] == [0.0, 0.0, 0.0]
    assert days["queue_g"].tolist() == pytest.approx([0.0, 10_000.0, 19_900.0, 0.0], rel=1e-12)
    assert days["paid_g"][3] == pytest.approx((1 - 0.99**3) * TOKENS_G, rel=1e-12)
    assert days["oldest_request_days"].tolist() == [0.0, 0.0, 1.0, 0.0]


def test_part_of_a_day_holds_back_its_share_of_payments() -> None:
    days = table(quiet(cash_usd=1e9, redemption=asking(0.01)), flat(2), operations_stop={1: 0.25})
    assert days["paid_g"][1] == pytest.approx(7_500.0, rel=1e-12)
    assert days["queue_g"][1] == pytest.approx(2_500.0, rel=1e-12)


def test_a_stop_holds_back_its_share_of_what_the_gate_lets_through() -> None:
    issuer = quiet(cash_usd=1e9, redemption=asking(0.05), terms=Terms(fee=0.0, gate=0.01))
    assert table(issuer, flat(1), operations_stop={1: 0.5})["paid_g"][1] == pytest.approx(5_000.0, rel=1e-12)


def test_the_discount_is_uncapped_only_while_redemption_is_closed() -> None:
    """A push of 0.01 x 0.5 x 10,000 g x 100 USD / 50,000 = 10% against a band of some 2%."""
    once = asking(0.0).model_copy(update={"max_rate": 0.01, "a_event": 1000.0})
    issuer = quiet(cash_usd=1e9, redemption=once, peg_model=PegModel(depth_usd=50_000.0, persistence=0.5))
    for stop, capped in ((0.999, True), (1.0, False)):
        days = table(issuer, flat(2), event={1: 1.0}, operations_stop={1: stop})
        assert (days["discount"][1] == days["band"][1]) == capped
        assert (days["discount"][1] == pytest.approx(0.1, rel=1e-9)) == (not capped)
        assert days["discount"][2] <= days["band"][2]


def test_gold_is_still_sold_and_settled_during_a_stop() -> None:
    """Desk and vault work while the chain stands still: proceeds are there when it moves again."""
    issuer = quiet(redemption=asking(0.01), market=Market(lag_days=1, spread=0.0, impact=0.0))
    days = table(issuer, flat(2), operations_stop={1: 1.0})
    assert days["sold_g"][1] == pytest.approx(10_000.0, rel=1e-12)
    assert days["paid_g"][2] == pytest.approx(10_000.0, rel=1e-12)


def test_a_cyber_loss_is_paid_from_cash_then_bills_then_not_at_all() -> None:
    days = table(quiet(cash_usd=2e6, bills_usd=1e6), flat(3), cyber_loss_usd={1: 1.5e6, 2: 1e6, 3: 1e6})
    assert days["cyber_loss_usd"].tolist() == [0.0, 1.5e6, 1e6, 1e6]
    assert days["cash_usd"].tolist() == pytest.approx([2e6, 0.5e6, 0.0, -0.5e6], abs=1e-6)
    assert days["bills_usd"].tolist() == pytest.approx([1e6, 1e6, 0.5e6, 0.0], abs=1e-6)
    assert days["equity_usd"].tolist() == pytest.approx([3e6, 1.5e6, 0.5e6, -0.5e6], abs=1e-3)


def test_an_overdraft_is_repaid_before_holders_are() -> None:
    """1m owed to the account holder comes out of the first 1.5m of gold sold; holders get the other half million."""
    issuer = quiet(redemption=asking(0.015), market=Market(lag_days=1, spread=0.0, impact=0.0))
    days = table(issuer, flat(2), cyber_loss_usd={1: 1e6})
    assert days["cash_usd"][1] == -1e6
    assert days["paid_g"][2] == pytest.approx(0.5e6 / PRICE, rel=1e-9)
