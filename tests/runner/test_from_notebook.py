"""Runs and trials called from a notebook: they raise what the command would have said, and look before a whole run."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramlib.errors import DataContractError, ParameterError, UpstreamNotReady
from gramlib.runner import from_notebook, trials


@pytest.fixture(autouse=True)
def _reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path / "reports"))


def test_a_refused_run_raises_the_error_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="did you mean 'n_paths'") as refused:
        from_notebook.run("params/smoke.yaml", "predict.n_pats=3")
    assert len(str(refused.value).splitlines()) <= 4
    assert not (tmp_path / "reports").exists()


def test_runs_that_are_not_there_are_not_compared() -> None:
    with pytest.raises(ParameterError, match="has no report to compare"):
        from_notebook.compare("first", "second")


def test_a_verdict_is_shown_with_its_report_and_its_words_are_text(tmp_path: Path) -> None:
    verdict = {"status": "pass", "sentence": "It <holds>."}
    report = str(tmp_path / "reports" / "a-1" / "report.html")
    ran = from_notebook.Ran({"run_id": "a-1", "verdict": verdict, "report": report})
    assert repr(ran) == f"a-1: PASS. It <holds>.\n{report}"
    assert "It &lt;holds&gt;." in ran._repr_html_()
    assert "a-1/report.html" in ran._repr_html_()
    assert "not complete" in repr(from_notebook.Ran({"run_id": "a-1", "verdict": {}, "report": ""}))


def test_the_sample_as_a_file_is_read_as_any_other() -> None:
    file = trials.price_file("")
    seen = trials.looked_at(file)
    assert (seen.summary["unit_in"], seen.summary["currency"]) == ("oz", "USD")
    assert seen.summary["rows"] == len(file.read_text().splitlines()) - 1
    assert "sample_prices.csv is taken for" in seen._repr_html_()
    assert len(seen.quality) and len(seen.prices)
    with pytest.raises(ParameterError, match="did you mean 'column'"):
        trials.looked_at(file, "data.colum=Close")
    with pytest.raises(ParameterError, match="unit"):
        trials.looked_at(file, "data.unit=stone")
    with pytest.raises(DataContractError):
        trials.looked_at(file, "data.unit=kg")


def test_a_file_that_is_none_is_told(tmp_path: Path, workbench_root: Path) -> None:
    assert trials.price_file("params/smoke.yaml") == workbench_root / "params" / "smoke.yaml"
    assert trials.price_file(str(tmp_path / "mine.csv")) == tmp_path / "mine.csv"
    with pytest.raises(ParameterError):
        trials.looked_at(tmp_path / "mine.csv")
    (tmp_path / "mine.csv").write_text("date,fruit\n2024-01-02,apple\n2024-01-03,pear\n")
    with pytest.raises(DataContractError):
        trials.looked_at(tmp_path / "mine.csv")


def test_a_run_without_the_stage_says_which_one_makes_the_table() -> None:
    with pytest.raises(UpstreamNotReady, match="no succeeded train"):
        trials.read_run("nobody", "calibration")


@pytest.mark.slow
def test_a_scenario_is_tried_with_the_runs_own_replay(smoke_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    monkeypatch.setenv("GRAM_REPORTS", str(smoke_run.parent))
    tried = trials.try_scenario("S10")
    recorded = pd.read_parquet(smoke_run / "03_predict" / "replays.parquet").query("scenario == 'S10'")
    assert len(recorded) == len(tried.replays)
    for column in ("equity_usd", "queue_g", "cash_usd"):
        assert tried.replays[column].tolist() == pytest.approx(recorded[column].tolist(), rel=1e-12)
