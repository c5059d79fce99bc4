"""One letter for how far the data can be trusted; it travels to the report's first page.

| Grade | What stands behind the price |
|---|---|
| A | a source of known producer, confirmed by an independent second one |
| B | a source of known producer that no second one confirms, or a user's file that such a source confirms |
| C | a user's file, of unverified origin, whose level follows the monthly history |
| D | the reconstructed sample, or a level that does not follow the monthly history: mechanics only, not evidence |

A confirmation counts when the levels agree (`Agreement.agrees`) on a thousand days, or on half of a shorter series;
the reason says which days. A spliced price has the lowest grade of its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from gramlib.prices.agreement import Agreement, MonthlyAgreement
from gramlib.readable import readable
from gramlib.sources.raw import RawSeries
from gramlib.sources.sample import LABEL

CONFIRMED_DAYS = 1000
CONFIRMED_SHARE = 0.5
NOT_CONFIRMED = "level not confirmed by the monthly gold history: demonstration only"
FAR_FROM_HISTORY_BP = 200.0
"""Median month this far off: no gold price in USD per ounce, whoever sends it."""


@readable
@dataclass(frozen=True)
class Grade:
    """Letter, the reason in one line, and the label that every page made from the data carries (empty: none)."""

    letter: str
    reason: str
    label: str


@readable
@dataclass(frozen=True)
class Confirmation:
    """How a second series agrees with the price; `independent` when its producer is known and is another one."""

    agreement: Agreement
    independent: bool


def is_file(raw: RawSeries) -> bool:
    """Whether a series is a user's own file, whose origin nobody has verified."""
    return raw.card.id == "file" or raw.card.id.startswith("file:")


def grade_of(
    parts: Sequence[RawSeries],
    unit_check: pd.Series | None,
    rows: int,
    monthly: MonthlyAgreement | None = None,
    confirmations: Sequence[Confirmation] = (),
) -> Grade:
    """Grade of a price made of `parts` (the first is the preferred one) with `rows` rows.

    `unit_check` is the quality row of check "unit" for a file, None where there is none.
    """
    if any(raw.card.id == "sample" for raw in parts):
        return Grade(
            "D", "the shipped sample is generated through monthly averages; it is no record of daily prices", LABEL
        )
    second = _best(confirmations, rows)
    if any(is_file(raw) for raw in parts):
        return _file(parts, unit_check, second)
    names = " and ".join(raw.card.id for raw in parts)
    if monthly is not None and monthly.months and monthly.median_bp > FAR_FROM_HISTORY_BP:
        return Grade("D", f"{names} does not follow the monthly history ({monthly.sentence()})", NOT_CONFIRMED)
    if second is not None:
        return Grade("A", f"agreeing sources: {second.sentence()}", "")
    return Grade("B", f"{names}: a source of known producer, {_unconfirmed(confirmations, rows)}", "")


def _best(confirmations: Sequence[Confirmation], rows: int) -> Agreement | None:
    needed = min(CONFIRMED_DAYS, CONFIRMED_SHARE * rows)
    good = [
        each.agreement
        for each in confirmations
        if each.independent and each.agreement.agrees and each.agreement.common_days >= needed
    ]
    return max(good, key=lambda agreement: agreement.common_days, default=None)


def _unconfirmed(confirmations: Sequence[Confirmation], rows: int) -> str:
    against = [each.agreement for each in confirmations if each.agreement.common_days and not each.agreement.agrees]
    if against:
        return f"contradicted: {against[0].sentence()}"
    short = [each.agreement for each in confirmations if each.agreement.agrees]
    if short:
        return f"confirmed on a part of its days alone ({short[0].common_days:,} of {rows:,} by {short[0].second})"
    return "not confirmed by a second one"


def _file(parts: Sequence[RawSeries], unit_check: pd.Series | None, second: Agreement | None) -> Grade:
    what = (
        "one file of unverified origin"
        if len(parts) == 1
        else f"{len(parts)} series, a file of unverified origin among them"
    )
    if unit_check is not None and unit_check["status"] != "ok":
        return Grade("D", f"{what}; {unit_check['decision']} ({unit_check['found']})", NOT_CONFIRMED)
    if second is not None:
        return Grade("B", f"{what}, confirmed by a source of known producer: {second.sentence()}", "")
    found = "" if unit_check is None else f" ({unit_check['found']})"
    return Grade("C", f"{what}; its level agrees with the monthly history{found}", "")
