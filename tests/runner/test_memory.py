"""A stage that nears its memory limit ends readably, whoever sets the limit; a real OOM kill is told as such."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import toy_pipeline
from toy_workbench import Toy

from gramlib.runner.memory import MemoryWatch
from gramlib.runner.stop import StopSwitch

pytestmark = pytest.mark.slow

HUNGRY = "import time\nprint('so far', flush=True)\nheld = []\nwhile True:\n    held.append(bytearray(b'x' * 10_000_000))\n    time.sleep({pause})"
V1 = Path("/sys/fs/cgroup/memory")


def hungry(toy: Toy, pause: float) -> None:
    toy_pipeline.write_notebook(toy.notebooks, "train", HUNGRY.format(pause=pause), "never = 1")


def test_the_limit_of_the_run_file_stops_a_hungry_stage(toy: Toy) -> None:
    hungry(toy, 0.02)
    done = toy.run("--set", "runner.memory_limit_mb=500")
    assert done.returncode == 137, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) <= 4 and "out of memory: 0.4" in lines[0] and "of 0.47 GiB" in lines[0], done.stderr
    assert "train, cell 6 (`import time`)" in lines[0], done.stderr
    assert "raise the limit" in done.stderr and "predict.n_paths" in done.stderr
    attempt = toy.attempt("train")
    assert (attempt["status"], attempt["error"]["kind"]) == ("failed", "OutOfMemory")
    assert toy.statuses("train")[-3:] == ["out_of_memory", "not_run", "not_run"]
    assert "so far" in (attempt["path"] / "notebook.ipynb").read_text()
    assert "memory limit in this cell" in (attempt["path"] / "notebook.html").read_text()


def test_a_kernel_that_does_not_listen_is_killed_before_the_limit(toy: Toy) -> None:
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + HUNGRY.format(pause=0.01)
    toy_pipeline.write_notebook(toy.notebooks, "train", deaf)
    done = toy.run("--set", "runner.memory_limit_mb=500")
    assert done.returncode == 137, done.stderr
    assert "out of memory" in done.stderr and toy.statuses("train")[-2:] == ["out_of_memory", "not_run"]


def test_a_generous_limit_disturbs_nobody(toy: Toy) -> None:
    assert toy.run("--set", "runner.memory_limit_mb=100000", "--until", "train").returncode == 0


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of our own with 600 MB; skips where none can be made."""
    ours = next(
        (line.split(":", 2)[2] for line in Path("/proc/self/cgroup").read_text().splitlines() if ":memory:" in line), ""
    )
    folder = V1 / ours.lstrip("/") / f"gram-test-{os.getpid()}"
    try:
        folder.mkdir()
        (folder / "memory.limit_in_bytes").write_text("600000000")
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    yield folder
    for pid in (folder / "cgroup.procs").read_text().split():
        os.kill(int(pid), signal.SIGKILL)
    folder.rmdir()


def run_in(group: Path, toy: Toy) -> subprocess.CompletedProcess[str]:
    join = f"import os, sys; open({str(group / 'cgroup.procs')!r}, 'w').write(str(os.getpid())); os.execv(sys.argv[1], sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", join, *toy.command()], capture_output=True, text=True, timeout=120, check=False
    )


def test_the_limit_of_a_real_control_group_is_watched(group: Path, toy: Toy) -> None:
    hungry(toy, 0.05)
    done = run_in(group, toy)
    assert done.returncode == 137, done.stderr
    assert "the container's limit" in done.stderr and "of 0.56 GiB used" in done.stderr
    assert toy.statuses("train")[-3:] == ["out_of_memory", "not_run", "not_run"]


def test_an_allocation_faster_than_the_watchdog_is_told_too(group: Path, toy: Toy) -> None:
    """Which of the two is faster is chance here; both know why the kernel is gone."""
    first_to_go = (
        "from pathlib import Path\nPath('/proc/self/oom_score_adj').write_text('1000')\nx = b'x' * 4_000_000_000"
    )
    toy_pipeline.write_notebook(toy.notebooks, "train", first_to_go)
    done = run_in(group, toy)
    assert done.returncode == 137, done.stderr
    assert "out of memory" in done.stderr or "killed it for want of memory at the container's limit" in done.stderr
    assert toy.attempt("train")["error"]["kind"] == "OutOfMemory"


def test_a_kill_by_the_system_is_known_by_its_count(tmp_path: Path) -> None:
    (tmp_path / "cgroup").write_text("0::/\n")
    (tmp_path / "mountinfo").write_text(f"30 23 0:27 / {tmp_path} ro - cgroup2 cgroup rw\n")
    (tmp_path / "memory.max").write_text("1073741824\n")
    (tmp_path / "memory.events").write_text("oom_kill 4\n")
    watch = MemoryWatch(StopSwitch(), 0, proc=tmp_path)
    assert watch.killed_by_the_system() == ""
    (tmp_path / "memory.events").write_text("oom_kill 5\n")
    assert watch.killed_by_the_system().endswith("for want of memory at the container's limit of 1.00 GiB")


def test_without_any_limit_nothing_is_watched(tmp_path: Path) -> None:
    with MemoryWatch(StopSwitch(), 0, proc=tmp_path) as watch:
        assert watch.tightest() is None and watch.killed_by_the_system() == ""
