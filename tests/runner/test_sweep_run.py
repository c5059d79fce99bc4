"""A sweep end to end on toy stages: shared work once, failures told, resumed after any end, the same however it is split.

Where something must happen while a stage is at work, that stage waits for a file (`gated`), so no test races a clock.
"""

from __future__ import annotations

import json
import os
import shutil
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
N_MEMBERS = 4
AT_ONCE = ["n_paths-100_fan_paths-50", "n_paths-100_fan_paths-60"]
GATED = ["n_paths-200_fan_paths-50", "n_paths-200_fan_paths-60"]


def toy_in(top: Path, root: Path) -> ToySweep:
    file = top / "toy.yaml"
    notebooks = toy_pipeline.write_notebooks(top / "notebooks")
    file.write_text(SWEEP.format(base=root / "params" / "smoke.yaml"))
    return ToySweep(top / "reports", notebooks, file)


@pytest.fixture
def make(tmp_path: Path, workbench_root: Path) -> Make:
    """make(name): a toy sweep of four members in a folder of its own, nothing run yet."""
    return lambda name="one": toy_in(tmp_path / name, workbench_root)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, workbench_root: Path) -> tuple[ToySweep, list[dict]]:
    """A sweep that two workers have finished, only to be looked at, and what it said."""
    toy = toy_in(tmp_path_factory.mktemp("whole"), workbench_root)
    done = toy.run("-j", "2", "--json")
    assert done.returncode == 0, done.stderr
    return toy, events(done)


@pytest.fixture
def finished(whole: tuple[ToySweep, list[dict]], tmp_path: Path) -> ToySweep:
    """A copy of it, to be worked on."""
    top = shutil.copytree(whole[0].file.parent, tmp_path / "finished")
    return ToySweep(top / "reports", top / "notebooks", top / "toy.yaml")


def gate(toy: ToySweep) -> Path:
    return toy.file.parent / "open"


def gated(toy: ToySweep, stage: str, when: str = "True") -> None:
    """`stage` waits until gate(toy) is there, in the members where `when` holds."""
    waits = (
        f"import pathlib, time\nwhile {when} and not pathlib.Path({str(gate(toy))!r}).exists():\n    time.sleep(0.02)"
    )
    toy_pipeline.write_notebook(toy.notebooks, stage, waits)


def wait_for(happened: Callable[[], bool], seconds: float = 240.0) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def half_way(toy: ToySweep) -> subprocess.Popen[str]:
    """A sweep of two workers, each at a member that waits for the gate after one that is done."""
    gated(toy, "predict", "ctx.params.n_paths == 200")
    process = toy.start("-j", "2")
    wait_for(lambda: done_members(toy) == AT_ONCE and all(at_work(toy, name) for name in GATED))
    return process


def done_members(toy: ToySweep) -> list[str]:
    return sorted(path.parent.name for path in toy.reports.glob("toy-*/n_paths-*/figures.json"))


def at_work(toy: ToySweep, member: str) -> bool:
    return any(toy.reports.glob(f"toy-*/{member}/03_predict.attempt-*/notebook.ipynb"))


def goes_on(toy: ToySweep) -> None:
    """The same command does what is left, and only that."""
    gate(toy).touch()
    done = {name: (toy.folder / name / "figures.json").stat().st_mtime_ns for name in AT_ONCE}
    again = toy.run("-j", "2", "--json")
    assert again.returncode == 0, again.stderr
    assert events(again)[0]["done"] == 2 and events(again)[-1]["succeeded"] == N_MEMBERS
    assert {name: (toy.folder / name / "figures.json").stat().st_mtime_ns for name in AT_ONCE} == done


def test_what_members_share_is_done_once(whole: tuple[ToySweep, list[dict]]) -> None:
    toy, told = whole
    assert [e["stage"] for e in told if e["event"] == "shared_stage_succeeded"] == ["data", "train"]
    (shared,) = [path.name for path in toy.folder.glob("shared-*")]
    assert toy.members() == AT_ONCE + GATED
    for member in toy.members():
        for stage, table in (("01_data", "source_cards.json"), ("02_train", "calibration.json")):
            manifest = toy.manifest(member, stage)
            assert (manifest["adopted_from"], manifest["run_id"]) == (shared, member)
            assert (toy.folder / member / stage / table).samefile(toy.folder / shared / stage / table)
        assert toy.manifest(member, "03_predict")["adopted_from"] == ""
    comparison = json.loads((toy.folder / "comparison.json").read_text())
    assert comparison["counts"] == {"succeeded": N_MEMBERS, "failed": 0, "not run": 0}
    rows = (toy.folder / "sweep.csv").read_text().splitlines()
    assert rows[0].startswith("index,member,predict.n_paths,predict.fan_paths,status,verdict,chance_any")
    assert rows[1].startswith("0,n_paths-100_fan_paths-50,100,50,succeeded,,0.1,")
    assert "<script" not in (toy.folder / "sweep.html").read_text()
    assert f"{toy.folder.name}/sweep.html" in (toy.reports / "index.html").read_text()


def test_a_second_time_nothing_is_done(finished: ToySweep) -> None:
    again = finished.run("--json")
    assert again.returncode == 0
    assert {e["event"] for e in events(again)} == {"sweep_started", "sweep_ended"}
    assert events(again)[-1]["unchanged"] == N_MEMBERS


def test_the_same_tables_however_it_is_split(whole: tuple[ToySweep, list[dict]], make: Make) -> None:
    single, split = make("single"), make("split")
    assert single.run("-j", "1").returncode == 0
    parts = [("--index", "3"), ("--shard", "1/2"), ("--index", "1")]
    assert [split.run(*part).returncode for part in parts] == [0, 0, 0]
    tables = whole[0].tables()
    assert len(tables) == N_MEMBERS * 4
    assert single.tables() == split.tables() == tables
    assert json.loads((split.folder / "comparison.json").read_text())["counts"]["succeeded"] == N_MEMBERS


def test_a_failed_member_is_told_and_stops_no_other(make: Make) -> None:
    toy = make()
    toy_pipeline.write_notebook(toy.notebooks, "predict", "assert ctx.params.n_paths != 100, 'one hundred <paths>'")
    done = toy.run("-j", "2")
    assert done.returncode == 4
    assert done.stderr.startswith("gram: 2 of 4 members failed; the first is n_paths-100_fan_paths-50: predict, cell 6")
    comparison = json.loads((toy.folder / "comparison.json").read_text())
    assert comparison["counts"] == {"succeeded": 2, "failed": 2, "not run": 0}
    failed = [member for member in comparison["members"] if member["status"] == "failed"]
    assert all("one hundred <paths>" in member["reason"] for member in failed)
    assert all((toy.folder / member["links"]["failed notebook"]).is_file() for member in failed)
    assert "one hundred &lt;paths&gt;" in (toy.folder / "sweep.html").read_text()

    again = events(toy.run("-j", "1", "--json"))
    assert [e["run_id"] for e in again if e["event"] == "member_failed"] == [m["id"] for m in failed] == AT_ONCE
    assert again[0]["done"] == 2 and again[0]["shared"] == 1


def test_a_failure_in_what_is_shared_is_the_reason_of_every_member(make: Make) -> None:
    toy = make()
    toy_pipeline.write_notebook(toy.notebooks, "train", "raise ValueError('no model')")
    assert toy.run("-j", "1").returncode == 4
    members = json.loads((toy.folder / "comparison.json").read_text())["members"]
    assert len(members) == N_MEMBERS and all("no model" in member["reason"] for member in members)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_sweep_leaves_nothing_running_and_goes_on(make: Make, number: int) -> None:
    toy = make()
    process = half_way(toy)
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
    assert not list(toy.folder.glob("*/claim.json"))
    assert done_members(toy) == AT_ONCE
    goes_on(toy)


@pytest.mark.kill
def test_a_killed_sweep_takes_its_workers_along_and_goes_on(make: Make) -> None:
    toy = make()
    process = half_way(toy)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=120)
    wait_for(lambda: not list(toy.folder.glob("*/claim.json")), 120.0)
    goes_on(toy)


def test_pods_on_one_folder_wait_for_what_they_share(make: Make) -> None:
    toy = make()
    gated(toy, "train")
    pods = [toy.start("--index", str(k), "--wait", "5m", "--json") for k in range(2)]
    for pod in pods:
        assert pod.stdout is not None and "sweep_started" in pod.stdout.readline()
    wait_for(lambda: any(toy.reports.glob("toy-*/shared-*/02_train.attempt-*")))
    gate(toy).touch()
    outputs = [pod.communicate(timeout=240) for pod in pods]
    assert [pod.returncode for pod in pods] == [0, 0], outputs
    told = [json.loads(line) for out, _ in outputs for line in out.splitlines()]
    assert [e["stage"] for e in told if e["event"] == "shared_stage_succeeded"] == ["data", "train"]
    assert done_members(toy) == AT_ONCE


def test_without_waiting_a_busy_share_is_temporary(make: Make) -> None:
    toy = make()
    gated(toy, "train")
    first = toy.start("--index", "0")
    wait_for(lambda: any(toy.reports.glob("toy-*/shared-*/02_train.attempt-*")))
    second = toy.run("--index", "1")
    assert second.returncode == 75, second.stderr
    assert "is working in this run" in second.stderr
    gate(toy).touch()
    _, stderr = first.communicate(timeout=240)
    assert first.returncode == 0, stderr


def test_a_value_more_repeats_no_member(finished: ToySweep) -> None:
    old = finished.folder
    finished.file.write_text(finished.file.read_text().replace("[100, 200]", "[100, 200, 300]"))
    done = finished.run("-j", "2", "--json")
    assert done.returncode == 0, done.stderr
    (new,) = [path.parent for path in finished.reports.glob("*/sweep.json") if path.parent != old]
    fresh = [
        path.parent.name
        for path in new.glob("n_paths-*/03_predict")
        if not json.loads((path / "stage.json").read_text())["adopted_from"]
    ]
    assert sorted(fresh) == ["n_paths-300_fan_paths-50", "n_paths-300_fan_paths-60"]


def test_a_stage_without_pictures_does_not_do_where_they_are_asked_for(finished: ToySweep) -> None:
    old = finished.folder
    assert finished.manifest(AT_ONCE[0], "03_predict")["key"]["pictures"] == "none"
    finished.file.write_text(finished.file.read_text() + "pictures: true\n")
    done = finished.run("--index", "0")
    assert done.returncode == 0, done.stderr
    (new,) = [path.parent for path in finished.reports.glob("*/sweep.json") if path.parent != old]
    manifests = [
        json.loads((new / AT_ONCE[0] / stage / "stage.json").read_text()) for stage in ("02_train", "03_predict")
    ]
    assert [bool(manifest["adopted_from"]) for manifest in manifests] == [True, False]
    assert "pictures" not in manifests[1]["key"]
