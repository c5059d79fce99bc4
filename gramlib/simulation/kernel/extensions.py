"""What the issuer's switches add to the steps: the twin of `reference_extensions`, in the order of the day.

Each function is called only where its switch is on, or where something of its kind happens to a lane of the block.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.simulation.kernel import custody
from gramlib.simulation.kernel.drivers import draw_holders, holder_uniform
from gramlib.simulation.kernel.lanes import LANES, inlined, jitted
from gramlib.simulation.kernel.market import DAYS_A_YEAR, execution_share, impact_terms
from gramlib.simulation.kernel.maths import exp
from gramlib.simulation.reference_extensions import LARGEST_MINT_EXPONENT
from gramlib.simulation.stops import CLOSING_TOKEN_SHARE
from gramlib.units import GRAMS_PER_TROY_OUNCE


@jitted
def fall_due(ring: Any, n_rows: int, amount: Any, day: Any, book: Any, issuer: Any, t: int) -> None:
    """Put `amount` (LANES,) into the rows of a ring that belong to the days when today's trades settle."""
    if book.one_lag:
        row = (t + issuer.market.lag_days) % n_rows
        for i in range(LANES):
            ring[row, i] += amount[i]
    else:
        for i in range(LANES):
            ring[(t + np.int64(day.lag_days[i])) % n_rows, i] += amount[i]


# E1 --------------------------------------------------------------------------------------------------------


@jitted
def price_of_fixed_requests(day: Any, book: Any, drawn: Any) -> None:
    """Principal mode: the queue is owed the prices of its requests, so that the change of its grams is own funds'."""
    for i in range(LANES):
        day.principal_effect_usd[i] = book.queue_g[i] * (drawn.price_usd_per_g[i] - day.token_value_usd[i])


# E2 --------------------------------------------------------------------------------------------------------


@jitted
def recover(book: Any, ring_usd: Any, t: int) -> None:
    """Cash that a failed bank pays out, expected since its failure."""
    row = t % ring_usd.shape[0]
    for i in range(LANES):
        book.cash_usd[i] += ring_usd[row, i]
        book.bank_frozen_usd[i] = max(0.0, book.bank_frozen_usd[i] - ring_usd[row, i])
        ring_usd[row, i] = 0.0


@jitted
def pay_insurance(day: Any, book: Any, ring_usd: Any, t: int) -> None:
    """Insurance, which counts only once it is paid."""
    row = t % ring_usd.shape[0]
    for i in range(LANES):
        day.insurance_usd[i] = ring_usd[row, i]
        book.cash_usd[i] += ring_usd[row, i]
        ring_usd[row, i] = 0.0


@jitted
def issue_tokens(day: Any, book: Any, issuer: Any, rings: Any, t: int) -> None:
    """Tokens ordered `lag` days ago are issued: their gold has settled, bought with the buyer's segregated money."""
    ring_g = rings.mint_orders_g
    row, fee = t % rings.lag_rows, issuer.minting.fee
    for i in range(LANES if book.staged else 0):
        ring_g[row, i] = ring_g[row, i] if day.mint_stop[i] == 0.0 else 0.0
    for i in range(LANES):
        minted_g = ring_g[row, i]
        ring_g[row, i] = 0.0
        fees_usd = fee * minted_g * day.price_usd_per_g[i]
        day.minted_g[i] = minted_g
        day.mint_fees_usd[i] = fees_usd
        book.tokens_g[i] += minted_g
        book.cash_usd[i] += fees_usd
    custody.add_gold(book, day.minted_g, issuer)


# E3 --------------------------------------------------------------------------------------------------------


@jitted
def carry(day: Any, book: Any, issuer: Any) -> None:
    """Lease income, interest on credit, holding fee and margin of the short futures; then credit is repaid."""
    if issuer.lease.on:
        income_rate = issuer.lease.income_year / DAYS_A_YEAR
        for i in range(LANES):
            day.lease_income_usd[i] = income_rate * book.leased_g[i] * day.price_usd_per_g[i]
            book.cash_usd[i] += day.lease_income_usd[i]
    if issuer.holding_fee.on:
        fee_rate = issuer.holding_fee.rate_year / DAYS_A_YEAR
        for i in range(LANES):
            fee_g = fee_rate * (book.tokens_g[i] - (book.queue_g[i] + book.kind_queue_g[i]))
            book.tokens_g[i] -= fee_g
            day.holding_fee_usd[i] = fee_g * day.token_value_usd[i]
    if issuer.hedge.on:
        short_g = issuer.hedge.short_g
        for i in range(LANES):
            futures_usd_per_g = day.price_usd_per_g[i] * (1.0 + day.futures_basis[i])
            day.hedge_usd[i] = -short_g * (futures_usd_per_g - book.futures_usd_per_g[i])
            book.futures_usd_per_g[i] = futures_usd_per_g
            book.cash_usd[i] += day.hedge_usd[i]
    if issuer.treasury.credit_line_usd > 0.0:
        rate, floor_usd = issuer.treasury.credit_rate_year / DAYS_A_YEAR, issuer.treasury.cash_floor_usd
        for i in range(LANES):
            drawn_usd = book.credit_drawn_usd[i]
            cash_usd = book.cash_usd[i] - rate * drawn_usd
            repaid_usd = min(drawn_usd, max(0.0, cash_usd - floor_usd)) if book.queue_g[i] == 0.0 else 0.0
            day.credit_interest_usd[i] = rate * drawn_usd
            book.credit_drawn_usd[i] = drawn_usd - repaid_usd
            book.cash_usd[i] = cash_usd - repaid_usd


# E4 --------------------------------------------------------------------------------------------------------


@jitted
def lose_leased_gold(day: Any, book: Any, drawn: Any, issuer: Any, ring_g: Any, t: int) -> None:
    """The lessee fails: part of the gold comes back after the time of a recall, the rest is lost."""
    for i in range(LANES):
        leased_g = book.leased_g[i]
        if drawn.lease_default[i] > 0.0 and leased_g > 0.0:
            recovered_g = issuer.lease.recovery * leased_g
            day.lease_loss_usd[i] = (leased_g - recovered_g) * day.price_usd_per_g[i]
            custody.send(book, ring_g, recovered_g, t + issuer.lease.recall_days, i)
            book.leased_g[i] = 0.0


@jitted
def fail_banks(day: Any, book: Any, drawn: Any, issuer: Any, ring_usd: Any, t: int) -> None:
    """A failed bank's share of the cash is frozen; what will not be recovered is lost at once."""
    banks = issuer.banks
    due = t + banks.freeze_days
    for i in range(LANES):
        cash_usd = max(0.0, book.cash_usd[i])
        for b in range(banks.n_shares):
            if drawn.bank_failed[b, i] > 0.0:
                held_usd = banks.shares[b] * cash_usd
                recovered_usd = banks.recovery * held_usd
                book.cash_usd[i] -= held_usd
                book.bank_frozen_usd[i] += recovered_usd
                ring_usd[due % ring_usd.shape[0], i] += recovered_usd
                day.bank_loss_usd[i] += held_usd - recovered_usd
                book.bank_until = max(book.bank_until, due)
        if drawn.bank_share[i] > 0.0:
            held_usd = min(drawn.bank_share[i] * cash_usd, max(0.0, book.cash_usd[i]))
            recovered_usd = banks.recovery * held_usd
            book.cash_usd[i] -= held_usd
            book.bank_frozen_usd[i] += recovered_usd
            ring_usd[due % ring_usd.shape[0], i] += recovered_usd
            day.bank_loss_usd[i] += held_usd - recovered_usd
            book.bank_until = max(book.bank_until, due)


@jitted
def lose_cash(day: Any, book: Any, drawn: Any) -> None:
    """An attack on chain or contract is made good from cash."""
    for i in range(LANES):
        day.cyber_loss_usd[i] = drawn.cyber_loss_usd[i]
        book.cash_usd[i] -= drawn.cyber_loss_usd[i]


@jitted
def liquidate(day: Any, book: Any, issuer: Any, t: int) -> None:
    """Peg usd: below the liquidation ratio, liquidators retire debt against collateral and a bonus."""
    ratio, target, paid = (
        issuer.collateral.liquidation_ratio,
        issuer.collateral.target_ratio,
        1.0 + issuer.collateral.bonus,
    )
    least_g = CLOSING_TOKEN_SHARE * issuer.tokens_g
    for i in range(LANES):
        price, value_usd = day.price_usd_per_g[i], day.token_value_usd[i]
        collateral_usd = price * (book.gold_g[i] + book.transit_g[i] + book.leased_g[i])
        debt_usd = value_usd * book.tokens_g[i]
        wanted_usd = (target * debt_usd - collateral_usd) / (target - paid)
        kept_g = book.queue_g[i] + book.kind_queue_g[i] + least_g
        outside_queue_usd = value_usd * max(0.0, book.tokens_g[i] - kept_g)
        movable_g = book.gold_g[i] - book.frozen_g[i]
        retired_usd = min(min(wanted_usd, outside_queue_usd), price * movable_g / paid)
        retired_usd = 0.0 if collateral_usd >= ratio * debt_usd else retired_usd
        liquidated_g = min(movable_g, retired_usd * paid / price)
        day.liquidated_g[i] = liquidated_g
        day.liquidation_loss_usd[i] = liquidated_g * price - retired_usd
        book.tokens_g[i] -= retired_usd / value_usd
    custody.take_gold(book, day.liquidated_g, issuer, t)


# E6 --------------------------------------------------------------------------------------------------------


@jitted
def ask_at_once(day: Any, book: Any, drawn: Any, issuer: Any) -> None:
    """One given holder asks for its share of all tokens, before anybody else; it is one of the large ones, where there are."""
    n = issuer.holders.count if issuer.holders.on else 0
    for i in range(LANES):
        free_g = book.tokens_g[i] - (book.queue_g[i] + book.kind_queue_g[i])
        left_g = min(drawn.block_share[i] * book.tokens_g[i], max(0.0, free_g))
        day.block_g[i] = left_g
        day.block_requested_g[i] = left_g
        for j in range(n):
            taken_g = min(book.blocks_g[j, i], left_g)
            book.blocks_g[j, i] -= taken_g
            left_g -= taken_g


@jitted
def ask_at_least(day: Any, book: Any, drawn: Any) -> None:
    """Requests where a run is given, or one holder has asked before."""
    for i in range(LANES):
        rate, share = day.redemption_rate[i], drawn.redeem_share[i]
        free_g = book.tokens_g[i] - (book.queue_g[i] + book.kind_queue_g[i]) - day.block_g[i]
        day.run_requested_g[i] = max(0.0, share - rate) * free_g
        day.requested_g[i] = max(rate, share) * free_g + day.block_g[i]


@jitted
def ask_with_blocks(
    day: Any, book: Any, given: Any, issuer: Any, drawn: Any, t: int, address: Any, drawing: bool
) -> None:
    """Requests of small holders, a share of theirs, and of large ones, who ask for everything or for nothing.

    Without draws (a replay) each large holder asks for what it would ask on average.
    """
    n, readiness = issuer.holders.count, 1.0 + issuer.holders.load
    if drawing:
        draw_holders(t, address, n, drawn)
    staged = book.staged
    for i in range(LANES):
        day.block_requested_g[i] = day.block_g[i] if staged else 0.0
        day.requested_g[i] = 0.0
    for j in range(n):
        for i in range(LANES):
            day.requested_g[i] += book.blocks_g[j, i]
    for i in range(LANES):
        free_g = book.tokens_g[i] - (book.queue_g[i] + book.kind_queue_g[i])
        free_g = free_g - day.block_g[i] if staged else free_g
        rate, small_g = day.redemption_rate[i], max(0.0, free_g - day.requested_g[i])
        at_least = max(rate, given.redeem_share[i]) if staged else rate
        day.requested_g[i] = at_least * small_g
        day.run_requested_g[i] = (at_least - rate) * small_g
    for j in range(n):
        for i in range(LANES):
            chance = min(1.0, day.redemption_rate[i] * readiness)
            chance = max(chance, given.redeem_share[i]) if staged else chance
            block_g = book.blocks_g[j, i]
            leaving_g = chance * block_g
            if drawing:
                leaving_g = block_g if holder_uniform(t, j, drawn, i) < chance else 0.0
            book.blocks_g[j, i] = block_g - leaving_g
            free_g = book.tokens_g[i] - (book.queue_g[i] + book.kind_queue_g[i])
            free_g = free_g - day.block_g[i] if staged else free_g
            leaving_g = min(leaving_g, max(0.0, free_g - day.requested_g[i]))
            day.block_requested_g[i] += leaving_g
            day.requested_g[i] += leaving_g
    for i in range(LANES if staged else 0):
        day.requested_g[i] += day.block_g[i]


@jitted
def ask_in_kind(day: Any, book: Any, issuer: Any) -> None:
    """The part of today's requests that wants bars, and all of a given block; it joins a queue of its own."""
    share = issuer.in_kind.share
    for i in range(LANES):
        kind_g = share * (day.requested_g[i] - day.block_g[i]) + day.block_g[i]
        day.kind_requested_g[i] = kind_g
        day.requested_g[i] -= kind_g
        book.kind_queue_g[i] += kind_g
        book.kind_asked_until_g[i] += kind_g + share * day.weekend_requested_g[i]


@jitted
def fix_requests(day: Any, book: Any) -> None:
    """Principal mode: today's requests are owed today's price."""
    for i in range(LANES):
        book.queue_fixed_usd[i] += day.requested_g[i] * day.token_value_usd[i]


@jitted
def order_tokens(day: Any, book: Any, issuer: Any, rings: Any, t: int) -> None:
    """New holders order; what onboarding turns away is bought on the secondary market and lifts the token's price."""
    minting = issuer.minting
    base_rate, max_rate = minting.base_rate, minting.max_rate
    return_sensitivity, premium_sensitivity = minting.return_sensitivity, minting.premium_sensitivity
    for i in range(LANES):
        growth = exp(min(return_sensitivity * day.twenty_day_return[i], LARGEST_MINT_EXPONENT))
        premium = 1.0 + premium_sensitivity * max(0.0, -book.discount[i])
        wanted_g = base_rate * book.tokens_g[i] * growth * premium
        ordered_g = min(wanted_g, max_rate * book.tokens_g[i])
        ordered_g = ordered_g if day.operations_stop[i] < 1.0 else 0.0
        day.ordered_g[i] = ordered_g
        day.unmet_mint_g[i] = min(wanted_g - ordered_g, book.tokens_g[i])
    for i in range(LANES if book.staged else 0):
        day.ordered_g[i] = day.ordered_g[i] if day.mint_stop[i] == 0.0 else 0.0
        day.unmet_mint_g[i] = day.unmet_mint_g[i] if day.mint_stop[i] == 0.0 else 0.0
    fall_due(rings.mint_orders_g, rings.lag_rows, day.ordered_g, day, book, issuer, t)


@jitted
def swing_fee(day: Any, book: Any, issuer: Any) -> None:
    """Redemption fee of the day: on a day of large requests it swings up by the slippage that they cause."""
    fee, swing = issuer.terms.fee, issuer.swing_fee
    threshold, factor, max_fee = swing.threshold, swing.factor, swing.max_fee
    capacity_usd = issuer.market.capacity_share * issuer.market.adv_usd
    half_spread, push, per_adv = impact_terms(issuer)
    for i in range(LANES):
        stress = day.liquidity_multiplier[i]
        sale_usd = min(capacity_usd / day.capacity_stress[i], book.queue_g[i] * day.token_value_usd[i])
        share = execution_share(half_spread, push, per_adv, sale_usd, stress, np.sqrt(stress), day.spread_stress[i])
        slippage = 1.0 - share
        swung = max(fee, min(max_fee, fee + factor * slippage))
        asked_g = day.requested_g[i] + day.kind_requested_g[i]
        day.fee[i] = swung if asked_g > threshold * day.tokens_before_g[i] else fee


# E8 --------------------------------------------------------------------------------------------------------


@jitted
def value_of_fixed_requests(day: Any, book: Any) -> None:
    """Principal mode: what the queue was promised on average."""
    for i in range(LANES):
        fixed = book.queue_fixed_usd[i] / book.queue_g[i]
        day.request_value_usd[i] = fixed if book.queue_g[i] > 0.0 else day.token_value_usd[i]


@jitted
def keep_fixed_requests(day: Any, book: Any) -> None:
    """What the queue that is left was promised."""
    for i in range(LANES):
        book.queue_fixed_usd[i] = book.queue_g[i] * day.request_value_usd[i]


@inlined
def bar_g(issuer: Any) -> float:
    """Weight of the smallest delivery."""
    return issuer.terms.minimum_oz * GRAMS_PER_TROY_OUNCE


@jitted
def deliver_bars(day: Any, book: Any, issuer: Any, t: int) -> None:
    """Whole bars go out, as many as are asked for, can be handled and can move; the fraction stays queued."""
    bar, fee, bars_per_day = bar_g(issuer), issuer.in_kind.fee, float(issuer.in_kind.bars_per_day)
    for i in range(LANES):
        handled = np.floor(bars_per_day * (1.0 - day.operations_stop[i]))
        movable_g = book.gold_g[i] - book.frozen_g[i]
        bars = min(min(np.floor(book.kind_queue_g[i] / bar), handled), np.floor(movable_g / bar))
        delivered_g = max(0.0, bars) * bar
        fees_usd = fee * delivered_g * day.price_usd_per_g[i]
        day.delivered_g[i] = delivered_g
        day.kind_fees_usd[i] = fees_usd
        book.kind_queue_g[i] = max(0.0, book.kind_queue_g[i] - delivered_g)
        book.kind_met_until_g[i] += delivered_g
        book.tokens_g[i] -= delivered_g
        book.cash_usd[i] += fees_usd
    custody.take_gold(book, day.delivered_g, issuer, t)


# E9 --------------------------------------------------------------------------------------------------------


@jitted
def gold_for_dollars(day: Any, book: Any, issuer: Any) -> None:
    """Gold to be sold where the queue is owed dollars: peg usd, and principal mode.

    Collateral beyond the debt is no surplus. It pays the queue and brings cash and bills back to what they were at the
    start, each dollar sold for once.
    """
    usd_peg = issuer.usd_peg
    buffer_usd = issuer.cash_usd + issuer.bills_usd
    for i in range(LANES):
        surplus_g = 0.0 if usd_peg else max(0.0, book.gold_g[i] - book.tokens_g[i])
        liquid_usd = book.cash_usd[i] + book.bills_usd[i] + book.bank_frozen_usd[i]
        pegged_usd = book.queue_g[i] * day.token_value_usd[i] + max(0.0, buffer_usd - liquid_usd)
        owed_usd = pegged_usd if usd_peg else book.queue_fixed_usd[i]
        day.wanted_g[i] = surplus_g + max(0.0, (owed_usd - book.receivables_usd[i]) * day.per_price[i])


@jitted
def recall_leased_gold(book: Any, issuer: Any, ring_g: Any, t: int) -> None:
    """While anybody waits for cash, leased gold is called back."""
    for i in range(LANES):
        if book.leased_g[i] > 0.0 and book.queue_g[i] > 0.0:
            custody.send(book, ring_g, book.leased_g[i], t + issuer.lease.recall_days, i)
            book.leased_g[i] = 0.0


# E11 -------------------------------------------------------------------------------------------------------


@jitted
def collateral_ratio(day: Any, book: Any) -> None:
    """Peg usd: backing is what the gold is worth over what is owed."""
    for i in range(LANES):
        gold_usd = day.price_usd_per_g[i] * (book.gold_g[i] + book.transit_g[i] + book.leased_g[i])
        ratio = gold_usd / (day.token_value_usd[i] * book.tokens_g[i])
        # Without tokens E11 has kept yesterday's ratio.
        held = ratio if book.tokens_g[i] > 0.0 else book.backing[i]
        book.backing[i] = held
