"""However a stage ends, exit code, attempt and notebook tell the truth."""

from __future__ import annotations

import json
import signal
import time

import pytest
import toy_pipeline
from toy_workbench import Toy

from gramlib.store.manifest import read_manifest

pytestmark = pytest.mark.slow


def test_a_healthy_run_then_the_same_command_again(toy: Toy) -> None:
    first = toy.run()
    assert first.returncode == 0, first.stderr
    lines = first.stdout.strip().splitlines()
    assert lines[-3].startswith("verdict: WATCH. A toy.")
    assert "report.html" in lines[-2]
    assert "[1/4] data" in first.stdout and "toy data" in first.stdout
    assert (toy.folder / "report.html").is_file()
    assert not list(toy.folder.glob("*attempt*")) and not (toy.folder / "claim.json").exists()
    before = {path: path.stat().st_mtime_ns for path in toy.folder.rglob("*") if path.is_file()}
    again = toy.run()
    assert again.returncode == 0 and again.stdout.count("unchanged") >= 4
    assert {path: path.stat().st_mtime_ns for path in toy.folder.rglob("*") if path.is_file()} == before


def test_a_report_over_its_limit_is_published_with_a_warning(toy: Toy) -> None:
    toy_pipeline.write_notebook(
        toy.notebooks, "report", "from IPython.display import HTML\nHTML('<p>' + 'x' * 2_000_000)"
    )
    done = toy.run()
    assert done.returncode == 0, done.stderr
    assert (toy.folder / "report.html").is_file() and "more than the 2 MB a report should have" in done.stdout
    assert any("report.html has 2.0" in text for text in read_manifest(toy.folder / "05_report").warnings)


@pytest.mark.parametrize(
    ("cell", "code", "says"),
    [
        ("1/0", 1, "ZeroDivisionError"),
        (
            "from gramlib.errors import DataContractError\nraise DataContractError('grams where ounces were expected', remedy='check the unit')",
            3,
            "grams where ounces",
        ),
        ("from gramlib.errors import SourceUnreachable\nraise SourceUnreachable('no answer')", 75, "no answer"),
        ("raise MemoryError", 137, "MemoryError"),
        ("import sys\nsys.exit(0)", 3, "without ctx.finish()"),
    ],
)
def test_a_cell_that_raises(toy: Toy, cell: str, code: int, says: str) -> None:
    toy_pipeline.write_notebook(toy.notebooks, "train", cell)
    done = toy.run()
    assert done.returncode == code, done.stderr
    assert says in done.stderr and len(done.stderr.strip().splitlines()) <= 4, done.stderr
    assert toy.attempt("train")["status"] == "failed"
    assert (toy.folder / "01_data" / "stage.json").is_file() and not (toy.folder / "02_train").exists()
    assert not (toy.folder / "report.html").exists()
    assert says in (toy.attempt("train")["path"] / "notebook.html").read_text()
    index = (toy.reports / "index.html").read_text()
    assert "failed" in index
    if code != 3:
        assert toy.statuses("train")[-2:] == ["failed", "not_run"]


def test_a_kernel_that_is_killed(toy: Toy) -> None:
    toy_pipeline.write_notebook(
        toy.notebooks,
        "train",
        "print('before the end')",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "x = 1",
    )
    done = toy.run()
    assert done.returncode == 138, done.stderr
    assert "the kernel died in cell 7 (`import os, signal`)" in done.stderr and "memory" in done.stderr
    assert toy.attempt("train")["status"] == "died"
    assert toy.statuses("train") == ["completed"] * 6 + ["died", "not_run", "not_run"]
    assert "before the end" in (toy.attempt("train")["path"] / "stage.log").read_text()


def test_a_stage_past_its_time_limit(toy: Toy) -> None:
    toy_pipeline.write_notebook(toy.notebooks, "train", "import time\nprint('waiting', flush=True)\ntime.sleep(60)")
    done = toy.run("--set", "runner.stage_timeout_s=4")
    assert done.returncode == 124, done.stderr
    assert toy.attempt("train")["status"] == "timed_out"
    assert toy.statuses("train")[-2:] == ["timed_out", "not_run"]
    assert "waiting" in (toy.attempt("train")["path"] / "notebook.ipynb").read_text()


@pytest.mark.parametrize(
    ("number", "code", "status"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]
)
@pytest.mark.parametrize("cell", ["time.sleep(60)", "deaf()"])
def test_a_signal_leaves_a_readable_notebook(toy: Toy, number: int, code: int, status: str, cell: str) -> None:
    deaf = "def deaf():\n    end = time.time() + 60\n    while time.time() < end:\n        try:\n            time.sleep(1)\n        except KeyboardInterrupt:\n            print('no')\n"
    toy_pipeline.write_notebook(toy.notebooks, "train", f"import time\n{deaf}print('so far', flush=True)\n{cell}")
    process = toy.start()
    deadline = time.time() + 60
    while time.time() < deadline and not any(
        "so far" in path.read_text() for path in toy.reports.glob("*/02_train.attempt-*/stage.log")
    ):
        time.sleep(0.1)
    began = time.time()
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == code, stderr
    assert time.time() - began < 20
    assert "the same command resumes it" in stderr
    assert toy.attempt("train")["status"] == status
    assert toy.statuses("train")[-2:] == [status, "not_run"]
    assert "so far" in (toy.attempt("train")["path"] / "notebook.ipynb").read_text()
    toy_pipeline.write_notebook(toy.notebooks, "train")
    resumed = toy.run()
    assert (
        resumed.returncode == 0 and "its last attempt was" in resumed.stdout and "data     unchanged" in resumed.stdout
    )


def test_a_misspelt_parameter_in_plain_papermill_is_refused_by_the_notebook(toy: Toy) -> None:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    with pytest.raises(PapermillExecutionError, match="did you mean 'max_fill_days'"):
        papermill.execute_notebook(
            str(toy.notebooks / "01_data_acquisition.ipynb"),
            None,
            parameters={"max_fil_days": 3},
            progress_bar=False,
            kernel_name="python3",
        )


def test_events_for_machines(toy: Toy) -> None:
    done = toy.run("--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [e["event"] for e in events if e["event"] != "progress"] == [
        "run_started",
        *["stage_started", "stage_succeeded"] * 4,
        "run_ended",
    ]
    assert events[-1]["verdict"]["status"] == "watch" and events[-1]["complete"]
    toy_pipeline.write_notebook(toy.notebooks, "train", "1/0")
    failed = toy.run("--json")
    last = [json.loads(line) for line in failed.stdout.splitlines()][-1]
    assert failed.returncode == 1 and last["event"] == "run_failed" and last["exit_code"] == 1


def test_stages_chosen_by_hand(toy: Toy) -> None:
    early = toy.run("--stage", "train")
    assert early.returncode == 75 and "reads from data" in early.stderr
    part = toy.run("--until", "train")
    assert part.returncode == 0 and "not complete" in part.stdout
    rest = toy.run("--from", "predict")
    assert rest.returncode == 0 and "verdict" in rest.stdout
    forced = toy.run("--stage", "data", "--force")
    assert forced.returncode == 0 and "forced" in forced.stdout and "verdict" in forced.stdout, (
        "identical tables leave the rest unchanged"
    )
    assert toy.run("--stage", "trian").returncode == 2
    assert toy.run("--from", "predict", "--until", "data").returncode == 2
