"""Three failures, three buffers: what each holds, what scenarios and the tail take from it, what is left.

    liquidity   cash and bills after haircut, against requests: taken is the fall to its lowest, unpaid requests counted
    custody     own funds, against gold and cash lost or frozen in others' hands: taken is the most that was out at once
    business    own funds above the requirement, against costs that income does not cover by the end

Custody and business draw on the same own funds, each shown as if the other had taken nothing. Gains and losses of the gold
price itself are in neither.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.metrics.daily import nonprice_loss_usd
from gramlib.params.issuer import Issuer

BUFFERS = ("liquidity", "custody", "business")
TAIL_SHARE = 0.01
"""The tail is what one path in a hundred goes beyond."""

_OTHERS_HANDS = ("event_loss_usd", "lease_loss_usd", "bank_loss_usd", "cyber_loss_usd")


def buffers(issuer: Issuer, days: pd.DataFrame, replays: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Columns buffer, subject (scenario or book), kind ("scenario" or "tail"), holds_usd, takes_usd, left_usd; worst first.

    `days`, `replays` and `outcomes` are stage predict's; their day 0 tells the opening price and own funds. A tail's
    liquidity is told by its queue alone, at the opening price: without one in a hundred it takes less than there is,
    and how much is not in the outcomes (NaN). Its custody is the path's deepest fall of own funds less what the business
    took, since outcomes do not keep what was frozen and came back. `takes_usd` may be negative: income beyond costs.
    """
    opening = days[days["day"] == 0].groupby("variable")["value"].first()
    own_funds, price = float(opening["equity_usd"]), float(opening["price_usd_per_g"])
    first = replays[replays["day"] == 1]
    required = float(first["own_funds_requirement_usd"].median()) if len(first) else 0.0
    holds = {
        "liquidity": issuer.cash_usd + issuer.bills_usd * (1.0 - issuer.treasury.bill_haircut),
        "custody": own_funds,
        "business": own_funds - required,
    }
    rows = []
    for scenario, ledger in replays.groupby("scenario", sort=False):
        out = ledger[list(_OTHERS_HANDS)].sum(axis=1) - ledger["insurance_usd"] - ledger["freeze_effect_usd"]
        fixed, floating = ledger["queue_fixed_usd"], ledger["queue_g"] * ledger["token_value_usd"]
        waiting = np.where(fixed > 0.0, fixed, floating)
        takes = {
            "liquidity": holds["liquidity"] - float((ledger["liquid_1d_usd"] - waiting).min()),
            "custody": max(0.0, float(out.cumsum().max())),
            "business": nonprice_loss_usd(ledger.to_dict("series")) - float(out.sum()),
        }
        rows += [(name, str(scenario), "scenario", holds[name], takes[name]) for name in BUFFERS]
    for book, paths in outcomes.groupby("book", sort=False):
        business = paths["nonprice_loss_usd"] - paths[list(_OTHERS_HANDS)].sum(axis=1)
        deepest = own_funds - paths["min_equity_usd"] - business.clip(lower=0.0)
        queue = float(paths["peak_queue_share"].quantile(1.0 - TAIL_SHARE)) * issuer.tokens_g * price
        takes = {
            "liquidity": holds["liquidity"] + queue if queue > 0.0 else np.nan,
            "custody": max(0.0, float(deepest.quantile(1.0 - TAIL_SHARE))),
            "business": float(business.quantile(1.0 - TAIL_SHARE)),
        }
        rows += [(name, str(book), "tail", holds[name], takes[name]) for name in BUFFERS]
    table = pd.DataFrame(rows, columns=["buffer", "subject", "kind", "holds_usd", "takes_usd"])
    table["left_usd"] = table["holds_usd"] - table["takes_usd"]
    place = table["buffer"].map(BUFFERS.index)
    return (
        table.assign(place=place)
        .sort_values(["place", "left_usd"], kind="stable", ignore_index=True)
        .drop(columns="place")
    )
