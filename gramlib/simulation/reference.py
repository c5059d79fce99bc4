"""The issuer's day in plain Python: one path, one function per step E1 to E11 of MODEL.md.

This is the engine to read, and the one that listed scenarios are replayed by; `vectorised` is its twin over
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
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp, sqrt

from gramlib.params.issuer import Issuer
from gramlib.simulation.day import FLOWS, Day
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.stops import books_close
from gramlib.units import BUSINESS_DAYS_PER_YEAR

PAID_DUST_SHARE = 1e-9
"""A request counts as paid when less than this share of the opening tokens remains of it (rounding, not money)."""


@dataclass(slots=True)
class Book:
    """The issuer's state between two days."""

    tokens_g: float
    gold_g: float
    cash_usd: float
    bills_usd: float
    price_usd_per_g: float
    receivables_usd: dict[int, float] = field(default_factory=dict)
    queue_g: float = 0.0
    discount: float = 0.0
    backing: float = 1.0
    equity_usd: float = 0.0
    requested_until_g: list[float] = field(default_factory=lambda: [0.0])
    paid_until_g: float = 0.0

    @property
    def assets_usd(self) -> float:
        """V: gold at today's price, cash, bills and receivables."""
        return self.price_usd_per_g * self.gold_g + self.cash_usd + self.bills_usd + sum(self.receivables_usd.values())


def walk(
    issuer: Issuer,
    prices_usd_per_g: Sequence[float],
    event: Sequence[float],
    liquidity_multiplier: Sequence[float],
    lost_g: Sequence[float],
    lost_share: Sequence[float],
    own_funds: OwnFundsRule,
) -> list[Day]:
    """Walk one path; returns days 0 to n, day 0 being the opening position before anything happens.

    All sequences have n + 1 entries; index 0 of the events is not used. Once the books close (`stops`), the
    days that follow repeat the closing figures with no flows.
    """
    book, opening = open_books(issuer, prices_usd_per_g[0], own_funds)
    days = [opening]
    closed = False
    for t in range(1, len(prices_usd_per_g)):
        day = Day(t, prices_usd_per_g[t], event[t], liquidity_multiplier[t], book.tokens_g)
        closed = closed or books_close(book.tokens_g, day.price_usd_per_g, issuer)
        if closed:
            days.append(repeat_closing_figures(day, days[-1]))
            continue
        e1_price(day, prices_usd_per_g)
        e2_settle(day, book)
        e3_carry(day, book, issuer)
        e4_events(day, book, lost_g[t], lost_share[t])
        e5_coverage(day, book)
        e6_redemption_intensity(day, book, issuer)
        admitted_g = e7_gate(day, book, issuer)
        e8_waterfall(day, book, issuer, admitted_g)
        e9_gold_sale(day, book, issuer)
        e10_peg(day, book, issuer)
        e11_book_and_judge(day, book, issuer, own_funds)
        days.append(day)
    return days


def open_books(issuer: Issuer, price_usd_per_g: float, own_funds: OwnFundsRule) -> tuple[Book, Day]:
    """The issuer on day 0, calm: no queue, no receivables, no discount, market liquidity normal."""
    book = Book(issuer.tokens_g, issuer.gold_g, issuer.cash_usd, issuer.bills_usd, price_usd_per_g)
    day = Day(0, price_usd_per_g, 0.0, 1.0, issuer.tokens_g, intensity=issuer.redemption.a0)
    day.capacity_usd = issuer.market.capacity_share * issuer.market.adv_usd
    day.execution_usd_per_g = price_usd_per_g * (1.0 - issuer.market.spread / 2.0)
    e5_coverage(day, book)
    e10_peg(day, book, issuer)
    e11_book_and_judge(day, book, issuer, own_funds)
    return book, day


def repeat_closing_figures(day: Day, closing: Day) -> Day:
    """A day after the books closed: price and events are today's, positions those of the closing, flows nought."""
    return replace(
        closing,
        day=day.day,
        price_usd_per_g=day.price_usd_per_g,
        event=day.event,
        liquidity_multiplier=day.liquidity_multiplier,
        books_open=False,
        **dict.fromkeys(FLOWS, 0.0),
    )


# E1. Price -----------------------------------------------------------------------------------------------


def e1_price(day: Day, prices_usd_per_g: Sequence[float]) -> None:
    """Simple return over five days, over fewer at the start."""
    day.five_day_return = day.price_usd_per_g / prices_usd_per_g[max(0, day.day - 5)] - 1.0


# E2. Settle ----------------------------------------------------------------------------------------------


def e2_settle(day: Day, book: Book) -> None:
    """Gold sold `lag` days ago is paid for today."""
    book.cash_usd += book.receivables_usd.pop(day.day, 0.0)


# E3. Carry -----------------------------------------------------------------------------------------------


def e3_carry(day: Day, book: Book, issuer: Issuer) -> None:
    """Pay the day's costs, earn the day's yield, and refill negative cash from bills as far as they go."""
    day.opex_usd = issuer.costs.opex_usd_year / BUSINESS_DAYS_PER_YEAR
    day.custody_cost_usd = issuer.costs.custody_rate_year / BUSINESS_DAYS_PER_YEAR * book.gold_g * day.price_usd_per_g
    book.cash_usd -= day.opex_usd + day.custody_cost_usd
    day.yield_usd = book.bills_usd * issuer.treasury.bill_yield / BUSINESS_DAYS_PER_YEAR
    book.bills_usd += day.yield_usd
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


def e4_events(day: Day, book: Book, lost_g: float, lost_share: float) -> None:
    """Custody loss of the day, in grams and as a share of the gold there is; never more than there is."""
    day.lost_g = min(lost_g + lost_share * book.gold_g, book.gold_g)
    day.event_loss_usd = day.lost_g * day.price_usd_per_g
    # Grams and tokens of the day before earn the price change: the loss comes out of them only now.
    day.price_effect_usd = (book.gold_g - book.tokens_g) * (day.price_usd_per_g - book.price_usd_per_g)
    book.gold_g -= day.lost_g
    book.price_usd_per_g = day.price_usd_per_g


# E5. Coverage seen by holders ----------------------------------------------------------------------------


def e5_coverage(day: Day, book: Book) -> None:
    """Assets after today's loss over yesterday's tokens, both at today's price."""
    day.coverage = book.assets_usd / (book.tokens_g * day.price_usd_per_g)


# E6. Redemption intensity --------------------------------------------------------------------------------


def logistic(z: float) -> float:
    """Lam(z) of the model page."""
    return 1.0 / (1.0 + exp(-z))


def e6_redemption_intensity(day: Day, book: Book, issuer: Issuer) -> None:
    """How many holders ask today; exactly the base rate when all is calm."""
    holders = issuer.redemption
    day.intensity = (
        holders.a0
        + holders.a_return * max(0.0, -day.five_day_return)
        + holders.a_discount * max(0.0, book.discount)
        + holders.a_queue * book.queue_g / book.tokens_g
        + holders.a_shortfall * max(0.0, 1.0 - day.coverage)
        + holders.a_event * day.event
    )
    calm = logistic(holders.a0)
    excess = max(0.0, (logistic(day.intensity) - calm) / (1.0 - calm))
    day.redemption_rate = holders.base_rate + (holders.max_rate - holders.base_rate) * excess
    day.requested_g = day.redemption_rate * (book.tokens_g - book.queue_g)
    book.queue_g += day.requested_g
    book.requested_until_g.append(book.requested_until_g[-1] + day.requested_g)


# E7. Gate ------------------------------------------------------------------------------------------------


def e7_gate(day: Day, book: Book, issuer: Issuer) -> float:
    """Grams admitted for payment today: the whole queue, or no more than the gate lets through."""
    if issuer.terms.gate is None:
        return book.queue_g
    return min(book.queue_g, issuer.terms.gate * day.tokens_before_g)


# E8. Waterfall -------------------------------------------------------------------------------------------


def e8_waterfall(day: Day, book: Book, issuer: Issuer, admitted_g: float) -> None:
    """Pay what is admitted from cash above the floor, then from bills; the fee is cash not paid out."""
    floor_usd = issuer.treasury.cash_floor_usd
    pay_usd_per_g = day.price_usd_per_g * (1.0 - issuer.terms.fee)
    need_usd = admitted_g * pay_usd_per_g
    spendable_usd = max(0.0, book.cash_usd - floor_usd)
    from_cash_usd = min(need_usd, spendable_usd)
    # All spendable cash gone leaves exactly the floor, not the floor and rounding dust.
    book.cash_usd = min(book.cash_usd, floor_usd) if need_usd >= spendable_usd else book.cash_usd - from_cash_usd
    wanted_usd = need_usd - from_cash_usd
    from_bills_usd = sell_bills(day, book, issuer, wanted_usd)
    paid_in_full = from_bills_usd == wanted_usd
    day.paid_g = admitted_g if paid_in_full else min(admitted_g, (from_cash_usd + from_bills_usd) / pay_usd_per_g)
    book.queue_g = 0.0 if paid_in_full and admitted_g == book.queue_g else book.queue_g - day.paid_g
    book.tokens_g -= day.paid_g
    day.fees_usd = issuer.terms.fee * day.paid_g * day.price_usd_per_g
    # An empty queue settles the count of requests against payments, so that rounding cannot age a request.
    book.paid_until_g = book.requested_until_g[-1] if book.queue_g == 0.0 else book.paid_until_g + day.paid_g


# E9. Gold sale -------------------------------------------------------------------------------------------


def e9_gold_sale(day: Day, book: Book, issuer: Issuer) -> None:
    """Sell the grams no token needs, and those the queue needs beyond what is already sold and unpaid."""
    market, price, stress = issuer.market, day.price_usd_per_g, day.liquidity_multiplier
    day.capacity_usd = market.capacity_share * market.adv_usd / stress
    receivables_usd = sum(book.receivables_usd.values())
    surplus_g = max(0.0, book.gold_g - book.tokens_g)
    for_queue_g = max(0.0, book.queue_g - receivables_usd / price)
    day.sold_g = min(day.capacity_usd / price, surplus_g + for_queue_g, max(book.gold_g, 0.0))
    day.execution_usd_per_g = price * execution_share(issuer, day.sold_g * price, stress)
    book.gold_g -= day.sold_g
    if day.sold_g > 0.0:
        book.receivables_usd[day.day + market.lag_days] = day.sold_g * day.execution_usd_per_g
    day.slippage_usd = day.sold_g * (price - day.execution_usd_per_g)


def execution_share(issuer: Issuer, sale_usd: float, stress: float) -> float:
    """Price got over P: half the stressed spread and a square-root impact below one; never negative."""
    market = issuer.market
    impact = market.impact * market.daily_vol * sqrt(stress) * sqrt(sale_usd * stress / market.adv_usd)
    return max(0.0, 1.0 - market.spread * stress / 2.0 - impact)


# E10. Peg ------------------------------------------------------------------------------------------------


def e10_peg(day: Day, book: Book, issuer: Issuer) -> None:
    """Discount of the token: pushed by secondary sales, held by arbitrage within a band that widens with the wait."""
    market, peg, price, stress = issuer.market, issuer.peg_model, day.price_usd_per_g, day.liquidity_multiplier
    day.wait_days = market.lag_days + book.queue_g * price / day.capacity_usd
    risk = peg.risk_price * market.daily_vol * sqrt(stress) * sqrt(day.wait_days)
    day.band = issuer.terms.fee + peg.arbitrage_cost + risk
    excess_g = max(0.0, day.requested_g - issuer.redemption.base_rate * day.tokens_before_g)
    draw = peg.persistence * book.discount + 0.01 * peg.secondary_share * excess_g * price / peg.depth_usd
    book.discount = min(draw, day.band)


# E11. Book and judge -------------------------------------------------------------------------------------


def e11_book_and_judge(day: Day, book: Book, issuer: Issuer, own_funds: OwnFundsRule) -> None:
    """Close the day: positions, own funds, backing, liquidity and the age of the oldest unpaid request."""
    market, price, stress = issuer.market, day.price_usd_per_g, day.liquidity_multiplier
    day.queue_g, day.tokens_g, day.gold_g = book.queue_g, book.tokens_g, book.gold_g
    day.cash_usd, day.bills_usd, day.discount = book.cash_usd, book.bills_usd, book.discount
    day.receivables_usd = sum(book.receivables_usd.values())
    assets_usd = book.assets_usd
    day.equity_usd = assets_usd - price * book.tokens_g
    day.own_funds_requirement_usd = own_funds.requirement_usd(assets_usd, issuer.costs.opex_usd_year)
    if book.tokens_g > 0.0:
        book.backing = book.gold_g / book.tokens_g
    day.backing = book.backing
    day.liquid_1d_usd = book.cash_usd + book.bills_usd * (1.0 - issuer.treasury.bill_haircut)
    due_usd = sum(usd for due, usd in book.receivables_usd.items() if due <= day.day + 5)
    sale_days = max(0, 5 - market.lag_days)
    saleable_usd = day.capacity_usd * sale_days * execution_share(issuer, day.capacity_usd, stress)
    day.liquid_5d_usd = day.liquid_1d_usd + due_usd + saleable_usd
    day.oldest_request_days = float(oldest_request_days(day, book, issuer))


def oldest_request_days(day: Day, book: Book, issuer: Issuer) -> int:
    """Business days since the oldest unpaid request, first in first out; 0 when nothing asked before today waits."""
    if book.queue_g == 0.0:
        return 0
    dust_g = PAID_DUST_SHARE * issuer.tokens_g
    for asked_on, requested_g in enumerate(book.requested_until_g):
        if requested_g - book.paid_until_g > dust_g:
            return day.day - asked_on
    return 0
