"""Causes of failures, for one lane on its first day of failure: the rules of `failures`, as codes of `causes.CAUSES`."""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.simulation import limits
from gramlib.simulation.causes import CODE, GIVEN_RUN, OPENING, REDEMPTIONS, SECONDARY_SALES
from gramlib.simulation.day import BRIDGE
from gramlib.simulation.kernel.lanes import DAY_NAMES, inlined, jitted

_OPENING = CODE[OPENING]
_BRIDGE_COLUMNS = np.array([DAY_NAMES.index(name) for name in BRIDGE])
_BRIDGE_SIGNS = np.array([float(sign) for sign, _ in BRIDGE.values()])
_BRIDGE_CODES = np.array([CODE[cause] for _, cause in BRIDGE.values()])

_CUSTODY_LOSS, _LESSEE, _SOLD = CODE["custody loss"], CODE["lessee default"], CODE["gold sold for the queue"]
_QUEUE_PRICE, _OPEX, _CUSTODY_COST = CODE["price of the queue"], CODE["operating cost"], CODE["custody cost"]
_YIELD, _INTEREST, _MARGIN = CODE["negative bill yield"], CODE["credit interest"], CODE["futures margin"]
_BANK, _CYBER = CODE["bank failure: cash frozen"], CODE["cyber loss"]
_YESTERDAY, _WEEKEND = CODE["discount of the day before"], CODE["weekend sales"]
_REDEMPTIONS, _SECONDARY = CODE[REDEMPTIONS[0]], CODE[SECONDARY_SALES[0]]
_BASE_RATE, _EVENT, _DISCOUNT, _QUEUE, _SHORTFALL, _FALL, _LARGE_HOLDERS = range(7)
_GIVEN_RUN = 7
_RUN_REDEMPTIONS, _RUN_SALES = CODE[f"redemptions: {GIVEN_RUN}"], CODE[f"secondary sales: {GIVEN_RUN}"]
_SHOCK = CODE["discount shock"]
_SHORT, _ONCE = 1.0 - limits.BACKING_ROUNDING, limits.DISCOUNT_ONCE


@jitted
def for_equity(day: Any, columns: Any, t: int, limit_usd: float, may_be_opening: bool, i: int) -> int:
    """F1, F2, F6: the largest loss of the day's equity bridge. `columns` is the day's record as numbers."""
    cause, largest, change_usd = _OPENING, 0.0, 0.0
    for term in range(len(_BRIDGE_COLUMNS)):
        gain_usd = _BRIDGE_SIGNS[term] * columns[_BRIDGE_COLUMNS[term], i]
        change_usd += gain_usd
        if -gain_usd > largest:
            largest, cause = -gain_usd, _BRIDGE_CODES[term]
    if t == 1 and may_be_opening and day.equity_usd[i] - change_usd < limit_usd:
        return _OPENING
    return cause


@jitted
def for_backing(day: Any, issuer: Any, t: int, i: int) -> int:
    """F5: grams fall short through a loss, or through sales for the queue; asked on the first short day."""
    opening_g = issuer.gold_g
    opening_g += issuer.transit.gold_g if issuer.transit.on else 0.0
    opening_g += issuer.lease.gold_g if issuer.lease.on else 0.0
    if t == 1 and opening_g < issuer.tokens_g * _SHORT:
        return _OPENING
    leased_g = day.lease_loss_usd[i] / day.price_usd_per_g[i]
    cause, largest = _OPENING, 0.0
    if day.lost_g[i] > largest:
        largest, cause = day.lost_g[i], _CUSTODY_LOSS
    if leased_g > largest:
        largest, cause = leased_g, _LESSEE
    return _SOLD if day.sold_g[i] > largest else cause


@jitted
def for_liquidity(day: Any, book: Any, issuer: Any, price_before: float, i: int) -> int:
    """F3, F7: the largest drain of L1 less what the queue is owed."""
    paid_share = 1.0 - day.fee[i]
    asked_usd = (day.requested_g[i] + day.weekend_requested_g[i]) * day.token_value_usd[i]
    owed_in_grams = not (issuer.usd_peg or issuer.terms.principal)
    dearer_usd = day.queue_before_g[i] * (day.price_usd_per_g[i] - price_before) * paid_share
    frozen_usd = max(0.0, book.bank_frozen_usd[i] - day.bank_frozen_before_usd[i]) + day.bank_loss_usd[i]
    terms = (
        (asked_usd * paid_share, of_module(_REDEMPTIONS, _RUN_REDEMPTIONS, module(day, book, issuer, i))),
        (dearer_usd if owed_in_grams else 0.0, _QUEUE_PRICE),
        (day.opex_usd[i], _OPEX),
        (day.custody_cost_usd[i], _CUSTODY_COST),
        (-day.yield_usd[i], _YIELD),
        (day.credit_interest_usd[i], _INTEREST),
        (-day.hedge_usd[i], _MARGIN),
        (frozen_usd, _BANK),
        (day.cyber_loss_usd[i], _CYBER),
    )
    cause, largest = _OPENING, 0.0
    for drain_usd, code in terms:
        if drain_usd > largest:
            largest, cause = drain_usd, code
    return cause


@jitted
def for_discount(day: Any, book: Any, issuer: Any, i: int) -> int:
    """F4: yesterday's discount against today's secondary sales and a given shock, or the weekend's sales."""
    if day.weekend_discount[i] > _ONCE:
        return _WEEKEND
    peg = issuer.peg_model
    tokens_before_g = book.tokens_g[i] + day.paid_g[i] + day.delivered_g[i]
    asked_g = day.requested_g[i] + day.kind_requested_g[i]
    excess_g = max(0.0, asked_g - issuer.redemption.base_rate * tokens_before_g)
    kept = peg.persistence * discount_before(day, i)
    pushed = 0.01 * peg.secondary_share * excess_g * day.token_value_usd[i] / peg.depth_usd
    shock = day.discount_shock[i]
    if kept > 0.0 and kept >= pushed and kept >= shock:
        return _YESTERDAY
    if pushed > 0.0 and pushed >= shock:
        return of_module(_SECONDARY, _RUN_SALES, module(day, book, issuer, i))
    return _SHOCK if shock > 0.0 else _OPENING


@inlined
def of_module(first: int, given_run: int, place: int) -> int:
    """Code of a cause by module: `first` is that of the first module, `given_run` that of a given run."""
    return given_run if place == _GIVEN_RUN else first + place


@jitted
def discount_before(day: Any, i: int) -> float:
    """The discount that today's holders saw: yesterday's, or the weekend's."""
    return day.weekend_discount[i] if day.weekend_discount[i] != 0.0 else day.discount_before[i]


@jitted
def module(day: Any, book: Any, issuer: Any, i: int) -> int:
    """Module behind the largest term of the intensity x, as its place in `causes.MODULES`; _GIVEN_RUN behind them."""
    holders = issuer.redemption
    asked_g = day.requested_g[i] + day.kind_requested_g[i]
    if 2.0 * day.run_requested_g[i] > asked_g:
        return _GIVEN_RUN
    if 2.0 * day.block_requested_g[i] > asked_g:
        return _LARGE_HOLDERS
    if day.redemption_rate[i] <= holders.base_rate:
        return _BASE_RATE
    paid_g = day.paid_g[i] + day.delivered_g[i]
    waiting_g = book.queue_g[i] + book.kind_queue_g[i] + paid_g - asked_g
    event = holders.a_event * day.event[i]
    discount = holders.a_discount * max(0.0, discount_before(day, i))
    queue = holders.a_queue * waiting_g / (book.tokens_g[i] + paid_g)
    shortfall = holders.a_shortfall * max(0.0, 1.0 - day.coverage[i])
    # Rounding of the sum must not pass for a fall of the price.
    left = day.intensity[i] - holders.a0 - (event + discount + queue + shortfall)
    left = left if left > 1e-9 * (1.0 + abs(day.intensity[i])) else 0.0
    found, largest = _BASE_RATE, 0.0
    for term, place in (
        (event, _EVENT), (discount, _DISCOUNT), (queue, _QUEUE), (shortfall, _SHORTFALL), (left, _FALL),
    ):  # fmt: skip
        if term > largest:
            largest, found = term, place
    return found
