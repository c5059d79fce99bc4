"""A run that stops gets a page on the real runner, and loses it when it goes on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import toy_pipeline
from toy_workbench import Toy

from gramlib.runner import workbench
from gramlib.runner.failures import PAGE, failure_of, refresh_failure_page, resume_command
from gramlib.runner.pipeline import stage_named
from gramlib.runner.site import rebuild_index, run_summary
from gramlib.store import Attempt, RunFolder, atomic


@pytest.mark.slow
def test_the_page_comes_with_the_failure_and_goes_with_the_success(toy: Toy) -> None:
    toy_pipeline.write_notebook(toy.notebooks, "predict", "print('before <it>')\n1/0")
    assert toy.run().returncode == 1
    page = (toy.folder / PAGE).read_text()
    attempt = toy.attempt("predict")["path"].name
    for told in (
        "Stage predict of run",
        "in cell 6 of 7",
        "ZeroDivisionError",
        "before &lt;it&gt;",
        "1/0",
        "Stopped: an error in a cell",
    ):
        assert told in page
    assert f'href="{attempt}/notebook.html"' in page and resume_command(RunFolder(toy.folder)) in page
    index = (toy.reports / "index.html").read_text()
    assert f'href="{toy.folder.name}/{PAGE}"' in index and f'href="{toy.folder.name}/{attempt}/notebook.html"' in index
    toy_pipeline.write_notebook(toy.notebooks, "predict")
    assert toy.run().returncode == 0
    assert not (toy.folder / PAGE).exists() and PAGE not in (toy.reports / "index.html").read_text()


def _died(reports: Path) -> RunFolder:
    """A run whose data stage was begun by a process that is gone."""
    run = RunFolder(reports / "lost-1")
    atomic.write_json(
        _made(run.path) / "run.json", {"title": "Lost", "created": 1.0, "params": {"path": "params/smoke.yaml"}}
    )
    attempt = Attempt.start(run.path, "01_data", {"stage": "data"})
    attempt.update(pid=2**22 + 1, process_started=0.0, host="gone", place="elsewhere", heartbeat=time.time() - 3600)
    (attempt.path / "stage.log").write_text("10:00 cell 3\n\n10:01 \x1b[31mlast words\x1b[0m\n")
    return run


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_an_attempt_found_dead_gets_a_page_when_the_index_is_rebuilt(tmp_path: Path) -> None:
    run = _died(tmp_path)
    rebuild_index(tmp_path)
    page = (run.path / PAGE).read_text()
    assert "its process ended without a word" in page and "10:01 last words" in page and "\x1b" not in page
    assert "gram run params/smoke.yaml --set NAME=VALUE" in page and ">gone<" in page
    assert run_summary(run)["links"]["what happened"] == f"lost-1/{PAGE}"


def test_a_page_newer_than_the_attempt_is_left_alone_and_an_older_one_made_anew(tmp_path: Path) -> None:
    run = _died(tmp_path)
    stage, attempt = stage_named("data"), run.last_attempt("01_data")
    assert attempt is not None
    page = refresh_failure_page(run, attempt, stage)
    assert page is not None
    page.write_text("kept")
    assert refresh_failure_page(run, attempt, stage) == page and page.read_text() == "kept"
    attempt.update(status="failed", error={"exit_code": 3, "message": "grams for ounces"})
    refresh_failure_page(run, attempt, stage)
    assert "grams for ounces" in page.read_text()
    assert refresh_failure_page(run, None, None) is None and not page.exists()


def test_sick_records_do_not_keep_the_page_away(tmp_path: Path) -> None:
    run = _died(tmp_path)
    attempt = run.last_attempt("01_data")
    assert attempt is not None
    attempt.update(error={"exit_code": "many", "message": ["?"]}, started="noon", finished=None)
    (attempt.path / "notebook.ipynb").write_text("{")
    failure = failure_of(run, attempt, stage_named("data"))
    assert failure.exit_code is None and failure.cell is None and failure.started == 0.0


def test_the_command_names_the_run_from_wherever_it_lies(tmp_path: Path) -> None:
    assert resume_command(RunFolder(workbench.root() / "reports" / "smoke-1")) == "gram run reports/smoke-1"
    spaced = tmp_path / "two words" / "smoke-1"
    assert resume_command(RunFolder(spaced)) == f"gram run '{spaced}' --out '{spaced.parent}'"
    assert resume_command(RunFolder(spaced), "s3://bucket/runs") == "gram run smoke-1 --out s3://bucket/runs"
