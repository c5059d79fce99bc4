"""Figures of one path from its days, and closed forms of a run: by hand, and against the engine."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flat_books import PRICE_USD_PER_G, QUIET

from gramlib.errors import ParameterError
from gramlib.metrics import survival_days, survival_days_with_sales
from gramlib.metrics.daily import DAILY_UNITS, daily_figures, liabilities_usd, longest_run, nonprice_loss_usd
from gramlib.params.issuer import Issuer, Market, Redemption
from gramlib.simulation import Events, OwnFundsRule, ledger, simulate


def days(**columns: list[float]) -> dict[str, np.ndarray]:
    base = {"tokens_g": [100.0] * 4, "token_value_usd": [2.0] * 4, "queue_g": [0.0] * 4, "queue_fixed_usd": [0.0] * 4,
            "liquid_1d_usd": [50.0, 20.0, 0.0, 10.0], "liquid_5d_usd": [60.0, 50.0, 40.0, 50.0], "discount": [0.0, 0.02, 0.03, 0.005],
            "equity_usd": [9.0, 3.0, 5.0, 6.0], "own_funds_requirement_usd": [1.0, 1.0, 5.0, 1.0],
            "oldest_request_days": [0.0, 1.0, 2.0, 0.0]}  # fmt: skip
    return {name: np.array(values) for name, values in (base | columns).items()}


def test_figures_by_hand():
    found = daily_figures(days(queue_g=[0.0, 5.0, 1.0, 0.0]))
    assert list(found) == list(DAILY_UNITS)
    assert found["min_own_funds_headroom_usd"] == 0.0
    assert found["min_liquid_1d_share"] == 0.0 and found["min_liquid_5d_share"] == pytest.approx(0.2)
    assert found["days_to_exhaustion"] == 3.0
    assert (found["queue_days"], found["oldest_request_days"]) == (2.0, 2.0)
    assert (found["discount_days"], found["longest_discount_days"]) == (2.0, 2.0)


def test_cash_that_lasts_has_no_day_of_exhaustion():
    assert math.isnan(daily_figures(days(liquid_1d_usd=[5.0, 4.0, 3.0, 2.0]))["days_to_exhaustion"])


def test_an_ended_path_has_no_ladder_at_its_end():
    found = daily_figures(days(tokens_g=[100.0, 50.0, 0.0, 0.0], liquid_1d_usd=[50.0, 20.0, 0.0, 0.0]))
    assert found["min_liquid_1d_share"] == pytest.approx(0.2)
    assert math.isnan(found["days_to_exhaustion"])


def test_a_queue_at_fixed_prices_is_owed_at_those():
    owed = liabilities_usd(days(queue_g=[0.0, 10.0, 0.0, 0.0], queue_fixed_usd=[0.0, 25.0, 0.0, 0.0]))
    assert owed.tolist() == [200.0, 205.0, 200.0, 200.0]


@pytest.mark.parametrize(
    ("held", "longest"), [([], 0), ([0, 0], 0), ([1], 1), ([1, 1, 0, 1], 2), ([0, 1, 0, 1, 1, 1], 3)]
)
def test_longest_run(held, longest):
    assert longest_run(np.array(held, dtype=bool)) == longest


def test_loss_from_days_is_that_of_the_outcomes():
    issuer = Issuer()
    path = np.array([130.0, 128.0, 118.0, 121.0, 119.0, 125.0, 124.0])
    events = Events.calm(6)
    events.event[2:4] = 1.0
    events.lost_g[3] = 50_000.0
    found = simulate(issuer, path, events)
    assert nonprice_loss_usd(ledger(issuer, path, events)) == pytest.approx(found.nonprice_loss_usd[0], rel=1e-9)


def test_headroom_below_nought_is_f1():
    issuer = Issuer()
    path = np.linspace(130.0, 120.0, 9)
    for lost_g in (0.0, 60_000.0, 400_000.0):
        events = Events.calm(8)
        events.lost_g[3] = lost_g
        rule = OwnFundsRule(reserve_share=0.02)
        headroom = daily_figures(ledger(issuer, path, events, rule))["min_own_funds_headroom_usd"]
        assert (headroom < 0.0) == (simulate(issuer, path, events, own_funds=rule).f1_day[0] != -1)


def test_survival_days_of_the_page():
    """MODEL.md section 9: l = 3%, rho = 1%: 3.03; l = 10%, rho = 5%: 2.05."""
    assert survival_days(0.03, 0.01) == pytest.approx(3.03, abs=5e-3)
    assert survival_days(0.10, 0.05) == pytest.approx(2.05, abs=5e-3)
    assert survival_days(1.0, 0.05) == survival_days(0.5, 0.0) == math.inf
    for rate in (-0.01, 1.0, math.nan):
        with pytest.raises(ParameterError, match="redemption rate"):
            survival_days(0.1, rate)


def test_sales_without_capacity_change_nothing_and_enough_of_it_ends_the_run():
    for share, rate in ((0.03, 0.01), (0.10, 0.05), (0.4, 0.02)):
        alone = survival_days(share, rate)
        assert survival_days_with_sales(share, 1.0, rate, 0.0, 2) == math.floor(alone) + 1
    assert survival_days_with_sales(0.1, 1.0, 0.05, 1.0, 2) == math.inf
    later = [survival_days_with_sales(0.1, 1.0, 0.05, capacity, 3) for capacity in (0.0, 0.005, 0.01, 0.02)]
    assert later == sorted(later)


@pytest.mark.parametrize(("liquid", "rate"), [(0.03, 0.01), (0.10, 0.05), (0.25, 0.02)])
def test_survival_days_against_the_engine(liquid, rate):
    """A run at a fixed rate, no fee, no sale that settles in time: cash ends on the first whole day beyond the closed form."""
    owed_usd = QUIET.tokens_g * PRICE_USD_PER_G
    issuer = QUIET.model_copy(update={
        "cash_usd": liquid * owed_usd, "redemption": Redemption(base_rate=rate, max_rate=rate),
        "terms": QUIET.terms.model_copy(update={"fee": 0.0}), "market": Market(lag_days=60),
    })  # fmt: skip
    found = daily_figures(ledger(issuer, np.full(41, PRICE_USD_PER_G)))
    assert found["days_to_exhaustion"] == math.floor(survival_days(liquid, rate)) + 1
