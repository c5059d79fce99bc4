"""Two runs at once, and processes killed at any instant."""

from __future__ import annotations

import json
import random
import signal
import time

import pytest
import toy_pipeline
from toy_workbench import Toy

pytestmark = [pytest.mark.slow, pytest.mark.kill]


def test_the_second_of_two_simultaneous_runs_says_so_and_leaves(toy: Toy) -> None:
    processes = [toy.start() for _ in range(2)]
    endings = [(process.communicate(timeout=120), process.returncode) for process in processes]
    assert sorted(code for _, code in endings) == [0, 75]
    assert any("is working in this run" in stderr for (_, stderr), code in endings if code == 75)
    assert (toy.folder / "report.html").is_file()


def test_a_second_run_can_wait_for_the_first(toy: Toy) -> None:
    first = toy.start()
    deadline = time.time() + 60
    while time.time() < deadline and not list(toy.reports.glob("*/claim.json")):
        time.sleep(0.02)
    second = toy.run("--wait", "90s")
    _, stderr = first.communicate(timeout=120)
    assert first.returncode == 0, stderr
    assert second.returncode == 0 and second.stdout.count("unchanged") >= 4


def test_twenty_kills_at_random_instants(toy: Toy) -> None:
    """After each kill -9 the same command resumes; the tables end up as those of an undisturbed run."""
    assert toy.run("--run-id", "undisturbed").returncode == 0
    expected = toy.tables()
    for path in sorted(toy.folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (toy.reports / "undisturbed").rmdir()
    instants = random.Random(20261120)
    kills = resumed_whole = 0
    while kills < 20:
        process = toy.start()
        try:
            process.wait(timeout=instants.uniform(0.3, 4.0))
        except Exception:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        for stage in toy.reports.glob("*/[0-9][0-9]_*"):
            if "." not in stage.name and stage.exists():
                assert json.loads((stage / "stage.json").read_text())["status"] == "succeeded", (
                    "a folder without a manifest was left as a result"
                )
        if process.returncode == 0:
            resumed_whole += 1
            assert toy.tables() == expected
            toy_pipeline.write_notebook(
                toy.notebooks,
                instants.choice(["data", "train", "predict"]),
                f"x = {kills}  # forces a stage to run again",
            )
        time.sleep(0.05)
    final = toy.run()
    assert final.returncode == 0, final.stderr
    assert toy.tables() == expected
    assert not (toy.folder / "claim.json").exists()
