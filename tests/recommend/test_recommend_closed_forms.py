"""Section 9 of the model page: its own figures, and the engine beside every formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.errors import ParameterError
from gramlib.params.issuer import Costs, HoldingFee, Issuer, Market, PegModel, Redemption, Terms, Treasury
from gramlib.recommend import closed_forms, stresses
from gramlib.simulation import Events, ledger
from gramlib.simulation.market_access import execution_share
from gramlib.units import GRAMS_PER_TROY_OUNCE

GOLD = 4000 / GRAMS_PER_TROY_OUNCE
W = 10e6 * GOLD
FREE_MARKET = Market(spread=0.0, impact=0.0)
NO_MARKET = Market(capacity_share=1e-12, spread=0.0, impact=0.0)


def steady(rate: float, market: Market, **changes: object) -> Issuer:
    """Holders who ask for the same share every day, whatever happens; nothing costs anything."""
    redemption = Redemption(base_rate=rate, max_rate=max(rate, 1e-12))
    return Issuer(redemption=redemption, market=market, terms=Terms(fee=0.0), costs=Costs(opex_usd_year=0.0, custody_rate_year=0.0),
                  treasury=Treasury(bill_haircut=0.0, bill_yield=0.0), **changes)  # fmt: skip


def first_queue_day(issuer: Issuer, n_days: int) -> int:
    days = ledger(issuer, np.full(n_days + 1, GOLD), Events.calm(n_days))
    return int(days.loc[days["queue_g"] > 0.0, "day"].iloc[0])


def test_figures_of_the_model_page() -> None:
    assert closed_forms.break_even_usd_per_g(3e6, 0.0025, 10e6) * GRAMS_PER_TROY_OUNCE == pytest.approx(3732, abs=0.5)
    assert closed_forms.survival_days(0.03, 0.01) == pytest.approx(3.03, abs=0.005)
    assert closed_forms.survival_days(0.10, 0.05) == pytest.approx(2.05, abs=0.005)
    assert closed_forms.wiping_loss_g(39e6, GOLD) == pytest.approx(303_259, abs=1)
    assert closed_forms.liquidation(130.0, 100.0, 4 / 3, 0.05) == (
        pytest.approx(11.764706, abs=1e-6),
        pytest.approx(4 / 3),
    )
    assert closed_forms.collateral_ratio(0.2, 0.0, 0.0) == pytest.approx(1.25)


@pytest.mark.parametrize(("rate", "liquid_share"), [(0.01, 0.03), (0.05, 0.10), (0.02, 0.11)])
def test_a_run_of_fixed_share_outlasts_its_survival_days_and_no_more(rate: float, liquid_share: float) -> None:
    issuer = steady(rate, NO_MARKET, cash_usd=liquid_share * W, bills_usd=0.0)
    days = closed_forms.survival_days(liquid_share, rate)
    assert first_queue_day(issuer, 20) == math.floor(days) + 1
    assert closed_forms.survival_days_with_sales(W, liquid_share * W, rate, 0.0, 2) == math.floor(days) + 1


def test_sales_prolong_it_by_what_the_formula_says() -> None:
    # 4% a day asked for, 2% a day sold from the third day on; every gram redeemed is sold as fast as that.
    market = FREE_MARKET.model_copy(update={"capacity_share": 0.1, "adv_usd": 0.2 * W, "lag_days": 2})
    issuer = steady(0.04, market, cash_usd=0.10 * W, bills_usd=0.0)
    expected = closed_forms.survival_days_with_sales(W, 0.10 * W, 0.04, 0.02 * W, 2)
    # A sale of day s pays from day s + lag on, so day T has those of T - lag days.
    assert first_queue_day(issuer, 20) == expected == 4.0


def test_nothing_breaks_a_buffer_of_all_that_is_owed() -> None:
    assert closed_forms.survival_days(1.0, 0.05) == math.inf
    assert closed_forms.survival_days_with_sales(W, W, 0.05, 0.0, 2) == math.inf


def test_the_fee_business_breaks_even_at_its_price() -> None:
    # Nobody redeems, nothing else is earned or paid; the tokens shrink by an eighth of a per cent on average.
    issuer = steady(0.0, FREE_MARKET, holding_fee=HoldingFee(on=True)).model_copy(
        update={"costs": Costs(custody_rate_year=0.0)}
    )
    gold = closed_forms.break_even_usd_per_g(issuer.costs.opex_usd_year, 0.0025, issuer.tokens_g)
    for factor, sign in ((0.98, -1), (1.02, 1)):
        equity = ledger(issuer, np.full(253, factor * gold), Events.calm(252))["equity_usd"]
        assert np.sign(equity.iloc[-1] - equity.iloc[0]) == sign
    assert closed_forms.break_even_usd_per_g(3e6, 0.0, 10e6) == math.inf


def test_the_wiping_loss_wipes_out_and_a_thousandth_less_does_not() -> None:
    issuer = steady(0.0, FREE_MARKET)
    grams = closed_forms.wiping_loss_g(issuer.cash_usd + issuer.bills_usd, GOLD)
    for factor, broken in ((0.999, False), (1.001, True)):
        lost = np.array([0.0, factor * grams])
        equity = ledger(issuer, np.full(2, GOLD), Events(np.zeros(2), np.ones(2), lost))["equity_usd"].iloc[0]
        assert (equity < 0.0) == broken


@given(target=st.floats(1.2, 3.0), bonus=st.floats(0.0, 0.15), share=st.floats(0.5, 0.99))
@settings(deadline=None)
def test_a_liquidation_restores_its_target_or_retires_all(target: float, bonus: float, share: float) -> None:
    retired, after = closed_forms.liquidation(share * target * 100.0, 100.0, target, bonus)
    assert 0.0 <= retired <= 100.0
    assert retired == 100.0 or after == pytest.approx(target)


@given(coverage=st.floats(1.0, 1.5), slippage=st.floats(0.0, 0.05))
@settings(deadline=None)
def test_with_full_cover_a_fee_of_the_slippage_leaves_no_reason_to_run(coverage: float, slippage: float) -> None:
    """Section 9: the analytical case for a swing fee."""
    fee = slippage + 1e-9
    assert closed_forms.run_point(coverage * W, W, fee, lambda f: f * W * slippage, 200) is None


def test_without_cover_a_run_pays_from_the_first_and_with_thin_cover_later() -> None:
    def nothing(redeemed: float) -> float:
        return 0.0

    assert closed_forms.run_point(0.99 * W, W, 0.0, nothing) == 0.0
    # Own funds of 1% against slippage of 2%: used up when half are gone.
    assert closed_forms.run_point(1.01 * W, W, 0.0, lambda f: 0.02 * f * W) == pytest.approx(0.501)


def test_selling_cost_is_the_engines_at_capacity() -> None:
    issuer = Issuer()
    cost = closed_forms.selling_cost_usd(issuer, GOLD, 1.0)(0.5)
    assert cost == pytest.approx(0.5 * W * (1.0 - execution_share(issuer, 50e6, 1.0)))


def test_rate_on_the_first_day_of_an_event_is_the_engines() -> None:
    issuer = Issuer()
    run = stresses.run(GOLD)
    days = ledger(issuer, run.prices_usd_per_g, run.events)
    assert closed_forms.run_rate(issuer) == pytest.approx(days["redemption_rate"].iloc[0], rel=1e-9)
    assert closed_forms.run_rate(issuer, 0.0) == issuer.redemption.base_rate


def test_the_floor_of_the_buffer_pays_until_the_first_sale_settles() -> None:
    # Sales settle on the third day; on that floor the run is paid on days 1 and 2, a dollar less and it is not.
    floor = closed_forms.buffer_floor_usd(W, 0.03, 2)
    market = FREE_MARKET.model_copy(update={"adv_usd": 1e12})
    enough = steady(0.03, market, cash_usd=floor, bills_usd=0.0)
    queue = ledger(enough, np.full(11, GOLD), Events.calm(10))["queue_g"]
    assert queue.max() == pytest.approx(0.0, abs=1e-3)
    short = steady(0.03, market, cash_usd=floor - 1e4, bills_usd=0.0)
    assert first_queue_day(short, 10) == 2


def test_marginal_slippage_is_the_derivative_of_its_cost() -> None:
    issuer, step = Issuer(), 1e3

    def cost(sale_usd: float) -> float:
        return sale_usd * (1.0 - execution_share(issuer, sale_usd, 4.0))

    slope = (cost(10e6 + step) - cost(10e6 - step)) / (2 * step)
    assert closed_forms.marginal_slippage(issuer, 10e6, 4.0) == pytest.approx(slope, rel=1e-6)


def test_the_band_is_that_of_a_calm_day() -> None:
    issuer = Issuer(peg_model=PegModel(risk_price=1.3))
    band = ledger(issuer, np.full(2, GOLD), Events.calm(1))["band"].iloc[0]
    assert closed_forms.band(issuer, issuer.market.lag_days) == pytest.approx(band)


def test_collateral_of_the_stated_ratio_covers_debt_bonus_and_selling() -> None:
    ratio = closed_forms.collateral_ratio(0.3, 0.05, 0.02)
    assert ratio * (1 - 0.3) * (1 - 0.02) == pytest.approx(1.05)
    assert closed_forms.collateral_ratio(1.0, 0.05, 0.02) == math.inf


def test_idle_share() -> None:
    assert closed_forms.largest_idle_share(2e6, 1e6, 10e6) == pytest.approx(0.7)
    assert closed_forms.largest_idle_share(9e6, 2e6, 10e6) == 0.0


def test_hedge_finds_the_grams_that_own_funds_move_with() -> None:
    rng = np.random.default_rng(1)
    futures = rng.normal(size=20_000)
    assert closed_forms.hedge_g(5.0 + 3.0 * futures + rng.normal(size=20_000), futures) == pytest.approx(3.0, abs=0.03)
    assert closed_forms.hedge_g(futures, np.ones(20_000)) == 0.0


def test_locked_out_against_sizes_drawn() -> None:
    alpha, mean = 1.5, 2000.0
    sizes = mean * (alpha - 1) / alpha * (1 - (np.arange(200_000) + 0.5) / 200_000) ** (-1 / alpha)
    assert closed_forms.locked_out_share(3000.0, mean, alpha) == pytest.approx((sizes < 3000.0).mean(), abs=1e-4)
    assert closed_forms.locked_out_share(1.0, mean, alpha) == 0.0
    with pytest.raises(ParameterError, match="tail index 1"):
        closed_forms.locked_out_share(1.0, mean, 1.0)


def test_a_paying_size_pays() -> None:
    assert closed_forms.paying_size_g(150.0, 0.0025, GOLD) * GOLD * 0.0025 == pytest.approx(150.0)
    assert closed_forms.paying_size_g(150.0, 0.0, GOLD) == math.inf


def test_a_wind_down_takes_the_weeks_and_leaves_the_own_funds_of_the_formula() -> None:
    issuer = Issuer(costs=Costs(custody_rate_year=0.0), treasury=Treasury(bill_yield=0.0))
    expected = closed_forms.wind_down_days(issuer, GOLD, 4.0)
    stress = stresses.redemption_of_all(GOLD, 2 * expected, 4.0)
    days = ledger(issuer, stress.prices_usd_per_g, stress.events)
    left = days.loc[days["tokens_g"] < 0.01 * issuer.tokens_g].iloc[0]
    # The last hundredth never asks, and cash and bills pay three more without a sale: four days of a hundred.
    assert left["day"] == pytest.approx(expected, rel=0.05)
    opening = issuer.cash_usd + issuer.bills_usd
    assert left["equity_usd"] == pytest.approx(
        closed_forms.wind_down_equity_usd(issuer, opening, GOLD, 4.0), abs=0.05 * opening
    )
