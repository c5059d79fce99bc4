"""The core model's day as NumPy code over many paths: what a good array program costs, to measure the kernel by.

`outcomes` runs it. It knows no extension and no driver. Theory and reasons stand in `gramlib.simulation.reference`, whose
names and order these functions keep; comments here say only what is different. Every quantity of a book and of
a day is an array by path, or one number where it is the same for all. Daily inputs are day-major,
(n_days + 1, n_paths) or (n_days + 1,), so that a day is contiguous in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from gramlib.artefacts import PREDICATES
from gramlib.params.issuer import Issuer
from gramlib.simulation import limits
from gramlib.simulation.day import FLOWS, INPUTS, Day
from gramlib.simulation.events import Events
from gramlib.simulation.outcomes import LOSSES, NEVER, Outcomes, status_codes
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.reference import PAID_DUST_SHARE
from gramlib.simulation.stops import CLOSING_PRICE_USD_PER_G, CLOSING_TOKEN_SHARE
from gramlib.units import BUSINESS_DAYS_PER_YEAR

_HELD = tuple(f.name for f in fields(Day) if f.name not in ("day", "books_open", *INPUTS, *FLOWS))


@dataclass(slots=True)
class Books:
    """State of every path between two days; `reference.Book` over paths."""

    tokens_g: np.ndarray
    gold_g: np.ndarray
    cash_usd: np.ndarray
    bills_usd: np.ndarray
    price_usd_per_g: np.ndarray
    sales_due_usd: np.ndarray
    """(lag_days, n_paths): row s % lag_days holds the sale of day s, due on day s + lag_days."""
    receivables_usd: np.ndarray
    """Sum of the rows above."""
    requested_until_g: np.ndarray
    """(n_days + 1, n_paths): requests of all days up to each day."""
    paid_until_g: np.ndarray
    oldest_unpaid_day: np.ndarray
    queue_g: np.ndarray
    discount: np.ndarray
    backing: np.ndarray

    @property
    def assets_usd(self) -> np.ndarray:
        """V: gold at today's price, cash, bills and receivables."""
        return self.price_usd_per_g * self.gold_g + self.cash_usd + self.bills_usd + self.receivables_usd


def walk(
    issuer: Issuer,
    prices_usd_per_g: np.ndarray,
    event: np.ndarray,
    liquidity_multiplier: np.ndarray,
    lost_g: np.ndarray,
    lost_share: np.ndarray,
    own_funds: OwnFundsRule,
    *,
    liquid_5d: bool = False,
) -> Iterator[Day]:
    """Walk all paths together; yields days 0 to n, day 0 being the opening position.

    `prices_usd_per_g` is (n_days + 1, n_paths), the events likewise or (n_days + 1,). The arrays of a yielded day
    may be shared with the state: read them, do not write into them. L5 is computed only where `liquid_5d` asks
    for it: no failure is judged by it, so that many paths need not pay for it.
    """
    books, day = open_books(issuer, prices_usd_per_g, own_funds)
    if liquid_5d:
        e11_liquid_5d(day, books, issuer)
    yield day
    closed = np.zeros(prices_usd_per_g.shape[1], dtype=bool)
    for t in range(1, len(prices_usd_per_g)):
        before, day = day, Day(t, prices_usd_per_g[t], event[t], liquidity_multiplier[t], books.tokens_g)
        closed |= books_close(books.tokens_g, day.price_usd_per_g, issuer)
        any_closed = bool(closed.any())
        # Closed paths are stepped along with the others and then put back; what they divide by may be zero.
        with np.errstate(all="ignore" if any_closed else None):
            e1_price(day, prices_usd_per_g)
            e2_settle(day, books, issuer)
            e3_carry(day, books, issuer)
            e4_events(day, books, lost_g[t], lost_share[t])
            e5_coverage(day, books)
            e6_redemption_intensity(day, books, issuer)
            admitted_g = e7_gate(day, books, issuer)
            e8_waterfall(day, books, issuer, admitted_g)
            e9_gold_sale(day, books, issuer)
            e10_peg(day, books, issuer)
            e11_book_and_judge(day, books, issuer, own_funds)
            if liquid_5d:
                e11_liquid_5d(day, books, issuer)
        if any_closed:
            repeat_closing_figures(day, before, books, closed)
        yield day


def open_books(issuer: Issuer, prices_usd_per_g: np.ndarray, own_funds: OwnFundsRule) -> tuple[Books, Day]:
    """The issuer on day 0, the same on every path but for the price."""
    n_days, n_paths = len(prices_usd_per_g) - 1, prices_usd_per_g.shape[1]
    full = lambda value: np.full(n_paths, value, dtype=np.float64)  # noqa: E731
    books = Books(
        tokens_g=full(issuer.tokens_g),
        gold_g=full(issuer.gold_g),
        cash_usd=full(issuer.cash_usd),
        bills_usd=full(issuer.bills_usd),
        price_usd_per_g=prices_usd_per_g[0],
        sales_due_usd=np.zeros((issuer.market.lag_days, n_paths)),
        receivables_usd=full(0.0),
        requested_until_g=np.zeros((n_days + 1, n_paths)),
        paid_until_g=full(0.0),
        oldest_unpaid_day=np.zeros(n_paths, dtype=np.int64),
        queue_g=full(0.0),
        discount=full(0.0),
        backing=full(1.0),
    )
    day = Day(0, prices_usd_per_g[0], 0.0, 1.0, books.tokens_g, intensity=full(issuer.redemption.a0))
    day.capacity_usd = issuer.market.capacity_share * issuer.market.adv_usd
    day.execution_usd_per_g = day.price_usd_per_g * (1.0 - issuer.market.spread / 2.0)
    e5_coverage(day, books)
    e10_peg(day, books, issuer)
    e11_book_and_judge(day, books, issuer, own_funds)
    return books, day


def books_close(tokens_before_g: np.ndarray, price_usd_per_g: np.ndarray, issuer: Issuer) -> np.ndarray:
    """`stops.books_close` over paths."""
    return (price_usd_per_g <= CLOSING_PRICE_USD_PER_G) | (tokens_before_g <= CLOSING_TOKEN_SHARE * issuer.tokens_g)


def repeat_closing_figures(day: Day, before: Day, books: Books, closed: np.ndarray) -> None:
    """Put closed paths back where they were the day before, and take away what flowed."""
    for name in FLOWS:
        setattr(day, name, np.where(closed, 0.0, getattr(day, name)))
    for name in _HELD:
        setattr(day, name, np.where(closed, getattr(before, name), getattr(day, name)))
    # Tokens decide whether a path stays closed and queues whether ages are looked up; the rest of a closed book is dead.
    books.tokens_g, books.queue_g = day.tokens_g, np.where(closed, 0.0, books.queue_g)
    day.books_open = ~closed


# E1. Price -----------------------------------------------------------------------------------------------


def e1_price(day: Day, prices_usd_per_g: np.ndarray) -> None:
    """Simple return over five days, over fewer at the start."""
    day.five_day_return = day.price_usd_per_g / prices_usd_per_g[max(0, day.day - 5)] - 1.0


# E2. Settle ----------------------------------------------------------------------------------------------


def e2_settle(day: Day, books: Books, issuer: Issuer) -> None:
    """Gold sold `lag` days ago is paid for today; its row of `sales_due_usd` becomes free for today's sale."""
    due_usd = books.sales_due_usd[day.day % issuer.market.lag_days]
    books.cash_usd = books.cash_usd + due_usd
    due_usd[:] = 0.0
    books.receivables_usd = books.sales_due_usd.sum(axis=0)


# E3. Carry -----------------------------------------------------------------------------------------------


def e3_carry(day: Day, books: Books, issuer: Issuer) -> None:
    """Pay the day's costs, earn the day's yield, and refill negative cash from bills as far as they go."""
    day.opex_usd = issuer.costs.opex_usd_year / BUSINESS_DAYS_PER_YEAR
    day.custody_cost_usd = issuer.costs.custody_rate_year / BUSINESS_DAYS_PER_YEAR * books.gold_g * day.price_usd_per_g
    books.cash_usd = books.cash_usd - (day.opex_usd + day.custody_cost_usd)
    day.yield_usd = books.bills_usd * issuer.treasury.bill_yield / BUSINESS_DAYS_PER_YEAR
    books.bills_usd = books.bills_usd + day.yield_usd
    overdrawn_usd = np.maximum(0.0, -books.cash_usd)
    if overdrawn_usd.any():
        books.cash_usd = books.cash_usd + sell_bills(day, books, issuer, overdrawn_usd)


def sell_bills(day: Day, books: Books, issuer: Issuer, wanted_usd: np.ndarray) -> np.ndarray:
    """Raise up to `wanted_usd` by selling bills below their value; all of them where they do not cover it."""
    haircut = issuer.treasury.bill_haircut
    available_usd = books.bills_usd * (1.0 - haircut)
    raised_usd = np.minimum(wanted_usd, available_usd)
    given_up_usd = np.where(
        wanted_usd >= available_usd, books.bills_usd, np.minimum(books.bills_usd, raised_usd / (1.0 - haircut))
    )
    books.bills_usd = books.bills_usd - given_up_usd
    day.haircut_usd = day.haircut_usd + (given_up_usd - raised_usd)
    return raised_usd


# E4. Events ----------------------------------------------------------------------------------------------


def e4_events(day: Day, books: Books, lost_g: np.ndarray, lost_share: np.ndarray) -> None:
    """Custody loss of the day, in grams and as a share of the gold there is; never more than there is."""
    day.lost_g = np.minimum(lost_g + lost_share * books.gold_g, books.gold_g)
    day.event_loss_usd = day.lost_g * day.price_usd_per_g
    day.price_effect_usd = (books.gold_g - books.tokens_g) * (day.price_usd_per_g - books.price_usd_per_g)
    books.gold_g = books.gold_g - day.lost_g
    books.price_usd_per_g = day.price_usd_per_g


# E5. Coverage seen by holders ----------------------------------------------------------------------------


def e5_coverage(day: Day, books: Books) -> None:
    """Assets after today's loss over yesterday's tokens, both at today's price."""
    day.coverage = books.assets_usd / (books.tokens_g * day.price_usd_per_g)


# E6. Redemption intensity --------------------------------------------------------------------------------


def logistic(z: np.ndarray) -> np.ndarray:
    """Lam(z) of the model page."""
    return 1.0 / (1.0 + np.exp(-z))


def e6_redemption_intensity(day: Day, books: Books, issuer: Issuer) -> None:
    """How many holders ask today; exactly the base rate when all is calm."""
    holders = issuer.redemption
    day.intensity = (
        holders.a0
        + holders.a_return * np.maximum(0.0, -day.five_day_return)
        + holders.a_discount * np.maximum(0.0, books.discount)
        + holders.a_queue * books.queue_g / books.tokens_g
        + holders.a_shortfall * np.maximum(0.0, 1.0 - day.coverage)
        + holders.a_event * day.event
    )
    # An array of one goes through the same exp as the intensity does, so that calm days cancel exactly.
    calm = logistic(np.full(1, holders.a0))
    excess = np.maximum(0.0, (logistic(day.intensity) - calm) / (1.0 - calm))
    day.redemption_rate = holders.base_rate + (holders.max_rate - holders.base_rate) * excess
    day.requested_g = day.redemption_rate * (books.tokens_g - books.queue_g)
    books.queue_g = books.queue_g + day.requested_g
    np.add(books.requested_until_g[day.day - 1], day.requested_g, out=books.requested_until_g[day.day])


# E7. Gate ------------------------------------------------------------------------------------------------


def e7_gate(day: Day, books: Books, issuer: Issuer) -> np.ndarray:
    """Grams admitted for payment today: the whole queue, or no more than the gate lets through."""
    if issuer.terms.gate is None:
        return books.queue_g
    return np.minimum(books.queue_g, issuer.terms.gate * day.tokens_before_g)


# E8. Waterfall -------------------------------------------------------------------------------------------


def e8_waterfall(day: Day, books: Books, issuer: Issuer, admitted_g: np.ndarray) -> None:
    """Pay what is admitted from cash above the floor, then from bills; the fee is cash not paid out."""
    floor_usd = issuer.treasury.cash_floor_usd
    pay_usd_per_g = day.price_usd_per_g * (1.0 - issuer.terms.fee)
    need_usd = admitted_g * pay_usd_per_g
    spendable_usd = np.maximum(0.0, books.cash_usd - floor_usd)
    from_cash_usd = np.minimum(need_usd, spendable_usd)
    books.cash_usd = np.where(
        need_usd >= spendable_usd, np.minimum(books.cash_usd, floor_usd), books.cash_usd - from_cash_usd
    )
    wanted_usd = need_usd - from_cash_usd
    day.paid_g, unpaid = admitted_g, np.False_
    if wanted_usd.any():
        from_bills_usd = sell_bills(day, books, issuer, wanted_usd)
        unpaid = from_bills_usd != wanted_usd
        if unpaid.any():
            affordable_g = np.minimum(admitted_g, (from_cash_usd + from_bills_usd) / pay_usd_per_g)
            day.paid_g = np.where(unpaid, affordable_g, admitted_g)
    books.queue_g = np.where(~unpaid & (admitted_g == books.queue_g), 0.0, books.queue_g - day.paid_g)
    books.tokens_g = books.tokens_g - day.paid_g
    day.fees_usd = issuer.terms.fee * day.paid_g * day.price_usd_per_g
    books.paid_until_g = np.where(
        books.queue_g == 0.0, books.requested_until_g[day.day], books.paid_until_g + day.paid_g
    )


# E9. Gold sale -------------------------------------------------------------------------------------------


def e9_gold_sale(day: Day, books: Books, issuer: Issuer) -> None:
    """Sell the grams no token needs, and those the queue needs beyond what is already sold and unpaid."""
    market, price, stress = issuer.market, day.price_usd_per_g, day.liquidity_multiplier
    day.capacity_usd = market.capacity_share * market.adv_usd / stress
    surplus_g = np.maximum(0.0, books.gold_g - books.tokens_g)
    for_queue_g = np.maximum(0.0, books.queue_g - books.receivables_usd / price)
    day.sold_g = np.minimum(
        np.minimum(day.capacity_usd / price, surplus_g + for_queue_g), np.maximum(books.gold_g, 0.0)
    )
    day.execution_usd_per_g = price * execution_share(issuer, day.sold_g * price, stress)
    books.gold_g = books.gold_g - day.sold_g
    sale_usd = day.sold_g * day.execution_usd_per_g
    books.sales_due_usd[day.day % market.lag_days] = sale_usd
    books.receivables_usd = books.receivables_usd + sale_usd
    day.slippage_usd = day.sold_g * (price - day.execution_usd_per_g)


def execution_share(issuer: Issuer, sale_usd: np.ndarray, stress: np.ndarray) -> np.ndarray:
    """Price got over P: half the stressed spread and a square-root impact below one; never negative."""
    market = issuer.market
    impact = market.impact * market.daily_vol * np.sqrt(stress) * np.sqrt(sale_usd * stress / market.adv_usd)
    return np.maximum(0.0, 1.0 - market.spread * stress / 2.0 - impact)


# E10. Peg ------------------------------------------------------------------------------------------------


def e10_peg(day: Day, books: Books, issuer: Issuer) -> None:
    """Discount of the token: pushed by secondary sales, held by arbitrage within a band that widens with the wait."""
    market, peg, price, stress = issuer.market, issuer.peg_model, day.price_usd_per_g, day.liquidity_multiplier
    day.wait_days = market.lag_days + books.queue_g * price / day.capacity_usd
    risk = peg.risk_price * market.daily_vol * np.sqrt(stress) * np.sqrt(day.wait_days)
    day.band = issuer.terms.fee + peg.arbitrage_cost + risk
    excess_g = np.maximum(0.0, day.requested_g - issuer.redemption.base_rate * day.tokens_before_g)
    draw = peg.persistence * books.discount + 0.01 * peg.secondary_share * excess_g * price / peg.depth_usd
    books.discount = np.minimum(draw, day.band)


# E11. Book and judge -------------------------------------------------------------------------------------


def e11_book_and_judge(day: Day, books: Books, issuer: Issuer, own_funds: OwnFundsRule) -> None:
    """Close the day: positions, own funds, backing, liquidity and the age of the oldest unpaid request."""
    day.queue_g, day.tokens_g, day.gold_g = books.queue_g, books.tokens_g, books.gold_g
    day.cash_usd, day.bills_usd, day.discount = books.cash_usd, books.bills_usd, books.discount
    day.receivables_usd = books.receivables_usd
    assets_usd = books.assets_usd
    day.equity_usd = assets_usd - day.price_usd_per_g * books.tokens_g
    day.own_funds_requirement_usd = own_funds.requirement_usd(assets_usd, issuer.costs.opex_usd_year)
    books.backing = np.divide(books.gold_g, books.tokens_g, out=books.backing.copy(), where=books.tokens_g > 0.0)
    day.backing = books.backing
    day.oldest_request_days = oldest_request_days(day, books, issuer)
    day.liquid_1d_usd = books.cash_usd + books.bills_usd * (1.0 - issuer.treasury.bill_haircut)


def e11_liquid_5d(day: Day, books: Books, issuer: Issuer) -> None:
    """L5: L1, receivables due within five days, and gold that can be sold and settled within them."""
    market, stress = issuer.market, day.liquidity_multiplier
    due_until = day.day + 5 - market.lag_days
    sold_on = day.day - np.arange(market.lag_days)
    due_usd = books.sales_due_usd[(sold_on % market.lag_days)[sold_on <= due_until]].sum(axis=0)
    sale_days = max(0, 5 - market.lag_days)
    saleable_usd = day.capacity_usd * sale_days * execution_share(issuer, day.capacity_usd, stress)
    day.liquid_5d_usd = day.liquid_1d_usd + due_usd + saleable_usd


def oldest_request_days(day: Day, books: Books, issuer: Issuer) -> np.ndarray | float:
    """Business days since the oldest unpaid request; the day found yesterday is where today's search begins."""
    waiting = np.flatnonzero(books.queue_g > 0.0)
    if not waiting.size:
        books.oldest_unpaid_day[:] = day.day
        return 0.0
    oldest = np.full_like(books.oldest_unpaid_day, day.day)
    oldest[waiting] = books.oldest_unpaid_day[waiting]
    dust_g = PAID_DUST_SHARE * issuer.tokens_g
    searching = waiting
    while searching.size:
        unpaid_g = books.requested_until_g[oldest[searching], searching] - books.paid_until_g[searching]
        searching = searching[(unpaid_g <= dust_g) & (oldest[searching] < day.day)]
        oldest[searching] += 1
    books.oldest_unpaid_day = oldest
    return (day.day - oldest).astype(np.float64)


# From days to outcomes -----------------------------------------------------------------------------------


class Summary:
    """Running extremes, sums and first failure days of a set of paths; feed every day to `add`, in order."""

    def __init__(self, issuer: Issuer, opening: Day):
        """Start from day 0, which gives the opening own funds and is not judged itself."""
        n_paths = len(opening.price_usd_per_g)
        self.issuer = issuer
        self.opening_equity_usd = opening.equity_usd
        self.last = opening
        self.min_coverage = np.full(n_paths, np.inf)
        self.min_backing = np.full(n_paths, np.inf)
        self.min_equity_usd = np.full(n_paths, np.inf)
        self.peak_queue_g = np.zeros(n_paths)
        self.longest_wait_days = np.zeros(n_paths)
        self.worst_discount = np.full(n_paths, -np.inf)
        self.sums_usd = {name: np.zeros(n_paths) for name in LOSSES}
        self.first_day = {predicate: np.full(n_paths, NEVER, dtype=np.int16) for predicate in PREDICATES}
        self._no_market = np.zeros(n_paths, dtype=bool)
        self._discount_run = np.zeros(n_paths, dtype=np.int16)
        self._short_run = np.zeros(n_paths, dtype=np.int16)

    def add(self, day: Day) -> None:
        """Fold in one day."""
        np.minimum(self.min_coverage, day.coverage, out=self.min_coverage)
        np.minimum(self.min_backing, day.backing, out=self.min_backing)
        np.minimum(self.min_equity_usd, day.equity_usd, out=self.min_equity_usd)
        np.maximum(self.peak_queue_g, day.queue_g, out=self.peak_queue_g)
        np.maximum(self.longest_wait_days, day.wait_days, out=self.longest_wait_days)
        np.maximum(self.worst_discount, day.discount, out=self.worst_discount)
        for name, total_usd in self.sums_usd.items():
            total_usd += getattr(day, name)
        if day.books_open is not True:
            self._no_market |= np.logical_not(day.books_open) & (day.price_usd_per_g <= CLOSING_PRICE_USD_PER_G)
        self._judge(day)
        self.last = day

    def _judge(self, day: Day) -> None:
        treasury = self.issuer.treasury
        discount_over = day.discount > limits.DISCOUNT_LASTING
        self._discount_run = (self._discount_run + np.int16(1)) * discount_over
        short = day.backing < 1.0 - limits.BACKING_ROUNDING
        self._short_run = (self._short_run + np.int16(1)) * short
        spendable_usd = np.maximum(0.0, day.cash_usd - treasury.cash_floor_usd) + day.bills_usd * (
            1.0 - treasury.bill_haircut
        )
        failing = {
            "F1": day.equity_usd < day.own_funds_requirement_usd,
            "F2": day.equity_usd < 0.0,
            "F3": day.oldest_request_days > limits.OLDEST_REQUEST_DAYS,
            "F4": (self._discount_run >= limits.DISCOUNT_LASTING_DAYS) | (day.discount > limits.DISCOUNT_ONCE),
            "F5": self._short_run >= limits.under_backed_days(self.issuer.market.lag_days),
            "F7": (spendable_usd <= 0.0) & (day.queue_g > 0.0),
        }
        for predicate, fails in failing.items():
            if np.any(fails):
                first = self.first_day[predicate]
                first[fails & day.books_open & (first == NEVER)] = day.day

    def outcomes(self) -> Outcomes:
        """The result after the last day."""
        last, issuer = self.last, self.issuer
        wound_down = last.tokens_g <= CLOSING_TOKEN_SHARE * issuer.tokens_g
        return Outcomes(
            end_price_usd_per_g=last.price_usd_per_g.copy(),
            min_coverage=self.min_coverage,
            min_backing=self.min_backing,
            min_equity_usd=self.min_equity_usd,
            end_equity_usd=last.equity_usd.copy(),
            peak_queue_share=self.peak_queue_g / issuer.tokens_g,
            end_queue_share=last.queue_g / issuer.tokens_g,
            longest_wait_days=self.longest_wait_days,
            worst_discount=self.worst_discount,
            end_tokens_share=last.tokens_g / issuer.tokens_g,
            **self.sums_usd,
            nonprice_loss_usd=-(last.equity_usd - self.opening_equity_usd - self.sums_usd["price_effect_usd"]),
            **{f"{predicate.lower()}_day": days for predicate, days in self.first_day.items()},
            **{f"{predicate.lower()}_cause": np.zeros(len(wound_down), dtype=np.int8) for predicate in PREDICATES},
            status_code=status_codes(
                self.first_day, queued=self.peak_queue_g > 0.0, wound_down=wound_down, no_market=self._no_market
            ),
        )


def outcomes(issuer: Issuer, paths: np.ndarray, events: Events, own_funds: OwnFundsRule) -> Outcomes:
    """Outcomes of one block of paths (n_paths, n_days + 1), small enough for the processor's cache; no causes."""
    given = (events.event, events.liquidity_multiplier, events.lost_g, events.lost_share)
    by_day = (np.ascontiguousarray(array.T) for array in (paths, *given))
    days = walk(issuer, *by_day, own_funds)
    summary = Summary(issuer, next(days))
    for day in days:
        summary.add(day)
    return summary.outcomes()
