"""Every axis does what it says, applies where it should, and gives the closed forms of MODEL.md sections 6 to 9."""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.artefacts import check_table
from gramlib.params.issuer import (
    Banks,
    Collateral,
    Costs,
    Custodians,
    Hedge,
    Issuer,
    Lease,
    Market,
    PegModel,
    Redemption,
    Terms,
    Treasury,
)
from gramlib.params.stages import AnalyseParams
from gramlib.reverse import reverse_table
from gramlib.reverse.days import ShockDays
from gramlib.reverse.shocks import shocks
from gramlib.simulation import OwnFundsRule, simulate
from gramlib.units import GRAMS_PER_TROY_OUNCE

START_USD_PER_G = 4000 / GRAMS_PER_TROY_OUNCE
FINE = AnalyseParams(reverse_tolerance=1e-5)
NO_COSTS = {
    "costs": Costs(opex_usd_year=0.0, custody_rate_year=0.0),
    "treasury": Treasury(bill_yield=0.0, bill_haircut=0.0),
}
NOBODY_ASKS = Redemption(base_rate=0.0, max_rate=1e-12)
RICH = Issuer(
    custodians=Custodians(on=True), banks=Banks(on=True), lease=Lease(on=True, gold_g=1e5), gold_g=9.9e6,
    hedge=Hedge(on=True, short_g=1e5),
)  # fmt: skip


def breaking(issuer: Issuer, start: float = START_USD_PER_G, params: AnalyseParams = FINE):
    return check_table("reverse", reverse_table(issuer, start, OwnFundsRule(), params, simulate), "test")


def smallest(table, predicate: str, shock: str) -> float:
    rows = table[(table["predicate"] == predicate) & (table["shock"] == shock)]
    assert len(rows), (predicate, shock)
    return float(rows["lower"].min())


def axes_of(issuer: Issuer, params: AnalyseParams = FINE) -> dict:
    return {shock.name: shock for shock in shocks(issuer, 100.0, params)}


def test_what_an_issuer_does_not_have_is_said_and_not_walked():
    """Silence would pass for a shock survived."""
    walked = []

    def spy(issuer, paths, events, **settings):
        walked.append(events)
        return simulate(issuer, paths, events, **settings)

    coarse = AnalyseParams(reverse_step=0.1, reverse_tolerance=0.01)
    table = check_table("reverse", reverse_table(Issuer(), START_USD_PER_G, OwnFundsRule(), coarse, spy), "test")
    silent = table[table["predicate"] == "not_applicable"].set_index("shock")
    assert set(silent.index) == {
        "price_rise_with_lease_default", "price_rise_with_hedge", "custody_loss_1", "bank_freeze", "bank_freeze_with_event",
    }  # fmt: skip
    assert silent["note"].str.len().min() > 10
    assert not silent["found"].any()
    assert not any((events.bank_share > 0).any() or (events.custodian > 0).any() for events in walked)
    rest = table[table["predicate"] != "not_applicable"]
    assert (rest["note"] == "").all()
    assert not {*silent.index} & {*rest["shock"]}


def test_an_issuer_with_everything_has_every_axis():
    axes = axes_of(RICH)
    assert all(not shock.why_not for shock in axes.values())
    assert {"custody_loss_1", "custody_loss_2"} <= set(axes) and "custody_loss_3" not in axes


@pytest.mark.parametrize("days", [5, 20, 60])
def test_a_slow_fall_is_even_and_watched_as_long_afterwards(days):
    shock = axes_of(Issuer())[f"price_fall_{days}d"]
    prices, events = shock.days(np.array([0.0, 0.3]))
    assert prices.shape == (2, 10 + days) and shock.n_days == 9 + days
    ratios = prices[1, 1 : days + 1] / prices[1, :days]
    assert ratios == pytest.approx(ratios[0], rel=1e-12)
    assert prices[1, days:] == pytest.approx(70.0)
    assert (prices[0] == 100.0).all() and not events.event.any()


def test_shocks_of_the_day_fall_on_the_day():
    axes, sizes = axes_of(RICH, AnalyseParams(reverse_horizon_days=3)), np.array([0.0, 0.25])
    assert axes["one_day_run"].days(sizes)[1].redeem_share.tolist() == [[0.0] * 4, [0.0, 0.25, 0.0, 0.0]]
    assert axes["bank_freeze"].days(sizes)[1].bank_share[1].tolist() == [0.0, 0.25, 0.0, 0.0]
    lost = axes["custody_loss_2"].days(sizes)[1]
    assert (
        lost.lost_share[1].tolist() == [0.0, 0.25, 0.0, 0.0] and lost.custodian[1, 1] == 2.0 and not lost.lost_g.any()
    )
    prices, events = axes["price_rise_with_lease_default"].days(sizes)
    assert prices[1, 1:] == pytest.approx(125.0) and events.lease_default[:, 1].tolist() == [1.0, 1.0]
    assert (axes["price_rise_with_hedge"].days(sizes)[1].futures_basis[:, 1:] == RICH.hedge.basis_shock).all()


def test_builder_begins_where_it_is_told_and_stops_after_the_days_it_is_told():
    days = ShockDays(Issuer(), 100.0, 6)
    prices, events = days.days(
        1, fall=0.19, fall_days=2, from_day=2, event_days=2, multiplier=4.0, multiplier_days=3, lag_days=9
    )
    assert prices[0] == pytest.approx([100, 90, 81, 81, 81, 81, 81])
    assert events.event[0].tolist() == [0, 0, 1, 1, 0, 0, 0]
    assert events.liquidity_multiplier[0].tolist() == [1, 4, 4, 4, 1, 1, 1]
    assert events.lag_days[0].tolist() == [0, 9, 9, 9, 0, 0, 0]


def test_a_loss_at_one_custodian_counts_by_its_share():
    """Section 9: E/P grams wipe out equity, wherever they lie; at a custodian of share w that is E/(P G w) of its gold."""
    issuer = Issuer(custodians=Custodians(on=True, shares=[0.7, 0.3]), redemption=NOBODY_ASKS, **NO_COSTS)
    table = breaking(issuer)
    wiped = 39e6 / START_USD_PER_G / issuer.gold_g
    assert wiped == pytest.approx(0.0303259, abs=1e-7)
    for shock, share in (("custody_loss", 1.0), ("custody_loss_1", 0.7), ("custody_loss_2", 0.3)):
        assert smallest(table, "F2", shock) == pytest.approx(wiped / share, abs=2e-5)


def test_four_percent_of_the_grams_remove_equity_and_one_percent_does_not():
    outcomes = simulate(Issuer(), *axes_of(Issuer())["custody_loss"].days(np.array([0.01, 0.04])))
    assert (outcomes.f2_day != -1).tolist() == [False, True]


def pegged_usd(**changes) -> Issuer:
    """Collateral ratio 1.5, nobody redeems, nothing costs anything: the falls of section 8 in closed form."""
    deep = Market(adv_usd=1e13, spread=0.0, impact=0.0)
    settings = {"redemption": NOBODY_ASKS, "market": deep, "cash_usd": 0.0, "bills_usd": 0.0, **NO_COSTS, **changes}
    return Issuer(peg="usd", gold_g=15e6, **settings)


def test_falls_to_liquidation_and_insolvency_of_the_usd_variant():
    """Section 8, CR0 = 1.5: liquidation from 11.1%, insolvency from 33.3%; liquidation begins where the price meets 4/3."""
    issuer = pegged_usd(collateral=Collateral(bonus=0.0))
    table = breaking(issuer)
    assert smallest(table, "F6", "price_fall") == pytest.approx(1 - 1 / 1.5, abs=2e-5)
    assert smallest(table, "F2", "price_fall") == pytest.approx(1 - 1 / 1.5, abs=2e-5)
    falls = np.array([1 - (4 / 3) / 1.5 - 1e-4, 1 - (4 / 3) / 1.5 + 1e-4])
    bonus = pegged_usd(collateral=Collateral(bonus=0.05))
    lost_usd = simulate(bonus, *axes_of(bonus)["price_fall"].days(falls)).liquidation_loss_usd
    assert lost_usd[0] == 0.0 and lost_usd[1] > 0.0


def test_a_bonus_brings_insolvency_nearer():
    """Section 8: 1 - (1 + pen)/(CR0 (1 - s)), with s = 0 here; a bonus of 5/98 is what 5% and a slippage of 2% come to: 28.6%."""
    for bonus, fall in ((0.05, 0.3), (1.05 / 0.98 - 1, 0.286)):
        table = breaking(pegged_usd(collateral=Collateral(bonus=bonus)))
        assert smallest(table, "F6", "price_fall") == pytest.approx(fall, abs=5e-4)


def test_a_one_day_run_breaks_what_cash_and_bills_cannot_pay():
    """Closed form of a portfolio: a queue forms from (C + B(1 - hB)) / (P (1 - fr) N) on."""
    issuer = Issuer(redemption=NOBODY_ASKS, **NO_COSTS)
    share = 39e6 / (START_USD_PER_G * (1 - issuer.terms.fee) * issuer.tokens_g)
    assert smallest(breaking(issuer), "queue", "one_day_run") == pytest.approx(share, abs=2e-5)


def test_event_days_follow_the_survival_days_of_section_9():
    """With no sale settling in time and a fixed share asked for a day, cash lasts ln(1 - l)/ln(1 - rho) days."""
    rho = 0.01
    holders = Redemption(
        base_rate=0.0, max_rate=rho, a0=-30.0, a_event=1000.0, a_discount=0.0, a_queue=0.0, a_shortfall=0.0
    )
    issuer = Issuer(redemption=holders, market=Market(lag_days=60), terms=Terms(fee=0.0), **NO_COSTS)
    last_days = np.log(1 - 39e6 / (START_USD_PER_G * issuer.tokens_g)) / np.log(1 - rho)
    assert last_days == pytest.approx(3.06, abs=0.01)
    assert smallest(breaking(issuer), "queue", "event_days") == np.floor(last_days) + 1


@pytest.mark.parametrize("issuer", [Issuer(), RICH], ids=["core", "extensions"])
def test_infinite_cash_never_fails_liquidity(issuer):
    table = breaking(issuer.model_copy(update={"cash_usd": 1e13}), params=AnalyseParams())
    found = table[table["found"]]
    assert not set(found["predicate"]) & {"queue", "F3", "F7"}


@pytest.mark.parametrize("issuer", [Issuer(), RICH], ids=["core", "extensions"])
def test_doubling_everything_changes_no_size(issuer):
    def doubled(section, *names):
        return section.model_copy(update={name: 2 * getattr(section, name) for name in names})

    twice = doubled(issuer, "tokens_g", "gold_g", "cash_usd", "bills_usd").model_copy(update={
        "costs": doubled(issuer.costs, "opex_usd_year"), "market": doubled(issuer.market, "adv_usd"),
        "peg_model": doubled(issuer.peg_model, "depth_usd"), "lease": doubled(issuer.lease, "gold_g"),
        "hedge": doubled(issuer.hedge, "short_g"),
    })  # fmt: skip
    coarse = AnalyseParams(reverse_step=0.05, reverse_tolerance=1e-3)
    once, again = (breaking(each, params=coarse) for each in (issuer, twice))
    assert once[["predicate", "shock", "interval", "found"]].equals(again[["predicate", "shock", "interval", "found"]])
    assert again["lower"].to_numpy() == pytest.approx(once["lower"].to_numpy(), abs=2e-2 * 1e-3, nan_ok=True)


def test_a_peg_without_depth_fails_at_once():
    """A market of no depth at all: the smallest redemption above the base rate breaks F4, so every axis that asks does."""
    table = breaking(Issuer(peg_model=PegModel(depth_usd=1.0)), params=AnalyseParams(reverse_step=0.05))
    assert smallest(table, "F4", "event_days") <= 2.0
