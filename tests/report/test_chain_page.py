"""The chain's backtest on the page: what was said and what came, in words that follow the figures."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts.analyse_backtests import CHAIN_BACKTEST
from gramlib.artefacts.checking import _schema
from gramlib.backtests import chain_tests
from gramlib.report.figures import chain as figures
from gramlib.report.tables import chain as tables

N = 60
NAMES = ("F1", "F2", "F3", "F4", "F5", "F7", "queue")


def months(
    exceptions: int = 2, outside: int = 40, failed: int = 1, flows: bool = True, grade: str = "A"
) -> pd.DataFrame:
    """Sixty months with so many exceptions, so many months of the fund outside the interval, so many failures."""
    beyond, missed, broke = (np.arange(N) < count for count in (exceptions, outside, failed))
    fund = np.where(missed, 0.05, 0.004)
    row = {
        "as_of": pd.date_range("2006-01-31", periods=N, freq="ME").astype("datetime64[us]"),
        "until": pd.date_range("2006-02-28", periods=N, freq="ME").astype("datetime64[us]"),
        "model": "fhs", "note": np.where(np.arange(N) == 3, "fhs stands in for network, too dear", ""), "n_train": 1500,
        "n": 5000, "apart": np.arange(N) != 30, "var_975": 0.08, "es_975": 0.1, "var_990": 0.1, "es_990": 0.13,
        "realised_loss": np.where(beyond, 0.09, -0.01), "exceeded_975": beyond, "exceeded_990": False,
        "redeemed_lower": 0.001, "redeemed_median": 0.005, "redeemed_upper": 0.011,
        "fund_redeemed": fund if flows else np.nan, "place": np.where(missed, "above", "inside") if flows else "",
        "replay_redeemed": np.linspace(0.0, 0.02, N), **{f"chance_{name}": 0.08 for name in NAMES},
        **{f"alone_{name}": 0.01 for name in NAMES}, "chance_F6": np.nan, "alone_F6": np.nan,
        "replay_failures": np.where(broke, "F4", ""), "replay_queue": broke,
        "evidence": "mechanics only" if grade == "D" else "history",
    }  # fmt: skip
    return _schema(CHAIN_BACKTEST).validate(pd.DataFrame(row)[[column.name for column in CHAIN_BACKTEST.columns]])


@pytest.mark.parametrize("case", [{}, {"flows": False}, {"exceptions": 0, "outside": 0, "failed": 0}, {"grade": "D"}])
def test_chart_speaks_to_eye_and_screen_reader(case):
    table = months(**case)
    chart = figures.chain_backtest(table, chain_tests(table))
    assert chart.headline.endswith(".")
    assert re.search(r"\d", chart.headline)
    for text in (chart.headline, chart.alt, repr(chart.table)):
        assert not re.search(r"\b(nan|None|inf)\b", text)
    assert "<caption>" in chart._repr_html_()
    assert figures.chain_backtest(table, chain_tests(table)).image == chart.image
    assert chart.csv.count("\n") == N + 1


def test_the_headline_counts_what_the_tests_count():
    table = months()
    said = tables.chain_sentences(table, chain_tests(table))
    assert "in 2 of 59 months, 1.5 expected" in said
    assert "in 33.9% of 59 months: it is 1.0% wide in the median month" in said
    assert "Peg loss (F4) in 1 month" in said
    assert "Redemption queue in 1 month" in said


def test_an_interval_that_holds_is_no_finding_and_nothing_failed_is_not_safe():
    table = months(outside=6, failed=0)
    said = tables.chain_sentences(table, chain_tests(table))
    assert "wide" not in said
    assert "nothing failed and nobody queued" in said
    assert "too few to tell" in said


def test_without_flows_nothing_is_said_of_the_fund_and_grade_d_is_no_evidence():
    table = months(flows=False)
    assert "fund" not in tables.chain_sentences(table, chain_tests(table))
    table = months(grade="D")
    assert tables.chain_sentences(table, chain_tests(table)).startswith("Grade D data: mechanics only, not evidence.")
    assert "mechanics only" in tables.chain_tests(chain_tests(table)).note


def test_left_out_it_says_so_and_draws_nothing():
    table = months().iloc[:0]
    chart = figures.chain_backtest(table, chain_tests(table))
    assert chart.headline == tables.NOT_RUN
    assert tables.chain_tests(chain_tests(table)).rows == ()
    assert tables.chain_months(table).note == tables.NOT_RUN


def test_the_table_of_tests_has_a_row_a_test_with_power_and_both_p_values():
    found = chain_tests(months())
    table = tables.chain_tests(found)
    assert len(table.rows) == len(found)
    rows = {row[0]: row for row in table.rows}
    assert rows["Gold: exceptions of the value at risk 97.5%"][1:4] == ("59", "2", "1.5")
    assert rows["Redemptions: the fund outside the 90% interval"][4:6] == ("below 0.001", "below 0.001")
    warned = rows["Redemption queue: chance above 1% as a warning"]
    assert "false alarm" in warned[2]
    assert warned[3].endswith("by luck")


def test_months_mark_what_was_beyond_and_who_stood_in():
    table = tables.chain_months(months())
    assert table.folded
    assert table.rows[0][3] == "9.0%*"
    assert table.rows[5][3] == "\N{MINUS SIGN}1.0%"
    assert table.rows[0][5] == "5.0%*"
    assert table.rows[0][-1] == "Peg loss (F4) and queue"
    assert table.rows[50][-1] == "nothing failed"
    assert "(shares days)" in table.rows[30][0]
    assert "Fhs stands in for network" in table.note


def test_the_error_of_a_value_at_risk_is_that_of_so_many_normal_draws():
    draws = np.quantile(np.random.default_rng(1).standard_normal((400, 5000)), 0.975, axis=1)
    assert tables._error_of_var(5000) == pytest.approx(draws.std() / draws.mean(), rel=0.15)
