"""SIGTERM at awkward moments: a kernel that starts, the first process of a container, a publication, a second signal."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import toy_pipeline
from toy_workbench import Toy

from gramlib.errors import Terminated
from gramlib.runner.stop import StopRequested, StopSwitch, reap_orphans, signals_heard


def left_behind(toy: Toy, seconds: float = 10.0) -> list[int]:
    """Processes that still work on an attempt of this toy when those that are ending have had `seconds` to end."""
    deadline = time.monotonic() + seconds
    while (found := at_work(toy)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def at_work(toy: Toy) -> list[int]:
    """Processes that work on an attempt of this toy now."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("GRAM_ATTEMPT", "").startswith(str(toy.reports)) and process.status() != "zombie":
                found.append(process.pid)
    return found


def wait_for(toy: Toy, pattern: str, text: str = "", seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(text in path.read_text(errors="replace") if text else True for path in toy.reports.glob(pattern)):
            return
        time.sleep(0.005)
    raise AssertionError(f"no {pattern} within {seconds} s")


@pytest.mark.slow
@pytest.mark.kill
@pytest.mark.parametrize("pause_s", [0.0, 0.3, 0.8])
def test_while_the_kernel_starts(toy: Toy, pause_s: float) -> None:
    process = toy.start("--until", "data")
    wait_for(toy, "*/01_data.attempt-*")
    time.sleep(pause_s)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=40)
    assert process.returncode == 143, stderr
    assert len(stderr.strip().splitlines()) <= 4, stderr
    assert toy.attempt("data")["status"] == "terminated"
    assert left_behind(toy) == [] and not list(toy.reports.glob("*/claim.json"))


@pytest.mark.slow
@pytest.mark.kill
def test_as_the_first_process_of_a_container(toy: Toy) -> None:
    """Such a process gets no signal it has no handler for, and inherits the orphans of its kernel."""
    orphan = "import subprocess, time\nsubprocess.Popen(['sh', '-c', 'sleep 300 & sleep 300'])\nprint('so far', flush=True)\ntime.sleep(200)"
    toy_pipeline.write_notebook(toy.notebooks, "data", orphan)
    alone = ["unshare", "--pid", "--fork", "--mount-proc"]
    if shutil.which("unshare") is None or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine makes no process namespaces (unshare)")
    outer = subprocess.Popen([*alone, *toy.command()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(toy, "*/01_data.attempt-*/stage.log", "so far")
    [first] = psutil.Process(outer.pid).children()
    began = time.monotonic()
    first.send_signal(signal.SIGTERM)
    _, stderr = outer.communicate(timeout=40)
    assert "stopped by SIGTERM" in stderr and outer.returncode == 143, (outer.returncode, stderr)
    assert time.monotonic() - began < 30
    assert toy.attempt("data")["status"] == "terminated" and left_behind(toy) == []


@pytest.mark.slow
@pytest.mark.kill
def test_a_second_signal_does_not_wait_and_leaves_nothing_behind(toy: Toy) -> None:
    deaf = "import signal, subprocess, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsubprocess.Popen(['sleep', '300'])\nprint('so far', flush=True)\ntime.sleep(200)"
    toy_pipeline.write_notebook(toy.notebooks, "data", deaf)
    process = toy.start()
    wait_for(toy, "*/01_data.attempt-*/stage.log", "so far")
    process.send_signal(signal.SIGTERM)
    time.sleep(1.0)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=40)
    assert process.returncode == 143, stderr
    assert time.monotonic() - began < 20 and left_behind(toy) == []


def test_a_command_that_has_not_begun_its_run_ends_with_143(tmp_path: Path) -> None:
    """Between its start and the run's own handlers, and after them."""
    script = "import sys, time\nfrom gramlib import cli\nimport click\n@cli.gram.command('wait')\ndef wait():\n    print('here', flush=True)\n    time.sleep(60)\nsys.exit(cli.main(['wait']))"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 143 and "stopped by SIGTERM" in stderr


def test_steps_that_belong_together_are_not_torn(tmp_path: Path) -> None:
    with StopSwitch() as stop:
        done = []
        with pytest.raises(StopRequested), stop.put_off():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("first")
            done.append("second")
        assert done == ["first", "second"] and isinstance(stop.error("here"), Terminated)
        with stop.put_off():
            done.append("asked before: not raised again")
    assert len(done) == 3


def test_a_handler_of_somebody_else_is_left_alone() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with signals_heard():
            assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)
    with signals_heard(), pytest.raises(Terminated):
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


def test_only_the_first_process_takes_leave_of_orphans() -> None:
    child = subprocess.Popen(["true"])
    time.sleep(0.2)
    reap_orphans()
    assert child.wait(timeout=10) == 0, "a child somebody waits for is not taken away from him"
