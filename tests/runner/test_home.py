"""A user id without a name and without a home runs a stage all the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import toy_pipeline
from toy_workbench import Toy

from gramlib.runner.home import IN_PLACE_OF_HOME, home_environment

NOBODY_KNOWN = 54321


def test_a_usual_home_is_left_alone(tmp_path: Path) -> None:
    assert home_environment({"HOME": str(tmp_path), "USER": "somebody"}) == {}


@pytest.mark.parametrize("home", ["/nonexistent", "relative", "/dev/null"])
def test_what_is_missing_goes_to_the_temporary_folder(tmp_path: Path, home: str) -> None:
    found = home_environment({"HOME": home, "USER": "x", "MPLCONFIGDIR": "/mine"}, tmp_path / "instead")
    assert found["HOME"] == str(tmp_path / "instead")
    assert set(found) == {"HOME", *IN_PLACE_OF_HOME} - {"MPLCONFIGDIR"}
    assert all(Path(place).is_dir() for place in found.values())


@pytest.fixture
def open_toy() -> Iterator[Toy]:
    """A toy workbench that anybody may write to; pytest's own folders are closed to others."""
    top = Path(tempfile.mkdtemp(prefix="gram-test-"))
    toy = Toy(top / "reports", toy_pipeline.write_notebooks(top / "notebooks"))
    toy.reports.mkdir()
    for folder in (top, toy.reports):
        folder.chmod(0o777)
    yield toy
    shutil.rmtree(top)
    shutil.rmtree(Path(tempfile.gettempdir()) / f"gram-home-{NOBODY_KNOWN}", ignore_errors=True)


@pytest.mark.slow
def test_a_random_user_id_without_a_home_runs_a_stage(open_toy: Toy) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may take on another user id")
    environment = {
        name: value for name, value in os.environ.items() if name not in {"USER", "LOGNAME", "LNAME", "USERNAME"}
    }
    # The interpreter may lie in a folder closed to others: the right to read it is kept, that to write is not.
    right = "+dac_read_search"
    other = [
        "setpriv",
        "--reuid",
        str(NOBODY_KNOWN),
        "--regid",
        "0",
        "--clear-groups",
        "--inh-caps",
        right,
        "--ambient-caps",
        right,
    ]
    if shutil.which("setpriv") is None or subprocess.run([*other, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody change the user id (setpriv)")
    who = "import getpass, os; from pathlib import Path\nPath('who').write_text(getpass.getuser() + os.path.expanduser('~'))"
    toy_pipeline.write_notebook(open_toy.notebooks, "data", f"import os; os.chdir({str(open_toy.reports)!r})\n{who}")
    done = subprocess.run(
        [*other, *open_toy.command("--until", "data")], capture_output=True, text=True, timeout=180, check=False, cwd="/",
        env={**environment, "HOME": "/nonexistent"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(NOBODY_KNOWN) in (open_toy.reports / "who").read_text()
