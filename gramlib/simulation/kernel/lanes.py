"""How the kernel lays out its memory: a block of LANES paths walks day by day, each quantity a column of LANES numbers.

Columns of one kind stand together in a record (`BOOK`, `DAY`, `DRAWN` ...) whose fields are arrays of LANES float64. Every
step is a function over records whose body is one loop over lanes:

    @jitted
    def e5_coverage(day, book):
        for i in range(LANES):
            day.coverage[i] = ...

Since the fields of a record lie at fixed distances from one address, the compiler sees that they do not overlap and
turns the loop into vector instructions. For that to work, loops over lanes hold to a few rules:

* fields of the issuer and other numbers that are the same for all lanes are read into locals before the loop;
* no branch on a lane: `x if condition else y`, `max`, `min` of floats are fine, since both sides are computed;
* all columns are eight bytes wide (float64 or int64), so that all of a loop's values fill the same registers;
* small functions of one lane (`exp`) are decorated with `@inlined`, and so become part of the loop;
* what happens on few lanes (a failure's cause, a freeze) is found by a vector loop and done by a scalar one.

No lane reads another, and a draw is addressed by the number of its path, so that results do not depend on which
paths share a block. Random drivers and price drivers keep their state in records of their own (`drivers`, `prices`).
"""

from __future__ import annotations

import numba
import numpy as np

from gramlib.simulation.day import BRIDGE
from gramlib.simulation.kernel.cache_folder import use_cache_folder

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

MAX_CUSTODIANS = 4
MAX_BANKS = 4
MAX_HOLDERS = 10


def columns(*names: str) -> list[tuple[str, str, tuple[int, ...]]]:
    """Fields of LANES float64 each."""
    return [(name, "f8", (LANES,)) for name in names]


def rows(n_rows: int, *names: str) -> list[tuple[str, str, tuple[int, ...]]]:
    """Fields of (n_rows, LANES) float64, row k for custodian, bank or holder k; to stand last in their record."""
    return [(name, "f8", (n_rows, LANES)) for name in names]


DRAWN = np.dtype([
    # Written by the price driver, or from prices given; sigma is the model's volatility after today's return.
    *columns("price_usd_per_g", "sigma"),
    # What is given for the day; random drivers add to it, taking the larger level, multiplier, stop and lag.
    *columns("event", "liquidity_multiplier", "lag_days", "futures_basis", "operations_stop", "cyber_loss_usd",
             "lease_default"),
    # Share of custodian k's grams lost today; days a freeze at k lasts that begins today, 0 none; 1 where bank b fails.
    *rows(MAX_CUSTODIANS, "lost_share", "freeze_days"),
    *rows(MAX_BANKS, "bank_failed"),
])  # fmt: skip
"""What comes from outside the issuer today: prices and events, given or drawn. lag_days 0 means the issuer's own."""

DAY = np.dtype(columns(
    "price_usd_per_g", "event", "liquidity_multiplier", "lag_days", "futures_basis", "operations_stop", "tokens_before_g",
    "token_value_usd", "five_day_return", "twenty_day_return", "capacity_usd", "coverage", "intensity",
    "redemption_rate", "requested_g", "paid_g", "queue_g", "tokens_g", "sold_g", "execution_usd_per_g", "gold_g",
    "cash_usd", "bills_usd", "receivables_usd", "wait_days", "band", "discount", "equity_usd", "backing",
    "liquid_1d_usd", "liquid_5d_usd", "oldest_request_days", "own_funds_requirement_usd", "lost_g",
    *BRIDGE,
    "fee", "minted_g", "ordered_g", "unmet_mint_g", "frozen_g", "bank_frozen_usd", "transit_g", "leased_g",
    "kind_requested_g", "kind_queue_g", "delivered_g", "queue_fixed_usd", "weekend_requested_g", "weekend_discount",
    "block_requested_g", "credit_drawn_usd", "liquidated_g", "shortfall_usd",
    # The stressed market once a day for E9 and E10: sqrt(m), and one over the price.
    "root_stress", "per_price", "admitted_g", "excess_g",
))  # fmt: skip
"""One day of LANES paths, named as `day.Day`; the last line is scratch of the kernel's own."""
