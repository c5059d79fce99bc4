"""Every extension off changes nothing at all, whatever its other values are; on but idle it is the core model too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from by_hand import table

from gramlib.params.issuer import (
    Banks,
    Collateral,
    Custodians,
    Hedge,
    Holders,
    HoldingFee,
    InKind,
    Issuer,
    Lease,
    Minting,
    SwingFee,
    Terms,
    Transit,
    Treasury,
    Weekends,
)
from gramlib.simulation.drivers import PathDrivers

OFF: dict[str, Any] = {
    "minting": Minting(base_rate=0.01, fee=0.1, max_rate=0.5),
    "custodians": Custodians(shares=[0.5, 0.3, 0.2], frozen_haircut=0.9, insured_share=1.0, insurance_cap_usd=1e9),
    "banks": Banks(shares=[1.0], recovery=0.0),
    "transit": Transit(gold_g=1e6, days=1),
    "lease": Lease(gold_g=1e6, income_year=0.5, recovery=0.0, calm_rate_year=250.0, stressed_rate_year=250.0),
    "in_kind": InKind(share=1.0, fee=0.4),
    "weekends": Weekends(first_monday=2),
    "holders": Holders(top_share=1.0, load=100.0),
    "swing_fee": SwingFee(threshold=0.0, factor=100.0, max_fee=0.4),
    "hedge": Hedge(short_g=1e7, basis_shock=0.9),
    "holding_fee": HoldingFee(rate_year=0.4),
    "collateral": Collateral(liquidation_ratio=90.0, target_ratio=100.0),
    "treasury": Treasury(credit_line_usd=0.0, credit_rate_year=1.0),
}
"""Sections with wild values, each switched off (collateral: by peg gold; credit: by a line of nought)."""

IDLE: dict[str, Any] = {
    "minting": Minting(on=True, base_rate=0.0),
    "custodians": Custodians(on=True, shares=[1.0]),
    "banks": Banks(on=True),
    "transit": Transit(on=True, gold_g=0.0),
    "lease": Lease(on=True, gold_g=0.0, income_year=0.5),
    "in_kind": InKind(on=True, share=0.0),
    "weekends": Weekends(on=True, first_monday=5),
    "holders": Holders(on=True, top_share=0.0),
    "swing_fee": SwingFee(on=True, threshold=1.0),
    "hedge": Hedge(on=True, short_g=0.0),
    "holding_fee": HoldingFee(on=True, rate_year=0.0),
    "treasury": Treasury(credit_line_usd=1.0, credit_rate_year=1.0),
}
"""Sections switched on that have nothing to do in a week without a Monday and without a queue."""

RUN = [4000.0 / 31.1034768 * factor for factor in (1.0, 0.95, 0.8645, 0.8818, 0.87, 0.86, 0.88, 0.89, 0.9, 0.9, 0.9)]
EVENTS = {
    "event": {2: 1.0, 3: 1.0, 4: 1.0},
    "liquidity_multiplier": {3: 4.0, 4: 4.0},
    "lost_g": {5: 50_000.0},
    "lost_share": {6: 0.01},
}
"""A run that queues, loses gold and squeezes the market."""

ONLY_EXTENSIONS = {
    "bank_failed": {2: 1.0},
    "frozen_days": {1: 9.0},
    "lease_default": {1: 1.0},
    "futures_basis": {2: 0.5},
}
"""Given events of extensions that are off."""


@pytest.mark.parametrize("section", OFF)
def test_off_changes_nothing(section: str) -> None:
    core = table(Issuer(), RUN, **EVENTS)
    assert core["queue_g"].max() > 0.0
    assert (
        table(Issuer(**{section: OFF[section]}), RUN, **EVENTS, **ONLY_EXTENSIONS)
        .drop(columns="futures_basis")
        .equals(core.drop(columns="futures_basis"))
    )


def test_all_off_together_with_every_driver_asked_for_changes_nothing_but_what_the_core_has() -> None:
    """Draws of extensions that are off do not disturb those of the core."""
    both = []
    for sections in ({}, OFF):
        issuer = Issuer(**sections)
        sigma = [0.02] * len(RUN)
        drivers = PathDrivers(issuer, ("confidence", "liquidity", "custody", "custody_freeze", "bank", "lease"),
                              seed=5, path=3, sigma=sigma, sigma_sample=0.01)  # fmt: skip
        # The squeeze's futures and lag come from sections of their own and are inputs of the day, not results.
        both.append(table(issuer, RUN, drivers, **EVENTS).drop(columns="futures_basis"))
    assert both[0].equals(both[1])
    assert both[0]["liquidity_multiplier"].min() >= 1.0


@pytest.mark.parametrize("section", IDLE)
def test_on_but_idle_is_the_core_model(section: str) -> None:
    """Four calm days: everything of the day is the same to the last bit."""
    core, idle = table(Issuer(), RUN[:5]), table(Issuer(**{section: IDLE[section]}), RUN[:5])
    assert idle.equals(core)


def test_columns_of_extensions_are_nought_while_they_are_off() -> None:
    days = table(Issuer(), RUN, **EVENTS)
    nought = [
        "weekend_requested_g", "weekend_discount", "minted_g", "ordered_g", "unmet_mint_g", "mint_fees_usd",
        "block_requested_g", "kind_requested_g", "delivered_g", "kind_queue_g", "kind_fees_usd", "queue_fixed_usd",
        "principal_effect_usd", "frozen_g", "freeze_effect_usd", "insurance_usd", "transit_g", "leased_g",
        "lease_income_usd", "lease_loss_usd", "bank_frozen_usd", "bank_loss_usd", "cyber_loss_usd", "operations_stop",
        "credit_drawn_usd", "credit_interest_usd", "hedge_usd", "holding_fee_usd", "liquidated_g",
        "liquidation_loss_usd", "shortfall_usd",
    ]  # fmt: skip
    assert (days[nought] == 0.0).all(axis=None)
    assert (days["fee"] == Terms().fee).all() and (days["lag_days"] == 2).all()
    assert (days["token_value_usd"] == days["price_usd_per_g"]).all()


def test_everything_on_at_once_closes_its_bridge_and_stays_finite() -> None:
    """Each switch with the others: a run, a freeze, a failed bank, a lessee's default and an attack in one fortnight."""
    issuer = Issuer(
        minting=Minting(on=True), custodians=Custodians(on=True, insured_share=0.5, insurance_cap_usd=1e7, insurance_lag_days=4),
        banks=Banks(on=True), transit=Transit(on=True, gold_g=50_000.0), lease=Lease(on=True, gold_g=100_000.0, income_year=0.01),
        in_kind=InKind(on=True), weekends=Weekends(on=True), holders=Holders(on=True), swing_fee=SwingFee(on=True),
        hedge=Hedge(on=True, short_g=100_000.0), holding_fee=HoldingFee(on=True), gold_g=9_850_000.0,
        terms=Terms(mode="principal", gate=0.05), treasury=Treasury(cash_floor_usd=1e6, credit_line_usd=2e7),
    )  # fmt: skip
    days = table(issuer, RUN, PathDrivers(issuer, (), seed=1, path=1), **EVENTS, bank_failed={3: 2.0},
                 frozen_days={2: 4.0}, custodian={2: 1.0, 5: 2.0}, assay_share={5: 0.1}, operations_stop={4: 1.0, 6: 0.3},
                 cyber_loss_usd={7: 5e6}, lease_default={6: 1.0}, futures_basis={3: 0.044}, lag_days={3: 20.0})  # fmt: skip
    assert np.isfinite(days.drop(columns="books_open").to_numpy(dtype=float)).all()
    for name in ("mint_fees_usd", "freeze_effect_usd", "insurance_usd", "bank_loss_usd", "lease_income_usd", "delivered_g",
                 "weekend_requested_g", "block_requested_g", "hedge_usd", "holding_fee_usd", "credit_interest_usd",
                 "principal_effect_usd", "cyber_loss_usd"):  # fmt: skip
        assert (days[name] != 0.0).any(), name
