"""Invariants of MODEL.md section 7 as properties over wide ranges of issuers, paths and events."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from issuer_strategies import issuers, share, worlds

from gramlib.params.issuer import Costs, Issuer
from gramlib.simulation import Events, OwnFundsRule, ledger, simulate
from gramlib.simulation.stops import CLOSING_TOKEN_SHARE


def one(world: tuple[np.ndarray, Events]) -> tuple[np.ndarray, Events]:
    """The first path of a world with its own events."""
    paths, events = world
    arrays = (getattr(events, f.name) for f in fields(Events))
    return paths[0], Events(*(array if array.ndim == 1 else array[0] for array in arrays))


def before(days: pd.DataFrame, name: str, opening: float) -> np.ndarray:
    """Column `name` as it stood the day before."""
    return np.concatenate([[opening], days[name].to_numpy()[:-1]])


def running(days: pd.DataFrame, issuer: Issuer) -> np.ndarray:
    """Days on which the books were open."""
    return before(days, "tokens_g", issuer.tokens_g) > CLOSING_TOKEN_SHARE * issuer.tokens_g


@settings(deadline=None, max_examples=50)
@given(issuer=issuers(), world=worlds(1))
def test_stocks_are_never_negative_and_payment_never_exceeds_need(
    issuer: Issuer, world: tuple[np.ndarray, Events]
) -> None:
    path, events = one(world)
    days = ledger(issuer, path, events)
    for name in ("tokens_g", "queue_g", "gold_g", "bills_usd", "receivables_usd", "paid_g", "sold_g", "haircut_usd"):
        assert (days[name] >= 0).all(), name
    assert np.isfinite(days.to_numpy()).all()
    asked_g = before(days, "queue_g", 0.0) + days["requested_g"]
    assert (days["paid_g"] <= asked_g).all()
    if issuer.terms.gate is not None:
        assert (days["paid_g"] <= issuer.terms.gate * before(days, "tokens_g", issuer.tokens_g)).all()


@settings(deadline=None, max_examples=50)
@given(issuer=issuers(), world=worlds(1))
def test_grams_and_dollars_are_conserved(issuer: Issuer, world: tuple[np.ndarray, Events]) -> None:
    path, events = one(world)
    days = ledger(issuer, path, events)
    grams = 1e-12 * issuer.tokens_g
    np.testing.assert_allclose(
        days["gold_g"] + days["sold_g"].cumsum() + days["lost_g"].cumsum(), issuer.gold_g, rtol=1e-11
    )
    np.testing.assert_allclose(days["tokens_g"] + days["paid_g"].cumsum(), issuer.tokens_g, rtol=1e-11)
    np.testing.assert_allclose(
        days["queue_g"], days["requested_g"].cumsum() - days["paid_g"].cumsum(), rtol=1e-9, atol=1e3 * grams
    )
    paid_out_usd = days["paid_g"] * days["price_usd_per_g"] - days["fees_usd"]
    sales_usd = days["sold_g"] * days["execution_usd_per_g"]
    costs_usd = days["opex_usd"] + days["custody_cost_usd"] + days["haircut_usd"]
    money_usd = issuer.cash_usd + issuer.bills_usd + (sales_usd + days["yield_usd"] - paid_out_usd - costs_usd).cumsum()
    size_usd = issuer.tokens_g * path.max() + issuer.cash_usd + issuer.bills_usd
    held_usd = days["cash_usd"] + days["bills_usd"] + days["receivables_usd"]
    np.testing.assert_allclose(held_usd, money_usd, rtol=0, atol=1e-12 * size_usd)


@settings(deadline=None, max_examples=50)
@given(issuer=issuers(), world=worlds(1))
def test_equity_bridge_closes_every_day(issuer: Issuer, world: tuple[np.ndarray, Events]) -> None:
    """E11: the terms must add up to dE within 1e-6 of E; where E is near zero, within 1e-9 of the balance sheet."""
    path, events = one(world)
    days = ledger(issuer, path, events)
    opening_usd = (issuer.gold_g - issuer.tokens_g) * path[0] + issuer.cash_usd + issuer.bills_usd
    change_usd = days["equity_usd"] - before(days, "equity_usd", opening_usd)
    earned = days["fees_usd"] + days["yield_usd"] + days["price_effect_usd"]
    spent = days[["opex_usd", "custody_cost_usd", "slippage_usd", "haircut_usd", "event_loss_usd"]].sum(axis=1)
    size_usd = issuer.tokens_g * path.max() + issuer.cash_usd + issuer.bills_usd
    assert (
        np.abs(change_usd - (earned - spent)) <= np.maximum(1e-6 * days["equity_usd"].abs(), 0) + 1e-12 * size_usd
    ).all()


@settings(deadline=None, max_examples=50)
@given(issuer=issuers(), world=worlds(1))
def test_rates_stay_in_range_and_discount_within_the_band(issuer: Issuer, world: tuple[np.ndarray, Events]) -> None:
    path, events = one(world)
    days = ledger(issuer, path, events)
    open_days = days[running(days, issuer)]
    assert (open_days["redemption_rate"] >= issuer.redemption.base_rate).all()
    assert (open_days["redemption_rate"] <= issuer.redemption.max_rate * (1 + 1e-12)).all()
    assert (open_days["discount"] <= open_days["band"]).all()
    assert (open_days["execution_usd_per_g"] <= open_days["price_usd_per_g"]).all()
    assert (open_days["execution_usd_per_g"] >= 0).all()


@settings(deadline=None, max_examples=40)
@given(issuer=issuers(), price=share(5.0, 500.0), engine=st.sampled_from(["reference", "numpy"]))
def test_no_event_and_a_flat_price_give_exactly_the_base_rate(issuer: Issuer, price: float, engine: str) -> None:
    """As long as the issuer covers its tokens and nobody waits, which on day 1 it does and nobody can."""
    sound = issuer.model_copy(update={"gold_g": issuer.tokens_g * 1.5, "costs": Costs(opex_usd_year=0.0)})
    days = ledger(sound, np.full(11, price), engine=engine)
    calm = (days["coverage"] >= 1) & (before(days, "queue_g", 0.0) == 0) & (before(days, "discount", 0.0) == 0)
    assert (days["redemption_rate"][calm] == sound.redemption.base_rate).all()
    assert calm.iloc[0]


@settings(deadline=None, max_examples=50)
@given(issuer=issuers(), world=worlds(1), more=share(0.0, 50.0))
def test_more_cash_never_lengthens_the_first_queue(
    issuer: Issuer, world: tuple[np.ndarray, Events], more: float
) -> None:
    """Up to the day on which a queue first forms, the richer issuer's is no longer.

    Not so where holders look at coverage (the poorer issuer's may have left earlier, and fewer are left to queue), nor
    after the first queue where gold moves (who is paid later is paid another price): MODEL.md, section 11.
    """
    path, events = one(world)
    issuer = issuer.model_copy(update={"redemption": issuer.redemption.model_copy(update={"a_shortfall": 0.0})})
    richer = issuer.model_copy(update={"cash_usd": issuer.cash_usd + more * issuer.tokens_g})
    poor, rich = ledger(issuer, path, events)["queue_g"], ledger(richer, path, events)["queue_g"]
    dust_g = 1e-9 * issuer.tokens_g
    if (poor > dust_g).any():
        until = int(np.argmax(poor > dust_g)) + 1
        assert (rich[:until] <= poor[:until] + dust_g).all()


@settings(deadline=None, max_examples=40)
@given(issuer=issuers(), world=worlds(1), factor=share(0.1, 10.0))
def test_scaling_the_price_scales_dollars_not_grams(
    issuer: Issuer, world: tuple[np.ndarray, Events], factor: float
) -> None:
    path, events = one(world)
    scaled = ledger(scaled_issuer(issuer, dollars=factor, grams=1.0), path * factor, events)
    days = ledger(issuer, path, events)
    size_usd = (issuer.tokens_g * path.max() + issuer.cash_usd + issuer.bills_usd) * max(factor, 1.0)
    for name in days:
        by = factor if name.endswith("_usd") or name.endswith("usd_per_g") else 1.0
        atol = 1e-9 * (size_usd if name.endswith("_usd") else issuer.tokens_g if name.endswith("_g") else 1.0)
        np.testing.assert_allclose(scaled[name], by * days[name], rtol=1e-9, atol=atol, err_msg=name)


@settings(deadline=None, max_examples=40)
@given(issuer=issuers(), world=worlds(1), parts=st.integers(2, 5))
def test_equal_cohorts_added_give_the_whole(issuer: Issuer, world: tuple[np.ndarray, Events], parts: int) -> None:
    """An issuer a n-th the size, with a n-th of the market, has a n-th of every amount and the same ratios."""
    path, events = one(world)
    small_events = Events(events.event, events.liquidity_multiplier, events.lost_g / parts, events.lost_share)
    small = ledger(scaled_issuer(issuer, dollars=1 / parts, grams=1 / parts), path, small_events)
    days = ledger(issuer, path, events)
    size_usd = issuer.tokens_g * path.max() + issuer.cash_usd + issuer.bills_usd
    for name in days:
        amount = (name.endswith("_usd") or name.endswith("_g")) and not name.endswith("usd_per_g")
        atol = 1e-9 * (size_usd if name.endswith("_usd") else issuer.tokens_g if amount else 1.0)
        np.testing.assert_allclose(
            (parts if amount else 1) * small[name], days[name], rtol=1e-9, atol=atol, err_msg=name
        )


def scaled_issuer(issuer: Issuer, *, dollars: float, grams: float) -> Issuer:
    """`issuer` with every amount of money and of grams multiplied; shares, rates and days stay."""
    return issuer.model_copy(update={
        "tokens_g": issuer.tokens_g * grams,
        "gold_g": issuer.gold_g * grams,
        "cash_usd": issuer.cash_usd * dollars,
        "bills_usd": issuer.bills_usd * dollars,
        "market": issuer.market.model_copy(update={"adv_usd": issuer.market.adv_usd * dollars}),
        "peg_model": issuer.peg_model.model_copy(update={"depth_usd": issuer.peg_model.depth_usd * dollars}),
        "treasury": issuer.treasury.model_copy(update={"cash_floor_usd": issuer.treasury.cash_floor_usd * dollars}),
        "costs": issuer.costs.model_copy(update={"opex_usd_year": issuer.costs.opex_usd_year * dollars}),
    })  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(issuer=issuers(), world=worlds(1), cut=st.integers(0, 29), engine=st.sampled_from(["reference", "numpy"]))
def test_nothing_reads_the_future(issuer: Issuer, world: tuple[np.ndarray, Events], cut: int, engine: str) -> None:
    """Other prices and events after a day leave every figure up to that day as it was, bit for bit."""
    path, events = one(world)
    cut = min(cut, len(path) - 1)
    later = np.arange(len(path)) > cut
    other = Events(np.where(later, 1.0, events.event), np.where(later, 9.0, events.liquidity_multiplier),
                   np.where(later, 1e5, events.lost_g), np.where(later, 0.5, events.lost_share))  # fmt: skip
    days = ledger(issuer, path, events, engine=engine)[:cut]
    changed = ledger(issuer, np.where(later, 0.4 * path, path), other, engine=engine)[:cut]
    pd.testing.assert_frame_equal(days, changed, check_exact=True)


@settings(deadline=None, max_examples=20)
@given(issuer=issuers(), world=worlds(1))
def test_zero_shock_equals_baseline(issuer: Issuer, world: tuple[np.ndarray, Events]) -> None:
    path, _ = one(world)
    shocked = Events(np.zeros(len(path)), np.ones(len(path)), np.zeros(len(path)), np.zeros(len(path)))
    pd.testing.assert_frame_equal(ledger(issuer, path), ledger(issuer, path, shocked), check_exact=True)


def test_own_funds_requirement_is_the_largest_of_three() -> None:
    issuer, path = Issuer(), np.full(4, 128.0)
    rule = OwnFundsRule(reserve_share=0.02, floor_usd=350_000.0, overheads_share=0.25)
    days = ledger(issuer, path, own_funds=rule)
    assets_usd = days["gold_g"] * 128.0 + days["cash_usd"] + days["bills_usd"] + days["receivables_usd"]
    np.testing.assert_allclose(days["own_funds_requirement_usd"], 0.02 * assets_usd, rtol=1e-12)
    floor = replace(rule, floor_usd=1e9)
    assert (ledger(issuer, path, own_funds=floor)["own_funds_requirement_usd"] == 1e9).all()
    overheads = OwnFundsRule(overheads_share=0.25)
    assert (ledger(issuer, path, own_funds=overheads)["own_funds_requirement_usd"] == 0.25 * 3e6).all()
    assert simulate(issuer, path, own_funds=floor).f1_day.tolist() == [1]
