"""The issuer's day in plain Python: one path, one function per step E1 to E11 of MODEL.md.

This is the engine to read, and the one that listed scenarios are replayed by; `kernel` is its twin over
many paths. Letters of the model page in brackets.

A gold token promises one gram [P USD each] per token. The issuer holds allocated gold [G grams], cash [C],
T-bills [B] and claims from gold it has sold but not been paid for [A]; it owes one gram for each token [N].

    assets V = P G + C + B + sum A      liabilities W = P N      own funds E = V - W

Assets and liabilities are both grams, so a fall of the price alone hardly moves E. What hurts is *time*.
Holders ask for dollars, and ask faster when the price has fallen over five days, when the token trades at a
discount, when others already queue, when the reserve looks short, or when confidence breaks:

    x = a0 + a1 max(0, -r5) + a2 max(0, d) + a3 Q/N + a4 max(0, 1 - cov) + a5 event
    rho = rho0 + (rhomax - rho0) max(0, (Lam(x) - Lam(a0)) / (1 - Lam(a0))),  Lam(z) = 1 / (1 + exp(-z))

They are paid from cash, then from bills; gold is sold to refill cash, but no faster than the market takes
it, and it settles `lag` days later. Whoever is not paid waits in the queue [Q], first in, first out. The
longer the wait, the wider the band in which arbitrage leaves the token's discount [d] alone, and the discount
feeds the next day's redemptions.

Every day must explain its own change of E to the last cent (the equity bridge):

    dE = fees - opex - custody - slippage - haircut + yield - loss P + (G - N of the day before) dP

Timing: index 0 of every array is today, before anything happens; days 1 to n are simulated. No step reads
anything from after itself. Full float precision throughout, nothing is rounded.

Extensions (section 8) act inside the steps, by functions of `reference_extensions` that do nothing while off. A token is worth P,
or in the USD-pegged variant the first day's price for ever [pi]: every step above holds with pi in place of P where a
*token* is meant. A weekend is half a step before its Monday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import exp, sqrt
from typing import TYPE_CHECKING

from gramlib.params.issuer import Issuer
from gramlib.simulation import reference_extensions as extensions
from gramlib.simulation.book import Book, Claims, block_sizes_g, custodian_shares
from gramlib.simulation.day import FLOWS, INPUTS, Day
from gramlib.simulation.market_access import capacity_usd, execution_share
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.stops import books_close
from gramlib.units import BUSINESS_DAYS_PER_YEAR

if TYPE_CHECKING:
    from gramlib.simulation.drivers import PathDrivers
    from gramlib.simulation.reference_extensions import Happening

PAID_DUST_SHARE = 1e-9
"""A request counts as paid when less than this share of the opening tokens remains of it (rounding, not money)."""

GivenEvents = Mapping[str, Sequence[float]]
"""The arrays of `Events` for one path, by name."""


def walk(
    issuer: Issuer,
    prices_usd_per_g: Sequence[float],
    events: GivenEvents,
    own_funds: OwnFundsRule,
    drivers: PathDrivers | None = None,
) -> list[Day]:
    """Walk one path; returns days 0 to n, day 0 being the opening position before anything happens.

    Prices and every sequence of `events` have n + 1 entries; index 0 of the events is not used. `drivers` draws what
    happens beside prices, and what large holders do. Once the books close (`stops`), the days that follow repeat the
    closing figures with no flows.
    """
    book, opening = open_books(issuer, prices_usd_per_g[0], own_funds)
    days = [opening]
    closed = False
    for t in range(1, len(prices_usd_per_g)):
        day = Day(t, prices_usd_per_g[t], events["event"][t], events["liquidity_multiplier"][t], book.tokens_g)
        closed = closed or books_close(book.tokens_g, day.price_usd_per_g, issuer)
        if issuer.weekends.on and not closed and extensions.is_monday(t, issuer):
            weekend(day, book, issuer, prices_usd_per_g)
        e1_price(day, book, issuer, prices_usd_per_g)
        happening = extensions.what_happens(day, issuer, events, drivers)
        if closed:
            days.append(repeat_closing_figures(day, days[-1]))
            continue
        e2_settle(day, book, issuer)
        e3_carry(day, book, issuer)
        e4_events(day, book, issuer, happening)
        e5_coverage(day, book, issuer)
        e6_redemption_intensity(day, book, issuer, happening, drivers)
        admitted_g = e7_gate(day, book, issuer)
        e8_waterfall(day, book, issuer, admitted_g)
        e9_gold_sale(day, book, issuer)
        e10_peg(day, book, issuer)
        e11_book_and_judge(day, book, issuer, own_funds)
        days.append(day)
    return days


def open_books(issuer: Issuer, price_usd_per_g: float, own_funds: OwnFundsRule) -> tuple[Book, Day]:
    """The issuer on day 0, calm: no queue, no receivables, no discount, market liquidity normal."""
    gold_g = [share * issuer.gold_g for share in custodian_shares(issuer)]
    book = Book(issuer.tokens_g, gold_g, issuer.cash_usd, issuer.bills_usd, price_usd_per_g,
                token_value_usd=price_usd_per_g, futures_usd_per_g=price_usd_per_g, frozen_until=[-1] * len(gold_g),
                blocks_g=list(block_sizes_g(issuer)), fee=issuer.terms.fee)  # fmt: skip
    if issuer.lease.on:
        book.leased_g = issuer.lease.gold_g
    if issuer.transit.on and issuer.transit.gold_g > 0.0:
        book.transit_g[issuer.transit.days] = issuer.transit.gold_g
    day = Day(0, price_usd_per_g, 0.0, 1.0, issuer.tokens_g, intensity=issuer.redemption.a0, fee=issuer.terms.fee,
              lag_days=issuer.market.lag_days, token_value_usd=price_usd_per_g)  # fmt: skip
    day.capacity_usd = issuer.market.capacity_share * issuer.market.adv_usd
    day.execution_usd_per_g = price_usd_per_g * (1.0 - issuer.market.spread / 2.0)
    e5_coverage(day, book, issuer)
    e10_peg(day, book, issuer)
    e11_book_and_judge(day, book, issuer, own_funds)
    return book, day


def repeat_closing_figures(day: Day, closing: Day) -> Day:
    """A day after the books closed: price and events are today's, positions those of the closing, flows nought."""
    today = {name: getattr(day, name) for name in INPUTS}
    return replace(closing, day=day.day, books_open=False, **today, **dict.fromkeys(FLOWS, 0.0))


# Weekend -------------------------------------------------------------------------------------------------


def weekend(day: Day, book: Book, issuer: Issuer, prices_usd_per_g: Sequence[float]) -> None:
    """Half a step before Monday: holders ask (E6) and the discount is free (E10), nothing else moves.

    The token market, open around the clock, sees `price_share` of the gap already. Coverage, fee and event are
    Friday's; in principal mode requests are fixed at Friday's price, since the oracle stands still.
    """
    friday = book.price_usd_per_g
    price = friday * (day.price_usd_per_g / friday) ** issuer.weekends.price_share
    value_usd = book.token_value_usd if issuer.peg == "usd" else price
    fall = 1.0 - price / prices_usd_per_g[max(0, day.day - 5)]
    x = intensity(book, issuer, fall, book.coverage, book.event)
    # Large holders are desks: neither they nor their tokens ask at weekends.
    asked_g = redemption_rate(x, issuer) * max(0.0, book.tokens_g - book.waiting_g - sum(book.blocks_g))
    cash_g = asked_g - extensions.ask_in_kind(book, issuer, asked_g)
    join_queue(book, issuer, cash_g)
    excess_g = max(0.0, asked_g - issuer.redemption.base_rate * book.tokens_g)
    book.discount = draw_of_discount(book, issuer, excess_g, value_usd)
    day.weekend_requested_g, day.weekend_discount = asked_g, book.discount


# E1. Price -----------------------------------------------------------------------------------------------


def e1_price(day: Day, book: Book, issuer: Issuer, prices_usd_per_g: Sequence[float]) -> None:
    """Simple returns over five and twenty days, over fewer at the start; what yesterday's positions make of the change."""
    price = day.price_usd_per_g
    day.five_day_return = simple_return(price, prices_usd_per_g[max(0, day.day - 5)])
    day.twenty_day_return = simple_return(price, prices_usd_per_g[max(0, day.day - 20)])
    day.token_value_usd = book.token_value_usd if issuer.peg == "usd" else price
    change_usd, value_change_usd = price - book.price_usd_per_g, day.token_value_usd - book.token_value_usd
    if issuer.peg == "usd":
        day.price_effect_usd = book.all_gold_g * change_usd
    else:
        # One product keeps grams equal to tokens neutral to the last bit.
        day.price_effect_usd = (book.all_gold_g - book.tokens_g) * change_usd
    if issuer.terms.mode == "principal":
        day.principal_effect_usd = book.queue_g * value_change_usd
    book.price_usd_per_g, book.token_value_usd = price, day.token_value_usd


def simple_return(price: float, before: float) -> float:
    """Price over an earlier one, less one; nought where the earlier one had vanished, on days after the books closed."""
    return price / before - 1.0 if before > 0.0 else 0.0


# E2. Settle ----------------------------------------------------------------------------------------------


def e2_settle(day: Day, book: Book, issuer: Issuer) -> None:
    """What was sold is paid for, what was bought or in transit arrives, frozen cash and insurance come in."""
    book.cash_usd += book.receivables_usd.pop(day.day, 0.0)
    extensions.recover(day, book)
    extensions.arrive(day, book, issuer)
    extensions.issue_tokens(day, book, issuer)


# E3. Carry -----------------------------------------------------------------------------------------------


def e3_carry(day: Day, book: Book, issuer: Issuer) -> None:
    """Pay the day's costs, earn the day's yield, and refill negative cash from bills as far as they go."""
    day.opex_usd = issuer.costs.opex_usd_year / BUSINESS_DAYS_PER_YEAR
    day.custody_cost_usd = issuer.costs.custody_rate_year / BUSINESS_DAYS_PER_YEAR * book.gold_g * day.price_usd_per_g
    book.cash_usd -= day.opex_usd + day.custody_cost_usd
    day.yield_usd = book.bills_usd * issuer.treasury.bill_yield / BUSINESS_DAYS_PER_YEAR
    book.bills_usd += day.yield_usd
    extensions.carry(day, book, issuer)
    refill_cash(day, book, issuer)


def refill_cash(day: Day, book: Book, issuer: Issuer) -> None:
    """An overdrawn account is refilled from bills; what they do not cover stays negative."""
    if book.cash_usd < 0.0:
        book.cash_usd += sell_bills(day, book, issuer, -book.cash_usd)


def sell_bills(day: Day, book: Book, issuer: Issuer, wanted_usd: float) -> float:
    """Raise up to `wanted_usd` by selling bills below their value; returns what came in.

    All of the bills go when they do not cover what is wanted, so that none remain as rounding dust.
    """
    haircut = issuer.treasury.bill_haircut
    available_usd = book.bills_usd * (1.0 - haircut)
    raised_usd = min(wanted_usd, available_usd)
    given_up_usd = book.bills_usd if wanted_usd >= available_usd else min(book.bills_usd, raised_usd / (1.0 - haircut))
    book.bills_usd -= given_up_usd
    day.haircut_usd += given_up_usd - raised_usd
    return raised_usd


# E4. Events ----------------------------------------------------------------------------------------------


def e4_events(day: Day, book: Book, issuer: Issuer, happening: Happening) -> None:
    """Custody loss of the day, in grams and as a share of the gold there is; never more than there is."""
    extensions.lose_gold(day, book, issuer, happening)
    day.event_loss_usd = day.lost_g * day.price_usd_per_g
    extensions.freeze_gold(day, book, issuer, happening)
    extensions.lose_leased_gold(day, book, issuer, happening)
    extensions.fail_banks(day, book, issuer, happening)
    extensions.lose_cash(day, book, happening)
    extensions.liquidate(day, book, issuer)
    refill_cash(day, book, issuer)


# E5. Coverage seen by holders ----------------------------------------------------------------------------


def e5_coverage(day: Day, book: Book, issuer: Issuer) -> None:
    """Assets after today's loss over yesterday's tokens, both at today's price."""
    day.tokens_before_g = book.tokens_g
    day.coverage = (book.assets_usd() - book.credit_drawn_usd) / book.liabilities_usd(issuer)


# E6. Redemption intensity --------------------------------------------------------------------------------


def logistic(z: float) -> float:
    """Lam(z) of the model page."""
    return 1.0 / (1.0 + exp(-z))


def intensity(book: Book, issuer: Issuer, fall: float, coverage: float, event: float) -> float:
    """X of the model page; `fall` is -r5."""
    holders = issuer.redemption
    return (
        holders.a0
        + holders.a_return * max(0.0, fall)
        + holders.a_discount * max(0.0, book.discount)
        + holders.a_queue * book.waiting_g / book.tokens_g
        + holders.a_shortfall * max(0.0, 1.0 - coverage)
        + holders.a_event * event
    )


def redemption_rate(x: float, issuer: Issuer) -> float:
    """Rho of the model page: the share of free tokens that asks today, exactly the base rate when all is calm."""
    holders = issuer.redemption
    calm = logistic(holders.a0)
    excess = max(0.0, (logistic(x) - calm) / (1.0 - calm))
    return holders.base_rate + (holders.max_rate - holders.base_rate) * excess


def e6_redemption_intensity(
    day: Day, book: Book, issuer: Issuer, happening: Happening, drivers: PathDrivers | None
) -> None:
    """How many holders ask today, and how many new ones order."""
    day.intensity = intensity(book, issuer, -day.five_day_return, day.coverage, day.event)
    day.redemption_rate = redemption_rate(day.intensity, issuer)
    block_g = extensions.ask_at_once(day, book, happening)
    free_g = book.tokens_g - book.waiting_g - block_g
    if issuer.holders.on:
        asked_g = extensions.ask_with_blocks(day, book, issuer, happening, drivers, free_g)
    else:
        asked_g = max(day.redemption_rate, happening.redeem_share) * free_g
        day.run_requested_g = max(0.0, happening.redeem_share - day.redemption_rate) * free_g
    day.kind_requested_g = extensions.ask_in_kind(book, issuer, asked_g, block_g)
    day.requested_g = (asked_g + block_g) - day.kind_requested_g
    join_queue(book, issuer, day.requested_g)
    # A weekend's requests are dated by its Monday, since days are business days.
    weekend_kind_g = issuer.in_kind.share * day.weekend_requested_g if issuer.in_kind.on else 0.0
    _count(book.claims, day.requested_g, day.weekend_requested_g - weekend_kind_g)
    _count(book.kind_claims, day.kind_requested_g, weekend_kind_g)
    extensions.order_tokens(day, book, issuer)
    day.fee = extensions.swung_fee(day, book, issuer, asked_g + block_g)


def join_queue(book: Book, issuer: Issuer, grams: float) -> None:
    """Requests for cash join the queue; in principal mode at today's value."""
    book.queue_g += grams
    if issuer.terms.mode == "principal":
        book.queue_fixed_usd += grams * book.token_value_usd


def _count(claims: Claims, asked_g: float, over_weekend_g: float) -> None:
    claims.asked_until_g.append(claims.asked_until_g[-1] + (asked_g + over_weekend_g))


# E7. Gate ------------------------------------------------------------------------------------------------


def e7_gate(day: Day, book: Book, issuer: Issuer) -> float:
    """Grams admitted for payment today: the whole queue, or no more than the gate lets through."""
    admitted_g = book.queue_g
    if issuer.terms.gate is not None:
        admitted_g = min(admitted_g, issuer.terms.gate * day.tokens_before_g)
    return admitted_g * (1.0 - day.operations_stop)


# E8. Waterfall -------------------------------------------------------------------------------------------


def e8_waterfall(day: Day, book: Book, issuer: Issuer, admitted_g: float) -> None:
    """Pay what is admitted from cash above the floor, then bills, then credit; the fee is cash not paid out."""
    floor_usd = issuer.treasury.cash_floor_usd
    value_usd = request_value_usd(day, book, issuer)
    pay_usd_per_g = value_usd * (1.0 - day.fee)
    need_usd = admitted_g * pay_usd_per_g
    spendable_usd = max(0.0, book.cash_usd - floor_usd)
    from_cash_usd = min(need_usd, spendable_usd)
    # All spendable cash gone leaves exactly the floor, not the floor and rounding dust.
    book.cash_usd = min(book.cash_usd, floor_usd) if need_usd >= spendable_usd else book.cash_usd - from_cash_usd
    wanted_usd = need_usd - from_cash_usd
    from_bills_usd = sell_bills(day, book, issuer, wanted_usd)
    from_credit_usd = min(wanted_usd - from_bills_usd, issuer.treasury.credit_line_usd - book.credit_drawn_usd)
    book.credit_drawn_usd += from_credit_usd
    paid_in_full = from_bills_usd == wanted_usd or from_credit_usd == wanted_usd - from_bills_usd
    raised_usd = from_cash_usd + from_bills_usd + from_credit_usd
    day.paid_g = admitted_g if paid_in_full else min(admitted_g, raised_usd / pay_usd_per_g)
    book.queue_g = 0.0 if paid_in_full and admitted_g == book.queue_g else book.queue_g - day.paid_g
    book.tokens_g -= day.paid_g
    day.fees_usd = day.fee * day.paid_g * value_usd
    if issuer.terms.mode == "principal":
        book.queue_fixed_usd = book.queue_g * value_usd
    # An empty queue settles the count of requests against payments, so that rounding cannot age a request.
    claims = book.claims
    claims.met_until_g = claims.asked_until_g[-1] if book.queue_g == 0.0 else claims.met_until_g + day.paid_g
    extensions.deliver_bars(day, book, issuer)


def request_value_usd(day: Day, book: Book, issuer: Issuer) -> float:
    """Value of a token that is redeemed: today's, or in principal mode what the queue was promised on average."""
    if issuer.terms.mode == "principal" and book.queue_g > 0.0:
        return book.queue_fixed_usd / book.queue_g
    return day.token_value_usd


# E9. Gold sale -------------------------------------------------------------------------------------------


def e9_gold_sale(day: Day, book: Book, issuer: Issuer) -> None:
    """Sell the grams no token needs, and those the queue needs beyond what is already sold and unpaid."""
    price, stress = day.price_usd_per_g, day.liquidity_multiplier
    day.capacity_usd = capacity_usd(issuer, stress, day.capacity_cut)
    receivables_usd = sum(book.receivables_usd.values())
    surplus_g = max(0.0, book.gold_g - book.tokens_g)
    for_queue_g = max(0.0, book.queue_g - receivables_usd / price)
    if issuer.peg == "usd":
        # Collateral beyond the debt is no surplus. It pays the queue and brings cash and bills back to what they were at
        # the start, each dollar sold for once: a dollar token has no other income that redemptions leave behind.
        surplus_g = 0.0
        liquid_usd = book.cash_usd + book.bills_usd + sum(book.bank_frozen_usd.values())
        owed_usd = book.queue_g * day.token_value_usd + max(0.0, issuer.cash_usd + issuer.bills_usd - liquid_usd)
        for_queue_g = max(0.0, (owed_usd - receivables_usd) / price)
    elif issuer.terms.mode == "principal":
        for_queue_g = max(0.0, (book.queue_fixed_usd - receivables_usd) / price)
    saleable_g = max(book.gold_g - book.frozen_g(day.day), 0.0)
    day.sold_g = min(day.capacity_usd / price, surplus_g + for_queue_g, saleable_g)
    day.execution_usd_per_g = price * execution_share(issuer, day.sold_g * price, stress, day.spread_rise)
    book.take_gold(day.sold_g, day.day)
    if day.sold_g > 0.0:
        due = day.day + int(day.lag_days)
        book.receivables_usd[due] = book.receivables_usd.get(due, 0.0) + day.sold_g * day.execution_usd_per_g
    day.slippage_usd = day.sold_g * (price - day.execution_usd_per_g)
    extensions.recall_leased_gold(day, book, issuer)


# E10. Peg ------------------------------------------------------------------------------------------------


def e10_peg(day: Day, book: Book, issuer: Issuer) -> None:
    """Discount of the token: pushed by secondary sales, held by arbitrage within a band that widens with the wait."""
    market, peg, stress = issuer.market, issuer.peg_model, day.liquidity_multiplier
    day.wait_days = day.lag_days + book.queue_g * day.token_value_usd / day.capacity_usd
    risk = peg.risk_price * market.daily_vol * sqrt(stress) * sqrt(day.wait_days)
    day.band = day.fee + peg.arbitrage_cost + risk
    asked_g = day.requested_g + day.kind_requested_g
    excess_g = max(0.0, asked_g - issuer.redemption.base_rate * day.tokens_before_g) - day.unmet_mint_g
    draw = draw_of_discount(book, issuer, excess_g, day.token_value_usd) + day.discount_shock
    redemption_open = day.operations_stop < 1.0
    book.discount = min(draw, day.band) if redemption_open else draw
    if issuer.minting.on and redemption_open and not day.mint_stop:
        book.discount = max(book.discount, -(issuer.minting.fee + peg.arbitrage_cost))


def draw_of_discount(book: Book, issuer: Issuer, excess_g: float, token_value_usd: float) -> float:
    """draw_t: what is left of yesterday's discount, and what sales on the secondary market add."""
    peg = issuer.peg_model
    return peg.persistence * book.discount + 0.01 * peg.secondary_share * excess_g * token_value_usd / peg.depth_usd


# E11. Book and judge -------------------------------------------------------------------------------------


def e11_book_and_judge(day: Day, book: Book, issuer: Issuer, own_funds: OwnFundsRule) -> None:
    """Close the day: positions, own funds, backing, liquidity and the age of the oldest unpaid request."""
    price, stress = day.price_usd_per_g, day.liquidity_multiplier
    day.queue_g, day.tokens_g, day.gold_g = book.queue_g, book.tokens_g, book.gold_g
    day.cash_usd, day.bills_usd, day.discount = book.cash_usd, book.bills_usd, book.discount
    day.receivables_usd = sum(book.receivables_usd.values())
    extensions.book_positions(day, book, issuer)
    assets_usd = book.assets_usd()
    day.equity_usd = assets_usd - book.liabilities_usd(issuer) - book.credit_drawn_usd
    day.own_funds_requirement_usd = own_funds.requirement_usd(assets_usd, issuer.costs.opex_usd_year)
    if book.tokens_g > 0.0:
        book.backing = book.all_gold_g / book.tokens_g
        if issuer.peg == "usd":
            book.backing = price * book.all_gold_g / (day.token_value_usd * book.tokens_g)
    day.backing = book.backing
    day.liquid_1d_usd = book.cash_usd + book.bills_usd * (1.0 - issuer.treasury.bill_haircut)
    due_usd = sum(usd for due, usd in book.receivables_usd.items() if due <= day.day + 5)
    sale_days = max(0, 5 - day.lag_days)
    saleable_usd = day.capacity_usd * sale_days * execution_share(issuer, day.capacity_usd, stress, day.spread_rise)
    day.liquid_5d_usd = day.liquid_1d_usd + due_usd + saleable_usd
    day.oldest_request_days = float(oldest_request_days(book, issuer))
    book.coverage, book.event, book.fee = day.coverage, day.event, day.fee


def oldest_request_days(book: Book, issuer: Issuer) -> int:
    """Business days since the oldest open request, first in first out; 0 when nothing asked before today waits."""
    for_cash = book.claims.oldest_days(PAID_DUST_SHARE * issuer.tokens_g) if book.queue_g > 0.0 else 0
    # Less than a bar cannot be delivered and waits for others to make it one.
    for_gold = book.kind_claims.oldest_days(extensions.bar_g(issuer)) if issuer.in_kind.on else 0
    return max(for_cash, for_gold)
