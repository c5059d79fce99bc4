"""What a notebook opened by hand refuses at its door, before it leaves anything behind."""

from __future__ import annotations

from pathlib import Path

import pytest

import gramlib
from gramlib.errors import ArtefactError, ParameterError, UpstreamNotReady


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path))
    monkeypatch.delenv("GRAM_ATTEMPT", raising=False)
    return tmp_path


def test_a_misspelt_name_is_refused_with_the_right_one(reports: Path) -> None:
    with pytest.raises(ParameterError, match="did you mean 'n_paths'"):
        gramlib.stage("predict").context({"n_path": 5})
    with pytest.raises(ParameterError, match="did you mean 'predict'"):
        gramlib.stage("predcit")
    assert list(reports.iterdir()) == []


def test_an_impossible_value_is_refused_in_our_words(reports: Path) -> None:
    with pytest.raises(ParameterError, match="n_paths") as refused:
        gramlib.stage("predict").context({"n_paths": 0})
    assert refused.value.expected
    assert list(reports.iterdir()) == []


def test_a_named_run_that_lacks_a_stage_is_refused(reports: Path) -> None:
    with pytest.raises(UpstreamNotReady, match="no succeeded data"):
        gramlib.stage("train").context({"upstream": "nowhere"})
    assert list(reports.iterdir()) == []


def test_names_of_libraries_and_of_ipython_are_no_parameters(reports: Path) -> None:
    context = gramlib.stage("data").context({"In": [], "Out": {}, "gramlib": gramlib, "_i1": "", "unit": "oz"})
    assert context.params.unit == "oz" and context.by_hand
    with pytest.raises(ArtefactError, match="belongs to stage train"):
        context.write("league", None)
    with pytest.raises(ArtefactError, match="does not read from train"):
        context.read("league")
    with pytest.raises(ArtefactError, match="ends without"):
        context.finish()
    again = gramlib.stage("data").context({"ctx": context, "rows": 3, "unit": "oz"})
    assert again.params.unit == "oz", "a second opening in the same notebook does not take its variables for parameters"
