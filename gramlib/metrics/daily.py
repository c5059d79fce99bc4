"""Figures of one path from its days: liquidity ladder, exhaustion, queue, discount, headroom.

    L1/W    cash and bills after haircut over what is owed to holders     L5/W    with what is due and can be sold in five days

Days on which hardly anything is owed any more are left out of the ladder: it says nothing there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gramlib.simulation.day import BRIDGE, PRICE_TERMS
from gramlib.simulation.stops import CLOSING_TOKEN_SHARE

DEEP_DISCOUNT = 0.01
"""The discount of F4; how long the token trades below it is counted."""

DAILY_UNITS = {
    "min_own_funds_headroom_usd": "USD",
    "min_liquid_1d_share": "1",
    "min_liquid_5d_share": "1",
    "days_to_exhaustion": "day",
    "queue_days": "day",
    "oldest_request_days": "day",
    "discount_days": "day",
    "longest_discount_days": "day",
}
"""Figure -> unit, in the order of `daily_figures`."""


def daily_figures(days: Mapping[str, Any]) -> dict[str, float]:
    """The figures of `DAILY_UNITS` from the ledger columns (n_days,) of one path, day 1 to n.

    `days_to_exhaustion` is the first day that ends without cash and bills, NaN for none; `discount_days` counts the days that end
    below 1%, `longest_discount_days` the longest run of them.
    """
    column = {name: np.asarray(days[name], dtype=float) for name in _USED}
    owed = liabilities_usd(column)
    open_days = column["tokens_g"] > CLOSING_TOKEN_SHARE * max(float(column["tokens_g"][0]), 1.0)
    liquid = column["liquid_1d_usd"]
    exhausted = np.flatnonzero(open_days & (liquid <= 1e-9 * owed))
    deep = column["discount"] > DEEP_DISCOUNT
    found = (
        float((column["equity_usd"] - column["own_funds_requirement_usd"]).min()),
        _lowest(liquid, owed, open_days),
        _lowest(column["liquid_5d_usd"], owed, open_days),
        float(exhausted[0] + 1) if exhausted.size else math.nan,
        float((column["queue_g"] > 0.0).sum()),
        float(column["oldest_request_days"].max()),
        float(deep.sum()),
        float(longest_run(deep)),
    )
    return dict(zip(DAILY_UNITS, found, strict=True))


def liabilities_usd(days: Mapping[str, Any]) -> np.ndarray:
    """W by day: tokens at their value, but what waits at a fixed price at that."""
    fixed = np.asarray(days["queue_fixed_usd"], dtype=float)
    floating_g = np.asarray(days["tokens_g"]) - np.where(fixed > 0.0, np.asarray(days["queue_g"]), 0.0)
    return np.asarray(days["token_value_usd"]) * floating_g + fixed


def nonprice_loss_usd(days: Mapping[str, Any]) -> float:
    """Loss of own funds over all days other than through the gold price."""
    return -math.fsum(sign * float(np.sum(days[name])) for name, (sign, _) in BRIDGE.items() if name not in PRICE_TERMS)


def longest_run(held: np.ndarray) -> int:
    """Length of the longest run of days on which `held` (n,) is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max()) if edges.size else 0


def _lowest(liquid_usd: np.ndarray, owed_usd: np.ndarray, open_days: np.ndarray) -> float:
    usable = open_days & (owed_usd > 0.0)
    return float((liquid_usd[usable] / owed_usd[usable]).min()) if usable.any() else math.nan


_USED = ("tokens_g", "token_value_usd", "queue_g", "queue_fixed_usd", "liquid_1d_usd", "liquid_5d_usd", "discount", "equity_usd",
         "own_funds_requirement_usd", "oldest_request_days")  # fmt: skip
