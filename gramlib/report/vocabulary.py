"""The plain names of what the tables hold under short keys: failures, shocks, books, variables.

A key without an entry is shown as it stands, underscores as blanks, so that a new scenario, model or metric
is printed before anybody has named it here.
"""

from __future__ import annotations

FAILURES: dict[str, tuple[str, str]] = {
    "F1": ("Own funds requirement", "own funds fall below the requirement"),
    "F2": ("Insolvency", "own funds fall below zero"),
    "F3": ("Late redemption", "a redemption request stays unpaid for more than 5 business days"),
    "F4": ("Peg loss", "the token trades more than 1% below gold on 3 days running, or more than 5% once"),
    "F5": ("Gold backing", "there is less gold than tokens for longer than a sale takes to settle"),
    "F6": ("Collateral", "collateral is worth less than the debt"),
    "F7": ("Out of liquid assets", "cash and bills are used up while requests wait"),
    "queue": ("Redemption queue", "requests cannot be paid on the day they are made"),
}
"""Failure predicate: (short name, what happens). The conditions are those of MODEL.md section 6."""

SHOCKS: dict[str, str] = {
    "price_fall": "one-day fall of the gold price",
    "price_fall_with_event": "one-day fall of the gold price with a confidence event that day",
    "custody_loss": "share of the gold lost in custody",
    "liquidity_multiplier": "market liquidity stress multiplier, with a confidence event",
    "event_days": "length of a confidence event, gold price flat",
}

BOOKS: dict[str, str] = {
    "liquidity_price_only": "price moves alone",
    "liquidity": "price moves with all drivers",
    "solvency": "solvency horizon, all drivers",
}

VARIABLES: dict[str, tuple[str, str]] = {
    "price_usd_per_g": ("Gold price", "USD/g"),
    "coverage": ("Coverage (assets over liabilities)", "%"),
    "queue_share": ("Redemption queue", "% of initial tokens"),
    "discount": ("Token discount to gold", "%"),
    "equity_usd": ("Own funds", "USD m"),
}

MODELS: dict[str, str] = {
    "hs": "historical simulation",
    "fhs": "filtered historical simulation",
    "garch_t": "GARCH(1,1) with Student t",
}

METRICS: dict[str, str] = {}

CAUSES: dict[str, str] = {"price_effect": "price", "event_loss": "custody loss", "opex": "operating cost"}

STATUS_WORDS: dict[str, tuple[str, str]] = {
    "pass": ("\N{CHECK MARK}", "pass"),
    "ok": ("\N{CHECK MARK}", "ok"),
    "succeeded": ("\N{CHECK MARK}", "succeeded"),
    "watch": ("\N{BLACK UP-POINTING TRIANGLE}", "watch"),
    "warning": ("\N{BLACK UP-POINTING TRIANGLE}", "warning"),
    "note": ("\N{BULLET}", "note"),
    "fail": ("\N{MULTIPLICATION X}", "fail"),
    "failed": ("\N{MULTIPLICATION X}", "failed"),
    "died": ("\N{MULTIPLICATION X}", "died"),
    "timed_out": ("\N{MULTIPLICATION X}", "timed out"),
    "interrupted": ("\N{MULTIPLICATION X}", "interrupted"),
    "terminated": ("\N{MULTIPLICATION X}", "terminated"),
    "not_applicable": ("\N{EN DASH}", "not applicable"),
}
"""Status: (symbol, word). A status is always shown as colour, word and symbol together."""

STATUS_TONE: dict[str, str] = {
    "pass": "pass", "ok": "pass", "succeeded": "pass",
    "watch": "watch", "warning": "watch",
    "fail": "fail", "failed": "fail", "died": "fail", "timed_out": "fail", "interrupted": "fail", "terminated": "fail",
}  # fmt: skip

SEVERITY: dict[str, int] = {"not_applicable": 0, "pass": 1, "watch": 2, "fail": 3}


def spaced(key: str) -> str:
    """A key as words."""
    return key.replace("_", " ").strip()


def failure_name(predicate: str) -> str:
    """Short name of a failure predicate, with its number: "Insolvency (F2)"."""
    if predicate not in FAILURES:
        return spaced(predicate)
    name = FAILURES[predicate][0]
    return name if predicate == "queue" else f"{name} ({predicate})"


def failure_clause(predicate: str) -> str:
    """What happens when the predicate holds, as a clause."""
    return FAILURES[predicate][1] if predicate in FAILURES else f"{spaced(predicate)} occurs"


def shock_name(shock: str) -> str:
    """The axis of a reverse stress in words."""
    return SHOCKS.get(shock, spaced(shock))


def book_name(book: str) -> str:
    """A set of paths in words."""
    return BOOKS.get(book, spaced(book))


def model_name(model: str) -> str:
    """A price model in words."""
    return MODELS.get(model, spaced(model))


def metric_name(metric: str) -> str:
    """A figure of the metrics table in words."""
    return METRICS.get(metric, spaced(metric))


def requirement_name(requirement: str) -> str:
    """A requirement of the verdicts table in words."""
    return failure_name(requirement) if requirement in FAILURES else spaced(requirement)


def cause_name(cause: str) -> str:
    """The module that caused a failure, in words."""
    return CAUSES.get(cause, spaced(cause))
