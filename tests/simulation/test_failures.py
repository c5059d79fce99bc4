"""Failure predicates and their causes, each on a path made to fail in that way and no other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import PREDICATES
from gramlib.params.issuer import (
    Banks,
    Costs,
    Custodians,
    Hedge,
    Holders,
    InKind,
    Issuer,
    Lease,
    Market,
    PegModel,
    Redemption,
    Terms,
    Treasury,
    Weekends,
)
from gramlib.simulation import Events, OwnFundsRule, failures, ledger

PRICE = 128.0


def spike(n_days: int, day: int, level: float) -> np.ndarray:
    """`level` on `day`, zero on the others."""
    return np.where(np.arange(n_days + 1) == day, level, 0.0)


def judged(issuer: Issuer, path: np.ndarray, events: Events | None = None, rule: OwnFundsRule | None = None) -> dict:
    """{predicate: (first day, cause)} of the failures that happened."""
    table = failures(ledger(issuer, path, events, rule), issuer)
    assert table["predicate"].tolist() == list(PREDICATES)
    failed = table[table["first_day"] != -1]
    return {row.predicate: (row.first_day, row.cause) for row in failed.itertuples()}


def test_a_calm_year_fails_nothing() -> None:
    assert judged(Issuer(), np.full(253, PRICE)) == {}


def test_a_custody_loss_breaks_solvency_and_backing_and_is_named() -> None:
    events = Events(np.zeros(11), np.ones(11), spike(10, 3, 0.05 * 10e6))
    found = judged(Issuer(), np.full(11, PRICE), events, OwnFundsRule(reserve_share=0.02))
    assert found["F1"] == (3, "custody loss")
    assert found["F2"] == (3, "custody loss")
    # Backing is short from day 3; more than lag + 1 = 3 days running means day 6, the cause lies on day 3.
    assert found["F5"] == (6, "custody loss")


def test_f5_waits_for_more_than_lag_plus_one_days() -> None:
    for lag in (1, 2, 5):
        issuer = Issuer(market=Market(lag_days=lag))
        events = Events(np.zeros(13), np.ones(13), spike(12, 2, 0.2 * 10e6))
        assert judged(issuer, np.full(13, PRICE), events)["F5"] == (2 + lag + 1, "custody loss")


def test_a_run_breaks_liquidity_and_peg_while_equity_holds() -> None:
    """The page's first finding: confidence plus market liquidity, causes traced to the confidence event."""
    event = np.where((np.arange(21) >= 2) & (np.arange(21) <= 6), 2.0, 0.0)
    found = judged(Issuer(), np.full(21, PRICE), Events(event, np.full(21, 6.0), np.zeros(21)))
    assert found["F7"] == (2, "redemptions: confidence event")
    assert found["F4"][1] == "secondary sales: confidence event"
    assert found["F3"][0] > 6
    assert "F2" not in found


def test_f3_counts_business_days_of_the_oldest_request_first_in_first_out() -> None:
    """A gate of half the daily requests: the queue grows by half a day's requests a day, so on day t it is
    paid up to request t/2; age 6 is first reached on day 11 or 12, by exact count in a loop written for this test."""
    rate, gate, n_days = 0.002, 0.001, 40
    issuer = Issuer(terms=Terms(gate=gate), redemption=Redemption(base_rate=rate, max_rate=rate))
    days = ledger(issuer, np.full(n_days + 1, PRICE))
    waiting: list[list[float]] = []
    ages = []
    for day in range(1, n_days + 1):
        waiting.append([day, days["requested_g"][day - 1]])
        paid_g = days["paid_g"][day - 1]
        while paid_g > 1e-9:
            taken_g = min(paid_g, waiting[0][1])
            waiting[0][1] -= taken_g
            paid_g -= taken_g
            if waiting[0][1] <= 1e-6:
                waiting.pop(0)
        ages.append(day - waiting[0][0] if waiting else 0)
    assert days["oldest_request_days"].tolist() == ages
    assert max(ages) > 6
    assert judged(issuer, np.full(n_days + 1, PRICE))["F3"] == (ages.index(6) + 1, "redemptions: base rate")


def test_f4_needs_three_days_above_one_percent_or_one_above_five() -> None:
    issuer = Issuer()
    calm = ledger(issuer, np.full(11, PRICE))

    def first(discounts: list[float]) -> int:
        table = failures(calm.assign(discount=discounts), issuer)
        return int(table.set_index("predicate")["first_day"]["F4"])

    zeros = [0.0] * 10
    assert first([0, 0.011, 0.011, 0, 0.011, 0.011, 0.011, 0, 0, 0]) == 7
    assert first([0, 0.011, 0.011, 0, 0.011, 0.011, 0.01, 0.02, 0, 0]) == -1
    assert first([*zeros[:4], 0.0501, *zeros[:5]]) == 5
    assert first([*zeros[:4], 0.05, *zeros[:5]]) == -1


def test_opening_position_is_named_when_it_was_short_before_anything_happened() -> None:
    poor = Issuer(gold_g=9e6, cash_usd=1e6, bills_usd=0.0)
    found = judged(poor, np.full(8, PRICE), rule=OwnFundsRule(floor_usd=1e6))
    assert found["F1"] == (1, "opening position")
    assert found["F2"] == (1, "opening position")
    assert found["F5"] == (4, "opening position")


def test_slow_loss_of_own_funds_is_put_down_to_costs() -> None:
    issuer = Issuer(cash_usd=0.02e6, bills_usd=0.0, redemption=Redemption(base_rate=0.0, max_rate=0.1))
    found = judged(issuer, np.full(8, PRICE))
    assert found["F2"] == (2, "operating cost")


def test_price_is_the_cause_where_gold_is_short_and_the_price_rises() -> None:
    """Findings, section 1: a rise is the dangerous direction for a reserve that is partly dollars."""
    issuer = Issuer(gold_g=9.8e6, redemption=Redemption(base_rate=0.0, max_rate=0.1, a_shortfall=0.0))
    found = judged(issuer, PRICE * np.array([1.0, 1.0, 2.0]))
    assert found["F2"] == (2, "price")


def test_f7_with_a_cash_floor_is_judged_on_what_may_be_spent() -> None:
    issuer = Issuer(cash_usd=5e6, bills_usd=0.0, treasury=Treasury(cash_floor_usd=5e6))
    days = ledger(issuer, np.full(3, PRICE))
    assert days["queue_g"][0] > 0 and days["liquid_1d_usd"][0] > 0
    assert judged(issuer, np.full(3, PRICE))["F7"] == (1, "redemptions: base rate")


def test_a_dollar_fall_is_named_as_the_driver_of_requests() -> None:
    found = judged(Issuer(cash_usd=1e6, bills_usd=0.0), PRICE * np.array([1.0, 0.85, 0.85]))
    assert found["F7"] == (1, "redemptions: fall of gold")


@pytest.mark.parametrize("predicate", PREDICATES)
def test_table_fits_the_catalogue(predicate: str) -> None:
    table = failures(ledger(Issuer(), np.full(3, PRICE)), Issuer())
    assert table["first_day"].dtype == np.int32
    assert isinstance(table["cause"].dtype, pd.StringDtype)
    assert predicate in table["predicate"].tolist()


def happening(n_days: int, **days: tuple[int, float]) -> Events:
    """Events of the extensions, each on one day: name=(day, value)."""
    return Events(np.zeros(n_days + 1), np.ones(n_days + 1), np.zeros(n_days + 1),
                  **{name: spike(n_days, *when) for name, when in days.items()})  # fmt: skip


@pytest.mark.parametrize(
    ("extension", "events", "predicate", "cause"),
    [
        ({"banks": Banks(on=True, shares=[1.0], recovery=0.0), "bills_usd": 0.0}, {"bank_failed": (3, 1.0)}, "F7", "bank failure: cash frozen"),
        ({"banks": Banks(on=True, shares=[1.0], recovery=0.5), "bills_usd": 0.0}, {"bank_failed": (3, 1.0)}, "F1", "bank failure"),
        ({}, {"cyber_loss_usd": (3, 5e7)}, "F2", "cyber loss"),
        ({}, {"cyber_loss_usd": (3, 5e7)}, "F7", "cyber loss"),
        ({"custodians": Custodians(on=True)}, {"frozen_days": (3, 2.0), "custodian": (3, 1.0)}, "F2", "custody freeze"),
        ({"gold_g": 9e6, "lease": Lease(on=True, gold_g=1e6)}, {"lease_default": (3, 1.0)}, "F2", "lessee default"),
        ({"gold_g": 9e6, "lease": Lease(on=True, gold_g=1e6, recovery=0.0)}, {"lease_default": (3, 1.0)}, "F5", "lessee default"),
        ({"hedge": Hedge(on=True, short_g=10e6)}, {"futures_basis": (3, 0.044)}, "F2", "futures hedge"),
        ({"hedge": Hedge(on=True, short_g=10e6)}, {"futures_basis": (3, 0.044)}, "F7", "futures margin"),
        ({"treasury": Treasury(credit_line_usd=1e12, credit_rate_year=1.0), "cash_usd": 2e5, "bills_usd": 0.0,
          "market": Market(capacity_share=1e-9)}, {}, "F2", "credit interest"),
    ],
)  # fmt: skip
def test_causes_of_the_extensions(extension: dict, events: dict, predicate: str, cause: str) -> None:
    calm = Costs(opex_usd_year=0.0, custody_rate_year=0.0)
    issuer = Issuer(**({"costs": calm} | extension))
    rule = OwnFundsRule(floor_usd=1e7) if predicate == "F1" else None
    assert judged(issuer, np.full(13, PRICE), happening(12, **events), rule)[predicate][1] == cause


def test_large_holders_are_named_where_they_asked_for_more_than_half() -> None:
    issuer = Issuer(cash_usd=1e6, bills_usd=0.0, holders=Holders(on=True, top_share=0.9, load=1.0))
    assert judged(issuer, np.full(4, PRICE))["F7"] == (1, "redemptions: large holders")


def test_a_weekend_alone_breaks_the_peg() -> None:
    """F4's five percent once, over a weekend whose discount the next day's band takes back."""
    issuer = Issuer(weekends=Weekends(on=True, first_monday=3), peg_model=PegModel(depth_usd=1e6))
    path = PRICE * np.array([1.0, 1.0, 1.0, 0.82, 0.82, 0.82])
    days = ledger(issuer, path)
    assert days["weekend_discount"][2] > 0.05 > days["discount"].max()
    assert judged(issuer, path)["F4"] == (3, "weekend sales")


def test_a_late_delivery_in_bars_is_late() -> None:
    issuer = Issuer(in_kind=InKind(on=True, share=1.0, bars_per_day=0), redemption=Redemption(base_rate=0.01))
    found = judged(issuer, np.full(12, PRICE))
    assert found["F3"][0] == 7


def test_f6_is_the_dollar_tokens_and_f5_the_gold_tokens() -> None:
    """Gold worth less than what is owed from day 2: the price for one, nothing at all for the other."""
    path = PRICE * np.array([1.0, 1.0, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6])
    usd = judged(Issuer(peg="usd", gold_g=12e6), path)
    assert usd["F6"][0] == 2 and usd["F6"][1] == "price" and "F5" not in usd
    assert "F6" not in judged(Issuer(gold_g=9e6), path) and "F5" in judged(Issuer(gold_g=9e6), path)
