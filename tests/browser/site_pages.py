"""Pages above a run, made from a real one: the index with a failed run and many others, a comparison, a failure."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from gramlib.report.site import build_index
from gramlib.runner.comparison import compared, write_page
from gramlib.runner.site import rebuild_index, run_summary
from gramlib.store import Attempt, RunFolder

MANY = 60


def _failed(run: Path) -> Path:
    """A run beside `run` whose training stopped in a cell, as its folder would stand."""
    folder = run.parent / "failed-1"
    if folder.is_dir():
        return folder
    (folder / "01_data").parent.mkdir()
    shutil.copy(run / "run.json", folder)
    shutil.copytree(run / "01_data", folder / "01_data")
    attempt = Attempt.start(folder, "02_train", {"stage": "train"})
    for name in ("notebook.ipynb", "notebook.html", "stage.log"):
        shutil.copy(run / "02_train" / name, attempt.path)
    notebook = json.loads((attempt.path / "notebook.ipynb").read_text())
    broken = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][5]
    broken["metadata"]["papermill"]["status"] = "failed"
    broken["outputs"] = [
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["Traceback", "E: " + "a long word " * 40]}
    ]
    (attempt.path / "notebook.ipynb").write_text(json.dumps(notebook))
    attempt.update(
        status="failed",
        finished=attempt.record["started"] + 7,
        error={"message": "train, cell 11: E: v\nwhat to do: mend", "exit_code": 1},
    )
    return folder


def _other(run: Path) -> Path:
    """A run beside `run` with other parameters and figures."""
    folder = run.parent / "other-1"
    if folder.is_dir():
        return folder
    shutil.copytree(run, folder)
    record, document = (json.loads((folder / name).read_text()) for name in ("run.json", "report.json"))
    record["params"]["stages"]["predict"]["n_paths"] *= 2
    record["params"]["issuer"]["terms"]["fee"] = 0.01
    for figure in document["headlines"]:
        if figure["value"] is not None:
            figure["value"] = figure["value"] / 2
    document["scenarios"] = document["scenarios"][1:]
    (folder / "run.json").write_text(json.dumps(record))
    (folder / "report.json").write_text(json.dumps(document))
    return folder


def index(run: Path) -> Path:
    """The index of a finished, a failed and another run, with a link to a comparison."""
    comparison(run)
    _failed(run)
    return rebuild_index(run.parent)


def many(run: Path, number_of_runs: int = MANY) -> Path:
    """The index of many runs like `run`, each with its own figures; every tenth did not finish."""
    summary = run_summary(RunFolder(run))
    runs = []
    for number in range(number_of_runs):
        figures = [figure | {"value": (figure["value"] or 0) * (1 + number % 13)} for figure in summary["headlines"]]
        last = (
            {"status": "failed", "verdict_status": "", "headlines": []} if number % 10 == 0 else {"headlines": figures}
        )
        runs.append(summary | {"run_id": f"run-{number:03}", "created": summary["created"] + 60 * number} | last)
    page = run.parent / "many.html"
    page.write_text(build_index(runs))
    return page


def comparison(run: Path) -> Path:
    """The page of `gram compare` for `run` and one with other figures."""
    runs = RunFolder(run), RunFolder(_other(run))
    return write_page(compared(*runs), *runs, run.parent)


def failure(run: Path) -> Path:
    """The page of a run that failed in its training."""
    _failed(run)
    rebuild_index(run.parent)
    return run.parent / "failed-1" / "failure.html"


SITE: dict[str, Callable[[Path], Path]] = {"index": index, "comparison": comparison, "failure": failure}
