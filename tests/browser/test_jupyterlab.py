"""JupyterLab in a real browser: the front page, a stage of a recorded run, and sliders that move what they should."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import jupyter_lab
import nbformat
import pytest
from playwright.sync_api import Browser, Page

from gramlib.artefacts import predicates_of
from gramlib.report.numbers import percent
from gramlib.runner import exploring
from gramlib.runner.open_stage import write_notebook
from gramlib.runner.pipeline import stage_named
from gramlib.simulation import simulate
from gramlib.simulation.what_if import Levers
from gramlib.store import RunFolder

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(smoke_run: Path, workbench_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[jupyter_lab.Lab]:
    root = smoke_run.parent.parent
    shutil.copytree(workbench_root / "notebooks", root / "notebooks", dirs_exist_ok=True)
    with jupyter_lab.running(root, tmp_path_factory.mktemp("jupyter"), smoke_run.parent) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []


def code_cells(path: Path) -> int:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    return sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in notebook.cells)


def run_notebook(lab: jupyter_lab.Lab, page: Page, path: Path) -> None:
    page.goto(lab.url(path.relative_to(lab.root).as_posix()))
    jupyter_lab.run_all(page, code_cells(path))
    assert jupyter_lab.errors(page) == []


def test_the_start_notebook_lists_the_runs(lab, page, smoke_run, tmp_path):
    run_notebook(lab, page, lab.root / "notebooks" / "00_start.ipynb")
    page.screenshot(path=tmp_path / "start.png")
    shown = page.locator(".jp-NotebookPanel").inner_text()
    assert smoke_run.name in shown and "04_analysis.ipynb" in shown


def test_a_stage_of_a_recorded_run_runs_from_first_to_last_cell(lab, page, smoke_run, tmp_path):
    notebook = write_notebook(RunFolder(smoke_run), stage_named("predict"))
    recorded = {path: path.stat().st_mtime_ns for path in smoke_run.rglob("*") if path.is_file()}
    # other tests share the run's folder, and leave scratch runs of their own there
    there = set(smoke_run.parent.glob("scratch-predict-*/03_predict/stage.json"))
    run_notebook(lab, page, notebook)
    page.screenshot(path=tmp_path / "stage.png")
    made = list(set(smoke_run.parent.glob("scratch-predict-*/03_predict/stage.json")) - there)
    assert len(made) == 1
    assert (made[0].parent / "outcomes.parquet").read_bytes() == (
        smoke_run / "03_predict/outcomes.parquet"
    ).read_bytes()
    assert {path: path.stat().st_mtime_ns for path in smoke_run.rglob("*") if path.is_file()} == recorded


def test_a_key_on_a_slider_changes_charts_flags_and_ledger(lab, page, smoke_run, tmp_path, monkeypatch):
    monkeypatch.setenv("GRAM_REPORTS", str(smoke_run.parent))
    run_notebook(lab, page, lab.root / "notebooks" / "explore" / "what_if.ipynb")
    picture = page.locator(".gram-explore-picture")
    picture.wait_for()
    before, flags = picture.inner_html(), page.locator(".gram-explore table.flags").inner_text()
    run = page.locator(".widget-slider", has_text="Run: asked a day").locator(".noUi-handle")
    run.focus()
    started = time.perf_counter()
    run.press("ArrowRight")
    page.wait_for_function("before => document.querySelector('.gram-explore-picture').innerHTML !== before", arg=before)
    seconds = time.perf_counter() - started
    run.press("End")
    what_if = exploring.given()
    moved = Levers(**{**vars(Levers.of(what_if.issuer)), "run_share": 0.10})
    outcomes = simulate(moved.applied(what_if.issuer), what_if.shocked(moved),
                        moved.events(what_if.issuer, what_if.n_days), own_funds=what_if.own_funds)  # fmt: skip
    shares = [percent((outcomes.first_day(name) >= 0).mean()) for name in predicates_of("gold")]
    expected = "s => [...document.querySelectorAll('.gram-explore table.flags tbody td:last-child')].every((e, n) => e.textContent === s[n])"
    page.wait_for_function(expected, arg=shares, timeout=20_000)
    page.locator(".widget-slider").first.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "sliders.png")
    assert page.locator(".gram-explore table.flags").inner_text() != flags
    assert seconds < 3.0, "one key takes far longer than a fifth of a second, even for a machine under load"
