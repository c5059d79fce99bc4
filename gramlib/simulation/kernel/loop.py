"""The days of a block of paths, and the blocks of a task."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.simulation.kernel import custody, drivers, extensions, fan, happening, judge, prices, steps
from gramlib.simulation.kernel.drivers import DRIVERS_STATE, HOLDER_WORDS
from gramlib.simulation.kernel.happening import GivenEvents
from gramlib.simulation.kernel.lanes import (
    BOOK,
    DAY,
    DAY_NAMES,
    DRAWN,
    JUDGED,
    LANES,
    MAX_HOLDERS,
    OUTCOME,
    PRICE_ROWS,
    RINGS,
    STRIDE,
    aligned,
    entry,
    jitted,
    side_by_side,
)  # fmt: skip
from gramlib.simulation.kernel.market import DAYS_A_YEAR
from gramlib.simulation.kernel.prices import PRICE_STATE, PriceTerms
from gramlib.simulation.reference import PAID_DUST_SHARE

BLOCK = side_by_side(
    drawn=DRAWN, day=DAY, book=BOOK, prices=PRICE_STATE, outcome=OUTCOME, judged=JUDGED, rings=RINGS,
    drivers=DRIVERS_STATE, holders=HOLDER_WORDS,
)  # fmt: skip
"""All records of a block of paths."""


class Room(NamedTuple):
    """The memory a thread works in; one block after the other uses it."""

    block: np.ndarray
    """One BLOCK."""
    asked_g: np.ndarray
    """(n_days + 1, STRIDE): requests for cash of all days up to each day, written while a lane has a queue."""
    kind_asked_g: np.ndarray
    """The same of requests in kind, written every day; (1, STRIDE) while the extension is off."""
    bins: np.ndarray
    day_columns: np.ndarray
    """(columns, STRIDE): `day` seen as numbers."""
    closing_columns: np.ndarray
    """The same of the last day before the books of a lane closed."""
    outcome_columns: np.ndarray


def room(issuer: Issuer, n_days: int, longest_lag: int, ledger: bool) -> Room:
    """Memory for one thread; `longest_lag` days is the longest time to settlement that can come up."""

    def table(rows: int) -> np.ndarray:
        return aligned((rows, STRIDE), np.float64)

    def numbers(name: str) -> np.ndarray:
        assert BLOCK.fields is not None
        dtype, begin = BLOCK.fields[name][:2]
        return block.view(np.uint8)[begin : begin + dtype.itemsize].view(np.float64).reshape(-1, STRIDE)

    block = aligned(1, BLOCK)
    block["rings"]["lag_rows"] = longest_lag
    # Only orders for new tokens look back further than five days, and the ledger.
    block["rings"]["price_rows"] = PRICE_ROWS if issuer.minting.on or ledger else 6
    return Room(
        block=block,
        asked_g=table(n_days + 1),
        kind_asked_g=table(n_days + 1 if issuer.in_kind.on else 1),
        bins=aligned((len(fan.SCALES), STRIDE), np.int64),
        day_columns=numbers("day"),
        closing_columns=table(len(DAY_NAMES)),
        outcome_columns=numbers("outcome"),
    )


class World(NamedTuple):
    """All that a run is given: the issuer, and what surrounds it."""

    issuer: np.ndarray
    rule: tuple[float, float]
    """Own funds asked for: share of the assets, and a fixed amount in USD."""
    blocks_g: np.ndarray
    """(MAX_HOLDERS,) tokens of each large holder, nought beyond the last."""
    prices: PriceTerms
    start_usd_per_g: float
    events: GivenEvents
    any_events: bool
    driver_terms: np.ndarray
    driving: bool
    """Whether any driver is on."""
    drawing: bool
    """Whether anything is drawn beside prices; a replay draws nothing, not even what large holders do."""
    key: tuple[np.uint64, np.uint64]
    replicate: int
    first_path: int
    """Number of the run's first path, the address of its draws."""
    opening: tuple[float, float, float, float]
    """P0, N0, E0, W0, which the fan's bins are centred on."""


class Results(NamedTuple):
    """What a run writes, one column a path; `counts` (days counted, 5, BINS) belongs to the thread."""

    figures: np.ndarray
    first_day: np.ndarray
    cause: np.ndarray
    status: np.ndarray
    counts: np.ndarray
    ledger: np.ndarray
    """(n_days, columns of DAY) of the run's first path, or (0, 0)."""


@entry
def run_task(world: World, results: Results, room: Room, first: int, stop: int, n_days: int, fan_paths: int) -> None:
    """Walk the paths `first` to `stop` - 1 of a run, counted from its first; the first `fan_paths` go into the fan."""
    for block in range(first, stop, LANES):
        n_lanes = min(LANES, stop - block)
        walk_block(world, results, room, block, n_days, max(0, min(n_lanes, fan_paths - block)))
        write_results(world.issuer[0], results, room, block, n_lanes, n_days)


@jitted
def walk_block(world: World, results: Results, room: Room, block: int, n_days: int, n_counted: int) -> None:
    """Walk LANES paths from day 0 to the last; the first `n_counted` go into the fan."""
    issuer, rule = world.issuer[0], world.rule
    records = room.block[0]
    drawn, day, book, rings = records.drawn, records.day, records.book, records.rings
    judged, outcome = records.judged, records.outcome
    price_state, drivers_state, holders_drawn = records.prices, records.drivers, records.holders
    n_slots = results.counts.shape[0]
    address = (world.key, world.replicate, world.first_path + block)
    # Given prices are counted from the run's first path, drawn ones by their address.
    price_driver = world.prices.driver[0]
    first_price_path = block if price_driver.kind == prices.GIVEN else world.first_path + block
    price_address = (world.key, world.replicate, first_price_path)
    drivers.clear_drivers(drivers_state)
    holders_drawn.four = -1
    prices.start(world.prices, price_state, drawn, price_address, world.start_usd_per_g)
    open_books(room, issuer, rule, world.blocks_g)
    judge.begin(day, judged, outcome)
    if results.ledger.size:
        steps.e11_ledger(day, book, issuer, rings, 0)
    if n_counted:
        fan.count_day(results.counts[0], room.bins, day, book, world.opening, n_counted)
    had_before, had_queue, any_closed, alerted, had_other_lag = 1, 0, 0, 0, False
    happened = happening.ANYTHING
    eventful = world.driving or world.any_events
    for t in range(1, n_days + 1):
        five_days_ago, twenty_days_ago = max(0, t - 5) % rings.price_rows, max(0, t - 20) % rings.price_rows
        prices.draw(price_driver, price_state, price_address, t)
        if prices.has_table(price_driver):
            prices.look_up(world.prices, price_state, drawn, price_address, t)
        prices.advance(price_driver, price_state, drawn, world.start_usd_per_g, t)
        stale = happened
        if eventful or t == 1:
            happening.make_calm(drawn, stale)
            happened = happening.give(drawn, world.events, block, t) if world.any_events else 0
        if judge.closing(book, drawn, issuer):
            any_closed = 1
            judge.close_books(book, drawn, judged, issuer, room.day_columns, room.closing_columns)
        steps.begin_day(day, book, issuer, had_queue | had_before)
        if issuer.weekends.on and t >= issuer.weekends.first_monday and (t - issuer.weekends.first_monday) % 5 == 0:
            steps.weekend(day, book, drawn, issuer, rings, five_days_ago)
        steps.e1_price(day, book, drawn, issuer, rings, five_days_ago, twenty_days_ago, t % rings.price_rows)
        if world.driving:
            happened |= drivers.drive(
                t, address, issuer, world.driver_terms[0], day.five_day_return, drawn, drivers_state
            )
        if eventful or t == 1:
            happening.what_happens(day, book, drawn, issuer, happened, stale)
        steps.e2_settle(day, book, issuer, rings, t)
        steps.e3_carry(day, book, issuer)
        steps.e4_events(day, book, drawn, issuer, rings, t, happened)
        steps.e5_coverage(day, book, issuer)
        steps.e6_redemption_intensity(
            day,
            book,
            drawn,
            issuer,
            rings,
            holders_drawn,
            t,
            address,
            world.drawing,
            (had_queue | issuer.in_kind.on | issuer.weekends.on) != 0,
        )
        has_queue = steps.e8_waterfall(day, book, issuer, t)
        steps.e9_gold_sale(day, book, issuer, rings, t, has_queue)
        other_lag = t == 1 or not book.one_lag
        steps.e10_peg(day, book, issuer, (has_queue | had_queue | other_lag | had_other_lag) != 0)
        alert = steps.e11_book(day, book, issuer, rule)
        if has_queue | had_queue | issuer.in_kind.on:
            oldest_requests(day, book, judged, issuer, room.asked_g, room.kind_asked_g, t)
        had_before, had_queue, had_other_lag = had_queue, has_queue, other_lag
        if results.ledger.size:
            steps.e11_ledger(day, book, issuer, rings, t)
        if any_closed:
            judge.repeat_closing_figures(book, judged, room.day_columns, room.closing_columns)
        judge.fold(day, book, judged, outcome, issuer, happened, has_queue | any_closed, other_lag)
        # Runs of days that end must be seen to end.
        to_judge = has_queue | any_closed | issuer.in_kind.on | issuer.weekends.on
        if (alert | alerted | to_judge) and judge.failing(day, book, judged, issuer):
            price_before = rings.price_usd_per_g[(t - 1) % rings.price_rows]
            judge.note_failures(day, room.day_columns, book, judged, issuer, price_before, t)
        alerted = alert
        if n_counted and (t % fan.EVERY_DAYS == 0 or t == n_days):
            slot = n_slots - 1 if t == n_days else t // fan.EVERY_DAYS
            fan.count_day(results.counts[slot], room.bins, day, book, world.opening, n_counted)
        if results.ledger.size and block == 0:
            for column in range(results.ledger.shape[1]):
                results.ledger[t - 1, column] = room.day_columns[column, 0]


@jitted
def open_books(room: Room, issuer: Any, rule: tuple[float, float], blocks_g: Any) -> None:
    """The issuer on day 0, calm: no queue, no receivables, no discount, market liquidity normal."""
    records = room.block[0]
    day, book, drawn, rings = records.day, records.book, records.drawn, records.rings
    # What the last block left in the record of the day would pass for flows of this one.
    room.day_columns[:] = 0.0
    book.bills_sold = False
    book.staged = False
    for i in range(LANES):
        day.fee[i] = issuer.terms.fee
        day.lag_days[i] = issuer.market.lag_days
        day.opex_usd[i] = issuer.costs.opex_usd_year / DAYS_A_YEAR
    custody.open_vaults(book, issuer, rings)
    rings.receivables_usd[: rings.lag_rows] = 0.0
    rings.mint_orders_g[: rings.lag_rows] = 0.0
    # The others only where the last block has used them.
    if book.bank_until >= 0:
        rings.bank_usd[:] = 0.0
    if book.insurance_until >= 0:
        rings.insurance_usd[:] = 0.0
    book.bank_until = -9
    book.insurance_until = -9
    for j in range(MAX_HOLDERS):
        for i in range(LANES):
            book.blocks_g[j, i] = blocks_g[j]
    for i in range(LANES):
        price = drawn.price_usd_per_g[i]
        rings.price_usd_per_g[0, i] = price
        book.tokens_g[i] = issuer.tokens_g
        book.cash_usd[i] = issuer.cash_usd
        book.bills_usd[i] = issuer.bills_usd
        book.futures_usd_per_g[i] = price
        book.receivables_usd[i] = 0.0
        book.bank_frozen_usd[i] = 0.0
        book.credit_drawn_usd[i] = 0.0
        book.queue_g[i] = 0.0
        book.queue_fixed_usd[i] = 0.0
        book.kind_queue_g[i] = 0.0
        book.discount[i] = 0.0
        book.backing[i] = 1.0
        book.asked_until_g[i] = 0.0
        book.met_until_g[i] = 0.0
        book.kind_asked_until_g[i] = 0.0
        book.kind_met_until_g[i] = 0.0
        room.kind_asked_g[0, i] = 0.0
        day.price_usd_per_g[i] = price
        day.token_value_usd[i] = price
        day.request_value_usd[i] = price
        day.liquidity_multiplier[i] = 1.0
        day.root_stress[i] = 1.0
        day.per_stress[i] = 1.0
        day.spread_stress[i] = 1.0
        day.capacity_stress[i] = 1.0
        day.intensity[i] = issuer.redemption.a0
        day.capacity_usd[i] = issuer.market.capacity_share * issuer.market.adv_usd
    steps.e5_coverage(day, book, issuer)
    steps.e10_peg(day, book, issuer, True)
    steps.e11_book(day, book, issuer, rule)


@jitted
def oldest_requests(
    day: Any, book: Any, judged: Any, issuer: Any, asked_g: Any, kind_asked_g: Any, t: int
) -> None:  # fmt: skip
    """Business days since the oldest open request, first in first out; 0 when nothing asked before today waits.

    What is open grows with the day of the request, and only falls from day to day: the day found yesterday is where
    today's search begins. A lane that had no queue yesterday (-1) begins with today.
    """
    dust_g = PAID_DUST_SHARE * issuer.tokens_g
    cash_share = 1.0 - issuer.in_kind.share if issuer.in_kind.on else 1.0
    for i in range(LANES):
        age, oldest = 0, -1
        # Counted from the day on which the queue began. A weekend's requests are dated by its Monday: days are business days.
        asked_today_g = day.requested_g[i] + cash_share * day.weekend_requested_g[i]
        waits = book.queue_g[i] > 0.0
        book.asked_until_g[i] = book.asked_until_g[i] + asked_today_g if waits else 0.0
        book.met_until_g[i] = book.met_until_g[i] + day.paid_g[i] if waits else 0.0
        if waits:
            asked_g[t, i] = book.asked_until_g[i]
            oldest = judged.oldest_day[i] if judged.oldest_day[i] >= 0 else t
            while oldest < t and asked_g[oldest, i] - book.met_until_g[i] <= dust_g:
                oldest += 1
            age = t - oldest
        judged.oldest_day[i] = oldest
        day.oldest_request_days[i] = age
    if issuer.in_kind.on:
        # Less than a bar cannot be delivered and waits for others to make it one.
        dust_g = extensions.bar_g(issuer)
        for i in range(LANES):
            kind_asked_g[t, i] = book.kind_asked_until_g[i]
            oldest = judged.kind_oldest_day[i]
            while oldest <= t and kind_asked_g[oldest, i] - book.kind_met_until_g[i] <= dust_g:
                oldest += 1
            judged.kind_oldest_day[i] = oldest
            day.oldest_request_days[i] = max(day.oldest_request_days[i], float(max(0, t - oldest)))


@jitted
def write_results(issuer: Any, results: Results, room: Room, block: int, n_lanes: int, n_days: int) -> None:
    """One row a path: finish the sums, and copy."""
    records = room.block[0]
    judged, outcome, day, book = records.judged, records.outcome, records.day, records.book
    least_g = judge.CLOSING_TOKEN_SHARE * issuer.tokens_g
    for i in range(LANES):
        price_profit_usd = outcome.price_effect_usd[i] + judged.price_profit_usd[i]
        outcome.nonprice_loss_usd[i] = -(day.equity_usd[i] - judged.opening_equity_usd[i] - price_profit_usd)
        outcome.end_price_usd_per_g[i] = day.price_usd_per_g[i]
        outcome.end_equity_usd[i] = day.equity_usd[i]
        outcome.end_tokens_share[i] = book.tokens_g[i] / issuer.tokens_g
        outcome.end_queue_share[i] = book.queue_g[i] / issuer.tokens_g
        outcome.peak_queue_share[i] /= issuer.tokens_g
    for i in range(n_lanes):
        results.status[block + i] = judge.status_code(
            judged.failed[i], judged.no_market[i], book.tokens_g[i] <= least_g, outcome.peak_queue_share[i] > 0.0
        )
    for column in range(results.figures.shape[0]):
        for i in range(n_lanes):
            results.figures[column, block + i] = room.outcome_columns[column, i]
    for predicate in range(judge.N_PREDICATES):
        for i in range(n_lanes):
            results.first_day[predicate, block + i] = judged.first_day[predicate, i]
            results.cause[predicate, block + i] = judged.cause[predicate, i]
