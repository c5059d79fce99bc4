"""Slips and swaps are explained, spikes flagged, real moves left alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.errors import DataContractError
from gramlib.prices.outliers import explain, flag_spikes, refuse_impossible_steps
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
