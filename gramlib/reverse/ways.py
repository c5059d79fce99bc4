"""How the paths of a book failed: failing paths walked again, and what stood out in the days before.

A failing path is walked by the kernel from its address, so what is looked at is what happened. The window is the
`WINDOW_DAYS` up to and including the day of the failure. In it are measured

    price_move            the largest move of gold from any day to a later one, a fall negative, and the days it took
    event_days            days on which a confidence event stood at its full level
    liquidity_multiplier  the largest m
    lost_share            grams lost in custody over the opening gold

and what stood out makes the way: the marks below, joined by " + ". Standing out is no proof of cause: the share of failures
that a driver is needed for comes from re-runs without it (`driver_effects`), and the day's largest term from the books.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.reverse.factors import WINDOW_DAYS

MARKED_MOVE = 0.10
"""A move of gold that stands out: some 2.5% of windows of twenty days see a larger one (10-day value at risk at 97.5% of
7.2% since 1975, times the root of two)."""

MARKED_MULTIPLIER = 2.0
"""A market twice as hard to sell into as usual, from which lessees count as stressed too."""

NOTHING = "none of these"
"""A way without a mark: what was wrong was wrong for longer than the window, or small things added up."""

Days = Mapping[str, np.ndarray]

FACTORS = ("failure_day", "price_move", "price_days", "event_days", "liquidity_multiplier", "lost_share")


def look(days: Days, failure_day: int, start_usd_per_g: float, issuer: Issuer) -> dict[str, float | str]:
    """Factors of one failing path, and its way; `days` are arrays by day from day 1 on (`Market.days`)."""
    first = max(0, failure_day - WINDOW_DAYS)
    window = {name: array[first:failure_day] for name, array in days.items()}
    before = start_usd_per_g if first == 0 else float(days["price_usd_per_g"][first - 1])
    move, move_days = largest_move(np.concatenate([[before], window["price_usd_per_g"]]))
    full_level = issuer.drivers.confidence.level
    event_days = int(np.count_nonzero(window["event"] >= full_level))
    multiplier = float(window["liquidity_multiplier"].max())
    lost_share = float(window["lost_g"].sum()) / max(issuer.opening_gold_g, 1.0)
    squeezed = bool((window["lag_days"] > issuer.market.lag_days).any())
    marks = {
        "fall of gold": move <= -MARKED_MOVE,
        "rise of gold": move >= MARKED_MOVE,
        "confidence event": event_days > 0,
        "squeeze": squeezed,
        "thin market": multiplier >= MARKED_MULTIPLIER and not squeezed,
        "custody loss": lost_share > 0.0,
        "custody freeze": bool((window["frozen_g"] > 0.0).any()),
        "bank failure": bool(((window["bank_frozen_usd"] > 0.0) | (window["bank_loss_usd"] > 0.0)).any()),
        "stop of operations": bool((window["operations_stop"] > 0.0).any()),
        "cyber loss": bool((window["cyber_loss_usd"] > 0.0).any()),
        "lessee default": bool((window["lease_loss_usd"] > 0.0).any()),
    }
    sizes = (float(failure_day), move, float(move_days), float(event_days), multiplier, lost_share)
    return {"way": " + ".join(name for name, stands_out in marks.items() if stands_out) or NOTHING,
            **dict(zip(FACTORS, sizes, strict=True))}  # fmt: skip


def largest_move(prices: np.ndarray) -> tuple[float, int]:
    """The largest relative move from any day to a later one, of whichever sign is larger as a ratio, and the days it took."""
    log_price = np.log(prices)
    after = log_price[None, :] - log_price[:, None]
    after[np.tril_indices(len(prices))] = 0.0
    start, stop = np.unravel_index(int(np.abs(after).argmax()), after.shape)
    return float(np.expm1(after[start, stop])), int(stop - start)


def walked_paths(
    paths: np.ndarray,
    first_days: np.ndarray,
    days_of: Callable[[int], Days],
    start_usd_per_g: float,
    issuer: Issuer,
    most: int,
) -> pd.DataFrame:
    """`look` at the first `most` failing paths: one row a path, columns way and `FACTORS`.

    `paths` are their numbers and `first_days` the days of their failure, in the order of the paths: numbers are addresses of
    independent draws, so the first ones are a random sample. `days_of` walks one path.
    """
    chosen = list(zip(paths[:most].tolist(), first_days[:most].tolist(), strict=True))
    rows = [look(days_of(path), day, start_usd_per_g, issuer) for path, day in chosen]
    return pd.DataFrame(rows, columns=["way", *FACTORS])
