"""Findings in words. Every number comes from the tables; sentences hold for any of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    "price_fall_5d": "a fall of gold over 5 days",
    "price_fall_20d": "a fall of gold over 20 days",
    "price_fall_60d": "a fall of gold over 60 days",
    "price_rise_with_lease_default": "a one-day rise of gold on which the lessee fails",
    "price_rise_with_hedge": "a one-day rise of gold with futures above it by the basis shock",
    "one_day_run": "a one-day run on a share of the free tokens",
    **{f"custody_loss_{k}": f"a loss at custodian {k} as a share of its gold" for k in range(1, 5)},
    "bank_freeze": "the failure of a bank with a share of the cash",
    "bank_freeze_with_event": "the failure of a bank with a share of the cash, with a confidence event that day",
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
    if first["predicate"] == "not_applicable":
        return f"Not searched, {words}: {first['note']}."
    if not first["found"]:
        no = "No queue" if queue else f"No failure {first['predicate']}"
        return f"{no} found for {words} within [{_size(first['scan_from'], first)}, {_size(first['scan_to'], first)}]."
    sizes = " and ".join(_range(row) for _, row in rows.iterrows())
    what = "A queue forms" if queue else f"{first['predicate']} fails"
    scanned = f"{_size(first['scan_from'], first)} to {_size(first['scan_to'], first)}"
    return f"{what} for {words} of {sizes} (scanned from {scanned})."


def requirement_sentence(requirement: Any, found: Any, unit: str, status: str, speaks: bool) -> str:
    """A requirement of a standard (`standard.Requirement`) and what was found of it (`measures.Found`)."""
    asked = requirement.title.rstrip(".")
    if not speaks:
        return f"{asked}: the standard does not speak of this token."
    if requirement.limit is None:
        return f"{asked}: nothing here computes it. Look at: {requirement.evidence}"
    side = "at least" if requirement.rule == "at_least" else "at most"
    limit = f"{side} {amount(requirement.limit, unit)}"
    if status == "not_applicable":
        return f"{asked}: {limit} is asked for; no figure, {found.subject}."
    on = "" if found.subject == "today" else f" ({found.subject})"
    words = {"pass": "met", "watch": "met, but close or not certain", "fail": "not met"}[status]
    return f"{asked}: {amount(found.number, unit)}{on} against {limit}: {words}."


def amount(value: float, unit: str) -> str:
    """A figure in the unit of its measure, as it stands in a sentence."""
    if unit == "1":
        return f"{value:.2%}"
    if unit == "EUR":
        return f"{value:,.0f} EUR"
    if unit == "times":
        return f"{value:.2f} times"
    plural = {"day": "days", "count": ""}.get(unit, unit)
    return f"{value:,.0f} {plural}".rstrip()


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
