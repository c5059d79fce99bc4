"""What pushes holders to redeem, day by day: the terms of the redemption intensity x (E6) of one path.

    x = a0 + a1 max(0, -r5) + a2 max(0, d) + a3 Q/N + a4 max(0, 1 - cov) + a5 event

The ledger holds x and what it is made of, but for prices before day 1: the term of the five-day return is what the others leave.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.simulation.stops import CLOSING_TOKEN_SHARE

DRIVERS = ("fall_of_gold", "discount", "queue", "shortfall", "event")
"""Terms of x that are nought on a calm day."""


def run_anatomy(ledger: pd.DataFrame, issuer: Issuer) -> pd.DataFrame:
    """By day: each of `DRIVERS` in units of x, `intensity`, the rate of redemption, and grams asked for, paid and waiting.

    `ledger` holds one path's days, 1 to n, in the catalogue's columns; days on which the books are closed are left out.
    The queue and the discount are those that holders saw when they asked: those of the evening before, or of the weekend.
    """
    day = ledger.sort_values("day").set_index("day")
    holders = issuer.redemption
    tokens_g = day["tokens_g"] + day["paid_g"] + day["delivered_g"]
    waiting_g = day["queue_g"] + day["paid_g"] - day["requested_g"]
    waiting_g += day["kind_queue_g"] + day["delivered_g"] - day["kind_requested_g"]
    weekend = (day["weekend_requested_g"] > 0.0) | (day["weekend_discount"] != 0.0)
    discount = day["weekend_discount"].where(weekend, day["discount"].shift(fill_value=0.0))
    found = pd.DataFrame({
        "discount": holders.a_discount * discount.clip(lower=0.0),
        "queue": holders.a_queue * (waiting_g / tokens_g).clip(lower=0.0),
        "shortfall": holders.a_shortfall * (1.0 - day["coverage"]).clip(lower=0.0),
        "event": holders.a_event * day["event"],
    })  # fmt: skip
    rest = day["intensity"] - holders.a0 - found.sum(axis=1)
    found.insert(0, "fall_of_gold", rest.clip(lower=0.0))
    for column in ("intensity", "redemption_rate", "paid_g", "queue_g"):
        found[column] = day[column]
    found["requested_g"] = day["requested_g"] + day["kind_requested_g"] + day["weekend_requested_g"]
    return found[tokens_g > CLOSING_TOKEN_SHARE * issuer.tokens_g]


def saturating_intensity(issuer: Issuer, share: float = 0.95) -> float:
    """The x at which the rate of redemption has gone `share` of the way from calm to its cap (E6)."""
    calm = 1.0 / (1.0 + np.exp(-issuer.redemption.a0))
    reached = calm + share * (1.0 - calm)
    return float(np.log(reached / (1.0 - reached)))
