"""Kernels from the nursery: fresh namespace, gramlib unread, signals and ends as from a kernel started anew."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """\
import json, os, sys
from pathlib import Path
import nbformat, papermill
from gramlib.runner import warm_kernel
warm_kernel.install()
from gramlib.runner.engine import ENGINE, Execution
from gramlib.runner.stop import StopSwitch
folder = Path(sys.argv[1])
cell = "import os, sys\\nfresh = 'mine' not in dir()\\nmine = 1\\nprint(fresh, [m for m in sys.modules if m.split('.')[0] == 'gramlib'], 'pandas' in sys.modules, os.getpid(), os.environ.get('MARK'), os.getcwd())"
nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)]), folder / "a.ipynb")
for mark in "ab":
    with StopSwitch() as stop, open(folder / "log", "a") as log:
        run = Execution(folder / "out.ipynb", stop, {**os.environ, "MARK": mark}, log, 0.0, lambda a, b: None)
        papermill.execute_notebook(str(folder / "a.ipynb"), None, engine_name=ENGINE, kernel_name="python3",
                                   progress_bar=False, cwd=str(folder), gram=run)
    print(nbformat.read(folder / "out.ipynb", 4).cells[0].outputs[0].text, end="")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
@pytest.mark.slow
def test_each_kernel_is_a_process_of_its_own_that_has_the_libraries_and_nothing_else(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    first, second = (line.split() for line in done.stdout.splitlines())
    for words, mark in ((first, "a"), (second, "b")):
        assert words[:3] == ["True", "[]", "True"]
        assert words[4:] == [mark, str(tmp_path)]
    assert first[3] != second[3]


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_a_process_that_ended_is_seen_to_have_ended() -> None:
    from gramlib.runner.warm_kernel import ForkedKernel

    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        kernel = ForkedKernel(sleeper.pid)
        assert kernel.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            kernel.wait(0.05)
        kernel.kill()
        assert kernel.wait(10.0) == 1
        kernel.send_signal(signal.SIGTERM)  # to nobody
    finally:
        sleeper.kill()
        sleeper.wait()
    assert ForkedKernel(sleeper.pid).poll() == 1
