"""Days available, against calendars computed otherwise; parameters of a notebook run by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.errors import ParameterError
from gramlib.params import RunParams
from gramlib.params.checks import stage_params
from gramlib.params.data_checks import available_days, weekdays
from gramlib.params.stages import DataParams, PredictParams


@settings(deadline=None, max_examples=100)
@given(st.dates(max_value=dt.date(2500, 1, 1)), st.integers(-30, 4000))
def test_weekdays_equal_numpys_business_days(first: dt.date, length: int) -> None:
    start = np.datetime64(first)
    end = start + length
    expected = int(np.busday_count(start, end + 1)) if length >= 0 else 0
    assert weekdays(str(start), str(end)) == expected


def test_days_of_the_sample_and_of_a_file(tmp_path: Path) -> None:
    assert available_days(DataParams(), "1900-01-01")[0] == int(np.busday_count("1975-01-02", "2026-08-01"))
    assert available_days(DataParams(end="2020-01-10"), "2020-01-06") == (5, "2020-01-06 to 2020-01-10 of the sample")
    file = tmp_path / "gold.csv"
    file.write_text("date,price\n" + "x\n" * 99)
    data = DataParams(source="file", path=str(file))
    assert available_days(data, "2000-01-01") == (101, "the lines of gold.csv")
    short = DataParams(source="file", path=str(file), end="2000-01-07")
    assert available_days(short, "2000-01-03")[0] == 5


def test_a_short_file_is_refused_before_a_kernel_starts(resolve: Callable[..., RunParams], bench: Path) -> None:
    (bench / "gold.csv").write_text("date,price\n" + "2020-01-01,1500\n" * 400)
    with pytest.raises(ParameterError, match=r"at most 402 business days, the lines of gold.csv"):
        resolve("data: {source: file, path: ../gold.csv}\n")


def test_parameters_of_a_notebook_run_by_hand(tmp_path: Path) -> None:
    values = PredictParams().model_dump() | {"n_paths": 50, "upstream": "baseline-0123abcd"}
    assert stage_params("predict", values, "the parameters cell").n_paths == 50
    for stage, wrong, words in (
        ("predict", {"n_path": 3}, "did you mean 'n_paths'"),
        ("predict", {"n_paths": "abc"}, "predict.n_paths is 'abc'"),
        ("data", {"start": "2020-01-01", "end": "2019-01-01"}, "an end after the start"),
        ("data", {"source": "file", "path": str(tmp_path / "no.csv")}, "which is no file"),
        ("analyse", {"reverse_step": 0.05, "reverse_max_fall": 0.04}, "smaller than"),
    ):
        with pytest.raises(ParameterError, match=words) as caught:
            stage_params(stage, wrong, "the parameters cell")
        assert "the parameters cell" in str(caught.value)
