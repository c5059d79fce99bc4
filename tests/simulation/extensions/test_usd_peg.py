"""The USD-pegged variant: a debt in dollars on collateral in grams, liquidated below a ratio."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from by_hand import PRICE, asking, flat, quiet, table

from gramlib.params.issuer import Collateral, Custodians, HoldingFee, Issuer, Market, PegModel, Weekends
from gramlib.simulation import failures
from gramlib.simulation.engine import LEDGER_NAMES

DEBT_G = 1_000_000.0
"""Dollars owed, in grams of the first day's price of 100: 100m USD."""


def pegged(ratio: float, **changes: object) -> Issuer:
    """Collateral of `ratio` times the debt, and nothing that rubs; liquidated below 4/3 back to 4/3 with a 5% bonus."""
    collateral = Collateral(liquidation_ratio=4 / 3, target_ratio=4 / 3, bonus=0.05)
    return quiet(peg="usd", gold_g=ratio * DEBT_G, **({"collateral": collateral} | changes))


def ratio(days: pd.DataFrame) -> pd.Series:
    """K P / D at the end of each day."""
    return days["gold_g"] * days["price_usd_per_g"] / (PRICE * days["tokens_g"])


def test_a_token_stays_worth_the_first_days_price() -> None:
    days = table(pegged(3.0), [100.0, 70.0, 130.0])
    assert (days["token_value_usd"] == 100.0).all()
    assert days["equity_usd"].tolist() == pytest.approx([200e6, 110e6, 290e6], rel=1e-12)
    assert days["price_effect_usd"].tolist() == pytest.approx([0.0, -90e6, 180e6], rel=1e-12)
    assert days["backing"].tolist() == pytest.approx([3.0, 2.1, 3.9], rel=1e-12)
    assert (days["sold_g"] == 0.0).all(), "collateral beyond the debt is no surplus"


def test_liquidation_of_the_closed_form() -> None:
    """Section 9: K P = 130, D = 100 -> delta = 11.764706, and the ratio after is 1.333333."""
    days = table(pegged(1.4), [100.0, 100.0 * 130.0 / 140.0])
    retired_g = DEBT_G - days["tokens_g"][1]
    assert retired_g * PRICE / 1e6 == pytest.approx(11.764706, abs=5e-7)
    assert ratio(days)[1] == pytest.approx(1.333333, abs=5e-7)
    seized_usd = days["liquidated_g"][1] * days["price_usd_per_g"][1]
    assert seized_usd / 1e6 == pytest.approx(11.764706 * 1.05, abs=1e-6)
    assert days["liquidation_loss_usd"][1] / 1e6 == pytest.approx(11.764706 * 0.05, abs=1e-7)
    assert days["equity_usd"][1] / 1e6 == pytest.approx(30.0 - 11.764706 * 0.05, abs=1e-6)


@pytest.mark.parametrize(("target", "bonus"), [(1.4, 0.05), (2.0, 0.3), (4 / 3, 0.0)])
def test_the_ratio_comes_back_to_its_target(target: float, bonus: float) -> None:
    """For any fall from just below the liquidation ratio to just above 1 + bonus."""
    terms = Collateral(liquidation_ratio=4 / 3, target_ratio=target, bonus=bonus)
    for collateral_usd in np.linspace((1 + bonus) * 1.001, 4 / 3 * 0.999, 7):
        days = table(pegged(2.0, collateral=terms), [100.0, 100.0 * collateral_usd / 2.0])
        assert ratio(days)[1] == pytest.approx(target, rel=1e-9), collateral_usd


def test_fall_to_liquidation_and_to_insolvency() -> None:
    """CR0 = 1.5: liquidated beyond a fall of 1 - (4/3)/1.5 = 11.1%, insolvent beyond 1 - 1/1.5 = 33.3%."""
    assert pytest.approx(0.111, abs=5e-4) == 1 - (4 / 3) / 1.5
    assert pytest.approx(0.333, abs=5e-4) == 1 - 1 / 1.5
    for fall, seized in ((0.1110, False), (0.1112, True)):
        assert (table(pegged(1.5), [100.0, 100.0 * (1 - fall)])["liquidated_g"][1] > 0.0) == seized
    never = Collateral(liquidation_ratio=1.0, target_ratio=1.4)
    for fall, insolvent in ((0.3333, False), (0.3334, True)):
        days = table(pegged(1.5, collateral=never), [100.0, 100.0 * (1 - fall)])
        assert (days["equity_usd"][1] < 0.0) == insolvent
        assert (days["backing"][1] < 1.0) == insolvent


def test_fall_to_insolvency_of_a_forced_sale() -> None:
    """CR0 = 1.5, s = 2%, pen = 5%: beyond 1 - 1.05/(1.5 x 0.98) = 28.6% a liquidator's claim is more than gold brings."""
    limit = 1 - 1.05 / (1.5 * 0.98)
    assert limit == pytest.approx(0.286, abs=5e-4)
    # Liquidators who get 2% less than the price see it 2% lower: up to the limit they can restore the ratio, beyond it they
    # take the last gram and leave debt with nothing behind it.
    for fall, covered in ((limit - 1e-5, True), (limit + 1e-5, False)):
        days = table(pegged(1.5), [100.0, 100.0 * (1 - fall) * 0.98])
        assert (days["gold_g"][1] > 0.0) == covered
        assert (days["equity_usd"][1] >= 0.0) == covered


def test_shortfall_is_what_selling_everything_would_not_cover() -> None:
    """D - K P (1 - spread/2 - Y sig sqrt(K P / ADV)): 150m at half price, 4% lost on the sale: 100 - 72 = 28m."""
    market = Market(spread=0.02, impact=1.0, daily_vol=0.03, adv_usd=75e6)
    never = Collateral(liquidation_ratio=1.0, target_ratio=1.4)
    frozen = Custodians(on=True, shares=[1.0], frozen_haircut=0.0)
    issuer = pegged(1.5, market=market, collateral=never, custodians=frozen)
    days = table(issuer, [100.0, 50.0], frozen_days={1: 1.0})
    assert days["liquidated_g"][1] == 0.0
    assert days["shortfall_usd"][1] == pytest.approx(100e6 - 75e6 * (1 - 0.01 - 0.03), rel=1e-12)
    assert days["shortfall_usd"][0] == 0.0


def test_below_one_plus_the_bonus_collateral_is_seized_to_the_last_gram() -> None:
    """At 90 of gold for 100 of debt liquidators retire 90/1.05; what is left of the debt has nothing behind it."""
    days = table(pegged(1.5), [100.0, 60.0, 60.0])
    assert days["gold_g"][1] == 0.0
    assert days["tokens_g"][1] * PRICE == pytest.approx(100e6 - 90e6 / 1.05, rel=1e-9)
    assert days["shortfall_usd"][1] == pytest.approx(100e6 - 90e6 / 1.05, rel=1e-9)
    assert days["liquidated_g"][2] == 0.0 and np.isfinite(days.drop(columns="books_open").to_numpy(dtype=float)).all()


def test_at_exactly_one_plus_the_bonus_everything_is_liquidated_and_nothing_divides_by_nought() -> None:
    """K P = 1.05 D: both collateral and debt are used up; the books close on the millionth that stays."""
    days = table(pegged(1.4, collateral=Collateral()), [100.0, 75.0, 75.0, 75.0])
    assert days["tokens_g"][1] == pytest.approx(1.0, rel=1e-3)
    assert np.isfinite(days.drop(columns="books_open").to_numpy(dtype=float)).all()
    assert not days["books_open"][3]


def test_debt_in_the_queue_is_not_liquidated() -> None:
    """90% waits for cash; of the debt only the other tenth can be retired."""
    no_market = Market(capacity_share=1e-12)
    issuer = pegged(1.5, redemption=asking(0.9), market=no_market)
    days = table(issuer, [100.0, 100.0, 75.0])
    assert days["queue_g"][1] == pytest.approx(0.9 * DEBT_G, rel=1e-9)
    retired_g = days["liquidated_g"][2] * 75.0 / 1.05 / PRICE
    assert retired_g == pytest.approx(0.1 * DEBT_G, rel=1e-4)


def test_only_collateral_that_can_move_is_seized() -> None:
    vaults = Custodians(on=True, shares=[0.95, 0.05], frozen_haircut=0.0)
    days = table(pegged(1.4, custodians=vaults), [100.0, 90.0], frozen_days={1: 3.0}, custodian={1: 1.0})
    assert days["liquidated_g"][1] == pytest.approx(0.05 * 1.4 * DEBT_G, rel=1e-12)
    assert days["frozen_g"][1] == days["gold_g"][1]


def test_redemptions_are_paid_in_dollars_whatever_gold_does() -> None:
    """1% of 100m a day is 1m at 50 USD/g as at 100; gold for it is sold at today's price."""
    issuer = pegged(5.0, redemption=asking(0.01), market=Market(lag_days=1, spread=0.0, impact=0.0))
    days = table(issuer, [100.0, 50.0, 50.0])
    assert days["queue_g"][1] == pytest.approx(10_000.0, rel=1e-12)
    assert days["sold_g"][1] == pytest.approx(1e6 / 50.0, rel=1e-12)
    assert days["paid_g"][2] == pytest.approx(10_000.0, rel=1e-12)


def test_an_overdraft_is_refilled_from_collateral() -> None:
    """100,000 USD of loss against an empty account: 1,000 g are sold, once, however long they take to settle."""
    slow = Market(lag_days=3, spread=0.0, impact=0.0)
    days = table(pegged(3.0, market=slow), flat(5), cyber_loss_usd={1: 1e5})
    assert days["cash_usd"].tolist() == pytest.approx([0.0, -1e5, -1e5, -1e5, 0.0, 0.0], abs=1e-6)
    assert days["sold_g"].tolist() == pytest.approx([0.0, 1_000.0, 0.0, 0.0, 0.0, 0.0], abs=1e-9)


def test_cash_that_redemptions_took_is_brought_back_from_collateral() -> None:
    """1% of 100m is paid from 5m of cash each day; what was paid is sold in gold that day and settles the next."""
    issuer = pegged(3.0, redemption=asking(0.01), cash_usd=5e6, market=Market(lag_days=1, spread=0.0, impact=0.0))
    days = table(issuer, flat(4))
    assert days["paid_g"][1] == pytest.approx(10_000.0, rel=1e-12)
    assert days["sold_g"][1] * PRICE == pytest.approx(1e6, rel=1e-12)
    assert (days["cash_usd"] + days["receivables_usd"]).tolist() == pytest.approx([5e6] * 5, rel=1e-9)
    assert (days["queue_g"] == 0.0).all()


def test_a_gap_over_a_weekend_skips_the_liquidation_zone() -> None:
    """A fall of 40% at once leaves the issuer under water; the same fall in steps is liquidated on the way."""
    issuer = pegged(1.5, weekends=Weekends(on=True, first_monday=1))
    at_once = table(issuer, [100.0, 60.0])
    steps = table(issuer, [100.0, *[100.0 * 0.6 ** (k / 8) for k in range(1, 9)]])
    assert at_once["equity_usd"].iloc[-1] < 0.0 < steps["equity_usd"].iloc[-1]


def test_holding_fee_is_in_dollars_of_the_debt() -> None:
    issuer = pegged(3.0, holding_fee=HoldingFee(on=True, rate_year=0.0252))
    days = table(issuer, [100.0, 200.0])
    assert days["holding_fee_usd"][1] == pytest.approx(0.0001 * 100e6, rel=1e-12)
    assert days["tokens_g"][1] == pytest.approx(0.9999 * DEBT_G, rel=1e-12)


def test_f6_and_not_f5_is_judged() -> None:
    never = Collateral(liquidation_ratio=1.0, target_ratio=1.4)
    issuer = pegged(1.5, collateral=never, peg_model=PegModel())
    prices = [100.0, *[60.0] * 8]
    days = table(issuer, prices).reset_index()
    ledger = days.loc[days["day"] > 0, ["day", *LEDGER_NAMES]].reset_index(drop=True)
    found = failures(ledger, issuer).set_index("predicate")
    assert found["first_day"]["F6"] == 1 and found["first_day"]["F5"] == -1
    assert found["cause"]["F6"] == "price"
