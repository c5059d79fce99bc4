"""Findings in words. Every number comes from the tables; sentences hold for any of them."""

from __future__ import annotations

from collections.abc import Sequence

PREDICATES_IN_WORDS = {
    "F1": "own funds below the requirement",
    "F2": "assets below what is owed to holders",
    "F3": "a redemption unpaid for more than five business days",
    "F4": "the token more than 1% below gold on three days running, or 5% once",
    "F5": "fewer grams held than tokens promise, for longer than a sale takes to settle",
    "F6": "collateral below the debt of the USD variant",
    "F7": "no cash or bills left while holders wait",
}


def probability_sentence(
    predicate: str, one_year: tuple[float, float, float], limit: float, horizon_days: int, n_paths: int, status: str
) -> str:
    """A failure on a book; `one_year` is its probability and the lower and upper end of the interval."""
    estimate, lower, upper = one_year
    over = {
        "fail": f"above the appetite of {percent(limit)}",
        "watch": f"within the appetite of {percent(limit)}, but too close to it",
        "pass": f"within the appetite of {percent(limit)}",
    }[status]
    years = "a year" if horizon_days == 252 else f"a year, from paths of {horizon_days} days"
    return (
        f"{predicate}, {PREDICATES_IN_WORDS[predicate]}: {percent(estimate)} {years} "
        f"(interval {percent(lower)} to {percent(upper)}, {n_paths:,} paths), {over}."
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


def percent(share: float) -> str:
    """A share with as many digits as a reader needs: 12.3%, 1.23%, 0.012%, 0%."""
    for least, digits in ((0.1, 1), (0.001, 2), (0.00001, 4)):
        if abs(share) >= least:
            return f"{share:.{digits}%}"
    return "0%" if share == 0 else "below 0.001%"
