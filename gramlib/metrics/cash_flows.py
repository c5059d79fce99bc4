"""Where cash came from and went, day by day, from the ledger of one path.

Cash is the account that redemptions are paid from first. Selling bills and gold refills it; what comes in for gold is
what settles that day, not what was sold.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer

INFLOWS = ("gold_settled", "bills_sold", "fees_and_income")
OUTFLOWS = ("redemptions", "costs_and_losses")
EITHER = ("futures_and_credit",)
"""Margin of the short futures, and the credit line drawn or repaid: in on one day, out on another."""


def cash_flows(ledger: pd.DataFrame, issuer: Issuer) -> pd.DataFrame:
    """By day: `opening_usd`, each flow of `INFLOWS`, `OUTFLOWS` and `EITHER` as it moves cash, `closing_usd`, and what stands beside.

    `ledger` holds one path's days, 1 to n, in the catalogue's columns; the opening position is the issuer's. Outflows are
    negative. Redemptions are before the fee, which stands among income. Opening and flows add up to closing.
    `bills_usd` and `queue_usd`, the unpaid requests at the day's worth of a token, are positions at the day's end.
    """
    day = ledger.sort_values("day").set_index("day")

    def before(column: str, opening: float = 0.0) -> pd.Series:
        return day[column].shift(fill_value=opening)

    opening = before("cash_usd", issuer.cash_usd)
    settled = before("receivables_usd") + day["sold_g"] * day["execution_usd_per_g"] - day["receivables_usd"]
    bills = before("bills_usd", issuer.bills_usd) + day["yield_usd"] - day["haircut_usd"] - day["bills_usd"]
    fees = day["fees_usd"] + day["mint_fees_usd"] + day["kind_fees_usd"]
    frozen = before("bank_frozen_usd") - day["bank_frozen_usd"] - day["bank_loss_usd"]
    costs = day["opex_usd"] + day["custody_cost_usd"] + day["credit_interest_usd"] + day["cyber_loss_usd"]
    flows = pd.DataFrame({
        "opening_usd": opening,
        "gold_settled": settled,
        "bills_sold": bills,
        "fees_and_income": fees + day["lease_income_usd"] + day["insurance_usd"],
        "costs_and_losses": frozen - costs,
        "futures_and_credit": day["hedge_usd"] + day["credit_drawn_usd"] - before("credit_drawn_usd"),
    })  # fmt: skip
    # What is left was paid to holders: in principal mode no column holds the price of a request that is paid.
    flows.insert(4, "redemptions", day["cash_usd"] - flows.sum(axis=1))
    flows["closing_usd"], flows["bills_usd"] = day["cash_usd"], day["bills_usd"]
    fixed = day["queue_fixed_usd"]
    flows["queue_usd"] = np.where(fixed > 0.0, fixed, day["queue_g"] * day["token_value_usd"])
    return flows
