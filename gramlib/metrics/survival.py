"""How long liquid assets last in a run at a fixed rate: closed forms of MODEL.md section 9."""

from __future__ import annotations

import math

from gramlib.errors import ParameterError

LONGEST_DAYS = 100_000


def survival_days(liquid_share: float, rate_day: float) -> float:
    """Days that `liquid_share` l = L1/W lasts when a share `rate_day` of the tokens left leaves every day: ln(1-l)/ln(1-rate).

    Infinite where nothing leaves or everything is liquid. Raises ParameterError for a rate outside [0, 1).
    """
    _held(rate_day)
    if rate_day == 0.0 or liquid_share >= 1.0:
        return math.inf
    return math.log1p(-max(liquid_share, 0.0)) / math.log1p(-rate_day)


def survival_days_with_sales(
    liquid_usd: float, owed_usd: float, rate_day: float, capacity_usd_day: float, lag_days: int
) -> float:
    """The first whole day T on which W (1 - (1-rate)^T) > L1 + capacity max(0, T - lag); infinite where there is none.

    Gold sold on a day is cash `lag_days` later. Raises as `survival_days`.
    """
    _held(rate_day)
    kept = 1.0
    for day in range(1, LONGEST_DAYS):
        kept *= 1.0 - rate_day
        held_usd = liquid_usd + capacity_usd_day * max(0, day - lag_days)
        if owed_usd * (1.0 - kept) > held_usd:
            return float(day)
        if held_usd >= owed_usd or (day > lag_days and owed_usd * kept * rate_day <= capacity_usd_day):
            return math.inf  # from here on a day's sales pay for a day's redemptions
    return math.inf


def _held(rate_day: float) -> None:
    if not 0.0 <= rate_day < 1.0:
        raise ParameterError(
            f"redemption rate {rate_day!r} a day", expected="from 0 to below 1", origin="survival_days"
        )
