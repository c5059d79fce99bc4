"""A sweep end to end on toy stages: shared work once, failures told, resumed after any end, the same however it is split."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import toy_pipeline
from toy_sweep import SWEEP, ToySweep, events

pytestmark = pytest.mark.slow

Make = Callable[..., ToySweep]


@pytest.fixture
def make(tmp_path: Path, workbench_root: Path) -> Make:
    """make(name, *cells): a toy sweep of six members in a folder of its own, `cells` added to its predict notebook."""

    def toy(name: str = "one", *cells: str) -> ToySweep:
        top = tmp_path / name
        notebooks = toy_pipeline.write_notebooks(top / "notebooks")
        if cells:
            toy_pipeline.write_notebook(notebooks, "predict", *cells)
        file = top / "toy.yaml"
        file.write_text(SWEEP.format(base=workbench_root / "params" / "smoke.yaml"))
        return ToySweep(top / "reports", notebooks, file)

    return toy


def wait_for(happened: Callable[[], bool], seconds: float = 240.0) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_members_share_is_done_once_and_a_second_time_nothing(make: Make) -> None:
    toy = make()
    done = toy.run("-j", "2", "--json")
    assert done.returncode == 0, done.stderr
    told = events(done)
    assert [e["stage"] for e in told if e["event"] == "shared_stage_succeeded"] == ["data", "train"]
    (shared,) = [path.name for path in toy.folder.glob("shared-*")]
    members = toy.members()
    assert members[:2] == ["n_paths-100_fan_paths-50", "n_paths-100_fan_paths-60"] and len(members) == 6
    for member in members:
        for stage, table in (("01_data", "source_cards.json"), ("02_train", "calibration.json")):
            manifest = toy.manifest(member, stage)
            assert (manifest["adopted_from"], manifest["run_id"]) == (shared, member)
            assert (toy.folder / member / stage / table).samefile(toy.folder / shared / stage / table)
        assert toy.manifest(member, "03_predict")["adopted_from"] == ""
    comparison = json.loads((toy.folder / "comparison.json").read_text())
    assert comparison["counts"] == {"succeeded": 6, "failed": 0, "not run": 0}
    rows = (toy.folder / "sweep.csv").read_text().splitlines()
    assert rows[0].startswith("index,member,predict.n_paths,predict.fan_paths,status,verdict,chance_any")
    assert rows[1].startswith("0,n_paths-100_fan_paths-50,100,50,succeeded,,0.1,")
    assert "<script" not in (toy.folder / "sweep.html").read_text()

    again = toy.run("--json")
    assert again.returncode == 0
    assert {e["event"] for e in events(again)} == {"sweep_started", "sweep_ended"}
    assert events(again)[-1]["unchanged"] == 6


def test_the_same_tables_however_it_is_split(make: Make) -> None:
    whole, single, by_index, sharded = make("whole"), make("single"), make("by_index"), make("sharded")
    assert whole.run("-j", "2").returncode == 0
    assert single.run("-j", "1").returncode == 0
    assert [by_index.run("--index", str(k)).returncode for k in reversed(range(6))] == [0] * 6
    assert [sharded.run("--shard", f"{k}/2").returncode for k in (2, 1)] == [0, 0]
    tables = whole.tables()
    assert len(tables) == 6 * 4
    assert single.tables() == by_index.tables() == sharded.tables() == tables
    assert json.loads((by_index.folder / "comparison.json").read_text())["counts"]["succeeded"] == 6


def test_a_failed_member_is_told_and_stops_no_other(make: Make) -> None:
    toy = make("one", "assert ctx.params.n_paths != 200, 'two hundred <paths>'")
    done = toy.run("-j", "2")
    assert done.returncode == 4
    assert done.stderr.startswith("gram: 2 of 6 members failed; the first is n_paths-200_fan_paths-50: predict, cell 6")
    comparison = json.loads((toy.folder / "comparison.json").read_text())
    assert comparison["counts"] == {"succeeded": 4, "failed": 2, "not run": 0}
    failed = [member for member in comparison["members"] if member["status"] == "failed"]
    assert all("two hundred <paths>" in member["reason"] for member in failed)
    assert all((toy.folder / member["links"]["failed notebook"]).is_file() for member in failed)
    assert "two hundred &lt;paths&gt;" in (toy.folder / "sweep.html").read_text()

    again = events(toy.run("--json"))
    assert [e["run_id"] for e in again if e["event"] == "member_failed"] == [m["id"] for m in failed]
    assert again[0]["done"] == 4 and again[0]["shared"] == 1


def test_a_failure_in_what_is_shared_is_the_reason_of_every_member(make: Make) -> None:
    toy = make()
    toy_pipeline.write_notebook(toy.notebooks, "train", "raise ValueError('no model')")
    assert toy.run("-j", "2").returncode == 4
    members = json.loads((toy.folder / "comparison.json").read_text())["members"]
    assert len(members) == 6 and all("no model" in member["reason"] for member in members)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_sweep_leaves_nothing_running_and_goes_on(make: Make, number: int) -> None:
    toy = make("one", "import time; time.sleep(1.5)")
    process = toy.start("-j", "2")
    wait_for(lambda: bool(list(toy.reports.glob("toy-*/n_paths-*/figures.json"))))
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert not list(toy.folder.glob("*/claim.json"))
    done = {path.parent.name: path.stat().st_mtime_ns for path in toy.folder.glob("*/figures.json")}
    assert 1 <= len(done) < 6
    assert toy.run("-j", "2").returncode == 0
    assert {name: (toy.folder / name / "figures.json").stat().st_mtime_ns for name in done} == done


@pytest.mark.kill
def test_a_killed_sweep_takes_its_workers_along_and_goes_on(make: Make) -> None:
    toy = make("one", "import time; time.sleep(1.5)")
    process = toy.start("-j", "2")
    wait_for(lambda: bool(list(toy.reports.glob("toy-*/n_paths-*/figures.json"))))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    wait_for(lambda: not list(toy.folder.glob("*/claim.json")), 30.0)
    again = toy.run("-j", "2", "--json")
    assert again.returncode == 0, again.stderr
    assert events(again)[0]["done"] >= 1
    assert events(again)[-1]["succeeded"] == 6


def test_pods_on_one_folder_wait_for_what_they_share(make: Make) -> None:
    toy = make()
    toy_pipeline.write_notebook(toy.notebooks, "train", "import time; time.sleep(2)")
    pods = [toy.start("--index", str(k), "--wait", "2m") for k in range(2)]
    outputs = [pod.communicate(timeout=120) for pod in pods]
    assert [pod.returncode for pod in pods] == [0, 0], outputs
    assert sum("shared train" in out for out, _ in outputs) == 1


def test_without_waiting_a_busy_share_is_temporary(make: Make) -> None:
    toy = make()
    toy_pipeline.write_notebook(toy.notebooks, "train", "import time; time.sleep(6)")
    first = toy.start("--index", "0")
    wait_for(lambda: bool(list(toy.reports.glob("toy-*/shared-*/claim.json"))))
    second: subprocess.CompletedProcess[str] = toy.run("--index", "1")
    assert second.returncode == 75, second.stderr
    assert "is working in this run" in second.stderr
    assert first.wait(timeout=120) == 0


def test_a_value_more_repeats_no_member(make: Make) -> None:
    toy = make()
    assert toy.run("-j", "2").returncode == 0
    old = toy.folder
    toy.file.write_text(toy.file.read_text().replace("[100, 200, 300]", "[100, 200, 300, 400]"))
    done = toy.run("-j", "2", "--json")
    assert done.returncode == 0, done.stderr
    (new,) = [path.parent for path in toy.reports.glob("*/sweep.json") if path.parent != old]
    fresh = [
        path.parent.name
        for path in new.glob("n_paths-*/03_predict")
        if not json.loads((path / "stage.json").read_text())["adopted_from"]
    ]
    assert sorted(fresh) == ["n_paths-400_fan_paths-50", "n_paths-400_fan_paths-60"]
