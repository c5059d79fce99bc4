"""What happens on a day, given and drawn together: the twin of `reference_extensions.what_happens`.

`happened` says, as a sum of the bits of `drivers` (SHAKEN, SQUEEZED ...), which kinds of event any lane of the block has
today. Columns of other kinds are calm and are not looked at, so that calm days cost nothing.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from gramlib.simulation.events import Events
from gramlib.simulation.kernel.drivers import (
    ATTACKED,
    BANK_FAILED,
    FROZEN,
    LEASE_DEFAULTED,
    LOST,
    SHAKEN,
    SQUEEZED,
    STOPPED,
)  # fmt: skip
from gramlib.simulation.kernel.lanes import LANES, MAX_BANKS, MAX_CUSTODIANS, jitted

DRAWABLE = SHAKEN | SQUEEZED | LOST | FROZEN | BANK_FAILED | STOPPED | ATTACKED | LEASE_DEFAULTED
"""What drivers may draw as well."""

STAGED = LEASE_DEFAULTED << 1
"""What no driver draws: a given run, one holder's request, a discount, a stop of minting, spread and capacity."""

ANYTHING = DRAWABLE | STAGED

GIVEN = tuple(field.name for field in fields(Events))
"""Arrays of `Events`, in their order."""

(_EVENT, _MULTIPLIER, _LOST_G, _LOST_SHARE, _CUSTODIAN, _FROZEN_DAYS, _ASSAY_SHARE, _BANK_FAILED, _STOP, _CYBER,
 _LEASE, _BASIS, _LAG, _REDEEM, _BLOCK, _DISCOUNT, _MINT_STOP, _BANK_SHARE, _SPREAD, _CAPACITY) = range(20)  # fmt: skip
assert GIVEN == ("event", "liquidity_multiplier", "lost_g", "lost_share", "custodian", "frozen_days", "assay_share",
                 "bank_failed", "operations_stop", "cyber_loss_usd", "lease_default", "futures_basis", "lag_days",
                 "redeem_share", "block_share", "discount_shock", "mint_stop", "bank_share", "spread_rise", "capacity_cut")  # fmt: skip

GivenEvents = tuple[np.ndarray, ...]
"""One array for each of `GIVEN`, float64 (1 or n_paths, n_days + 1); (0, 0) where nothing happens."""


def given_events(events: Events | None) -> GivenEvents:
    """`events` as the kernel takes them."""
    nothing = np.zeros((0, 0))
    if events is None:
        return (nothing,) * len(GIVEN)
    arrays = []
    for name in GIVEN:
        array = np.ascontiguousarray(np.atleast_2d(getattr(events, name)), dtype=np.float64)
        calm = 1.0 if name == "liquidity_multiplier" else 0.0
        arrays.append(array if bool((array != calm).any()) else nothing)
    return tuple(arrays)


@jitted
def make_calm(drawn: Any, happened: int) -> None:
    """Take back what yesterday, of which `happened` tells, left in `drawn`."""
    for i in range(LANES):
        drawn.event[i] = 0.0
        drawn.liquidity_multiplier[i] = 1.0
    if happened & SQUEEZED:
        for i in range(LANES):
            drawn.lag_days[i] = 0.0
            drawn.futures_basis[i] = 0.0
    if happened & (STOPPED | ATTACKED | LEASE_DEFAULTED):
        for i in range(LANES):
            drawn.operations_stop[i] = 0.0
            drawn.cyber_loss_usd[i] = 0.0
            drawn.lease_default[i] = 0.0
    if happened & LOST:
        for i in range(LANES):
            drawn.lost_g[i] = 0.0
            drawn.given_lost_share[i] = 0.0
            drawn.assay_share[i] = 0.0
            drawn.custodian[i] = 0.0
        for k in range(MAX_CUSTODIANS):
            for i in range(LANES):
                drawn.lost_share[k, i] = 0.0
    if happened & FROZEN:
        for k in range(MAX_CUSTODIANS):
            for i in range(LANES):
                drawn.freeze_days[k, i] = 0.0
    if happened & STAGED:
        for i in range(LANES):
            drawn.redeem_share[i] = 0.0
            drawn.block_share[i] = 0.0
            drawn.discount_shock[i] = 0.0
            drawn.mint_stop[i] = 0.0
            drawn.spread_rise[i] = 0.0
            drawn.capacity_cut[i] = 0.0
    if happened & BANK_FAILED:
        for i in range(LANES):
            drawn.bank_share[i] = 0.0
        for b in range(MAX_BANKS):
            for i in range(LANES):
                drawn.bank_failed[b, i] = 0.0


@jitted
def _fill(column: Any, given: Any, block: int, t: int) -> int:
    """Day t of a given array into a column, where there is one; 1 if so."""
    if given.size == 0:
        return 0
    last = given.shape[0] - 1
    for i in range(LANES):
        column[i] = given[min(block + i, last), t]
    return 1


@jitted
def give(drawn: Any, events: GivenEvents, block: int, t: int) -> int:
    """Given events of day t, of the paths from `block` on; returns what may have happened."""
    _fill(drawn.event, events[_EVENT], block, t)
    _fill(drawn.liquidity_multiplier, events[_MULTIPLIER], block, t)
    others = _fill(drawn.lost_g, events[_LOST_G], block, t)
    others |= _fill(drawn.given_lost_share, events[_LOST_SHARE], block, t)
    others |= _fill(drawn.custodian, events[_CUSTODIAN], block, t)
    others |= _fill(drawn.assay_share, events[_ASSAY_SHARE], block, t)
    others |= _fill(drawn.operations_stop, events[_STOP], block, t)
    others |= _fill(drawn.cyber_loss_usd, events[_CYBER], block, t)
    others |= _fill(drawn.lease_default, events[_LEASE], block, t)
    others |= _fill(drawn.futures_basis, events[_BASIS], block, t)
    others |= _fill(drawn.lag_days, events[_LAG], block, t)
    if _fill(drawn.freeze_days[0], events[_FROZEN_DAYS], block, t):
        others = 1
        for i in range(LANES):
            days, only = drawn.freeze_days[0, i], drawn.custodian[i]
            for k in range(MAX_CUSTODIANS):
                drawn.freeze_days[k, i] = days if only == 0.0 or only == k + 1.0 else 0.0
    if _fill(drawn.bank_failed[0], events[_BANK_FAILED], block, t):
        others = 1
        for i in range(LANES):
            number = drawn.bank_failed[0, i]
            for b in range(MAX_BANKS):
                drawn.bank_failed[b, i] = 1.0 if number == b + 1.0 else 0.0
    others |= _fill(drawn.bank_share, events[_BANK_SHARE], block, t)
    staged = _fill(drawn.redeem_share, events[_REDEEM], block, t)
    staged |= _fill(drawn.block_share, events[_BLOCK], block, t)
    staged |= _fill(drawn.discount_shock, events[_DISCOUNT], block, t)
    staged |= _fill(drawn.mint_stop, events[_MINT_STOP], block, t)
    staged |= _fill(drawn.spread_rise, events[_SPREAD], block, t)
    staged |= _fill(drawn.capacity_cut, events[_CAPACITY], block, t)
    return (DRAWABLE if others else 0) | (STAGED if staged else 0)


@jitted
def what_happens(day: Any, book: Any, drawn: Any, issuer: Any, happened: int, stale: int) -> None:
    """Inputs of the day; `stale` is what happened yesterday, whose columns are written over."""
    for i in range(LANES):
        day.event[i] = drawn.event[i]
        stress = drawn.liquidity_multiplier[i]
        day.liquidity_multiplier[i] = stress
        day.root_stress[i] = np.sqrt(stress)
        day.per_stress[i] = 1.0 / stress
        day.spread_stress[i] = stress
        day.capacity_stress[i] = stress
    book.staged = (happened & STAGED) != 0
    if (happened | stale) & STAGED:
        for i in range(LANES):
            stress, left = drawn.liquidity_multiplier[i], 1.0 - drawn.capacity_cut[i]
            day.spread_stress[i] = stress * (1.0 + drawn.spread_rise[i])
            day.capacity_stress[i] = stress / left
            day.per_stress[i] = left / stress
            day.discount_shock[i] = drawn.discount_shock[i]
            day.mint_stop[i] = drawn.mint_stop[i]
            day.spread_rise[i] = drawn.spread_rise[i]
            day.capacity_cut[i] = drawn.capacity_cut[i]
            day.block_g[i] = 0.0
            day.block_requested_g[i] = 0.0
            day.run_requested_g[i] = 0.0
    if (happened | stale) & STOPPED:
        for i in range(LANES):
            day.operations_stop[i] = drawn.operations_stop[i]
    if (happened | stale) & SQUEEZED:
        own_days = float(issuer.market.lag_days)
        other: Any = 0
        for i in range(LANES):
            lag_days = max(own_days, drawn.lag_days[i])
            day.lag_days[i] = lag_days
            day.futures_basis[i] = drawn.futures_basis[i]
            other |= np.int64(lag_days != own_days)
        book.one_lag = other == 0
    else:
        book.one_lag = True
    if stale:
        for i in range(LANES):
            day.lost_g[i] = 0.0
            day.event_loss_usd[i] = 0.0
            day.freeze_effect_usd[i] = 0.0
            day.lease_loss_usd[i] = 0.0
            day.bank_loss_usd[i] = 0.0
            day.cyber_loss_usd[i] = 0.0
