"""A report set beside another run's: refused where that run is not there, made anew when it changes, and the same run all the while."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gramlib.errors import ParameterError
from gramlib.params.layers import resolve_params
from gramlib.runner.compared import KEY, previous_report, report_to_compare, with_compared
from gramlib.runner.pipeline import stage_named
from gramlib.runner.plan import first_change, key_of
from gramlib.runner.resolve import resolve_run

ROOT = Path(__file__).resolve().parents[2]
SMOKE = ROOT / "params" / "smoke.yaml"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of runs: one that ended, one without a report."""
    for name in ("ended", "unfinished"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(json.dumps({"run_id": name}))
    (tmp_path / "ended" / "report.json").write_text(json.dumps({"run": {"run_id": "ended"}}))
    return tmp_path


def _key(reports: Path, *overrides: str) -> dict:
    run = with_compared(resolve_run(SMOKE, list(overrides), ROOT), reports)
    stage = stage_named("report")
    return key_of(run, stage, ROOT / "notebooks" / stage.notebook, {}, {}, ROOT / "requirements.lock")


def test_a_run_is_named_by_id_or_folder(reports):
    assert report_to_compare("ended", reports) == reports / "ended" / "report.json"
    assert report_to_compare(str(reports / "ended"), Path("/elsewhere")) == reports / "ended" / "report.json"
    assert previous_report("ended", reports)["run"] == {"run_id": "ended"}


@pytest.mark.parametrize(
    ("named", "said"),
    [("lost", "there is no such run"), ("unfinished", "has no report"), ("ended", "the run itself")],
)
def test_what_cannot_be_compared_with_is_refused(reports, named, said):
    with pytest.raises(ParameterError, match=said) as refused:
        report_to_compare(named, reports, run_id="ended", origin="--set")
    assert refused.value.exit_code == 2 and "--set" in str(refused.value)


def test_the_report_runs_again_when_another_is_named_or_the_other_changes(reports):
    alone, beside = _key(reports), _key(reports, f"{KEY}=ended")
    assert first_change(alone, beside) == f"{KEY} changed  -> ended"
    (reports / "ended" / "report.json").write_text(json.dumps({"run": {"run_id": "ended"}, "title": "made anew"}))
    assert first_change(beside, _key(reports, f"{KEY}=ended")) == "the report it is compared with changed"
    with pytest.raises(ParameterError):
        _key(reports, f"{KEY}=lost")


def test_naming_another_run_makes_no_other_run(reports):
    assert resolve_run(SMOKE, [f"{KEY}=ended"], ROOT).run_id == resolve_run(SMOKE, [], ROOT).run_id


def test_a_run_folder_in_a_file_is_relative_to_the_file(tmp_path, monkeypatch):
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: {SMOKE}\nreport:\n  compare_with: runs/a\n")
    assert resolve_params(file, [], ROOT).stages["report"].compare_with == str(tmp_path / "runs" / "a")
    monkeypatch.chdir(tmp_path)
    given = resolve_params(SMOKE, [f"{KEY}=./b"], ROOT).stages["report"].compare_with
    assert given == str(tmp_path / "b")
    assert resolve_params(SMOKE, [f"{KEY}=a-run"], ROOT).stages["report"].compare_with == "a-run"
