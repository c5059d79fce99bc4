"""The plain names of what the tables hold under short keys: failures, shocks, books, variables.

A key without an entry is shown as it stands, underscores as blanks, so that a new scenario, model or metric
is printed before anybody has named it here.
"""

from __future__ import annotations

import re

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

SHOCKS: dict[str, tuple[str, str]] = {
    "price_fall": ("one-day fall of gold", "a one-day fall of gold by {}"),
    "price_rise": ("one-day rise of gold", "a one-day rise of gold by {}"),
    "price_fall_with_event": (
        "one-day fall of gold with a confidence event",
        "a one-day fall of gold by {} with a confidence event that day",
    ),
    "custody_loss": ("share of the gold lost in custody", "the loss of {} of the gold in custody"),
    "liquidity_multiplier": (
        "market liquidity stress with a confidence event",
        "a gold market {} as illiquid as usual with a confidence event",
    ),
    "event_days": ("length of a confidence event, gold flat", "a confidence event of {}, gold flat"),
    "price_fall_5d": ("fall of gold over 5 days", "a fall of gold by {} over 5 days"),
    "price_fall_20d": ("fall of gold over 20 days", "a fall of gold by {} over 20 days"),
    "price_fall_60d": ("fall of gold over 60 days", "a fall of gold by {} over 60 days"),
    "price_rise_with_lease_default": (
        "one-day rise of gold, and the lessee fails",
        "a one-day rise of gold by {} on which the lessee fails",
    ),
    "price_rise_with_hedge": (
        "one-day rise of gold, futures above it by the basis shock",
        "a one-day rise of gold by {} with futures above it by the basis shock",
    ),
    "one_day_run": ("share of the free tokens asked for in one day", "a run on {} of the free tokens in one day"),
    **{
        f"custody_loss_{k}": (f"share of custodian {k}'s gold lost", f"the loss of {{}} of the gold at custodian {k}")
        for k in range(1, 5)
    },
    "bank_freeze": ("share of the cash at a bank that fails", "the failure of a bank with {} of the cash"),
    "bank_freeze_with_event": (
        "share of the cash at a bank that fails, with a confidence event",
        "the failure of a bank with {} of the cash and a confidence event that day",
    ),
}
"""Axis of the reverse stress: (its name, a shock of a given size as a phrase)."""

TIMES_SHOCKS = frozenset({"liquidity_multiplier"})
"""Axes whose plain numbers are multiples; those of the others are shares."""

BOOKS: dict[str, str] = {
    "liquidity_price_only": "liquidity test, price moves alone",
    "liquidity": "liquidity test, with drivers",
    "solvency": "solvency test, with drivers",
}

DRIVERS: dict[str, str] = {
    "confidence": "confidence events",
    "liquidity": "thin markets",
    "custody": "custody losses",
    "custody_freeze": "custody freezes",
    "bank": "bank failures",
    "operations": "operational stops",
    "cyber": "cyber losses",
    "lease": "lessee defaults",
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
    "hs_age": "age-weighted historical simulation",
    "fhs": "filtered historical simulation",
    "garch_t": "GARCH(1,1) with Student t",
    "gjr_t": "GJR-GARCH with Student t",
    "garch_skewt": "GARCH(1,1) with skewed Student t",
    "gjr_skewt": "GJR-GARCH with skewed Student t",
    "egarch_t": "EGARCH with Student t",
    "egarch_skewt": "EGARCH with skewed Student t",
    "bootstrap": "stationary block bootstrap",
    "regime": "two regimes of volatility",
    "regime3": "three regimes of volatility",
    "jump": "jump diffusion",
    "network": "recurrent network",
    "ensemble": "ensemble of models",
    "quantreg": "quantile regression",
    "boosted": "boosted quantiles",
}

TESTS: dict[str, str] = {
    "kupiec": "Kupiec, number of exceptions",
    "christoffersen_independence": "Christoffersen, independence",
    "christoffersen_conditional": "Christoffersen, conditional coverage",
    "dynamic_quantile": "Dynamic quantile",
    "acerbi_szekely_z1": "Shortfall Z1, size of exceptions",
    "acerbi_szekely_z2": "Shortfall Z2, size and number",
    "pit_kolmogorov_smirnov": "Places, Kolmogorov-Smirnov",
    "pit_anderson_darling": "Places, Anderson-Darling",
    "pit_berkowitz": "Places, Berkowitz",
    "basel_zone": "Basel zone yellow or red",
}

METRICS: dict[str, str] = {
    "mean_nonprice_loss": "mean loss of own funds, price effect apart",
    "var_nonprice_loss": "value at risk of the loss of own funds, price effect apart",
    "es_nonprice_loss": "expected shortfall of the loss of own funds, price effect apart",
    "min_equity_usd": "lowest own funds",
    "min_own_funds_headroom_usd": "lowest own funds above the requirement",
    "min_coverage": "lowest coverage",
    "min_backing": "lowest gold backing",
    "peak_queue_share": "highest queue, share of initial tokens",
    "longest_wait_days": "longest wait the market expects",
    "oldest_request_days": "age of the oldest unpaid request",
    "worst_discount": "highest token discount",
    "end_tokens_share": "tokens left at the end",
    "failures": "failures",
    "nonprice_loss": "loss of own funds, price effect apart",
    "min_liquid_1d_share": "lowest liquid assets within a day, over what is owed",
    "min_liquid_5d_share": "lowest liquid assets within five days, over what is owed",
    "share_exhausted": "share of paths that use up cash and bills",
    "days_to_exhaustion": "day on which cash and bills are used up",
    "median_days_to_exhaustion": "median day on which cash and bills are used up",
    "queue_days": "days with a queue",
    "discount_days": "days with a discount beyond 1%",
    "longest_discount_days": "longest run of days with a discount beyond 1%",
    "survival_days": "days that opening liquid assets last at the worst rate",
    "survival_days_with_sales": "days that they last at the worst rate, gold sold",
}

_PREFIXES: dict[str, str] = {
    "probability_": "chance of",
    "median_days_to_": "median day of",
    "days_to_": "day of",
    "added_by_drivers_": "chance added by the drivers of",
    "odds_": "chance, with random drivers on top, of",
}
"""Figure of a failure -> what stands before its name."""

_OF_FAILURE = re.compile(rf"(?P<prefix>{'|'.join(_PREFIXES)})(?P<failure>any|F\d)(?:_q(?P<level>\d+))?")

_SHARES = (
    "odds_",
    "min_liquid_",
    "share_exhausted",
    "probability_",
    "added_by_drivers_",
    "min_coverage",
    "min_backing",
    "peak_queue_share",
    "worst_discount",
    "end_tokens_share",
)

REQUIREMENTS: dict[str, tuple[str, str]] = {
    "listed scenario": ("Listed scenario", "Failures beyond what the scenario's severity may show"),
    "price_fall_to_queue": ("Fall to a queue", "Smallest one-day fall of gold that forms a queue"),
    "price_fall_with_event_to_queue": (
        "Fall with event to a queue",
        "Smallest one-day fall of gold that forms a queue, with a confidence event",
    ),
    "custody_loss_to_insolvency": ("Custody loss to insolvency", "Smallest custody loss that makes it insolvent"),
}
"""Requirement of a profile: (short name, in full)."""

STANDARDS: dict[str, str] = {
    "mica": "MiCA",
    "mica_significant": "MiCA at its strictest",
    "bcbs_sco60": "Basel SCO60",
    "basel_haircut": "Basel haircut",
    "frtb": "FRTB",
    "vara": "UAE VARA",
    "finma": "Swiss FINMA",
    "fsb": "International principles",
    "uk_comparators": "UK comparators",
    "policy": "Internal policy",
}

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
    return SHOCKS[shock][0] if shock in SHOCKS else spaced(shock)


def shock_title(shock: str, unit: str) -> str:
    """The axis of a reverse stress as a panel's title, with its unit where the ticks do not show it."""
    name = shock_name(shock)
    shown = {"share": "", "times": " (times as illiquid as usual)", "day": " (days)"}.get(
        shock_unit(shock, unit), f" ({unit})"
    )
    return name[0].upper() + name[1:] + shown


def shock_phrase(shock: str, size: str) -> str:
    """A shock of a given size as a phrase: "a one-day fall of gold by 10.2%"."""
    return SHOCKS[shock][1].format(size) if shock in SHOCKS else f"{spaced(shock)} of {size}"


def shock_unit(shock: str, unit: str) -> str:
    """Unit in which a shock is printed: falls and losses are shares, the liquidity multiplier is "times"."""
    if unit != "1":
        return unit
    return "times" if shock in TIMES_SHOCKS else "share"


def book_name(book: str) -> str:
    """A set of paths in words; a scenario keeps its id."""
    return BOOKS.get(book, book)


def driver_name(driver: str) -> str:
    """A random driver in words."""
    return DRIVERS.get(driver, spaced(driver))


def score_name(score: str) -> str:
    """A score of the league in words: "CRPS", "pinball loss at 2.5%"."""
    kind, _, level = score.partition("_")
    if kind == "pinball" and level.isdigit():
        return f"pinball loss at {int(level) / 10 ** (len(level) - 2):g}%"
    return "CRPS" if score == "crps" else spaced(score)


def test_name(test: str) -> str:
    """A backtest in words."""
    return TESTS.get(test, spaced(test))


def model_name(model: str) -> str:
    """A price model in words."""
    return MODELS.get(model, spaced(model))


def metric_name(metric: str) -> str:
    """A figure of the metrics table in words: "chance of Insolvency (F2)", "lowest own funds, quantile 5%"."""
    prefixed = _OF_FAILURE.fullmatch(metric)
    if prefixed:
        what, level = prefixed["failure"], prefixed["level"]
        named = f"{_PREFIXES[prefixed['prefix']]} {'any failure' if what == 'any' else failure_name(what)}"
        return f"{named}, quantile {int(level)}%" if level else named
    stem, mark, level = metric.rpartition("_q")
    if mark and level.isdigit():
        return f"{METRICS.get(stem, spaced(stem))}, quantile {int(level)}%"
    return METRICS.get(metric, spaced(metric))


def metric_unit(metric: str, unit: str) -> str:
    """Unit in which a figure is printed: shares and chances, plain numbers in the table, become percentages."""
    if unit == "1" and metric.startswith(_SHARES):
        return "share"
    return "" if unit == "count" else unit


def requirement_name(requirement: str, *, short: bool = False) -> str:
    """A requirement of the verdicts table in words."""
    names = REQUIREMENTS.get(requirement)
    standard, dot, name = requirement.partition(".")
    if dot:
        return f"{standard_name(standard)}: {spaced(name)}"
    return names[0 if short else 1] if names else failure_name(requirement)


def standard_name(standard: str) -> str:
    """A standard of params/profiles by its usual name."""
    return STANDARDS.get(standard, spaced(standard))


def requirement_unit(unit: str) -> str:
    """Unit in which a requirement's figure is printed: shares, plain numbers in the table, become percentages."""
    return {"1": "share", "count": ""}.get(unit, unit)


def cause_name(cause: str) -> str:
    """The module that caused a failure, in words."""
    return CAUSES.get(cause, spaced(cause))


def subject_name(subject: str) -> str:
    """What a requirement was judged on, as it stands in a sentence."""
    if subject in BOOKS:
        return f"the {BOOKS[subject]}"
    return "the reverse stress" if subject == "reverse stress" else f"scenario {subject}"
