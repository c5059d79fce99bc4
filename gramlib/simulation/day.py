"""One simulated day, as both engines write it: the row of the ledger and what the steps hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Number: TypeAlias = Any
"""A float in the reference engine; in the NumPy engine an array by path, or a float that holds for all paths."""

FLOWS = ("redemption_rate", "requested_g", "paid_g", "sold_g", "fees_usd", "slippage_usd", "opex_usd",
         "custody_cost_usd", "yield_usd", "haircut_usd", "event_loss_usd", "price_effect_usd", "lost_g")  # fmt: skip
"""What happens during a day; nought once the books are closed."""

INPUTS = ("price_usd_per_g", "event", "liquidity_multiplier")
"""What is given for a day; today's also after the books are closed. All other ledger columns are positions."""


@dataclass(slots=True)
class Day:
    """A day of one path (numbers) or of many (arrays by path, or a number that holds for all).

    Fields of the ledger are named, measured and explained by `artefacts.LEDGER_COLUMNS` and `LEDGER_EXTRA`. The first
    ones are the day's inputs; `books_open` is false once the path has ended (`stops`).
    """

    day: int
    price_usd_per_g: Number
    event: Number
    liquidity_multiplier: Number
    tokens_before_g: Number
    books_open: Number = True
    five_day_return: Number = 0.0
    capacity_usd: Number = 0.0
    coverage: Number = 0.0
    intensity: Number = 0.0
    redemption_rate: Number = 0.0
    requested_g: Number = 0.0
    paid_g: Number = 0.0
    queue_g: Number = 0.0
    tokens_g: Number = 0.0
    sold_g: Number = 0.0
    execution_usd_per_g: Number = 0.0
    gold_g: Number = 0.0
    cash_usd: Number = 0.0
    bills_usd: Number = 0.0
    receivables_usd: Number = 0.0
    wait_days: Number = 0.0
    band: Number = 0.0
    discount: Number = 0.0
    equity_usd: Number = 0.0
    fees_usd: Number = 0.0
    slippage_usd: Number = 0.0
    backing: Number = 0.0
    liquid_1d_usd: Number = 0.0
    liquid_5d_usd: Number = 0.0
    oldest_request_days: Number = 0.0
    own_funds_requirement_usd: Number = 0.0
    opex_usd: Number = 0.0
    custody_cost_usd: Number = 0.0
    yield_usd: Number = 0.0
    haircut_usd: Number = 0.0
    event_loss_usd: Number = 0.0
    price_effect_usd: Number = 0.0
    lost_g: Number = 0.0
