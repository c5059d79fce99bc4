"""A folder is a result only with a whole, succeeded manifest whose hashes verify."""

from dataclasses import replace
from pathlib import Path

import pytest

from gramlib.errors import ArtefactError, ParameterError
from gramlib.store import Attempt, Manifest, Output, RunFolder, atomic
from gramlib.store.attempt import attempts, remove_replaced
from gramlib.store.hashing import sha256_file, sha256_modules, sha256_notebook, sha256_record
from gramlib.store.manifest import first_damage, first_missing, read_manifest
from gramlib.store.run_folder import run_folders


def _result(folder: Path, text: str = "one") -> Manifest:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.json").write_text(text)
    output = Output("a", "a.json", sha256_file(folder / "a.json"), len(text), 1)
    manifest = Manifest("data", "run-1", {"params": {}}, (output,), headline="done")
    manifest.write(folder)
    return manifest


def test_a_manifest_round_trips(tmp_path: Path) -> None:
    written = _result(tmp_path)
    assert read_manifest(tmp_path) == written
    assert written.output("a").path == "a.json"
    with pytest.raises(ArtefactError, match="has no b"):
        written.output("b")


@pytest.mark.parametrize("spoil", ["missing", "half", "failed", "old schema"])
def test_anything_less_is_no_result(tmp_path: Path, spoil: str) -> None:
    _result(tmp_path)
    path = tmp_path / "stage.json"
    record = atomic.read_json(path)
    if spoil == "missing":
        path.unlink()
    elif spoil == "half":
        path.write_text(path.read_text()[:-20])
    else:
        atomic.write_json(path, {**record, **({"status": "failed"} if spoil == "failed" else {"schema": 0})})
    assert read_manifest(tmp_path) is None


def test_one_changed_byte_is_found(tmp_path: Path) -> None:
    manifest = _result(tmp_path)
    assert first_damage(tmp_path, manifest) == ""
    (tmp_path / "a.json").write_text("onf")
    assert "differs from its recorded hash" in first_damage(tmp_path, manifest)
    (tmp_path / "a.json").unlink()
    assert "is missing" in first_damage(tmp_path, manifest)


def test_an_attempt_replaces_an_earlier_result_as_a_whole(tmp_path: Path) -> None:
    _result(tmp_path / "01_data", "old")
    attempt = Attempt.start(tmp_path, "01_data", {"stage": "data"})
    assert attempt.status == "running"
    _result(attempt.path, "new")
    attempt.publish("01_data")
    assert (tmp_path / "01_data" / "a.json").read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["01_data"]


def test_an_attempt_whose_process_is_gone_has_died(tmp_path: Path) -> None:
    attempt = Attempt.start(tmp_path, "01_data", {"stage": "data"})
    attempt.update(process_started=0.0)
    assert attempt.status == "died"
    attempt.update(status="failed")
    assert attempt.status == "failed"
    assert attempts(tmp_path, "01_data") == [attempt]


def test_a_result_that_was_being_replaced_when_the_process_died_is_removed(tmp_path: Path) -> None:
    (tmp_path / "01_data.replaced-abcd").mkdir()
    remove_replaced(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_run_json_is_written_once(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "r")
    run.create({"identity": "a", "created": 1.0})
    run.create({"identity": "a", "created": 2.0})
    assert run.record()["created"] == 1.0
    with pytest.raises(ParameterError, match="other parameters"):
        run.create({"identity": "b", "created": 3.0})


def test_record_hash_ignores_key_order_and_sees_values() -> None:
    assert sha256_record({"a": 1, "b": [1.0, "x"]}) == sha256_record({"b": [1.0, "x"], "a": 1})
    assert sha256_record({"a": 1}) != sha256_record({"a": 2})


def test_notebook_hash_ignores_outputs(tmp_path: Path) -> None:
    def notebook(outputs: list, source: str) -> Path:
        path = tmp_path / "n.ipynb"
        atomic.write_json(
            path,
            {"cells": [{"cell_type": "code", "source": [source], "outputs": outputs, "execution_count": len(outputs)}]},
        )
        return path

    clean = sha256_notebook(notebook([], "x = 1"))
    assert sha256_notebook(notebook([{"text": "1"}], "x = 1")) == clean
    assert sha256_notebook(notebook([], "x = 2")) != clean


def test_module_hashes_see_code_and_package_data(tmp_path: Path) -> None:
    package = tmp_path / "gramlib"
    (package / "room" / "data").mkdir(parents=True)
    for path in (package / "__init__.py", package / "room" / "__init__.py", package / "room" / "work.py"):
        path.write_text("x = 1\n")
    (package / "room" / "data" / "figures.csv").write_text("1\n")
    names = ["gramlib", "gramlib.room", "gramlib.room.work"]
    before = sha256_modules(package, names)
    (package / "room" / "work.py").write_text("x = 2\n")
    (package / "room" / "data" / "figures.csv").write_text("2\n")
    after = sha256_modules(package, names)
    assert [name for name in names if before[name] != after[name]] == ["gramlib.room", "gramlib.room.work"]
    assert sha256_modules(package, ["gramlib.gone"]) == {"gramlib.gone": ""}


@pytest.mark.parametrize("spoil", ["unknown field", "no outputs", "no warnings", "a list"])
def test_a_manifest_of_another_make_is_no_result_and_no_crash(tmp_path: Path, spoil: str) -> None:
    _result(tmp_path)
    path = tmp_path / "stage.json"
    record = atomic.read_json(path)
    if spoil == "unknown field":
        record["zzz"] = 1
    elif spoil == "a list":
        record = [record]
    else:
        del record[spoil.removeprefix("no ")]
    atomic.write_json(path, record)
    assert read_manifest(tmp_path) is None


def test_a_page_that_was_altered_or_lost_is_damage(tmp_path: Path) -> None:
    """Otherwise a tampered report.html would be published as the stage's own."""
    manifest = _result(tmp_path)
    (tmp_path / "report.html").write_text("the verdict")
    manifest = replace(manifest, pages={"report.html": sha256_file(tmp_path / "report.html")})
    assert first_damage(tmp_path, manifest) == first_missing(tmp_path, manifest) == ""
    (tmp_path / "report.html").write_text("another one")
    assert first_damage(tmp_path, manifest) == "report.html differs from its recorded hash"
    (tmp_path / "report.html").unlink()
    assert first_damage(tmp_path, manifest) == first_missing(tmp_path, manifest) == "report.html is missing"


@pytest.mark.parametrize("record", ["", "{", "[]", "null"])
def test_one_damaged_run_hides_no_other(tmp_path: Path, record: str) -> None:
    RunFolder(tmp_path / "good").create({"identity": "1", "created": 5.0})
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.json").write_text(record)
    (tmp_path / "folder" / "run.json").mkdir(parents=True)
    assert [run.run_id for run in run_folders(tmp_path)] == ["good", "folder", "bad"]
    with pytest.raises(ArtefactError, match=r"run.json of run bad is missing or damaged"):
        RunFolder(tmp_path / "bad").create({"identity": "1"})
