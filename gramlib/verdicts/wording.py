"""Findings in words. Every number comes from the tables; sentences hold for any of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gramlib.units import BUSINESS_DAYS_PER_YEAR

PREDICATES_IN_WORDS = {
    "F1": "own funds below the requirement",
    "F2": "assets below what is owed to holders",
    "F3": "a redemption unpaid for more than five business days",
    "F4": "the token more than 1% below gold on three days running, or 5% once",
    "F5": "fewer grams held than tokens promise, for longer than a sale takes to settle",
    "F6": "collateral below the debt of the USD variant",
    "F7": "no cash or bills left while holders wait",
}
SHOCKS_IN_WORDS = {
    "price_fall": "a one-day fall of gold",
    "price_rise": "a one-day rise of gold",
    "price_fall_with_event": "a one-day fall of gold with a confidence event that day",
    "custody_loss": "a custody loss",
    "liquidity_multiplier": "a market liquidity stress with a confidence event on day one",
    "event_days": "a confidence event alone",
}


def probability_sentence(
    predicate: str, one_year: tuple[float, float, float], limit: float, watch_at: float, horizon_days: int, n_paths: int
) -> str:
    """A failure on a book; `one_year` is its probability and the lower and upper end of the interval."""
    estimate, lower, upper = one_year
    if estimate > limit:
        against = f"above the appetite of {percent(limit)}"
    elif upper > limit:
        against = f"within the appetite of {percent(limit)}, but the interval reaches beyond it"
    elif estimate > watch_at:
        against = f"within the appetite of {percent(limit)}, but above the watch level of {percent(watch_at)}"
    else:
        against = f"within the appetite of {percent(limit)}"
    basis = "" if horizon_days == BUSINESS_DAYS_PER_YEAR else f", from paths of {horizon_days} days"
    return (
        f"{predicate}, {PREDICATES_IN_WORDS[predicate]}: {percent(estimate)} a year{basis} "
        f"(interval {percent(lower)} to {percent(upper)}, {n_paths:,} paths), {against}."
    )


def scenario_sentence(title: str, severity: str, failed: Sequence[str], beyond: Sequence[str]) -> str:
    """A replay; `failed` are the predicates that failed, `beyond` those of them that its severity may not show."""
    if not failed:
        return f"{title} ({severity}): nothing fails."
    what = "; ".join(f"{p}, {PREDICATES_IN_WORDS[p]}" for p in (beyond or failed))
    if not beyond:
        return f"{title} ({severity}): fails as tolerated at this severity: {what}."
    rest = [p for p in failed if p not in beyond]
    also = f" Tolerated at this severity: {', '.join(rest)}." if rest else ""
    return f"{title} ({severity}): fails beyond what is tolerated: {what}.{also}"


def breaking_sentence(rows: pd.DataFrame) -> str:
    """What the reverse stress found for one predicate on one axis; `rows` are those of the `reverse` table."""
    rows = rows.sort_values("interval")
    first = rows.iloc[0]
    queue = first["predicate"] == "queue"
    words = SHOCKS_IN_WORDS[first["shock"]]
    if not first["found"]:
        no = "No queue" if queue else f"No failure {first['predicate']}"
        return f"{no} found for {words} within [{_size(first['scan_from'], first)}, {_size(first['scan_to'], first)}]."
    sizes = " and ".join(_range(row) for _, row in rows.iterrows())
    what = "A queue forms" if queue else f"{first['predicate']} fails"
    scanned = f"{_size(first['scan_from'], first)} to {_size(first['scan_to'], first)}"
    return f"{what} for {words} of {sizes} (scanned from {scanned})."


def _range(row: pd.Series) -> str:
    lower, upper = _size(row["lower"], row), _size(row["upper"], row)
    if row["upper"] == row["scan_to"]:
        return f"{lower} or more"
    return lower if lower == upper else f"{lower} to {upper}"


def _size(value: float, row: pd.Series) -> str:
    if row["unit"] == "day":
        return f"{value:.0f} days"
    return f"{value:.1f} times" if row["shock"] == "liquidity_multiplier" else f"{value:.1%}"


def percent(share: float) -> str:
    """A share with as many digits as a reader needs: 12.3%, 1.23%, 0.012%, 0%."""
    for least, digits in ((0.1, 1), (0.001, 2), (0.00001, 4)):
        if abs(share) >= least:
            return f"{share:.{digits}%}"
    return "0%" if share == 0 else "below 0.001%"
