"""What a shell does to a program: empty variables, closed streams, full disks, folders that are none."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gramlib import cli
from gramlib.errors import GramError, from_os_error
from gramlib.runner.resolve import LONGEST_ID, resolve_run


@pytest.fixture(autouse=True)
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of runs of this test's own."""
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path / "reports"))
    return tmp_path / "reports"


@pytest.fixture
def smoke(workbench_root: Path) -> str:
    """The smoke params file."""
    return str(workbench_root / "params" / "smoke.yaml")


@pytest.mark.parametrize("option", ["--stage", "--from", "--until", "--run-id", "--out"])
def test_an_empty_shell_variable_does_not_mean_everything(
    option: str, smoke: str, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", smoke, option, ""]) == 2
    assert "is empty" in capsys.readouterr().err
    assert not reports.exists()


@pytest.mark.parametrize(
    "run_id", ["index.html", "example", "exports", "snapshots", "-x", "--", "a b", "../x", "scratch-1", "x" * 300]
)
def test_names_no_run_can_have(run_id: str, smoke: str, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", smoke, "--run-id", run_id]) == 2
    said = capsys.readouterr().err
    assert "cannot name a run" in said and len(said.splitlines()) <= 4
    assert not reports.exists()


def test_any_file_name_gives_a_run_id_that_can_be_repeated(tmp_path: Path, workbench_root: Path, smoke: str) -> None:
    odd = tmp_path / f"my run (2) {'long ' * 30}.yaml"
    odd.write_text(f"extends: {smoke}\n")
    run = resolve_run(odd, [], workbench_root)
    assert run.run_id.startswith("my-run--2--long") and len(run.run_id) <= LONGEST_ID
    record = tmp_path / "run.json"
    record.write_text(json.dumps(run.record))
    repeat = resolve_run(record, [], workbench_root)
    assert repeat.run_id.endswith("-replay") and len(repeat.run_id) <= LONGEST_ID and repeat.replay_of == run.run_id
    resumed = resolve_run(record, [], workbench_root, run.run_id)
    assert resumed.replay_of == "", "a run resumed under its own name repeats nothing"


def test_a_folder_and_a_bare_name_are_told_what_to_do(workbench_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", str(workbench_root / "params")]) == 2
    assert "is a folder without run.json" in capsys.readouterr().err
    assert cli.main(["run", "baseline"]) == 2
    assert "did you mean" in capsys.readouterr().err


def test_json_tells_of_a_refused_file_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "nowhere.yaml", "--json"]) == 2
    event = json.loads(capsys.readouterr().out)
    assert (event["event"], event["exit_code"]) == ("run_failed", 2)


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, 75), (errno.EDQUOT, 75), (errno.EACCES, 2), (errno.EROFS, 2), (errno.ENAMETOOLONG, 2)],
)
def test_what_the_system_refuses_is_told_plainly(number: int, code: int) -> None:
    told = from_os_error(OSError(number, os.strerror(number), "/there/file"))
    assert isinstance(told, GramError) and told.exit_code == code
    assert "/there/file" in str(told) and os.strerror(number) in str(told) and len(str(told).splitlines()) <= 4


def test_a_folder_of_runs_that_is_a_file(
    tmp_path: Path, smoke: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRAM_REPORTS", str(tmp_path / "file"))
    assert cli.main(["run", smoke]) == 2
    assert "Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["", "{", "[]"])
def test_list_index_and_prune_outlive_a_damaged_run(
    damage: str, reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "bad").mkdir(parents=True)
    (reports / "bad" / "run.json").write_text(damage)
    for command in (["list", "runs"], ["index"], ["prune"], ["status", "bad"]):
        assert cli.main(command) == 0, capsys.readouterr().err
    assert "damaged" in capsys.readouterr().out
    assert "damaged" in (reports / "index.html").read_text()


def test_replay_does_not_overwrite_what_it_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("gold_usd_per_oz\n4000\n3900\n")
    assert cli.main(["replay", str(prices), "--issuer", "worked_vector", "-o", str(prices)]) == 2
    assert prices.read_text().startswith("gold_usd_per_oz")
    assert "also read" in capsys.readouterr().err


def test_explain_knows_its_stages(smoke: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["params", "explain", smoke, "--stage", "trian"]) == 2
    assert "did you mean 'train'" in capsys.readouterr().err


def _shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"], capture_output=True, text=True, check=False, timeout=60
    )


def test_closed_streams_and_ascii_terminals() -> None:
    gram = f"{sys.executable} -m gramlib"
    assert _shell(f"{gram} list stages >&-").returncode == 0
    assert _shell(f"{gram} list nothing 2>&-").returncode == 2
    ascii_only = _shell(f"LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 PYTHONIOENCODING=ascii {gram} run nowhere-é.yaml")
    assert ascii_only.returncode == 2 and "defect" not in ascii_only.stderr
