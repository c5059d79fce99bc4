"""`gram compare` as a user calls it, on runs that lie on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gramlib import cli
from gramlib.store import Attempt, atomic


def _run(reports: Path, name: str, n_paths: int, value: float | None) -> Path:
    """A run with a record and, where `value` is given, a report."""
    folder = reports / name
    folder.mkdir(parents=True)
    params = {
        "path": "params/smoke.yaml",
        "stages": {"predict": {"n_paths": n_paths}},
        "issuer": {"name": "Gram"},
        "provenance": {"predict.n_paths": "--set"},
    }
    atomic.write_json(
        folder / "run.json", {"title": "T", "created": 1.0, "params": params, "git": {}, "scenarios": [{"id": "S1"}]}
    )
    if value is not None:
        figure: dict[str, Any] = {
            "id": "listed-scenarios",
            "label": "Failed",
            "unit": "count",
            "value": value,
            "text": f"{value:g} of 9",
            "status": "fail",
        }
        atomic.write_json(folder / "report.json", {"schema": 3, "verdict": {"status": "fail"}, "headlines": [figure]})
        (folder / "report.html").write_text("report")
    return folder


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "reports"
    monkeypatch.setenv("GRAM_REPORTS", str(place))
    _run(place, "one", 1000, 4.0)
    _run(place, "two", 2000, 3.0)
    return place


def test_two_runs_give_text_and_a_page_that_the_index_links(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "one", str(reports / "two")]) == 0
    told = capsys.readouterr().out
    assert "one -> two" in told and "predict.n_paths: 1,000 -> 2,000" in told and "3 of 9" in told
    page = reports / "compare-one-two.html"
    assert told.strip().endswith(str(page))
    text = page.read_text()
    assert 'href="one/report.html"' in text and 'href="two/report.html"' in text and 'href="index.html"' in text
    assert 'href="compare-one-two.html">two against one</a>' in (reports / "index.html").read_text()


def test_json_is_one_object_and_names_the_page(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "one", "two", "--json"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert held["before"] == "one" and held["figures"][0]["difference"] == -1.0 and Path(held["page"]).is_file()


def test_runs_of_two_folders_are_compared_where_out_says(reports: Path, tmp_path: Path) -> None:
    other = _run(tmp_path / "elsewhere", "three", 1, 2.0)
    assert cli.main(["compare", str(reports / "one"), str(other), "--out", str(tmp_path / "elsewhere")]) == 0
    text = (tmp_path / "elsewhere" / "compare-one-three.html").read_text()
    assert 'href="../reports/one/report.html"' in text and 'href="three/report.html"' in text


@pytest.mark.parametrize(("second", "says"), [("one", "is named twice"), ("absent", "neither a file nor a run")])
def test_what_cannot_be_two_runs_is_refused(
    reports: Path, capsys: pytest.CaptureFixture[str], second: str, says: str
) -> None:
    assert cli.main(["compare", "one", second]) == 2
    assert says in capsys.readouterr().err


def test_a_failed_run_is_refused_with_what_is_there_instead(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = _run(reports, "broken", 1, None)
    attempt = Attempt.start(folder, "01_data", {"stage": "data"})
    attempt.update(status="failed", error={"message": "data: grams for ounces\nwhat to do: mend", "exit_code": 3})
    assert cli.main(["index"]) == 0
    assert cli.main(["compare", "one", "broken"]) == 2
    told = capsys.readouterr().err
    assert "run broken has no report to compare: it is failed (data: grams for ounces)" in told
    assert str(folder / "failure.html") in told and f"gram run {folder} --out {reports}" in told


def test_a_report_that_is_none_is_refused_as_data(reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    atomic.write_json(reports / "two" / "report.json", {"schema": 3, "verdict": {}, "headlines": [{}]})
    assert cli.main(["compare", "one", "two"]) == 3
    assert "not what a report stage writes" in capsys.readouterr().err


def test_the_index_links_sweeps_by_their_title(reports: Path) -> None:
    (reports / "fees-1").mkdir()
    (reports / "fees-1" / "sweep.html").write_text("<!DOCTYPE html><title>Fees &amp; gates</title>", encoding="utf-8")
    assert cli.main(["index"]) == 0
    assert '<a href="fees-1/sweep.html">Fees &amp; gates</a>' in (reports / "index.html").read_text()
