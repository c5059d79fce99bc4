"""What must not matter, or only in proportion: the unit of money, the size of the issuer, the future, a shock of nought."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from issuer_strategies import alone, cases, extended_issuers, extended_worlds, issuers, share, within, worlds

from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, ledger

Case = tuple[Issuer, np.ndarray, Events]
POWERS = st.sampled_from([0.125, 0.25, 0.5, 2.0, 4.0, 8.0])
"""Factors that change no digit of a float: whole bars and all thresholds fall on the same side."""

PER_GRAM = ("token_value_usd",)
"""Dollars per gram whose name does not end in usd_per_g."""


def scaled_issuer(issuer: Issuer, *, dollars: float, grams: float) -> Issuer:
    """`issuer` with every amount of money and of grams multiplied; shares, rates and days stay."""

    def scaled(section: str, **by: float) -> dict:
        old = getattr(issuer, section)
        return {section: old.model_copy(update={name: getattr(old, name) * factor for name, factor in by.items()})}

    return issuer.model_copy(update={
        "tokens_g": issuer.tokens_g * grams,
        "gold_g": issuer.gold_g * grams,
        "cash_usd": issuer.cash_usd * dollars,
        "bills_usd": issuer.bills_usd * dollars,
        **scaled("market", adv_usd=dollars),
        **scaled("peg_model", depth_usd=dollars),
        **scaled("treasury", cash_floor_usd=dollars, credit_line_usd=dollars),
        **scaled("costs", opex_usd_year=dollars),
        **scaled("custodians", insurance_cap_usd=dollars),
        **scaled("transit", gold_g=grams),
        **scaled("lease", gold_g=grams),
        **scaled("hedge", short_g=grams),
        **scaled("terms", minimum_oz=grams),
    })  # fmt: skip


def scaled_events(events: Events, *, dollars: float, grams: float) -> Events:
    """`events` with losses in money and in grams multiplied."""
    arrays = {spec.name: getattr(events, spec.name) for spec in fields(Events)}
    by = {"lost_g": grams, "cyber_loss_usd": dollars}
    return Events(**{name: array * by.get(name, 1.0) for name, array in arrays.items()})


def hold_in_proportion(case: Case, *, price: float, grams: float) -> None:
    """Run the case and its scaled twin, and hold every column in proportion."""
    issuer, path, events = case
    dollars = price * grams
    twin = ledger(
        scaled_issuer(issuer, dollars=dollars, grams=grams),
        path * price,
        scaled_events(events, dollars=dollars, grams=grams),
    )
    days = ledger(issuer, path, events)
    size_g = issuer.tokens_g + issuer.gold_g + issuer.transit.gold_g + issuer.lease.gold_g
    size_usd = (size_g + issuer.hedge.short_g) * path.max() + issuer.cash_usd + issuer.bills_usd
    for name in days:
        if name.endswith("usd_per_g") or name in PER_GRAM:
            by, size = price, path.max()
        elif name.endswith("_usd"):
            by, size = dollars, size_usd
        elif name.endswith("_g"):
            by, size = grams, size_g
        else:
            by, size = 1.0, 1.0
        np.testing.assert_allclose(twin[name], by * days[name], rtol=1e-9, atol=1e-9 * by * size, err_msg=name)


@settings(deadline=None, max_examples=40)
@given(issuer=issuers(), world=worlds(1), factor=share(0.1, 10.0))
def test_scaling_the_price_scales_dollars_not_grams(
    issuer: Issuer, world: tuple[np.ndarray, Events], factor: float
) -> None:
    hold_in_proportion((issuer, *alone(world)), price=factor, grams=1.0)


@settings(deadline=None, max_examples=40)
@given(issuer=extended_issuers(), world=extended_worlds(), factor=POWERS)
def test_scaling_the_price_scales_dollars_not_grams_with_extensions(
    issuer: Issuer, world: tuple[np.ndarray, Events], factor: float
) -> None:
    path, events = world
    hold_in_proportion((issuer, path, within(issuer, events)), price=factor, grams=1.0)


@settings(deadline=None, max_examples=40)
@given(issuer=issuers(), world=worlds(1), parts=st.integers(2, 5))
def test_equal_cohorts_added_give_the_whole(issuer: Issuer, world: tuple[np.ndarray, Events], parts: int) -> None:
    """An issuer a n-th the size, with a n-th of the market, has a n-th of every amount and the same ratios."""
    hold_in_proportion((issuer, *alone(world)), price=1.0, grams=1.0 / parts)


@settings(deadline=None, max_examples=40)
@given(issuer=extended_issuers(), world=extended_worlds(), parts=POWERS)
def test_equal_cohorts_added_give_the_whole_with_extensions(
    issuer: Issuer, world: tuple[np.ndarray, Events], parts: float
) -> None:
    """With bars of a n-th as well."""
    path, events = world
    hold_in_proportion((issuer, path, within(issuer, events)), price=1.0, grams=1.0 / parts)


LATER = {
    "event": 1.0, "liquidity_multiplier": 9.0, "lost_g": 1e5, "lost_share": 0.5, "custodian": 1.0, "frozen_days": 3.0,
    "assay_share": 0.5, "bank_failed": 1.0, "operations_stop": 1.0, "cyber_loss_usd": 1e6, "lease_default": 1.0,
    "futures_basis": 0.1, "lag_days": 30.0, "redeem_share": 0.5, "block_share": 0.3, "discount_shock": 0.2, "mint_stop": 1.0,
    "bank_share": 0.7, "spread_rise": 9.0, "capacity_cut": 0.75,
}  # fmt: skip
"""Another future."""


@settings(deadline=None, max_examples=80)
@given(case=cases(), cut=st.integers(0, 29), engine=st.sampled_from(["reference", "kernel"]))
def test_nothing_reads_the_future(case: Case, cut: int, engine: str) -> None:
    """Other prices and events after a day leave every figure up to that day as it was, bit for bit."""
    issuer, path, events = case
    cut = min(cut, len(path) - 1)
    later = np.arange(len(path)) > cut
    other = within(
        issuer, Events(**{name: np.where(later, value, getattr(events, name)) for name, value in LATER.items()})
    )
    days = ledger(issuer, path, events, engine=engine)[:cut]
    changed = ledger(issuer, np.where(later, 0.4 * path, path), other, engine=engine)[:cut]
    pd.testing.assert_frame_equal(days, changed, check_exact=True)


@settings(deadline=None, max_examples=30)
@given(case=cases())
def test_zero_shock_equals_baseline(case: Case) -> None:
    issuer, path, _ = case
    n = len(path)
    nothing = {spec.name: np.zeros(n) for spec in fields(Events)} | {"liquidity_multiplier": np.ones(n)}
    pd.testing.assert_frame_equal(ledger(issuer, path), ledger(issuer, path, Events(**nothing)), check_exact=True)


@settings(deadline=None, max_examples=80)
@given(case=cases(), more=share(0.0, 50.0))
def test_more_cash_never_lengthens_the_first_queue(case: Case, more: float) -> None:
    """Up to the day on which a queue first forms, the richer issuer's is no longer.

    Not so where holders look at coverage (the poorer issuer's may have left earlier, and fewer are left to queue), nor
    after the first queue where gold moves (who is paid later is paid another price): MODEL.md, section 11. Nor with peg
    usd, where the poorer issuer sells collateral for its overdraft, is liquidated earlier and has fewer tokens left.
    """
    issuer, path, events = case
    assume(issuer.peg == "gold")
    issuer = issuer.model_copy(update={"redemption": issuer.redemption.model_copy(update={"a_shortfall": 0.0})})
    richer = issuer.model_copy(update={"cash_usd": issuer.cash_usd + more * issuer.tokens_g})
    poor, rich = ledger(issuer, path, events)["queue_g"], ledger(richer, path, events)["queue_g"]
    dust_g = 1e-9 * issuer.tokens_g
    if (poor > dust_g).any():
        until = int(np.argmax(poor > dust_g)) + 1
        assert (rich[:until] <= poor[:until] + dust_g).all()
