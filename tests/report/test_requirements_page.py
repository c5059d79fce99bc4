"""Standards on the page: what binds is open, a limit says its side, what nobody checked is marked, nothing computed is no pass."""

import pandas as pd

from gramlib.artefacts import entry
from gramlib.report import tables

NAN = float("nan")
ROWS = [
    ("mica", "own_funds", "Art. 35(1)", "Own funds at least 2% of the reserve", "pass", 1.5, NAN, NAN, "at_least", 1.0, "times", 0.5,
     "exact", "today", True, True, True, "daily", "Own funds: 1.50 times against at least 1.00 times: met.", "the act", "2023"),
    ("mica", "plans", "Art. 46", "A recovery plan", "not_applicable", NAN, NAN, NAN, "at_least", NAN, "", NAN, "", "", False, True,
     False, "", "A recovery plan: nothing here computes it. Look at: the options below.", "the act", "2023"),
    ("sco60", "worst", "SCO60", "The reserve covers what is owed", "fail", 0.97, 0.96, 0.98, "at_least", 1.0, "1", -0.03,
     "order statistics", "liquidity", False, False, False, "", "Not met.", "a note", "2022"),
]  # fmt: skip
TABLE = pd.DataFrame(ROWS, columns=[column.name for column in entry("requirements").columns])


def test_summary_then_what_binds_then_what_is_compared() -> None:
    made = tables.requirements(TABLE)
    summary, binding, compared = made.parts
    assert [row[0] for row in summary.rows] == ["MiCA", "sco60"]
    assert summary.rows[0][1] == "yes" and summary.rows[0][-1] == "1"
    assert not binding.folded and compared.folded and "decides nothing" in compared.note


def test_rows_say_side_sureness_evidence_and_what_nobody_checked() -> None:
    _, binding, compared = tables.requirements(TABLE).parts
    own, plans = binding.rows
    assert own[2:5] == ("1.50 times", "at least 1.00 times", "exact") and own[5] == "[1]"
    assert plans[2] == "not computed" and plans[4] == "the options below." and "not verified" in plans[5]
    assert "96.0% to 98.0%, order statistics" in compared.rows[0][4]
