"""E1 to E11 of MODEL.md over a block of lanes: the twin of `reference`, step by step, names and order alike.

Theory and reasons stand in `reference`; comments here say only what is different. What the issuer's switches add is in
`extensions` and `custody`, and is tested once a step and block, so that it costs next to nothing while off.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.simulation.kernel import custody, extensions
from gramlib.simulation.kernel.drivers import ATTACKED, BANK_FAILED, FROZEN, LEASE_DEFAULTED, LOST
from gramlib.simulation.kernel.lanes import LANES, inlined, jitted
from gramlib.simulation.kernel.market import DAYS_A_YEAR, execution_share, impact_terms
from gramlib.simulation.kernel.maths import exp, exp_within, log
from gramlib.simulation.limits import DISCOUNT_LASTING


@jitted
def begin_day(day: Any, book: Any, issuer: Any, any_queue: int) -> None:
    """What stood at the end of yesterday; no weekend yet. Without `any_queue` the queues are those of the day before."""
    for i in range(LANES if any_queue else 0):
        day.queue_before_g[i] = book.queue_g[i]
    if issuer.banks.on:
        for i in range(LANES):
            day.bank_frozen_before_usd[i] = book.bank_frozen_usd[i]
    if issuer.weekends.on:
        for i in range(LANES):
            day.weekend_requested_g[i] = 0.0
            day.weekend_discount[i] = 0.0


# Weekend -------------------------------------------------------------------------------------------------


@jitted
def weekend(day: Any, book: Any, drawn: Any, issuer: Any, rings: Any, five_days_ago: int) -> None:
    """Half a step before Monday: holders ask (E6) and the discount is free (E10), nothing else moves.

    The record of the day still holds Friday's price, coverage and event.
    """
    usd_peg, principal, price_share = issuer.usd_peg, issuer.terms.principal, issuer.weekends.price_share
    kind_share = issuer.in_kind.share if issuer.in_kind.on else 0.0
    n_holders = issuer.holders.count if issuer.holders.on else 0
    base_rate, span, calm = rate_terms(issuer)
    holders = issuer.redemption
    a0, a_return, a_discount, a_queue = holders.a0, holders.a_return, holders.a_discount, holders.a_queue
    a_shortfall, a_event = holders.a_shortfall, holders.a_event
    persistence, push = discount_terms(issuer)
    for i in range(LANES):
        friday = day.price_usd_per_g[i]
        gap = drawn.price_usd_per_g[i] / friday
        price = friday * (gap if price_share == 1.0 else exp(price_share * log(gap)))
        value_usd = day.token_value_usd[i] if usd_peg else price
        waiting_g = book.queue_g[i] + book.kind_queue_g[i]
        x = (
            a0
            + a_return * max(0.0, 1.0 - price / rings.price_usd_per_g[five_days_ago, i])
            + a_discount * max(0.0, book.discount[i])
            + a_queue * waiting_g / book.tokens_g[i]
            + a_shortfall * max(0.0, 1.0 - day.coverage[i])
            + a_event * day.event[i]
        )
        large_g = 0.0
        for j in range(n_holders):
            large_g += book.blocks_g[j, i]
        asked_g = redemption_rate(x, base_rate, span, calm) * max(0.0, book.tokens_g[i] - waiting_g - large_g)
        kind_g = kind_share * asked_g
        cash_g = asked_g - kind_g
        book.kind_queue_g[i] += kind_g
        book.queue_g[i] += cash_g
        book.queue_fixed_usd[i] += cash_g * day.token_value_usd[i] if principal else 0.0
        excess_g = max(0.0, asked_g - base_rate * book.tokens_g[i])
        discount = persistence * book.discount[i] + push * excess_g * value_usd
        book.discount[i] = discount
        day.weekend_requested_g[i] = asked_g
        day.weekend_discount[i] = discount


# E1. Price -----------------------------------------------------------------------------------------------


@jitted
def e1_price(
    day: Any, book: Any, drawn: Any, issuer: Any, rings: Any, five_days_ago: int, twenty_ago: int, today: int
) -> None:
    """Returns over five and twenty days, and what yesterday's positions make of the change.

    The last three arguments are rows of the ring of prices.
    """
    usd_peg = issuer.usd_peg
    if issuer.terms.principal:
        extensions.price_of_fixed_requests(day, book, drawn)
    # Loops of their own for the ring, whose rows the compiler would hold against every other column before it begins.
    for i in range(LANES):
        day.five_day_return[i] = rings.price_usd_per_g[five_days_ago, i]
    for i in range(LANES):
        rings.price_usd_per_g[today, i] = drawn.price_usd_per_g[i]
    for i in range(LANES):
        price, all_gold_g = drawn.price_usd_per_g[i], book.gold_g[i] + book.transit_g[i] + book.leased_g[i]
        # One product keeps grams equal to tokens neutral to the last bit.
        earning_g = all_gold_g if usd_peg else all_gold_g - book.tokens_g[i]
        day.price_effect_usd[i] = earning_g * (price - day.price_usd_per_g[i])
        day.price_usd_per_g[i] = price
        day.per_price[i] = 1.0 / price
        day.five_day_return[i] = price / day.five_day_return[i] - 1.0
    for i in range(0 if usd_peg else LANES):
        day.token_value_usd[i] = day.price_usd_per_g[i]
        day.request_value_usd[i] = day.price_usd_per_g[i]
    # Only orders for new tokens look back so far, and the ledger.
    for i in range(LANES if issuer.minting.on else 0):
        day.twenty_day_return[i] = day.price_usd_per_g[i] / rings.price_usd_per_g[twenty_ago, i] - 1.0


# E2. Settle ----------------------------------------------------------------------------------------------


@jitted
def e2_settle(day: Any, book: Any, issuer: Any, rings: Any, t: int) -> None:
    """What was sold is paid for, what was bought or in transit arrives, frozen cash and insurance come in."""
    due_usd = rings.receivables_usd
    today = t % rings.lag_rows
    for i in range(LANES):
        book.cash_usd[i] += due_usd[today, i]
        # Sums of what was added less what was taken off keep rounding dust; a claim is never negative.
        book.receivables_usd[i] = max(0.0, book.receivables_usd[i] - due_usd[today, i])
        due_usd[today, i] = 0.0
    if t <= book.bank_until:
        extensions.recover(book, rings.bank_usd, t)
    if t <= book.insurance_until + 2:
        extensions.pay_insurance(day, book, rings.insurance_usd, t)
    if t <= book.transit_until:
        custody.arrive(book, issuer, rings.transit_g, t)
    if issuer.minting.on:
        extensions.issue_tokens(day, book, issuer, rings, t)


# E3. Carry -----------------------------------------------------------------------------------------------


@jitted
def e3_carry(day: Any, book: Any, issuer: Any) -> None:
    """Pay the day's costs, earn the day's yield, and refill negative cash from bills as far as they go."""
    opex_usd = issuer.costs.opex_usd_year / DAYS_A_YEAR
    custody_rate, bill_yield = issuer.costs.custody_rate_year / DAYS_A_YEAR, issuer.treasury.bill_yield / DAYS_A_YEAR
    for i in range(LANES):
        custody_cost_usd = custody_rate * book.gold_g[i] * day.price_usd_per_g[i]
        yield_usd = book.bills_usd[i] * bill_yield
        day.custody_cost_usd[i] = custody_cost_usd
        day.yield_usd[i] = yield_usd
        book.cash_usd[i] -= opex_usd + custody_cost_usd
        book.bills_usd[i] += yield_usd
    if book.bills_sold:
        for i in range(LANES):
            day.haircut_usd[i] = 0.0
        book.bills_sold = False
    extensions.carry(day, book, issuer)
    refill_cash(day, book, issuer)


@jitted
def refill_cash(day: Any, book: Any, issuer: Any) -> None:
    """An overdrawn account is refilled from bills; what they do not cover stays negative."""
    overdrawn: Any = 0
    for i in range(LANES):
        overdrawn |= np.int64(book.cash_usd[i] < 0.0)
    if not overdrawn:
        return
    book.bills_sold = True
    kept = 1.0 - issuer.treasury.bill_haircut
    per_kept = 1.0 / kept
    for i in range(LANES):
        raised_usd, given_up_usd = sell_bills(max(0.0, -book.cash_usd[i]), book.bills_usd[i], kept, per_kept)
        book.cash_usd[i] += raised_usd
        book.bills_usd[i] -= given_up_usd
        day.haircut_usd[i] += given_up_usd - raised_usd


@inlined
def sell_bills(wanted_usd: float, bills_usd: float, kept: float, per_kept: float) -> tuple[float, float]:
    """What comes in for up to `wanted_usd` of bills sold, and the bills given up for it; `kept` is one less the haircut."""
    available_usd = bills_usd * kept
    raised_usd = min(wanted_usd, available_usd)
    given_up_usd = bills_usd if wanted_usd >= available_usd else min(bills_usd, raised_usd * per_kept)
    return raised_usd, given_up_usd


# E4. Events ----------------------------------------------------------------------------------------------


@jitted
def e4_events(day: Any, book: Any, drawn: Any, issuer: Any, rings: Any, t: int, happened: int) -> None:
    """What happens to gold and cash today; `happened` says which kinds of event any lane has (`drivers`)."""
    if happened & LOST:
        custody.lose_gold(day, book, drawn, issuer, rings, t)
    if issuer.custodians.on and ((happened & FROZEN) or t <= book.any_frozen_until + 3):
        custody.freeze_gold(day, book, drawn, issuer, t)
    if happened & LEASE_DEFAULTED:
        extensions.lose_leased_gold(day, book, drawn, issuer, rings.transit_g, t)
    if issuer.banks.on and happened & BANK_FAILED:
        extensions.fail_banks(day, book, drawn, issuer, rings.bank_usd, t)
    if happened & ATTACKED:
        extensions.lose_cash(day, book, drawn)
    if issuer.usd_peg:
        extensions.liquidate(day, book, issuer, t)
    if happened:
        refill_cash(day, book, issuer)


# E5. Coverage seen by holders ----------------------------------------------------------------------------


@jitted
def e5_coverage(day: Any, book: Any, issuer: Any) -> None:
    """Assets after today's loss over yesterday's tokens, both at today's price."""
    principal = issuer.terms.principal
    for i in range(LANES):
        day.tokens_before_g[i] = book.tokens_g[i]
        own_usd = assets_usd(day, book, i) - book.credit_drawn_usd[i]
        day.coverage[i] = own_usd / liabilities_usd(day, book, principal, i)


@inlined
def assets_usd(day: Any, book: Any, i: int) -> float:
    """V: gold at today's price less the policy haircut on what is frozen, cash, bills and what is due."""
    gold_g = book.gold_g[i] + book.transit_g[i] + book.leased_g[i]
    gold_usd = day.price_usd_per_g[i] * gold_g - book.freeze_haircut_usd[i]
    return gold_usd + book.cash_usd[i] + book.bills_usd[i] + (book.receivables_usd[i] + book.bank_frozen_usd[i])


@inlined
def liabilities_usd(day: Any, book: Any, principal: bool, i: int) -> float:
    """W: tokens at their value; in principal mode the queue at the prices of its requests."""
    value_usd, tokens_g = day.token_value_usd[i], book.tokens_g[i]
    fixed_usd = value_usd * (tokens_g - book.queue_g[i]) + book.queue_fixed_usd[i]
    return fixed_usd if principal else value_usd * tokens_g


# E6. Redemption intensity --------------------------------------------------------------------------------


@inlined
def logistic(z: float) -> float:
    """Lam(z) of the model page."""
    return 1.0 / (1.0 + exp_within(-z))


@inlined
def rate_terms(issuer: Any) -> tuple[float, float, float]:
    """Base rate, what is above it per unit of Lam, and Lam(a0): the same exp as for x, so that calm days cancel exactly."""
    holders = issuer.redemption
    calm = logistic(holders.a0)
    return holders.base_rate, (holders.max_rate - holders.base_rate) / (1.0 - calm), calm


@inlined
def redemption_rate(x: float, base_rate: float, span: float, calm: float) -> float:
    """Rho of the model page: the share of free tokens that asks today, exactly the base rate when all is calm."""
    return base_rate + span * max(0.0, logistic(x) - calm)


@jitted
def e6_redemption_intensity(
    day: Any,
    book: Any,
    drawn: Any,
    issuer: Any,
    rings: Any,
    holders_drawn: Any,
    t: int,
    address: Any,
    drawing: bool,
    any_waiting: bool,
) -> None:
    """How many holders ask today, and how many new ones order; without `any_waiting` no lane has a queue."""
    holders = issuer.redemption
    a0, a_return, a_discount, a_queue = holders.a0, holders.a_return, holders.a_discount, holders.a_queue
    a_shortfall, a_event = holders.a_shortfall, holders.a_event
    base_rate, span, calm = rate_terms(issuer)
    for i in range(LANES):
        waiting_g = book.queue_g[i] + book.kind_queue_g[i]
        intensity = (
            a0
            + a_return * max(0.0, -day.five_day_return[i])
            + a_discount * max(0.0, book.discount[i])
            + (a_queue * waiting_g / book.tokens_g[i] if any_waiting else 0.0)
            + a_shortfall * max(0.0, 1.0 - day.coverage[i])
            + a_event * day.event[i]
        )
        rate = redemption_rate(intensity, base_rate, span, calm)
        day.intensity[i] = intensity
        day.redemption_rate[i] = rate
        day.requested_g[i] = rate * (book.tokens_g[i] - waiting_g)
    if book.staged:
        extensions.ask_at_once(day, book, drawn, issuer)
    if issuer.holders.on:
        extensions.ask_with_blocks(day, book, drawn, issuer, holders_drawn, t, address, drawing)
    elif book.staged:
        extensions.ask_at_least(day, book, drawn)
    if issuer.in_kind.on:
        extensions.ask_in_kind(day, book, issuer)
    for i in range(LANES):
        book.queue_g[i] += day.requested_g[i]
    if issuer.terms.principal:
        extensions.fix_requests(day, book)
    if issuer.minting.on:
        extensions.order_tokens(day, book, issuer, rings, t)
    if issuer.swing_fee.on:
        extensions.swing_fee(day, book, issuer)


# E7. Gate ------------------------------------------------------------------------------------------------


@inlined
def e7_gate(day: Any, book: Any, gate: float, i: int) -> float:
    """Grams admitted for payment today: the whole queue, or no more than the gate lets through. Of one lane, for E8."""
    return min(book.queue_g[i], gate * day.tokens_before_g[i]) * (1.0 - day.operations_stop[i])


# E8. Waterfall -------------------------------------------------------------------------------------------


@jitted
def e8_waterfall(day: Any, book: Any, issuer: Any, t: int) -> int:
    """Pay what is admitted from cash above the floor, then bills, then credit; whether anybody waits, 0 or 1."""
    floor_usd, gate = issuer.treasury.cash_floor_usd, issuer.terms.gate
    if issuer.terms.principal:
        extensions.value_of_fixed_requests(day, book)
    waiting: Any = 0
    short: Any = 0
    for i in range(LANES):
        admitted_g, cash_usd = e7_gate(day, book, gate, i), book.cash_usd[i]
        value_usd = day.request_value_usd[i]
        need_usd = admitted_g * (value_usd * (1.0 - day.fee[i]))
        spendable_usd = max(0.0, cash_usd - floor_usd)
        from_cash_usd = min(need_usd, spendable_usd)
        day.wanted_usd[i] = need_usd - from_cash_usd
        day.paid_g[i] = admitted_g
        day.fees_usd[i] = day.fee[i] * admitted_g * value_usd
        book.cash_usd[i] = min(cash_usd, floor_usd) if need_usd >= spendable_usd else cash_usd - from_cash_usd
        short |= np.int64(need_usd > from_cash_usd)
    if short:
        pay_from_bills_and_credit(day, book, issuer)
    for i in range(LANES):
        paid_g, queue_g = day.paid_g[i], book.queue_g[i]
        # Exact where all are paid in full, since a number less itself is nought.
        queue_g = queue_g - paid_g
        book.queue_g[i] = queue_g
        book.tokens_g[i] -= paid_g
        waiting |= np.int64(queue_g > 0.0)
    if issuer.terms.principal:
        extensions.keep_fixed_requests(day, book)
    if issuer.in_kind.on:
        extensions.deliver_bars(day, book, issuer, t)
    return waiting


@jitted
def pay_from_bills_and_credit(day: Any, book: Any, issuer: Any) -> None:
    """What cash does not cover is paid from bills, then from credit; who is not paid in full gets what there is."""
    book.bills_sold = True
    kept, line_usd = 1.0 - issuer.treasury.bill_haircut, issuer.treasury.credit_line_usd
    per_kept, gate = 1.0 / kept, issuer.terms.gate
    for i in range(LANES):
        admitted_g, wanted_usd = e7_gate(day, book, gate, i), day.wanted_usd[i]
        value_usd = day.request_value_usd[i]
        from_bills_usd, given_up_usd = sell_bills(wanted_usd, book.bills_usd[i], kept, per_kept)
        missing_usd = wanted_usd - from_bills_usd
        from_credit_usd = min(missing_usd, line_usd - book.credit_drawn_usd[i])
        per_gram_usd = value_usd * (1.0 - day.fee[i])
        raised_usd = (admitted_g * per_gram_usd - wanted_usd) + from_bills_usd + from_credit_usd
        affordable_g = min(admitted_g, raised_usd / per_gram_usd)
        paid_g = admitted_g if from_credit_usd == missing_usd else affordable_g
        day.paid_g[i] = paid_g
        day.fees_usd[i] = day.fee[i] * paid_g * value_usd
        day.haircut_usd[i] += given_up_usd - from_bills_usd
        book.bills_usd[i] -= given_up_usd
        book.credit_drawn_usd[i] += from_credit_usd


# E9. Gold sale -------------------------------------------------------------------------------------------


@jitted
def e9_gold_sale(day: Any, book: Any, issuer: Any, rings: Any, t: int, has_queue: int) -> None:
    """Sell the grams no token needs, and those the queue needs beyond what is already sold and unpaid."""
    market = issuer.market
    capacity_usd = market.capacity_share * market.adv_usd
    half_spread, push, per_adv = impact_terms(issuer)
    other_claims = issuer.usd_peg or issuer.terms.principal
    if other_claims:
        extensions.gold_for_dollars(day, book, issuer)
    elsewhere = issuer.custodians.on
    for i in range(LANES):
        price, per_price, stress = day.price_usd_per_g[i], day.per_price[i], day.liquidity_multiplier[i]
        gold_g, root_stress = book.gold_g[i], day.root_stress[i]
        cap_usd = capacity_usd * day.per_stress[i]
        for_queue_g = max(0.0, book.queue_g[i] - book.receivables_usd[i] * per_price)
        wanted_g = day.wanted_g[i] if other_claims else max(0.0, gold_g - book.tokens_g[i]) + for_queue_g
        sold_g = min(min(cap_usd * per_price, wanted_g), max(gold_g - book.frozen_g[i], 0.0))
        share = execution_share(half_spread, push, per_adv, sold_g * price, stress, root_stress, day.spread_stress[i])
        execution = price * share
        sale_usd = sold_g * execution
        day.sold_g[i] = sold_g
        day.slippage_usd[i] = sold_g * (price - execution)
        day.sale_usd[i] = sale_usd
        book.receivables_usd[i] += sale_usd
        book.gold_g[i] = gold_g if elsewhere else gold_g - sold_g
    if issuer.custodians.on:
        custody.take_gold(book, day.sold_g, issuer, t)
    extensions.fall_due(rings.receivables_usd, rings.lag_rows, day.sale_usd, day, book, issuer, t)
    if issuer.lease.on & (has_queue != 0):
        extensions.recall_leased_gold(book, issuer, rings.transit_g, t)


# E10. Peg ------------------------------------------------------------------------------------------------


@inlined
def discount_terms(issuer: Any) -> tuple[float, float]:
    """What is left of yesterday's discount, and what a dollar sold on the secondary market adds."""
    peg = issuer.peg_model
    return peg.persistence, 0.01 * peg.secondary_share / peg.depth_usd


@inlined
def band_width(day: Any, issuer: Any, i: int) -> float:
    """Discount from which arbitrage pays: its costs, and the risk of the price until it is paid."""
    peg = issuer.peg_model
    risk_price = peg.risk_price * issuer.market.daily_vol
    return day.fee[i] + peg.arbitrage_cost + risk_price * day.root_stress[i] * day.root_wait[i]


@jitted
def e10_peg(day: Any, book: Any, issuer: Any, any_waiting: bool) -> None:
    """Discount of the token: pushed by secondary sales, held by arbitrage within a band that widens with the wait.

    Without `any_waiting` no lane has a queue or other lag than the issuer's own, nor had yesterday: the wait stays.
    """
    base_rate, cost = issuer.redemption.base_rate, issuer.peg_model.arbitrage_cost
    per_capacity = 1.0 / (issuer.market.capacity_share * issuer.market.adv_usd)
    persistence, push = discount_terms(issuer)
    staged = book.staged
    if any_waiting:
        for i in range(LANES):
            queue_usd = book.queue_g[i] * day.token_value_usd[i]
            wait_days = day.lag_days[i] + queue_usd * (day.capacity_stress[i] * per_capacity)
            day.wait_days[i] = wait_days
            day.root_wait[i] = np.sqrt(wait_days)
    for i in range(LANES):
        band = band_width(day, issuer, i)
        asked_g = day.requested_g[i] + day.kind_requested_g[i]
        excess_g = max(0.0, asked_g - base_rate * day.tokens_before_g[i]) - day.unmet_mint_g[i]
        discount = book.discount[i]
        draw = persistence * discount + push * excess_g * day.token_value_usd[i]
        draw = draw + day.discount_shock[i] if staged else draw
        day.discount_before[i] = discount
        book.discount[i] = min(draw, band) if day.operations_stop[i] < 1.0 else draw
    if issuer.minting.on:
        lowest = -(issuer.minting.fee + cost)
        for i in range(LANES):
            held = max(book.discount[i], lowest)
            desk_shut = day.operations_stop[i] + (day.mint_stop[i] if staged else 0.0)
            book.discount[i] = held if desk_shut < 1.0 else book.discount[i]


# E11. Book and judge -------------------------------------------------------------------------------------


@jitted
def e11_book(day: Any, book: Any, issuer: Any, rule: Any) -> int:
    """Close the day: own funds and backing. `rule` is the own funds rule: share of assets, and fixed amount.

    Not zero where a lane is so near a failure that `judge.failing` has to look; of queues and weekends it knows by itself.
    """
    reserve_share, fixed_usd = rule
    principal = issuer.terms.principal
    alert: Any = 0
    for i in range(LANES):
        tokens_g = book.tokens_g[i]
        assets = assets_usd(day, book, i)
        backing = (book.gold_g[i] + book.transit_g[i] + book.leased_g[i]) / tokens_g
        backing = backing if tokens_g > 0.0 else book.backing[i]
        equity_usd = assets - liabilities_usd(day, book, principal, i) - book.credit_drawn_usd[i]
        requirement_usd = max(reserve_share * assets, fixed_usd)
        day.equity_usd[i] = equity_usd
        day.own_funds_requirement_usd[i] = requirement_usd
        book.backing[i] = backing
        near = (equity_usd < requirement_usd) | (equity_usd < 0.0) | (backing < 1.0)
        alert |= np.int64(near | (book.discount[i] > DISCOUNT_LASTING))
    if issuer.usd_peg:
        extensions.collateral_ratio(day, book)
        return 1
    return alert


@jitted
def e11_ledger(day: Any, book: Any, issuer: Any, rings: Any, t: int) -> None:
    """What only the ledger shows: positions, and liquidity."""
    half_spread, push, per_adv = impact_terms(issuer)
    kept = 1.0 - issuer.treasury.bill_haircut
    due_usd, twenty_ago = rings.receivables_usd, max(0, t - 20) % rings.price_rows
    for i in range(LANES):
        day.tokens_g[i] = book.tokens_g[i]
        day.queue_g[i] = book.queue_g[i]
        day.gold_g[i] = book.gold_g[i]
        day.cash_usd[i] = book.cash_usd[i]
        day.bills_usd[i] = book.bills_usd[i]
        day.receivables_usd[i] = book.receivables_usd[i]
        day.discount[i] = book.discount[i]
        day.backing[i] = book.backing[i]
        day.capacity_usd[i] = issuer.market.capacity_share * issuer.market.adv_usd / day.capacity_stress[i]
        day.liquid_1d_usd[i] = book.cash_usd[i] + book.bills_usd[i] * kept
        soon_usd = 0.0
        for ahead in range(1, min(5, rings.lag_rows) + 1):
            soon_usd += due_usd[(t + ahead) % rings.lag_rows, i]
        stress, root_stress, spread_stress = day.liquidity_multiplier[i], day.root_stress[i], day.spread_stress[i]
        sold_usd = day.sold_g[i] * day.price_usd_per_g[i]
        share = execution_share(half_spread, push, per_adv, sold_usd, stress, root_stress, spread_stress)
        day.execution_usd_per_g[i] = day.price_usd_per_g[i] * share
        day.band[i] = band_width(day, issuer, i)
        share = execution_share(half_spread, push, per_adv, day.capacity_usd[i], stress, root_stress, spread_stress)
        saleable_usd = day.capacity_usd[i] * max(0.0, 5.0 - day.lag_days[i]) * share
        day.liquid_5d_usd[i] = day.liquid_1d_usd[i] + soon_usd + saleable_usd
        day.twenty_day_return[i] = day.price_usd_per_g[i] / rings.price_usd_per_g[twenty_ago, i] - 1.0
        day.frozen_g[i] = book.frozen_g[i]
        day.transit_g[i] = book.transit_g[i]
        day.leased_g[i] = book.leased_g[i]
        day.bank_frozen_usd[i] = book.bank_frozen_usd[i]
        day.kind_queue_g[i] = book.kind_queue_g[i]
        day.queue_fixed_usd[i] = book.queue_fixed_usd[i]
        day.credit_drawn_usd[i] = book.credit_drawn_usd[i]
        if issuer.usd_peg:
            gold_g = book.gold_g[i] + book.transit_g[i] + book.leased_g[i]
            gold_usd = day.price_usd_per_g[i] * gold_g
            gold_usd *= execution_share(half_spread, push, per_adv, gold_usd, stress, root_stress, spread_stress)
            day.shortfall_usd[i] = max(0.0, day.token_value_usd[i] * book.tokens_g[i] - gold_usd)
