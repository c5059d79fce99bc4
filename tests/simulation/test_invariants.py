"""Invariants of MODEL.md section 7 as properties over wide ranges of issuers, paths and events, extensions on and off."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from issuer_strategies import cases, issuers, share

from gramlib.artefacts import LEDGER_COLUMNS, LEDGER_EXTENSIONS, LEDGER_EXTRA
from gramlib.params.issuer import Costs, Issuer
from gramlib.simulation import Events, OwnFundsRule, ledger, simulate
from gramlib.simulation.day import Day
from gramlib.simulation.drivers import PathDrivers
from gramlib.simulation.own_funds import OwnFundsRule as Rule
from gramlib.simulation.reference import walk

Case = tuple[Issuer, np.ndarray, Events]


def every_day(case: Case, draws: int | None = None) -> pd.DataFrame:
    """Every field of the reference's days, day 0 included, and `bridge_usd`; large holders drawn by seed `draws`."""
    issuer, path, events = case
    given_events = {spec.name: getattr(events, spec.name).tolist() for spec in fields(Events)}
    drivers = None if draws is None else PathDrivers(issuer, (), seed=draws, path=0)
    days = walk(issuer, path.tolist(), given_events, Rule(), drivers)
    names = [spec.name for spec in fields(Day)]
    rows = [[*(getattr(day, name) for name in names), day.bridge_usd()] for day in days]
    return pd.DataFrame(rows, columns=[*names, "bridge_usd"]).set_index("day")


def scale_usd(case: Case) -> float:
    """Size of the balance sheet: what rounding of money is relative to."""
    issuer, path, events = case
    grams = issuer.tokens_g + issuer.gold_g + issuer.transit.gold_g + issuer.lease.gold_g + issuer.hedge.short_g
    money_usd = issuer.cash_usd + issuer.bills_usd + issuer.treasury.credit_line_usd + events.cyber_loss_usd.sum()
    return float(grams * path.max() + money_usd)


def scale_g(case: Case) -> float:
    """Grams of the balance sheet: what rounding of grams is relative to."""
    issuer = case[0]
    return issuer.tokens_g + issuer.gold_g + issuer.transit.gold_g + issuer.lease.gold_g


draws = st.none() | st.integers(0, 2**32)


@settings(deadline=None, max_examples=80)
@given(case=cases(), draws=draws)
def test_stocks_are_never_negative_and_every_column_keeps_its_bounds(case: Case, draws: int | None) -> None:
    """The catalogue's bounds, up to rounding, and no figure that is not finite."""
    days = every_day(case, draws)
    assert np.isfinite(days.drop(columns="books_open").to_numpy(dtype=float)).all()
    for name in ("tokens_g", "queue_g", "kind_queue_g", "gold_g", "bills_usd", "credit_drawn_usd"):
        assert (days[name] >= -1e-12 * (scale_g(case) if name.endswith("_g") else scale_usd(case))).all(), name
    for column in (*LEDGER_COLUMNS, *LEDGER_EXTRA, *LEDGER_EXTENSIONS):
        rounding = 1e-12 * (
            scale_g(case) if column.name.endswith("_g") else scale_usd(case) if column.name.endswith("_usd") else 1.0
        )
        if column.lower is not None:
            assert (days[column.name] >= column.lower - rounding).all(), column.name
        if column.upper is not None:
            assert (days[column.name] <= column.upper + rounding).all(), column.name


@settings(deadline=None, max_examples=80)
@given(case=cases(), draws=draws)
def test_nobody_gets_more_than_is_asked_for_or_there_is(case: Case, draws: int | None) -> None:
    issuer = case[0]
    days = every_day(case, draws)
    after, before = days[1:], days[:-1].set_index(days.index[1:])
    dust_g = 1e-12 * scale_g(case)
    kind_share = issuer.in_kind.share if issuer.in_kind.on else 0.0
    weekend_kind_g = kind_share * after["weekend_requested_g"]
    waiting_g = before["queue_g"] + after["requested_g"] + after["weekend_requested_g"] - weekend_kind_g
    assert (after["paid_g"] <= waiting_g + dust_g).all()
    kind_waiting_g = before["kind_queue_g"] + after["kind_requested_g"] + weekend_kind_g
    assert (after["delivered_g"] <= kind_waiting_g + dust_g).all()
    bars = after["delivered_g"] / (issuer.terms.minimum_oz * 31.1034768)
    assert (np.abs(bars - bars.round()) < 1e-9 * (1 + bars)).all()
    assert (bars <= issuer.in_kind.bars_per_day + 1e-9).all()
    if issuer.terms.gate is not None:
        admitted_g = issuer.terms.gate * after["tokens_before_g"] * (1 - after["operations_stop"])
        assert (after["paid_g"][after["books_open"]] <= admitted_g[after["books_open"]] + dust_g).all()
    assert (after["credit_drawn_usd"] <= issuer.treasury.credit_line_usd * (1 + 1e-12)).all()
    assert (after["queue_g"] + after["kind_queue_g"] <= after["tokens_g"] + dust_g).all()
    assert (after["frozen_g"] <= after["gold_g"] + dust_g).all()
    assert (after["sold_g"] * after["price_usd_per_g"] <= after["capacity_usd"] * (1 + 1e-12)).all()


@settings(deadline=None, max_examples=80)
@given(case=cases())
def test_a_given_run_and_a_given_holder_are_asked_for_in_full(case: Case) -> None:
    """Without draws: the holder's share of all tokens, and of what is then free no less than the run's."""
    days = every_day(case)
    after, before = days[1:], days[:-1].set_index(days.index[1:])
    events = {name: getattr(case[2], name)[1:] for name in ("redeem_share", "block_share")}
    free_g = after["tokens_before_g"] - before["queue_g"] - before["kind_queue_g"] - after["weekend_requested_g"]
    block_g = np.minimum(events["block_share"] * after["tokens_before_g"], np.maximum(free_g, 0.0))
    least_g = block_g + events["redeem_share"] * (free_g - block_g)
    asked_g = after["requested_g"] + after["kind_requested_g"]
    running = after["books_open"].astype(bool)
    assert (asked_g >= least_g - 1e-12 * scale_g(case))[running].all()
    assert (asked_g <= free_g + 1e-12 * scale_g(case))[running].all()
    assert (after["block_requested_g"] >= block_g - 1e-12 * scale_g(case))[running].all()
    assert (after["run_requested_g"] <= asked_g + 1e-12 * scale_g(case))[running].all()


@settings(deadline=None, max_examples=80)
@given(case=cases(), draws=draws)
def test_grams_are_conserved(case: Case, draws: int | None) -> None:
    """Gold: held, on its way and leased, against all that came and went. Tokens and both queues likewise."""
    issuer = case[0]
    days = every_day(case, draws)
    dust_g = 1e-11 * scale_g(case)
    lease_lost_g = days["lease_loss_usd"] / days["price_usd_per_g"]
    gone_g = days[["sold_g", "lost_g", "delivered_g", "liquidated_g"]].sum(axis=1) + lease_lost_g - days["minted_g"]
    held_g = days[["gold_g", "transit_g", "leased_g"]].sum(axis=1)
    np.testing.assert_allclose(held_g + gone_g.cumsum(), held_g[0], rtol=0, atol=dust_g)
    retired_usd = days["liquidated_g"] * days["price_usd_per_g"] - days["liquidation_loss_usd"]
    ended_g = days["paid_g"] + days["delivered_g"] + (days["holding_fee_usd"] + retired_usd) / days["token_value_usd"]
    tokens_g = days["tokens_g"] + ended_g.cumsum() - days["minted_g"].cumsum()
    np.testing.assert_allclose(tokens_g, issuer.tokens_g, rtol=0, atol=dust_g)
    kind_share = issuer.in_kind.share if issuer.in_kind.on else 0.0
    asked_g = days["requested_g"] + (1.0 - kind_share) * days["weekend_requested_g"]
    np.testing.assert_allclose(days["queue_g"], (asked_g - days["paid_g"]).cumsum(), rtol=0, atol=dust_g)
    kind_g = days["kind_requested_g"] + kind_share * days["weekend_requested_g"]
    np.testing.assert_allclose(days["kind_queue_g"], (kind_g - days["delivered_g"]).cumsum(), rtol=0, atol=dust_g)


@settings(deadline=None, max_examples=80)
@given(case=cases(), draws=draws)
def test_dollars_are_conserved(case: Case, draws: int | None) -> None:
    """Cash, bills and claims in dollars, against every payment in and out."""
    issuer = case[0]
    days = every_day(case, draws)
    worth_usd = days["paid_g"] * days["token_value_usd"]
    if issuer.terms.mode == "principal":
        # Paid at the prices of the requests: what the queue was promised before, and today, less what it still is.
        friday_usd = days["price_usd_per_g"].shift(1)
        kind_share = issuer.in_kind.share if issuer.in_kind.on else 0.0
        weekend_usd = (1.0 - kind_share) * days["weekend_requested_g"] * friday_usd
        joined_usd = (weekend_usd + days["requested_g"] * days["price_usd_per_g"]).fillna(0.0)
        worth_usd = joined_usd - days["queue_fixed_usd"].diff().fillna(0.0)
    came_usd = (
        days["sold_g"] * days["execution_usd_per_g"]
        + days[["fees_usd", "mint_fees_usd", "kind_fees_usd", "lease_income_usd", "yield_usd", "insurance_usd",
                "hedge_usd"]].sum(axis=1)
        + days["credit_drawn_usd"].diff().fillna(0.0)
    )  # fmt: skip
    went_usd = worth_usd + days[["opex_usd", "custody_cost_usd", "haircut_usd", "credit_interest_usd", "bank_loss_usd",
                                 "cyber_loss_usd"]].sum(axis=1)  # fmt: skip
    held_usd = days[["cash_usd", "bills_usd", "receivables_usd", "bank_frozen_usd"]].sum(axis=1)
    money_usd = issuer.cash_usd + issuer.bills_usd + (came_usd - went_usd).cumsum()
    np.testing.assert_allclose(held_usd, money_usd, rtol=0, atol=1e-11 * scale_usd(case))


@settings(deadline=None, max_examples=120)
@given(case=cases(), draws=draws)
def test_equity_bridge_closes_every_day(case: Case, draws: int | None) -> None:
    """E11: the terms add up to dE within 1e-6 of E or, where E is near nought, of a millionth of the balance sheet."""
    days = every_day(case, draws)
    change_usd = days["equity_usd"].diff()[1:]
    allowed_usd = 1e-6 * np.maximum(days["equity_usd"].abs(), 1e-6 * scale_usd(case))[1:]
    assert ((change_usd - days["bridge_usd"][1:]).abs() <= allowed_usd).all()


@settings(deadline=None, max_examples=80)
@given(case=cases(), draws=draws)
def test_rates_stay_in_range_and_the_discount_within_its_band(case: Case, draws: int | None) -> None:
    issuer = case[0]
    days = every_day(case, draws)
    running = days[1:][days["books_open"][1:].astype(bool)]
    assert (running["redemption_rate"] >= issuer.redemption.base_rate).all()
    assert (running["redemption_rate"] <= issuer.redemption.max_rate * (1 + 1e-12)).all()
    redemption_open = running[running["operations_stop"] < 1.0]
    assert (redemption_open["discount"] <= redemption_open["band"]).all()
    if issuer.minting.on:
        desk_open = redemption_open[redemption_open["mint_stop"] == 0.0]
        assert (desk_open["discount"] >= -(issuer.minting.fee + issuer.peg_model.arbitrage_cost)).all()
    elif (running["discount_shock"] >= 0.0).all():
        assert (running["discount"] >= 0.0).all()
    assert (running["execution_usd_per_g"] <= running["price_usd_per_g"]).all()
    assert (running["execution_usd_per_g"] >= 0).all()
    assert (running["fee"] >= issuer.terms.fee).all()
    assert (running["fee"] <= max(issuer.terms.fee, issuer.swing_fee.max_fee)).all()


@settings(deadline=None, max_examples=40)
@given(issuer=issuers(), price=share(5.0, 500.0), engine=st.sampled_from(["reference", "kernel"]))
def test_no_event_and_a_flat_price_give_exactly_the_base_rate(issuer: Issuer, price: float, engine: str) -> None:
    """As long as the issuer covers its tokens and nobody waits, which on day 1 it does and nobody can."""
    sound = issuer.model_copy(update={"gold_g": issuer.tokens_g * 1.5, "costs": Costs(opex_usd_year=0.0)})
    days = ledger(sound, np.full(11, price), engine=engine)

    def before(name: str) -> np.ndarray:
        return np.concatenate([[0.0], days[name].to_numpy()[:-1]])

    calm = (days["coverage"] >= 1) & (before("queue_g") == 0) & (before("discount") == 0)
    assert (days["redemption_rate"][calm] == sound.redemption.base_rate).all()
    assert calm.iloc[0]


@settings(deadline=None, max_examples=40)
@given(case=cases(), draws=draws, ruin=st.sampled_from(["price", "tokens", "gold"]))
def test_no_figure_runs_away_on_the_way_to_nothing(case: Case, draws: int | None, ruin: str) -> None:
    """A price that falls to nought, a run that takes every token, a vault that is emptied: all figures stay finite."""
    issuer, path, events = case
    n = len(path)
    if ruin == "price":
        path = path * np.exp(-np.arange(n) * 2.0)
    elif ruin == "tokens":
        everybody = issuer.redemption.model_copy(update={"max_rate": 1.0, "a_event": 1000.0})
        issuer = issuer.model_copy(update={"redemption": everybody, "cash_usd": 10 * issuer.tokens_g * path.max()})
        events = replace(events, event=np.ones(n))
    else:
        events = replace(events, lost_share=np.ones(n), custodian=np.arange(n) % 5.0)
    days = every_day((issuer, path, events), draws)
    assert np.isfinite(days.drop(columns="books_open").to_numpy(dtype=float)).all()


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
