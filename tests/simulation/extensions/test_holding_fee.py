"""The holding fee: taken daily in grams from holders' claims, so that income goes with price x grams."""

from __future__ import annotations

import pytest
from by_hand import TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import Costs, HoldingFee, Market
from gramlib.units import GRAMS_PER_TROY_OUNCE

FEE = HoldingFee(on=True, rate_year=0.0252)
"""One ten-thousandth a business day."""


def test_tokens_shrink_and_grams_become_the_issuers() -> None:
    """The first day's 100 g are sold the same day as grams no token needs."""
    days = table(quiet(holding_fee=FEE), flat(252))
    assert days["tokens_g"][252] == pytest.approx(TOKENS_G * (1 - 0.0001) ** 252, rel=1e-12)
    assert days["holding_fee_usd"][1] == pytest.approx(10_000.0, rel=1e-12)
    assert days["sold_g"][1] == pytest.approx(100.0, rel=1e-6)
    assert days["gold_g"][252] == pytest.approx(days["tokens_g"][252], rel=1e-12)
    assert days["equity_usd"][252] == pytest.approx(days["holding_fee_usd"].sum(), rel=1e-9)


def test_income_goes_with_the_price() -> None:
    days = table(quiet(holding_fee=FEE), [100.0, 200.0, 50.0])
    assert days["holding_fee_usd"][1] == pytest.approx(0.0001 * 1e6 * 200.0, rel=1e-12)
    assert days["holding_fee_usd"][2] == pytest.approx(0.0001 * 0.9999e6 * 50.0, rel=1e-12)


def test_who_waits_for_payment_pays_no_more() -> None:
    """A tenth asks on day 1 and waits: from day 2 on the fee is on the other 90%."""
    no_market = Market(capacity_share=1e-12)
    once = asking(0.0).model_copy(update={"max_rate": 0.1, "a_event": 1000.0})
    days = table(quiet(holding_fee=FEE, market=no_market, redemption=once), flat(2), event={1: 1.0})
    free_g = days["tokens_g"][1] - days["queue_g"][1]
    assert days["holding_fee_usd"][2] == pytest.approx(0.0001 * free_g * 100.0, rel=1e-12)
    assert free_g < 0.91 * TOKENS_G


def test_break_even_price_of_the_fee_business() -> None:
    """Section 9: P_be = opex / (fee rate N): 3m USD a year on 0.25% of ten tonnes is 120 USD/g, 3,732 USD/oz."""
    price = 3e6 / (0.0025 * 10e6)
    assert price * GRAMS_PER_TROY_OUNCE == pytest.approx(3732.0, abs=0.5)
    business = quiet(tokens_g=10e6, gold_g=10e6, cash_usd=10e6, holding_fee=HoldingFee(on=True, rate_year=0.0025),
                     costs=Costs(opex_usd_year=3e6, custody_rate_year=0.0))  # fmt: skip
    first = table(business, flat(1, price)).loc[1]
    assert first["holding_fee_usd"] == pytest.approx(first["opex_usd"], rel=1e-12)
    assert first["equity_usd"] == pytest.approx(10e6, rel=1e-9)
    for factor, sign in ((1.01, 1), (0.99, -1)):
        change_usd = table(business, flat(1, factor * price))["equity_usd"].diff()[1]
        assert sign * change_usd == pytest.approx(0.01 * 3e6 / 252, rel=1e-6)
