"""Random issuers, paths and events for property tests, over ranges wider than any real issuer's."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from hypothesis import strategies as st

from gramlib.params.issuer import (
    Banks,
    Collateral,
    Costs,
    Custodians,
    Hedge,
    Holders,
    HoldingFee,
    InKind,
    Issuer,
    Lease,
    Market,
    Minting,
    PegModel,
    Redemption,
    SwingFee,
    Terms,
    Transit,
    Treasury,
    Weekends,
)
from gramlib.simulation import Events
from gramlib.simulation.book import bank_shares, custodian_shares


def share(lower: float, upper: float) -> st.SearchStrategy[float]:
    """Finite floats without subnormals, whose relative precision is not the engine's business."""
    return st.floats(lower, upper, allow_subnormal=False)


@st.composite
def issuers(draw: st.DrawFn) -> Issuer:
    """An issuer with or without gate and floor, sound or short of grams, slow or fast to settle."""
    base_rate = draw(share(0.0, 0.02))
    tokens_g = draw(share(1e4, 1e8))
    return Issuer(
        tokens_g=tokens_g,
        gold_g=tokens_g * draw(share(0.8, 1.2)),
        cash_usd=tokens_g * draw(share(0.0, 20.0)),
        bills_usd=tokens_g * draw(share(0.0, 20.0)),
        redemption=Redemption(
            base_rate=base_rate,
            max_rate=draw(share(max(base_rate, 1e-3), 0.4)),
            a0=draw(share(-8.0, 0.0)),
            a_return=draw(share(0.0, 60.0)),
            a_discount=draw(share(0.0, 60.0)),
            a_queue=draw(share(0.0, 20.0)),
            a_shortfall=draw(share(0.0, 200.0)),
            a_event=draw(share(0.0, 6.0)),
        ),
        terms=Terms(fee=draw(share(0.0, 0.05)), gate=draw(st.none() | share(1e-3, 0.3))),
        market=Market(
            lag_days=draw(st.integers(1, 22)),
            capacity_share=draw(share(0.001, 1.0)),
            adv_usd=draw(share(1e6, 1e10)),
            spread=draw(share(0.0, 0.1)),
            impact=draw(share(0.0, 2.0)),
            daily_vol=draw(share(0.0, 0.05)),
        ),
        peg_model=PegModel(
            depth_usd=draw(share(1e5, 1e8)), persistence=draw(share(0.0, 0.95)), secondary_share=draw(share(0.0, 5.0))
        ),
        treasury=Treasury(
            bill_haircut=draw(share(0.0, 0.1)),
            bill_yield=draw(share(-0.02, 0.2)),
            cash_floor_usd=draw(st.just(0.0) | share(0.0, 2e7)),
        ),
        costs=Costs(opex_usd_year=draw(share(0.0, 1e8)), custody_rate_year=draw(share(0.0, 0.02))),
    )


@st.composite
def worlds(draw: st.DrawFn, n_paths: int = 3, max_days: int = 30, min_days: int = 1) -> tuple[np.ndarray, Events]:
    """Paths (n_paths, n_days + 1) in USD/g and events that run, squeeze and lose gold on some of them."""
    n_days = draw(st.integers(min_days, max_days))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    # Either still or moving: a return of 1e-12 moves the intensity by rounding alone, and the run feedback, which can
    # multiply a small discount twentyfold a day, turns the last bit of exp into any size.
    daily_vol = draw(st.just(0.0) | share(1e-3, 0.08))
    returns = np.clip(daily_vol * rng.standard_t(4, (n_paths, n_days)), -0.7, 0.7)
    paths = draw(share(5.0, 500.0)) * np.exp(np.cumsum(np.hstack([np.zeros((n_paths, 1)), returns]), axis=1))
    shape = paths.shape if draw(st.booleans()) else (n_days + 1,)
    happens = rng.random((4, *shape)) < draw(share(0.0, 0.3))
    events = Events(
        event=happens[0] * rng.random(shape) * 2.0,
        liquidity_multiplier=1.0 + happens[1] * rng.random(shape) * 15.0,
        lost_g=happens[2] * rng.random(shape) * 1e6,
        lost_share=happens[3] * rng.random(shape) ** 3,
    )
    return paths, events


def shares(draw: st.DrawFn) -> list[float]:
    """One to four shares that add up to one, some of them tiny."""
    weights = draw(st.lists(share(1e-3, 1.0), min_size=1, max_size=4))
    return [weight / sum(weights) for weight in weights]


@st.composite
def extended_issuers(draw: st.DrawFn) -> Issuer:
    """An issuer of `issuers` with any of the extensions of MODEL.md section 8 switched on, over wide ranges."""
    issuer = draw(issuers())
    tokens_g = issuer.tokens_g
    usd = draw(st.integers(0, 3)) == 3
    on = {name: draw(st.booleans()) for name in (
        "minting", "custodians", "banks", "transit", "lease", "in_kind", "weekends", "holders", "swing_fee", "hedge",
        "holding_fee", "principal", "credit")}  # fmt: skip
    bonus = draw(share(0.0, 0.3))
    liquidation_ratio = draw(share(1.0, 2.0))
    target_ratio = max(liquidation_ratio, 1.0 + bonus + 0.01) + draw(share(0.0, 1.0))
    base_rate = draw(share(0.0, 0.02))
    return issuer.model_copy(update={
        "peg": "usd" if usd else "gold",
        "gold_g": issuer.gold_g * (draw(share(0.8, 3.0)) if usd else 1.0),
        "terms": issuer.terms.model_copy(update={
            "mode": "principal" if on["principal"] and not usd else "agency",
            # Bars of a hundred-thousandth to a twentieth of all tokens.
            "minimum_oz": tokens_g * 10.0 ** draw(share(-5.0, -1.3)) / 31.1,
        }),
        "treasury": issuer.treasury.model_copy(update={
            "credit_line_usd": tokens_g * draw(share(0.0, 20.0)) if on["credit"] else 0.0,
            "credit_rate_year": draw(share(0.0, 0.5)),
        }),
        "minting": Minting(
            on=on["minting"] and not usd,
            base_rate=base_rate,
            return_sensitivity=draw(share(0.0, 50.0)),
            premium_sensitivity=draw(share(0.0, 100.0)),
            max_rate=base_rate + draw(share(1e-4, 0.2)),
            fee=draw(share(0.0, 0.05)),
        ),
        "custodians": Custodians(
            on=on["custodians"],
            shares=shares(draw),
            frozen_haircut=draw(share(0.0, 1.0)),
            remelt_days=draw(st.integers(1, 12)),
            insured_share=draw(share(0.0, 1.0)),
            insurance_cap_usd=tokens_g * draw(share(0.0, 50.0)),
            insurance_lag_days=draw(st.integers(1, 20)),
        ),
        "banks": Banks(on=on["banks"], shares=shares(draw), freeze_days=draw(st.integers(1, 10)), recovery=draw(share(0.0, 1.0))),
        "transit": Transit(on=on["transit"], gold_g=tokens_g * draw(share(0.0, 0.5)), days=draw(st.integers(1, 20))),
        "lease": Lease(
            on=on["lease"],
            gold_g=tokens_g * draw(share(0.0, 0.5)),
            recovery=draw(share(0.0, 1.0)),
            recall_days=draw(st.integers(1, 12)),
            income_year=draw(share(0.0, 0.5)),
        ),
        "in_kind": InKind(
            on=on["in_kind"] and not usd,
            share=draw(share(0.0, 1.0)),
            bars_per_day=draw(st.integers(0, 50)),
            fee=draw(share(0.0, 0.1)),
        ),
        "weekends": Weekends(on=on["weekends"], first_monday=draw(st.integers(1, 5)), price_share=draw(share(0.0, 1.0))),
        "holders": Holders(
            on=on["holders"],
            top_share=draw(share(0.0, 1.0)),
            count=draw(st.integers(1, 10)),
            pareto_alpha=draw(share(0.3, 5.0)),
            load=draw(share(0.0, 20.0)),
        ),
        "swing_fee": SwingFee(
            on=on["swing_fee"],
            threshold=draw(share(0.0, 0.2)),
            factor=draw(share(0.0, 5.0)),
            max_fee=draw(share(0.0, 0.2)),
        ),
        "hedge": Hedge(on=on["hedge"], short_g=tokens_g * draw(share(0.0, 1.0))),
        "holding_fee": HoldingFee(on=on["holding_fee"], rate_year=draw(share(0.0, 0.45))),
        "collateral": Collateral(liquidation_ratio=liquidation_ratio, target_ratio=target_ratio, bonus=bonus),
    })  # fmt: skip


@st.composite
def extended_worlds(draw: st.DrawFn, max_days: int = 30) -> tuple[np.ndarray, Events]:
    """One path (n_days + 1,) and events of it with every column of the extensions, from calm to one thing after another."""
    paths, core = draw(worlds(1, max_days, min_days=6))
    n = paths.shape[1]
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    often = draw(share(0.0, 0.5))

    def sometimes(values: np.ndarray) -> np.ndarray:
        return np.where(rng.random(n) < often, values, 0.0)

    def numbers(count: int) -> np.ndarray:
        """Of custodians or banks: the first two mostly, now and then one the issuer may not have."""
        return rng.choice(5, count, p=(0.2, 0.35, 0.25, 0.1, 0.1)).astype(float)

    def of(array: np.ndarray) -> np.ndarray:
        return array if array.ndim == 1 else array[0]

    events = Events(
        event=of(core.event),
        liquidity_multiplier=of(core.liquidity_multiplier),
        lost_g=of(core.lost_g),
        lost_share=of(core.lost_share),
        custodian=numbers(n),
        frozen_days=sometimes(rng.integers(0, 12, n).astype(float)),
        assay_share=sometimes(rng.random(n) ** 2),
        bank_failed=sometimes(numbers(n)),
        operations_stop=sometimes(np.minimum(1.0, 2.0 * rng.random(n))),
        cyber_loss_usd=sometimes(rng.random(n) * 5e6),
        lease_default=sometimes(np.ones(n)),
        futures_basis=sometimes(0.2 * rng.random(n) - 0.05),
        lag_days=sometimes(rng.integers(0, 30, n).astype(float)),
        # Now and then, and never quite all: whether a last 1e-10 g is left is no engine's business.
        redeem_share=sometimes(0.6 * rng.random(n) ** 4),
        block_share=sometimes(0.5 * rng.random(n) ** 4),
        discount_shock=sometimes(0.3 * rng.random(n) - 0.1),
        mint_stop=sometimes(np.ones(n)),
        bank_share=sometimes(rng.random(n)),
        spread_rise=sometimes(20.0 * rng.random(n)),
        capacity_cut=sometimes(0.99 * rng.random(n)),
    )
    return paths[0], events


def alone(world: tuple[np.ndarray, Events]) -> tuple[np.ndarray, Events]:
    """The first path of `worlds` with its own events, all one-dimensional."""
    paths, events = world
    return paths[0], events_of_first(events)


def events_of_first(events: Events) -> Events:
    """Events of path 0 as one-dimensional arrays."""
    arrays = (getattr(events, spec.name) for spec in fields(Events))
    return Events(*(array if array.ndim == 1 else array[0] for array in arrays))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Issuer, np.ndarray, Events]:
    """An issuer with one path: the core model, or any of its extensions."""
    if draw(st.booleans()):
        return draw(issuers()), *alone(draw(worlds(1)))
    issuer = draw(extended_issuers())
    path, events = draw(extended_worlds())
    return issuer, path, within(issuer, events)


def within(issuer: Issuer, events: Events) -> Events:
    """`events` at custodians and banks that the issuer has: others are refused at the door."""
    custodians, banks = len(custodian_shares(issuer)) + 1, len(bank_shares(issuer)) + 1
    bank_share = events.bank_share * issuer.banks.on
    return replace(
        events, custodian=events.custodian % custodians, bank_failed=events.bank_failed % banks, bank_share=bank_share
    )
