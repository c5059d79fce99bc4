"""Slips and swaps are explained, spikes flagged, real moves left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.errors import DataContractError
from gramlib.prices.outliers import (
    business_gaps,
    explain,
    flag_spikes,
    refuse_impossible_steps,
    without_reverted,
    without_sign_errors,
    without_slips,
)
from gramlib.prices.quality import QualityLog

ONE_DAY = np.ones(5, dtype=int)


def frame(values):
    days = pd.date_range("2012-03-01", periods=len(values), freq="D")
    return pd.DataFrame({"date": days, "value": np.asarray(values, dtype=float)}, index=range(2, len(values) + 2))


@pytest.mark.parametrize(
    ("factor", "words"),
    [(10, "one place"), (0.1, "one place"), (100, "two places"), (0.001, "three places"), (31.1, "per gram mixed"),
     (1 / 31.1, "per gram mixed"), (1 / 2.667, "per tola mixed"), (3.7, "no market move")],
)  # fmt: skip
def test_a_step_is_explained(factor, words):
    assert words in explain(np.log(factor))


def test_the_1980_fall_is_a_market_move():
    values = [850.0, 737.5, 695.0, 717.0, 690.0]  # London afternoon fix, 21 to 25 January 1980
    refuse_impossible_steps(frame(values), ONE_DAY, "fix")
    log = QualityLog()
    assert not flag_spikes(frame(values), log).any()
    assert "1 move(s) beyond 10% that stayed (2012-03-02 -13.2%)" in log.table()["found"].iloc[0]


@pytest.mark.parametrize(
    ("after", "flagged"), [(100.0, True), (102.4, True), (102.6, False), (115.0, False), (98.0, True)]
)
def test_a_spike_is_one_when_four_fifths_are_taken_back(after, flagged):
    assert flag_spikes(frame([100.0, 100.0, 112.8, after, after]), QualityLog()).tolist() == [
        False,
        False,
        flagged,
        False,
        False,
    ]


def test_a_large_step_over_a_long_gap_is_not_judged_as_a_day():
    doubled = frame([35.0, 70.0])
    refuse_impossible_steps(doubled, np.array([1, 20]), "file")
    refuse_impossible_steps(frame([35.0, 850.0]), np.array([1, 2000]), "file")
    with pytest.raises(DataContractError, match="70 after 35"):
        refuse_impossible_steps(doubled, np.array([1, 1]), "file")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-0.09, 0.09), min_size=1, max_size=60))
def test_ordinary_days_are_never_suspected(steps):
    rows = frame(1000 * np.exp(np.cumsum(steps)))
    refuse_impossible_steps(rows, np.ones(len(rows), dtype=int), "file")
    assert not flag_spikes(rows, QualityLog()).any()


CALM = 1700 + 5 * np.sin(np.arange(60))


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("factor", [10, 0.1, 1000, 1 / 31.1034768, 31.1034768, 2.4])
def test_lone_slips_are_set_aside_and_explained(rows, factor):
    values = CALM.copy()
    values[20 : 20 + rows] *= factor
    log = QualityLog()
    assert len(without_slips(frame(values), log)) == 60 - rows and log.counts["outliers"] == rows
    assert log.rows[0].status == "warning" and "line 22" in log.rows[0].found


@pytest.mark.parametrize("place", [0, 59])
def test_a_slip_at_an_end_is_set_aside_too(place):
    values = CALM.copy()
    values[place] *= 10
    assert len(without_slips(frame(values), QualityLog())) == 59


def test_a_change_of_unit_that_lasts_is_no_slip():
    values = CALM.copy()
    values[30:] /= 31.1034768
    kept = without_slips(frame(values), QualityLog())
    assert len(kept) == 60
    with pytest.raises(DataContractError, match="per gram mixed"):
        refuse_impossible_steps(kept, business_gaps(kept["date"]), "file")


def test_many_slips_are_no_slips():
    values = CALM.copy()
    values[5:55:10] *= 10
    assert len(without_slips(frame(values), QualityLog())) == 60


@pytest.mark.parametrize(("move", "kept"), [(1.3, 59), (0.7, 59), (1.19, 60), (0.868, 60)])
def test_a_fifth_taken_back_next_day_is_no_market(move, kept):
    values = np.full(60, 1700.0)
    values[20] *= move
    assert len(without_reverted(frame(values), QualityLog())) == kept


def test_a_fall_that_stays_is_kept_whatever_its_size():
    values = np.full(60, 1700.0)
    values[20:] *= 0.72
    assert len(without_reverted(without_slips(frame(values), QualityLog()), QualityLog())) == 60


def test_a_lone_minus_is_set_aside_many_are_returns():
    values = CALM.copy()
    values[7] *= -1
    log = QualityLog()
    assert len(without_sign_errors(frame(values), "file", log)) == 59 and log.counts["outliers"] == 1
    values[::2] *= -1
    with pytest.raises(DataContractError, match="returns are not prices"):
        without_sign_errors(frame(values), "file", QualityLog())
    with pytest.raises(DataContractError, match="price -1 "):
        without_sign_errors(frame(np.append(CALM, -1.0)), "file", QualityLog())


def test_every_rule_says_what_it_would_have_caught():
    log = QualityLog()
    rows = without_reverted(without_slips(without_sign_errors(frame(CALM), "file", log), log), log)
    refuse_impossible_steps(rows, business_gaps(rows["date"]), "file", log)
    flag_spikes(rows, log)
    assert [row.check for row in log.rows] == ["signs", "slips", "reverted", "units", "outliers"]
    assert all(row.status == "ok" and row.expected for row in log.rows)


def test_the_real_moves_pass_every_rule(reference_data):
    """The PM fix moved by more than 8% on 15 days to 2021; 30 January 2026 was real."""
    table = pd.read_csv(reference_data / "gold_daily_spliced_1968_2026.csv", parse_dates=["date"])
    rows = pd.DataFrame({"date": table["date"], "value": table["price"]})
    log = QualityLog()
    kept = without_reverted(without_slips(rows, log), log)
    refuse_impossible_steps(kept, business_gaps(kept["date"]), "file", log)
    assert len(kept) == len(rows) and not flag_spikes(kept, log).any()
    steps = np.diff(np.log(rows["value"]))
    assert (np.abs(steps[: (table["source"] == "LBMA_PM_FRED").sum() - 1]) > 0.08).sum() == 15
