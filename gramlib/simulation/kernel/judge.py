"""Days folded into one row a path, and the failures F1 to F7: the twin of `outcomes.of_ledger` and `failures`.

A vector loop over lanes finds out whether any predicate holds that did not hold on its path before; only then
a scalar loop writes down the day and has `blame` work out why.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gramlib.simulation import limits
from gramlib.simulation.day import FLOWS, INPUTS
from gramlib.simulation.kernel import blame
from gramlib.simulation.kernel.lanes import DAY_NAMES, LANES, inlined, jitted
from gramlib.simulation.outcomes import Status
from gramlib.simulation.stops import CLOSING_PRICE_USD_PER_G, CLOSING_TOKEN_SHARE

F1, F2, F3, F4, F5, F6, F7 = (1 << bit for bit in range(7))
N_PREDICATES = 7
SHORT_BEGINS = 1 << 7
"""Not a failure yet: the first of the days on which grams fall short, on which the cause is to be found."""

_OLDEST = float(limits.OLDEST_REQUEST_DAYS)
_LASTING, _LASTING_DAYS, _ONCE = limits.DISCOUNT_LASTING, float(limits.DISCOUNT_LASTING_DAYS), limits.DISCOUNT_ONCE
_SHORT = 1.0 - limits.BACKING_ROUNDING
under_backed_days = inlined(limits.under_backed_days)

_INPUT_COLUMNS = np.array([DAY_NAMES.index(name) for name in INPUTS])
_FLOW_COLUMNS = np.array([DAY_NAMES.index(name) for name in FLOWS])


@jitted
def begin(day: Any, judged: Any, outcome: Any) -> None:
    """Start from day 0, which gives the opening own funds and is not judged itself."""
    for i in range(LANES):
        judged.opening_equity_usd[i] = day.equity_usd[i]
        judged.price_profit_usd[i] = 0.0
        judged.discount_run_days[i] = 0.0
        judged.short_run_days[i] = 0.0
        judged.failed[i] = 0
        judged.failing[i] = 0
        judged.closed[i] = 0
        judged.no_market[i] = 0
        judged.oldest_day[i] = -1
        judged.kind_oldest_day[i] = 0
        judged.short_cause[i] = 0
        outcome.min_coverage[i] = np.inf
        outcome.min_backing[i] = np.inf
        outcome.min_equity_usd[i] = np.inf
        outcome.peak_queue_share[i] = 0.0
        outcome.longest_wait_days[i] = 0.0
        outcome.worst_discount[i] = 0.0
        outcome.fees_usd[i] = 0.0
        outcome.slippage_usd[i] = 0.0
        outcome.haircut_usd[i] = 0.0
        outcome.event_loss_usd[i] = 0.0
        outcome.lease_loss_usd[i] = 0.0
        outcome.bank_loss_usd[i] = 0.0
        outcome.cyber_loss_usd[i] = 0.0
        outcome.liquidation_loss_usd[i] = 0.0
        outcome.hedge_usd[i] = 0.0
        outcome.price_effect_usd[i] = 0.0
    for predicate in range(N_PREDICATES):
        for i in range(LANES):
            judged.first_day[predicate, i] = -1
            judged.cause[predicate, i] = 0


# Closing the books (`stops`) -------------------------------------------------------------------------------


@jitted
def closing(book: Any, drawn: Any, issuer: Any) -> int:
    """Whether the books of any lane close today or have closed before, 0 or 1."""
    least_g = CLOSING_TOKEN_SHARE * issuer.tokens_g
    any_closing: Any = 0
    for i in range(LANES):
        any_closing |= np.int64((drawn.price_usd_per_g[i] <= CLOSING_PRICE_USD_PER_G) | (book.tokens_g[i] <= least_g))
    return any_closing


@jitted
def close_books(book: Any, drawn: Any, judged: Any, issuer: Any, columns: Any, kept: Any) -> None:
    """Mark the lanes whose books close today, and keep yesterday's figures.

    `columns` (columns of DAY, STRIDE) is the record of the day, which still is yesterday's, seen as numbers.
    """
    least_g = CLOSING_TOKEN_SHARE * issuer.tokens_g
    for i in range(LANES):
        no_market = drawn.price_usd_per_g[i] <= CLOSING_PRICE_USD_PER_G
        judged.no_market[i] |= np.int64(no_market)
        if judged.closed[i] == 0 and (no_market or book.tokens_g[i] <= least_g):
            judged.closed[i] = 1
            for column in range(columns.shape[0]):
                kept[column, i] = columns[column, i]
            judged.closing_tokens_g[i] = book.tokens_g[i]
            judged.closing_queue_g[i] = book.queue_g[i]
            judged.closing_discount[i] = book.discount[i]
            judged.closing_backing[i] = book.backing[i]


@jitted
def repeat_closing_figures(book: Any, judged: Any, columns: Any, closing: Any) -> None:
    """Put closed lanes back to what they were before they closed, and take away what flowed."""
    for i in range(LANES):
        if judged.closed[i]:
            for column in range(columns.shape[0]):
                today = False
                for k in range(len(_INPUT_COLUMNS)):
                    today |= column == _INPUT_COLUMNS[k]
                if not today:
                    columns[column, i] = closing[column, i]
            for k in range(len(_FLOW_COLUMNS)):
                columns[_FLOW_COLUMNS[k], i] = 0.0
            # What is folded, counted and told of the book; the rest of it is dead.
            book.tokens_g[i] = judged.closing_tokens_g[i]
            book.queue_g[i] = judged.closing_queue_g[i]
            book.discount[i] = judged.closing_discount[i]
            book.backing[i] = judged.closing_backing[i]


# Folding ---------------------------------------------------------------------------------------------------


@jitted
def fold(
    day: Any, book: Any, judged: Any, outcome: Any, issuer: Any, happened: int, has_queue: int, other_lag: bool
) -> None:
    """Running extremes and sums; queues are kept in grams until the end.

    Without a queue the wait is the settlement lag; `other_lag` says that it may not be the one of the day before.
    """
    for i in range(LANES if has_queue | other_lag else 0):
        outcome.peak_queue_share[i] = max(outcome.peak_queue_share[i], book.queue_g[i])
        outcome.longest_wait_days[i] = max(outcome.longest_wait_days[i], day.wait_days[i])
    for i in range(LANES):
        outcome.min_coverage[i] = min(outcome.min_coverage[i], day.coverage[i])
        outcome.min_backing[i] = min(outcome.min_backing[i], book.backing[i])
        outcome.min_equity_usd[i] = min(outcome.min_equity_usd[i], day.equity_usd[i])
        outcome.worst_discount[i] = max(outcome.worst_discount[i], book.discount[i])
        outcome.fees_usd[i] += day.fees_usd[i]
        outcome.slippage_usd[i] += day.slippage_usd[i]
        outcome.price_effect_usd[i] += day.price_effect_usd[i]
    if book.bills_sold:
        for i in range(LANES):
            outcome.haircut_usd[i] += day.haircut_usd[i]
    if happened:
        for i in range(LANES):
            outcome.event_loss_usd[i] += day.event_loss_usd[i]
            outcome.lease_loss_usd[i] += day.lease_loss_usd[i]
            outcome.bank_loss_usd[i] += day.bank_loss_usd[i]
            outcome.cyber_loss_usd[i] += day.cyber_loss_usd[i]
    if issuer.hedge.on | issuer.terms.principal:
        for i in range(LANES):
            outcome.hedge_usd[i] += day.hedge_usd[i]
            judged.price_profit_usd[i] += day.hedge_usd[i] + day.principal_effect_usd[i]
    if issuer.weekends.on | issuer.usd_peg:
        for i in range(LANES):
            outcome.worst_discount[i] = max(outcome.worst_discount[i], day.weekend_discount[i])
            outcome.liquidation_loss_usd[i] += day.liquidation_loss_usd[i]


# Judging ---------------------------------------------------------------------------------------------------


@jitted
def failing(day: Any, book: Any, judged: Any, issuer: Any) -> int:
    """Mark the predicates that hold today and did not before; not zero where there is any."""
    floor_usd, kept = issuer.treasury.cash_floor_usd, 1.0 - issuer.treasury.bill_haircut
    short_days = float(under_backed_days(issuer.market.lag_days))
    f5, begins, f6 = (0, 0, F6) if issuer.usd_peg else (F5, SHORT_BEGINS, 0)
    any_new = 0
    for i in range(LANES):
        discount, short = book.discount[i], book.backing[i] < _SHORT
        discount_run = (judged.discount_run_days[i] + 1.0) if discount > _LASTING else 0.0
        short_run = (judged.short_run_days[i] + 1.0) if short else 0.0
        spendable_usd = max(0.0, book.cash_usd[i] - floor_usd) + book.bills_usd[i] * kept
        holds = (
            (F1 if day.equity_usd[i] < day.own_funds_requirement_usd[i] else 0)
            | (F2 if day.equity_usd[i] < 0.0 else 0)
            | (F3 if day.oldest_request_days[i] > _OLDEST else 0)
            | (F4 if discount_run >= _LASTING_DAYS else 0)
            | (F4 if max(discount, day.weekend_discount[i]) > _ONCE else 0)
            | (f5 if short_run >= short_days else 0)
            | (begins if short_run == 1.0 else 0)
            | (f6 if short else 0)
            | (F7 if (spendable_usd <= 0.0) & (book.queue_g[i] > 0.0) else 0)
        )
        new = holds & ~judged.failed[i] & (judged.closed[i] - 1)
        judged.discount_run_days[i] = discount_run
        judged.short_run_days[i] = short_run
        judged.failing[i] = new
        any_new |= new
    return any_new


@jitted
def note_failures(day: Any, columns: Any, book: Any, judged: Any, issuer: Any, price_before: Any, t: int) -> None:
    """Write down the day and the cause of every failure that `failing` marked."""
    for i in range(LANES):
        new = judged.failing[i]
        if new == 0:
            continue
        if new & SHORT_BEGINS:
            judged.short_cause[i] = blame.for_backing(day, issuer, t, i)
        for predicate in range(N_PREDICATES):
            if (new >> predicate) & 1:
                judged.first_day[predicate, i] = t
                bit = 1 << predicate
                if bit & (F1 | F2 | F6):
                    limit_usd = day.own_funds_requirement_usd[i] if bit == F1 else 0.0
                    cause = blame.for_equity(day, columns, t, limit_usd, bit != F6, i)
                elif bit == F5:
                    cause = judged.short_cause[i]
                elif bit == F4:
                    cause = blame.for_discount(day, book, issuer, i)
                else:
                    cause = blame.for_liquidity(day, book, issuer, price_before[i], i)
                judged.cause[predicate, i] = cause
        judged.failed[i] |= new & (SHORT_BEGINS - 1)


_STATUSES = list(Status)
INSOLVENT, UNDER_COLLATERALISED, UNDER_BACKED, UNDERCAPITALISED, CASH_EXHAUSTED, REDEMPTION_LATE, PEG_BROKEN, NO_MARKET, WOUND_DOWN, QUEUED, SOUND = (
    _STATUSES.index(status)
    for status in (
        Status.INSOLVENT, Status.UNDER_COLLATERALISED, Status.UNDER_BACKED, Status.UNDERCAPITALISED,
        Status.CASH_EXHAUSTED, Status.REDEMPTION_LATE, Status.PEG_BROKEN, Status.NO_MARKET, Status.WOUND_DOWN,
        Status.QUEUED, Status.SOUND,
    )
)  # fmt: skip


@inlined
def status_code(failed: int, no_market: int, wound_down: bool, queued: bool) -> int:
    """How a path ended, as a place in `Status`: the first that applies."""
    code = SOUND
    code = QUEUED if queued else code
    code = WOUND_DOWN if wound_down else code
    code = NO_MARKET if no_market else code
    code = PEG_BROKEN if failed & F4 else code
    code = REDEMPTION_LATE if failed & F3 else code
    code = CASH_EXHAUSTED if failed & F7 else code
    code = UNDERCAPITALISED if failed & F1 else code
    code = UNDER_BACKED if failed & F5 else code
    code = UNDER_COLLATERALISED if failed & F6 else code
    return INSOLVENT if failed & F2 else code
