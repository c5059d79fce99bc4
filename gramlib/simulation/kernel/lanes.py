"""How the kernel lays out its memory: a block of LANES paths walks day by day, each quantity a column of LANES numbers.

Columns of one kind stand together in a record (`BOOK`, `DAY`, `DRAWN` ...) whose fields are arrays of float64. Every
step is a function over records whose body is one loop over lanes:

    @jitted
    def e5_coverage(day, book):
        for i in range(LANES):
            day.coverage[i] = ...

Since the fields of a record lie at fixed distances from one address, the compiler sees that they do not overlap and
turns the loop into vector instructions. So that this holds between records too, they all stand in one (`loop.BLOCK`).
A row of a ring lies at no fixed distance, and the compiler compares addresses before a loop that has one: such a loop is
kept to few columns. For that to work, loops over lanes hold to a few rules:

* fields of the issuer and other numbers that are the same for all lanes are read into locals before the loop;
* no branch on a lane: `x if condition else y`, `max`, `min` of floats are fine, since both sides are computed;
* all columns are eight bytes wide (float64 or int64), so that all of a loop's values fill the same registers;
* small functions of one lane (`exp`) are decorated with `@inlined`, and so become part of the loop;
* what happens on few lanes (a failure's cause, a freeze) is found by a vector loop and done by a scalar one.

No lane reads another, and a draw is addressed by the number of its path, so that results do not depend on which
paths share a block. Random drivers and price drivers keep their state in records of their own (`drivers`, `prices`).
"""

from __future__ import annotations

from dataclasses import fields

import numba
import numpy as np

from gramlib.simulation.day import BRIDGE, INPUTS
from gramlib.simulation.kernel.cache_folder import use_cache_folder
from gramlib.simulation.outcomes import Outcomes

CACHED = use_cache_folder() is not None
"""Whether compiled code is kept between runs."""

LANES = 128
"""Paths walked together: their columns fit the processor's first and second cache, and a loop is long enough to pay."""

jitted = numba.njit(error_model="numpy", nogil=True)
"""Decorator of every function of the kernel: IEEE arithmetic in the order written, division by zero as in NumPy."""

inlined = numba.njit(error_model="numpy", nogil=True, forceinline=True)
"""Decorator of functions of one lane, which become part of the loop that calls them."""

entry = numba.njit(error_model="numpy", nogil=True, cache=CACHED)
"""Decorator of the functions that Python calls; what they call is compiled into them and kept with them."""

FIGURES = tuple(field.name for field in fields(Outcomes) if not field.name.endswith(("_day", "_cause", "_code")))
"""Fields of `Outcomes` that are float64."""

MAX_CUSTODIANS = 4
MAX_BANKS = 4
MAX_HOLDERS = 10


LINE = 8
"""Numbers in a line of the processor's cache."""

STRIDE = LANES + LINE
"""Numbers from one column to the next. Columns a power of two apart would fight for the same few places of the cache,
and a load would wait for a store to another column; one line between them spreads them."""

_Field = tuple[str, str, tuple[int, ...]]


def columns(*names: str) -> list[_Field]:
    """Fields of float64 for LANES lanes each; what pads them to STRIDE is never read."""
    return [(name, "f8", (STRIDE,)) for name in names]


def counts(*names: str) -> list[_Field]:
    """Fields of int64 for LANES lanes each."""
    return [(name, "i8", (STRIDE,)) for name in names]


def rows(n_rows: int, *names: str) -> list[_Field]:
    """Fields of (n_rows, STRIDE) float64, row k for custodian, bank or holder k; they stand last in their record."""
    return [(name, "f8", (n_rows, STRIDE)) for name in names]


def aligned(shape: int | tuple[int, ...], dtype: np.dtype | type) -> np.ndarray:
    """Zeros that begin at a line of the cache, so that no vector lies across two."""
    kind = np.dtype(dtype)
    n_bytes = int(np.prod(shape)) * kind.itemsize
    memory = np.zeros(n_bytes + 8 * LINE, np.uint8)
    skip = -memory.ctypes.data % (8 * LINE)
    return memory[skip : skip + n_bytes].view(kind).reshape(shape)


def side_by_side(**records: np.dtype) -> np.dtype:
    """One record of several, each of which begins at a line of the cache."""
    ends = np.cumsum([-(-dtype.itemsize // (8 * LINE)) * 8 * LINE for dtype in records.values()])
    return np.dtype({
        "names": list(records), "formats": list(records.values()), "offsets": [0, *ends[:-1]], "itemsize": int(ends[-1]),
    })  # fmt: skip


DRAWN = np.dtype([
    # Written by the price driver, or from prices given; sigma is the model's volatility after today's return.
    *columns("price_usd_per_g", "sigma"),
    # What is given for the day; random drivers add to it, taking the larger level, multiplier, stop and lag.
    *columns("event", "liquidity_multiplier", "lag_days", "futures_basis", "operations_stop", "cyber_loss_usd",
             "lease_default"),
    # Given alone: losses at the custodian of that number, 0 for all of them pro rata; and what `Events` has after lags.
    *columns("lost_g", "given_lost_share", "assay_share", "custodian"),
    *columns("redeem_share", "block_share", "discount_shock", "mint_stop", "bank_share", "spread_rise", "capacity_cut"),
    # Share of custodian k's grams lost today; days a freeze at k lasts that begins today, 0 none; 1 where bank b fails.
    *rows(MAX_CUSTODIANS, "lost_share", "freeze_days"),
    *rows(MAX_BANKS, "bank_failed"),
])  # fmt: skip
"""What comes from outside the issuer today: prices and events, given or drawn. lag_days 0 means the issuer's own."""

DAY = np.dtype(columns(
    *INPUTS, "tokens_before_g", "token_value_usd", "five_day_return", "twenty_day_return", "capacity_usd", "coverage",
    "intensity", "redemption_rate", "requested_g", "paid_g", "queue_g", "tokens_g", "sold_g", "execution_usd_per_g",
    "gold_g", "cash_usd", "bills_usd", "receivables_usd", "wait_days", "band", "discount", "equity_usd", "backing",
    "liquid_1d_usd", "liquid_5d_usd", "oldest_request_days", "own_funds_requirement_usd", "lost_g",
    *BRIDGE,
    "fee", "minted_g", "ordered_g", "unmet_mint_g", "frozen_g", "bank_frozen_usd", "transit_g", "leased_g",
    "kind_requested_g", "kind_queue_g", "delivered_g", "queue_fixed_usd", "weekend_requested_g", "weekend_discount",
    "block_requested_g", "credit_drawn_usd", "liquidated_g", "shortfall_usd", "run_requested_g",
    # Not in `Day`: what stood at the end of yesterday; one over the price, sqrt(m), 1 / m; of the waterfall at which value,
    # and what cash leaves to pay; of the day's sale of gold what is wanted and its proceeds; m as it stands for the spread
    # and for capacity (`per_stress` is one over this); what one given holder asks for.
    "queue_before_g", "discount_before", "bank_frozen_before_usd",
    "per_price", "root_stress", "root_wait", "per_stress", "request_value_usd",
    "wanted_usd", "wanted_g", "sale_usd", "spread_stress", "capacity_stress", "block_g",
))  # fmt: skip
"""One day of LANES paths, named as `day.Day`; today's columns are written over yesterday's.

Positions at the end of the day stand in `BOOK`, and are copied here where a ledger is wanted (`steps.e11_ledger`).
"""

DAY_NAMES = DAY.names or ()

BOOK = np.dtype(columns(
    "tokens_g", "gold_g", "cash_usd", "bills_usd", "receivables_usd", "queue_g", "discount", "backing", "asked_until_g", "met_until_g",
    # Extensions; `taken_share` is scratch.
    "futures_usd_per_g", "transit_g", "leased_g", "frozen_g", "freeze_haircut_usd", "bank_frozen_usd",
    "credit_drawn_usd", "queue_fixed_usd", "kind_queue_g", "kind_asked_until_g", "kind_met_until_g", "taken_share",
) + rows(MAX_CUSTODIANS, "gold_by_custodian_g", "frozen_until") + rows(MAX_HOLDERS, "blocks_g") + [
    # Last day on which any lane awaits something; after it there is nothing to look for.
    ("transit_until", "i8"), ("bank_until", "i8"), ("insurance_until", "i8"), ("any_frozen_until", "i8"),
    # Whether all lanes settle after the issuer's own lag today.
    ("one_lag", "?"),
    # Whether any lane has sold bills today, or yesterday while E3 has not begun.
    ("bills_sold", "?"),
    # Whether any lane has one of the events today that are given alone (`happening.STAGED`).
    ("staged", "?"),
])  # fmt: skip
"""Positions between two days, named as `book.Book`; claims that fall due are kept as their sum, beside a ring of them.

`gold_g` is the gold of all custodians, frozen or not; `gold_by_custodian_g` is kept only where there are several.
"""

MAX_LAG_DAYS = 60
"""Longest way of gold, freeze of cash and lag of settlement (bounds in `params`)."""

MAX_INSURANCE_DAYS = 252

PRICE_ROWS = 21
"""Today's prices and those of the twenty days before; the first six rows alone where nobody looks back further."""

RINGS = np.dtype([
    # Rows in use of the first two, the longest lag that can come up, and of prices: the fewer, the nearer the processor.
    ("lag_rows", "i8"), ("price_rows", "i8"),
    *rows(MAX_LAG_DAYS, "receivables_usd", "mint_orders_g", "transit_g", "bank_usd"),
    *rows(MAX_INSURANCE_DAYS, "insurance_usd"), *rows(PRICE_ROWS, "price_usd_per_g"),
])  # fmt: skip
"""What falls due later, and prices of days past: row s % rows belongs to day s.

A record, since each array that is handed to a function costs two atomic counts of its references.
"""

OUTCOME = np.dtype(columns(*FIGURES))
"""Extremes and sums over days 1 to n, the figures of `outcomes.Outcomes`; one row of results a path."""

JUDGED = np.dtype(columns("discount_run_days", "short_run_days", "opening_equity_usd", "price_profit_usd", "closing_tokens_g",
                          "closing_queue_g", "closing_discount", "closing_backing")
                  + counts("failed", "failing", "closed", "no_market", "oldest_day", "kind_oldest_day", "short_cause")
                  + [("first_day", "i8", (7, STRIDE)), ("cause", "i8", (7, STRIDE))])  # fmt: skip
"""What the judge remembers: days running, which of F1 to F7 (bit 0 to 6) have happened, when first and why."""
