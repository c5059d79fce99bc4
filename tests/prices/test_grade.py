"""The letter that travels to page one: each rule of its table, by the smallest case that shows it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from standard_tables import random_gold, raw_series

from gramlib.prices.agreement import Agreement, MonthlyAgreement, compare
from gramlib.prices.grade import Confirmation, grade_of

GOLD = random_gold("2015-01-05", "2019-12-31")
FUND, BANK = raw_series(GOLD, "gld_archive"), raw_series(GOLD, "boe_xudlgpd")
FILE, SAMPLE = raw_series(GOLD, "file"), raw_series(GOLD, "sample")
AGREES: Agreement = compare(GOLD, GOLD * 1.0005, ("the price", "nbp"))
CONTRADICTS = compare(GOLD, GOLD * 1.02, ("the price", "nbp"))
SHORT = compare(GOLD, GOLD.iloc[:200] * 1.0005, ("the price", "nbp"))
FOLLOWS, FAR = MonthlyAgreement(60, 5.0, 90.0, "2017-03"), MonthlyAgreement(60, 3000.0, 4000.0, "2017-03")
OK = pd.Series({"status": "ok", "found": "ratio 1.000", "decision": "unit found by size"})
DOUBT = pd.Series({"status": "warning", "found": "ratio 1.3", "decision": "declared USD/oz"})


@pytest.mark.parametrize(
    ("parts", "unit", "monthly", "confirmations", "letter", "says"),
    [
        ([FUND], None, FOLLOWS, [Confirmation(AGREES, True)], "A", "agreeing sources: nbp against the price"),
        ([FUND, BANK], None, FOLLOWS, [Confirmation(AGREES, True)], "A", "agreeing sources"),
        ([FUND], None, FOLLOWS, [], "B", "not confirmed by a second one"),
        ([FUND], None, FOLLOWS, [Confirmation(AGREES, False)], "B", "confirmed"),
        ([FUND], None, FOLLOWS, [Confirmation(CONTRADICTS, True)], "B", "contradicted: nbp"),
        ([FUND], None, FOLLOWS, [Confirmation(SHORT, True)], "B", "on a part of its days alone"),
        ([FUND], None, FAR, [Confirmation(AGREES, True)], "D", "does not follow the monthly history"),
        ([FILE], OK, FOLLOWS, [], "C", "one file of unverified origin; its level agrees"),
        ([FILE], OK, FOLLOWS, [Confirmation(AGREES, False)], "C", "unverified origin"),
        ([FILE], OK, FOLLOWS, [Confirmation(AGREES, True)], "B", "confirmed by a source of known producer"),
        ([FUND, FILE], None, FOLLOWS, [], "C", "a file of unverified origin among them"),
        ([FILE], DOUBT, FAR, [Confirmation(AGREES, True)], "D", "declared USD/oz"),
        ([SAMPLE], None, FOLLOWS, [Confirmation(AGREES, True)], "D", "no record of daily prices"),
    ],
)
def test_the_rules(parts, unit, monthly, confirmations, letter: str, says: str) -> None:
    grade = grade_of(parts, unit, len(GOLD), monthly, confirmations)
    assert grade.letter == letter and says in grade.reason
    assert bool(grade.label) == (letter == "D")


def test_a_named_file_is_a_file() -> None:
    named = replace(FUND, card=replace(FUND.card, id="file:gld_archive"))
    assert grade_of([named], OK, len(GOLD), FOLLOWS, []).letter == "C"
