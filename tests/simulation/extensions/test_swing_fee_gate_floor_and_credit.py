"""Policies on who pays what and when: swing fee, gate, cash floor and credit line."""

from __future__ import annotations

import math

import pytest
from by_hand import PRICE, TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import Issuer, Market, PegModel, SwingFee, Terms, Treasury

MARKET = Market(adv_usd=100e6, capacity_share=0.1, spread=0.002, impact=0.7, daily_vol=0.01)
"""Takes 10m USD a day; selling s USD costs 0.1% + 0.7% sqrt(s / 100m)."""


def treasury(**changes: float) -> Treasury:
    """Bills without haircut and yield."""
    return Treasury(**({"bill_haircut": 0.0, "bill_yield": 0.0} | changes))


@pytest.mark.parametrize(("asked", "fee"), [(0.009, 0.0025), (0.01, 0.0025), (0.0101, None), (0.5, None)])
def test_the_fee_swings_by_the_slippage_of_selling_the_queue(asked: float, fee: float | None) -> None:
    """Above 1% of tokens a day: fr + slippage of selling min(cap, Q); at the threshold itself not yet."""
    issuer = quiet(terms=Terms(fee=0.0025), market=MARKET, redemption=asking(asked), swing_fee=SwingFee(on=True))
    days = table(issuer, flat(1))
    if fee is None:
        sale_usd = min(10e6, asked * TOKENS_G * PRICE)
        fee = 0.0025 + 0.001 + 0.7 * 0.01 * math.sqrt(sale_usd / 100e6)
    assert days["fee"][1] == pytest.approx(fee, rel=1e-12)


def test_the_swung_fee_is_what_holders_pay_and_what_the_band_has() -> None:
    issuer = quiet(terms=Terms(fee=0.0025), market=MARKET, redemption=asking(0.02), cash_usd=5e6,
                   swing_fee=SwingFee(on=True, factor=2.0), peg_model=PegModel(risk_price=0.0, arbitrage_cost=0.001))  # fmt: skip
    days = table(issuer, flat(1))
    fee = 0.0025 + 2.0 * (0.001 + 0.7 * 0.01 * math.sqrt(2e6 / 100e6))
    assert days["fee"][1] == pytest.approx(fee, rel=1e-12)
    assert days["fees_usd"][1] == pytest.approx(fee * 20_000 * PRICE, rel=1e-12)
    assert days["cash_usd"][1] == pytest.approx(5e6 - (1 - fee) * 2e6, rel=1e-12)
    assert days["band"][1] == pytest.approx(fee + 0.001, rel=1e-12)


def test_the_fee_stops_at_its_maximum_and_never_falls_below_the_terms() -> None:
    capped = quiet(terms=Terms(fee=0.0025), market=MARKET, redemption=asking(0.02),
                   swing_fee=SwingFee(on=True, factor=100.0, max_fee=0.02))  # fmt: skip
    assert table(capped, flat(1))["fee"][1] == 0.02
    dear = quiet(terms=Terms(fee=0.05), market=MARKET, redemption=asking(0.02), swing_fee=SwingFee(on=True))
    assert table(dear, flat(1))["fee"][1] == 0.05


def test_a_full_swing_pays_for_the_slippage_of_the_run() -> None:
    """Section 9: with a fee of at least the slippage those who stay lose nothing to those who go."""
    issuer = quiet(terms=Terms(fee=0.0), market=MARKET, redemption=asking(0.05), cash_usd=200e6, gold_g=TOKENS_G,
                   swing_fee=SwingFee(on=True, max_fee=0.4))  # fmt: skip
    days = table(issuer, flat(6))
    assert days["slippage_usd"].sum() > 0.0
    assert days["equity_usd"][6] >= days["equity_usd"][0]


def test_a_gate_admits_its_share_and_the_rest_waits() -> None:
    issuer = quiet(terms=Terms(fee=0.0, gate=0.01), redemption=asking(0.03), cash_usd=1e9)
    days = table(issuer, flat(2))
    assert days["paid_g"][1] == pytest.approx(10_000.0, rel=1e-12)
    assert days["queue_g"][1] == pytest.approx(20_000.0, rel=1e-12)
    assert days["paid_g"][2] == pytest.approx(0.01 * 990_000.0, rel=1e-12)


def test_the_cash_floor_is_left_exactly_and_bills_are_sold_first() -> None:
    issuer = quiet(cash_usd=5e6, bills_usd=1e6, treasury=treasury(cash_floor_usd=4e6), redemption=asking(0.03))
    days = table(issuer, flat(1))
    assert days["cash_usd"][1] == 4e6 and days["bills_usd"][1] == 0.0
    assert days["paid_g"][1] == pytest.approx(20_000.0, rel=1e-12)


def test_credit_is_the_last_source_and_no_more_than_the_line() -> None:
    """4m asked a day against 1m of cash and 1m of bills: 2m drawn on day 1, then the third and last million."""
    issuer = quiet(cash_usd=1e6, bills_usd=1e6, treasury=treasury(credit_line_usd=3e6, credit_rate_year=0.0),
                   redemption=asking(0.04), market=Market(capacity_share=1e-12))  # fmt: skip
    days = table(issuer, flat(3))
    assert days["credit_drawn_usd"].tolist() == pytest.approx([0.0, 2e6, 3e6, 3e6], rel=1e-12)
    assert days["queue_g"][1] == 0.0
    assert days["paid_g"][2] == pytest.approx(10_000.0, rel=1e-12)
    assert days["paid_g"][3] == pytest.approx(0.0, abs=1e-3)
    # Drawing pays a debt with a debt.
    assert days["equity_usd"].tolist() == pytest.approx([2e6] * 4, rel=1e-9)


def test_interest_runs_on_what_is_drawn() -> None:
    issuer = quiet(treasury=treasury(credit_line_usd=10e6, credit_rate_year=0.0252), redemption=asking(0.01),
                   market=Market(capacity_share=1e-12))  # fmt: skip
    days = table(issuer, flat(2))
    assert days["credit_interest_usd"].tolist() == pytest.approx([0.0, 0.0, 0.0001 * 1e6], rel=1e-12)


def test_credit_is_repaid_only_when_nobody_queues() -> None:
    """A tenth asks once: half is paid on credit, half waits until gold settles, and only then is credit repaid."""
    once = asking(0.0).model_copy(update={"max_rate": 0.1, "a_event": 1000.0})
    issuer = quiet(treasury=treasury(credit_line_usd=5e6, credit_rate_year=0.0), redemption=once,
                   market=Market(lag_days=2, capacity_share=0.006, adv_usd=500e6, spread=0.0, impact=0.0))  # fmt: skip
    days = table(issuer, flat(8), event={1: 1.0})
    queued, drawn = days["queue_g"], days["credit_drawn_usd"]
    # 3m settle on day 3, 2m on day 4: the queue of 5m is gone on day 4; surplus grams then bring cash for the bank.
    assert queued.tolist()[:5] == pytest.approx([0.0, 50_000.0, 50_000.0, 20_000.0, 0.0], abs=1.0)
    repaid = drawn.diff().fillna(0.0) < -1e-9
    for day in days.index[repaid]:
        assert queued[day - 1] == 0.0
    assert drawn[4] == pytest.approx(5e6, rel=1e-9)
    assert drawn[8] < 5e6 and repaid.any()


def test_repayment_leaves_the_cash_floor() -> None:
    once = asking(0.0).model_copy(update={"max_rate": 0.1, "a_event": 1000.0})
    issuer = quiet(cash_usd=2e6, treasury=treasury(credit_line_usd=20e6, credit_rate_year=0.0, cash_floor_usd=2e6),
                   redemption=once)  # fmt: skip
    days = table(issuer, flat(6), event={1: 1.0})
    assert days["credit_drawn_usd"][1] == pytest.approx(10e6, rel=1e-9)
    assert days["credit_drawn_usd"][6] == pytest.approx(0.0, abs=1e-3)
    assert (days["cash_usd"] >= 2e6 * (1 - 1e-12)).all()


def test_a_credit_line_nobody_needs_changes_nothing() -> None:
    prices = [128.0, 127.0, 126.0, 127.0]
    lined = Issuer(treasury=Treasury(credit_line_usd=1e9))
    assert table(lined, prices).equals(table(Issuer(), prices))
