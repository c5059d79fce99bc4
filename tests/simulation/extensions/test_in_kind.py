"""Redemption in kind: whole bars, a few a day, from gold that can move; the fraction stays queued."""

from __future__ import annotations

import pytest
from by_hand import PRICE, TOKENS_G, asking, flat, quiet, table

from gramlib.params.issuer import InKind, Issuer, Terms
from gramlib.units import GRAMS_PER_TROY_OUNCE

BAR_G = 1_000.0


def bars(share_asking: float, **changes: float) -> Issuer:
    """Everybody who asks wants bars of a kilogram."""
    in_kind = InKind(on=True, **({"share": 1.0, "fee": 0.0} | changes))
    terms = Terms(fee=0.0, minimum_oz=BAR_G / GRAMS_PER_TROY_OUNCE)
    return quiet(redemption=asking(share_asking), in_kind=in_kind, terms=terms)


def test_whole_bars_go_out_and_the_fraction_stays_queued() -> None:
    """0.35% of a million grams a day: 3,500 asked, 3 bars; then 500 + 0.35% of what is free, 3 bars; ..."""
    days = table(bars(0.0035), flat(3))
    asked_g = delivered_g = 0.0
    for day in (1, 2, 3):
        free_g = TOKENS_G - asked_g
        asked_g += 0.0035 * free_g
        today_g = BAR_G * int((asked_g - delivered_g) / BAR_G)
        delivered_g += today_g
        assert days["kind_requested_g"][day] == pytest.approx(0.0035 * free_g, rel=1e-12)
        assert days["delivered_g"][day] == pytest.approx(today_g, rel=1e-12)
        assert days["kind_queue_g"][day] == pytest.approx(asked_g - delivered_g, rel=1e-9)
        assert days["tokens_g"][day] == pytest.approx(TOKENS_G - delivered_g, rel=1e-12)
    assert days["delivered_g"][3] == pytest.approx(4_000.0, rel=1e-12)


def test_less_than_a_bar_waits_for_ever_and_is_no_late_request() -> None:
    """One request of 900 g, and nobody asks again: no bar can go out, and F3 does not count it."""
    issuer = bars(0.0)
    issuer = issuer.model_copy(update={"redemption": issuer.redemption.model_copy(
        update={"max_rate": 0.0009, "a_event": 1000.0})})  # fmt: skip
    days = table(issuer, flat(12), event={1: 1.0})
    assert days["kind_requested_g"].sum() == pytest.approx(900.0, rel=1e-12)
    assert days["kind_queue_g"][12] == pytest.approx(900.0, rel=1e-12)
    assert days["delivered_g"].sum() == 0.0 and (days["oldest_request_days"] == 0.0).all()


def test_no_more_bars_than_can_be_handled_and_late_ones_age() -> None:
    """50 bars asked on day 1, four a day: the last go out on day 13; the oldest request is late from day 7 on."""
    issuer = bars(0.0, bars_per_day=4)
    issuer = issuer.model_copy(update={"redemption": issuer.redemption.model_copy(
        update={"max_rate": 0.05, "a_event": 1000.0})})  # fmt: skip
    days = table(issuer, flat(14), event={1: 1.0})
    assert days["kind_requested_g"][1] == pytest.approx(50_000.0, rel=1e-9)
    assert days["delivered_g"].loc[1:12].tolist() == pytest.approx([4 * BAR_G] * 12, rel=1e-12)
    assert days["delivered_g"].loc[13:14].tolist() == pytest.approx([2 * BAR_G, 0.0], rel=1e-12)
    assert days["oldest_request_days"][7] == 6.0


def test_no_more_bars_than_there_is_gold() -> None:
    issuer = bars(0.9, bars_per_day=10_000).model_copy(update={"gold_g": 1_500.0})
    days = table(issuer, flat(2))
    assert days["delivered_g"][1] == pytest.approx(BAR_G, rel=1e-12)
    assert days["delivered_g"][2] == 0.0
    assert days["gold_g"][2] == pytest.approx(500.0, rel=1e-9)


def test_delivery_has_no_price_risk_and_costs_a_fee_in_cash() -> None:
    days = table(bars(0.01, fee=0.002), [100.0, 50.0, 150.0])
    assert days["kind_fees_usd"][1] == pytest.approx(0.002 * 10_000 * 50.0, rel=1e-12)
    assert days["equity_usd"][2] == pytest.approx(days["kind_fees_usd"].sum(), rel=1e-9)
    assert days["cash_usd"][2] == pytest.approx(days["kind_fees_usd"].sum(), rel=1e-12)
    assert (days["fees_usd"] == 0.0).all() and (days["sold_g"] == 0.0).all()


def test_shares_of_requests_go_their_own_ways() -> None:
    """A tenth of 20,000 g wants bars, the rest cash; both count as waiting while neither can be met."""
    issuer = bars(0.02, share=0.1, bars_per_day=0)
    days = table(issuer, flat(2))
    assert days["kind_requested_g"][1] == pytest.approx(2_000.0, rel=1e-12)
    assert days["requested_g"][1] == pytest.approx(18_000.0, rel=1e-12)
    assert days["requested_g"][2] + days["kind_requested_g"][2] == pytest.approx(0.02 * 980_000, rel=1e-12)


def test_bars_stay_while_operations_stand_still() -> None:
    days = table(bars(0.01), flat(3), operations_stop={1: 1.0})
    assert days["delivered_g"].tolist()[:2] == [0.0, 0.0]
    assert days["delivered_g"][2] == pytest.approx(19_000.0, rel=1e-12)


def test_nobody_in_kind_is_the_core_model() -> None:
    issuer = Issuer(in_kind=InKind(on=True, share=0.0))
    assert table(issuer, [PRICE, 90.0, 80.0, 85.0]).equals(table(Issuer(), [PRICE, 90.0, 80.0, 85.0]))
