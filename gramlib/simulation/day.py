"""One simulated day, as every engine writes it: the row of the ledger, and the terms of the equity bridge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Number: TypeAlias = Any
"""A float in the reference engine; in an engine over many paths an array by path, or a float that holds for all."""

BRIDGE: dict[str, tuple[int, str]] = {
    "fees_usd": (1, "negative redemption fee"),
    "mint_fees_usd": (1, "negative minting fee"),
    "kind_fees_usd": (1, "negative delivery fee"),
    "holding_fee_usd": (1, "negative holding fee"),
    "lease_income_usd": (1, "negative lease income"),
    "insurance_usd": (1, "negative insurance"),
    "yield_usd": (1, "negative bill yield"),
    "opex_usd": (-1, "operating cost"),
    "custody_cost_usd": (-1, "custody cost"),
    "credit_interest_usd": (-1, "credit interest"),
    "haircut_usd": (-1, "bill haircut"),
    "slippage_usd": (-1, "market slippage"),
    "event_loss_usd": (-1, "custody loss"),
    "lease_loss_usd": (-1, "lessee default"),
    "bank_loss_usd": (-1, "bank failure"),
    "cyber_loss_usd": (-1, "cyber loss"),
    "liquidation_loss_usd": (-1, "liquidation bonus"),
    "freeze_effect_usd": (1, "custody freeze"),
    "hedge_usd": (1, "futures hedge"),
    "principal_effect_usd": (1, "price fixed at request"),
    "price_effect_usd": (1, "price"),
}
"""The equity bridge: ledger column -> (sign in dE, what it is called as the cause of a loss). The terms add up to dE."""

PRICE_TERMS = ("price_effect_usd", "principal_effect_usd", "hedge_usd")
"""Terms of the bridge that are profit or loss of the gold price itself; the others are the non-price loss."""

FLOWS = (*BRIDGE, "redemption_rate", "requested_g", "paid_g", "sold_g", "lost_g", "minted_g", "delivered_g",
         "liquidated_g", "weekend_requested_g", "weekend_discount", "ordered_g", "unmet_mint_g", "kind_requested_g",
         "block_requested_g", "run_requested_g")  # fmt: skip
"""What happens during a day; nought once the books are closed."""

INPUTS = (
    "price_usd_per_g", "event", "liquidity_multiplier", "lag_days", "futures_basis", "operations_stop",
    "discount_shock", "mint_stop", "spread_rise", "capacity_cut",
)  # fmt: skip
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
    token_value_usd: Number = 0.0
    five_day_return: Number = 0.0
    twenty_day_return: Number = 0.0
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
    # Extensions (section 8), each nought while it is off.
    fee: Number = 0.0
    lag_days: Number = 0
    futures_basis: Number = 0.0
    operations_stop: Number = 0.0
    discount_shock: Number = 0.0
    mint_stop: Number = 0.0
    spread_rise: Number = 0.0
    capacity_cut: Number = 0.0
    minted_g: Number = 0.0
    ordered_g: Number = 0.0
    unmet_mint_g: Number = 0.0
    mint_fees_usd: Number = 0.0
    frozen_g: Number = 0.0
    freeze_effect_usd: Number = 0.0
    insurance_usd: Number = 0.0
    bank_frozen_usd: Number = 0.0
    bank_loss_usd: Number = 0.0
    transit_g: Number = 0.0
    leased_g: Number = 0.0
    lease_income_usd: Number = 0.0
    lease_loss_usd: Number = 0.0
    kind_requested_g: Number = 0.0
    kind_queue_g: Number = 0.0
    delivered_g: Number = 0.0
    kind_fees_usd: Number = 0.0
    queue_fixed_usd: Number = 0.0
    principal_effect_usd: Number = 0.0
    weekend_requested_g: Number = 0.0
    weekend_discount: Number = 0.0
    block_requested_g: Number = 0.0
    run_requested_g: Number = 0.0
    credit_drawn_usd: Number = 0.0
    credit_interest_usd: Number = 0.0
    hedge_usd: Number = 0.0
    holding_fee_usd: Number = 0.0
    cyber_loss_usd: Number = 0.0
    liquidated_g: Number = 0.0
    liquidation_loss_usd: Number = 0.0
    shortfall_usd: Number = 0.0

    def bridge_usd(self) -> Number:
        """Sum of the signed terms of the equity bridge, which must be the day's change of own funds."""
        return sum(sign * getattr(self, name) for name, (sign, _) in BRIDGE.items())
