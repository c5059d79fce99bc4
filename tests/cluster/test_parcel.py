"""What a pod is given is the very run that was resolved here, without any file of this machine."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from pathlib import Path

import pytest

from gramlib.cluster import parcel as parcels
from gramlib.cluster.parcel import parcel
from gramlib.errors import ParameterError
from gramlib.runner.resolve import ResolvedRun, resolve_run


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "my prices.csv"
    first = date(2008, 1, 1)
    days = [day for day in (first + timedelta(n) for n in range(6000)) if day.weekday() < 5]
    rows = "".join(f"{day},{900 + 0.1 * n + 5 * (n % 7):.2f}\n" for n, day in enumerate(days))
    path.write_text("date,price_usd_oz\n" + rows, encoding="utf-8")
    return path


@pytest.fixture
def own(prices: Path, workbench_root: Path) -> ResolvedRun:
    sets = ["data.source=file", f"data.path={prices}"]
    return resolve_run(workbench_root / "params" / "smoke.yaml", sets, workbench_root)


def unpack(made: dict, folder: Path) -> Path:
    """The ConfigMap as a pod mounts it, in `folder` in place of /params."""
    folder.mkdir()
    for name, text in made["data"].items():
        (folder / name).write_text(text.replace("/params/", f"{folder}/"), encoding="utf-8")
    for name, content in made.get("binaryData", {}).items():
        (folder / name).write_bytes(base64.b64decode(content))
    return folder / "run.json"


def test_a_pod_resolves_the_same_run(smoke: ResolvedRun, tmp_path: Path, workbench_root: Path) -> None:
    made = parcel(smoke)
    assert made["data"]["run-id"] == "try-1"
    there = resolve_run(unpack(made, tmp_path / "params"), [], workbench_root, "try-1")
    assert (there.run_id, there.record["identity"]) == (smoke.run_id, smoke.record["identity"])
    assert there.replay_of == "", "a run, not a repetition of one"


def test_data_files_travel_with_it(own: ResolvedRun, prices: Path, tmp_path: Path, workbench_root: Path) -> None:
    made = parcel(own)
    assert str(prices) not in str(made)
    there = resolve_run(unpack(made, tmp_path / "params"), [], workbench_root, own.run_id)
    assert there.record["identity"] == own.record["identity"]
    (path,) = there.params.data_files
    assert path.name == "0-my_prices.csv"
    assert path.read_bytes() == prices.read_bytes()


def test_what_does_not_fit_is_refused(own: ResolvedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "LARGEST_BYTES", 1000)
    with pytest.raises(ParameterError, match="what a ConfigMap can carry"):
        parcel(own)


def test_the_baseline_fits_with_room(workbench_root: Path) -> None:
    run = resolve_run(workbench_root / "params" / "full.yaml", [], workbench_root)
    assert len(parcel(run)["data"]["run.json"].encode()) < parcels.LARGEST_BYTES / 3


def test_paths_after_a_name_are_moved_too() -> None:
    record = {"files": ["tips=/a/b.csv", "/a/b.csv", "/a/b.csv.gz"], "inputs": {"/a/b.csv": "hash"}}
    assert parcels._moved(record, {"/a/b.csv": "/params/0-b.csv"}) == {
        "files": ["tips=/params/0-b.csv", "/params/0-b.csv", "/a/b.csv.gz"],
        "inputs": {"/params/0-b.csv": "hash"},
    }
