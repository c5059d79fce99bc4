"""The months of the chain's backtest: when each begins, which prices came, and what the gold fund's holders did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.readable import readable

LONGEST_WINDOW_DAYS = 40
"""Calendar days that 20 business days may span, Christmas included; a longer window bridges a gap in the prices."""

NEAR_DAYS = 5
"""Calendar days within which the fund must have stated its ounces at either end of a window."""


@readable
@dataclass(frozen=True, eq=False)
class Month:
    """A month end and the window after it: `prices_usd_per_g` (n_days + 1,), index 0 on `as_of`, the last on `until`.

    `apart` says that the window begins no earlier than the last window that is `apart` ended.
    """

    as_of: np.datetime64
    until: np.datetime64
    prices_usd_per_g: np.ndarray
    apart: bool


def months_of(prices: pd.DataFrame, first_month: str, n_days: int) -> list[Month]:
    """Every month end from `first_month` ("2006-01") on with `n_days` rows of `prices` after it, in order of time.

    A month ends on its last row that is a quote (neither filled nor stale). Windows that bridge a gap or the join of two
    series are left out: no return was earned there.
    """
    dates = prices["date"].to_numpy(dtype="datetime64[us]")
    usd_per_g = prices["gold_usd_per_g"].to_numpy(dtype=float)
    joined = prices["joined"].to_numpy(dtype=bool)
    quoted = np.flatnonzero(~(prices["filled"] | prices["stale"]).to_numpy())
    month = dates[quoted].astype("datetime64[M]")
    last_rows = quoted[np.append(month[1:] != month[:-1], True)] if len(quoted) else quoted
    found: list[Month] = []
    free_from = None
    for row in last_rows[dates[last_rows].astype("datetime64[M]") >= np.datetime64(first_month, "M")]:
        end = row + n_days
        if end >= len(dates) or joined[row + 1 : end + 1].any():
            continue
        if dates[end] - dates[row] > np.timedelta64(LONGEST_WINDOW_DAYS, "D"):
            continue
        apart = free_from is None or bool(dates[row] >= free_from)
        free_from = dates[end] if apart else free_from
        found.append(Month(dates[row], dates[end], usd_per_g[row : end + 1], apart))
    return found


def redeemed_share(flows: pd.DataFrame, product: str, start: np.datetime64, end: np.datetime64) -> float:
    """Share of `product`'s quantity that left it after `start` and up to `end`; negative when more came in.

    Not a number where `flows` (catalogue) does not reach both ends or has a gap between them. Changes flagged as a split, a
    step or a jump taken back are no holder's decision and count as none.
    """
    own = flows[flows["product"] == product].sort_values("date")
    dates = own["date"].to_numpy(dtype="datetime64[us]")
    first, stop = np.searchsorted(dates, [start, end], side="right")
    near = np.timedelta64(NEAR_DAYS, "D")
    if first == 0 or start - dates[first - 1] > near or end - dates[stop - 1] > near:
        return float("nan")
    window = own.iloc[first:stop]
    if (window["flag"] == "gap").any():
        return float("nan")
    return float(1.0 - np.prod(1.0 + window.loc[window["flag"] == "", "change_share"].to_numpy(dtype=float)))
