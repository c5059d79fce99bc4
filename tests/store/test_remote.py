"""Object storage from close by: what a listing knows, whole manifests, and one writer a run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from s3_server import Bucket, S3Server, s3_server

from gramlib.errors import ArtefactError, FolderBusy, ParameterError
from gramlib.store import Manifest, Output, RunFolder, atomic, liveness
from gramlib.store.claim import holder
from gramlib.store.hashing import sha256_file
from gramlib.store.manifest import first_damage, first_missing
from gramlib.store.remote import Mirror, RemoteClaim, Storage, is_url
from gramlib.store.remote.claim import remote_holder

__all__ = ["s3_server"]
pytestmark = pytest.mark.slow
STAGE = "01_data"


@pytest.fixture
def bucket(s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    for name, value in s3_server.environment(tmp_path / "cache").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(liveness, "WATCH_SECONDS", 0.2)
    yield s3_server.bucket()


def made(mirror: Mirror, content: str = "{}") -> Path:
    """A run with one whole stage in the mirror's folder."""
    run = mirror.reports / "r"
    stage = run / STAGE
    (stage / "models").mkdir(parents=True, exist_ok=True)
    atomic.write_json(run / "run.json", {"identity": "abc", "created": 1.0})
    (stage / "table.json").write_text(content)
    (stage / "models" / "m.npz").write_bytes(b"12345")
    outputs = (
        Output("table", "table.json", sha256_file(stage / "table.json"), len(content), 1),
        Output("models", "models/m.npz", sha256_file(stage / "models" / "m.npz"), 5, 1),
    )
    Manifest("data", "r", {"params": {}}, outputs).write(stage)
    return stage


def test_what_names_a_place_and_what_does_not(bucket: Bucket) -> None:
    assert is_url("s3://b/p") and not is_url("/tmp/x") and not is_url("reports")
    for wrong, says in [("http://b/p", "runs cannot be kept"), ("s3:///p", "names no bucket"),
                        ("s3://key:word@b/p", "more than a bucket"), ("gs://b/p", "gcsfs")]:  # fmt: skip
        with pytest.raises(ParameterError, match=says) as refused:
            Storage(wrong)
        assert "word" not in str(refused.value)


def test_objects_are_created_once_listed_and_removed(bucket: Bucket) -> None:
    storage = Storage(bucket.url("a"))
    storage.check()
    assert storage.objects() == {} and storage.folders() == [] and storage.read("x") is None
    assert storage.create("r/x", b"one") and not storage.create("r/x", b"two")
    assert storage.create("r/x", b"one"), "a write whose answer was lost is known by its content"
    storage.write("r/y", b"22")
    assert {name: stamp.size for name, stamp in storage.objects().items()} == {"r/x": 3, "r/y": 2}
    assert storage.folders() == ["r"]
    storage.remove(["r/x", "r/never"])
    assert list(storage.objects("r")) == ["r/y"]


def test_a_stage_travels_whole_and_only_what_changed_is_fetched(bucket: Bucket, tmp_path: Path) -> None:
    here, there = Mirror(bucket.url(), tmp_path / "a"), Mirror(bucket.url(), tmp_path / "b")
    stage = made(here)
    here.push_record("r")
    here.push_stage("r", STAGE)
    assert here.has_stage("r", STAGE)
    there.fetch("r")
    copy = RunFolder(there.reports / "r")
    manifest = copy.manifest(STAGE)
    assert manifest is not None and first_damage(copy.path / STAGE, manifest) == ""
    untouched = (copy.path / STAGE / "models" / "m.npz").stat().st_mtime_ns
    made(here, '{"more": 1}')
    (stage / "models" / "extra").write_text("new")
    here.push_stage("r", STAGE)
    (copy.path / STAGE / "stray").write_text("of an older result")
    there.fetch("r")
    assert json.loads((copy.path / STAGE / "table.json").read_text()) == {"more": 1}
    assert (copy.path / STAGE / "models" / "extra").is_file() and not (copy.path / STAGE / "stray").exists()
    manifest = copy.manifest(STAGE)
    assert manifest is not None and first_damage(copy.path / STAGE, manifest) == ""
    assert untouched


def test_a_cut_off_upload_is_no_result_and_old_files_go(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = Mirror(bucket.url(), tmp_path / "a"), Mirror(bucket.url(), tmp_path / "b")
    made(here)
    here.push_stage("r", STAGE)
    made(here, '{"other": 2}')

    def cut(files: dict[str, Path]) -> None:
        name = next(name for name in files if name.endswith("table.json"))
        here.storage.write(name, files[name].read_bytes())
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(here.storage, "upload", cut)
        with pytest.raises(KeyboardInterrupt):
            here.push_stage("r", STAGE)
    there.fetch("r")
    assert RunFolder(there.reports / "r").manifest(STAGE) is None
    assert not here.has_stage("r", STAGE)
    here.push_stage("r", STAGE)
    there.fetch("r")
    assert RunFolder(there.reports / "r").manifest(STAGE) is not None


def test_a_result_whose_upload_was_cut_off_stays_here(bucket: Bucket, tmp_path: Path) -> None:
    here = Mirror(bucket.url(), tmp_path / "a")
    made(here)
    here.fetch("r")
    assert RunFolder(here.reports / "r").manifest(STAGE) is not None


def test_two_records_for_one_run_are_refused(bucket: Bucket, tmp_path: Path) -> None:
    here, there = Mirror(bucket.url(), tmp_path / "a"), Mirror(bucket.url(), tmp_path / "b")
    made(here)
    made(there)
    atomic.write_json(there.reports / "r" / "run.json", {"identity": "other"})
    here.push_record("r")
    here.push_record("r")
    with pytest.raises(ArtefactError, match="appeared while"):
        there.push_record("r")


def test_an_outline_knows_sizes_and_fetches_records_only(bucket: Bucket, tmp_path: Path) -> None:
    here, there = Mirror(bucket.url(), tmp_path / "a"), Mirror(bucket.url(), tmp_path / "b")
    made(here)
    (here.reports / "r" / STAGE / "big.parquet").write_bytes(b"x" * 5000)
    here.push_record("r")
    here.push_stage("r", STAGE)
    home = there.outline()
    run = RunFolder(home / "r")
    manifest = run.manifest(STAGE)
    assert manifest is not None and first_missing(run.path / STAGE, manifest) == ""
    assert (run.path / STAGE / "big.parquet").stat().st_size == 5000
    assert not (run.path / STAGE / "big.parquet").read_bytes().strip(b"\0")
    assert first_damage(run.path / STAGE, manifest) != "", "a place holder never passes for the file"
    there.remove(home / "r")
    assert bucket.names() == [] and there.outline() == home and list(home.iterdir()) == []


def claim(bucket: Bucket, folder: Path) -> RemoteClaim:
    folder.mkdir(parents=True, exist_ok=True)
    return RemoteClaim(Storage(bucket.url()), "r", folder)


def foreign(age_s: float, token: str = "0123") -> bytes:
    record = {**liveness.signature(), "token": token, "host": "other", "place": "other/boot/ns", "pid": 1}
    return json.dumps({**record, "heartbeat": time.time() - age_s}).encode()


def test_a_live_holder_on_another_machine_keeps_others_out(bucket: Bucket, tmp_path: Path) -> None:
    with claim(bucket, tmp_path / "a") as first:
        assert first.held()
        with pytest.raises(FolderBusy, match="is working in this run") as refused:
            claim(bucket, tmp_path / "b").acquire()
        assert refused.value.exit_code == 75 and holder(tmp_path / "b") is None
        first.beat()
        assert first.held()
    assert bucket.names() == []
    with claim(bucket, tmp_path / "b") as second:
        assert second.held()


def test_a_dead_claim_has_one_successor_and_the_dead_stay_dead(bucket: Bucket, tmp_path: Path) -> None:
    bucket.write("r/claim.json", foreign(3600.0))
    new = claim(bucket, tmp_path / "a")
    new.acquire()
    assert new.held()
    with pytest.raises(FolderBusy):
        claim(bucket, tmp_path / "b").acquire()
    bucket.write("r/claim.json", foreign(0.0))  # it was only asleep, and renews its heartbeat
    assert new.held(), "the successor is found behind it"
    with pytest.raises(FolderBusy):
        claim(bucket, tmp_path / "b").acquire()
    new.beat()
    assert json.loads(bucket.read("r/claim.json"))["host"] != "other"
    new.release()
    assert not new.held() and "r/claim.json" not in bucket.names()


def test_a_successor_that_died_at_once_is_followed(bucket: Bucket, tmp_path: Path) -> None:
    bucket.write("r/claim.json", foreign(3600.0))
    bucket.write("r/claims/0123.json", foreign(1800.0, token="4567"))
    with claim(bucket, tmp_path / "a") as new:
        assert new.held()
        assert "r/claims/4567.json" in bucket.names()


def test_a_claim_that_is_renewed_while_we_watch_is_alive(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clock is an hour behind ours: only that it moves counts."""
    bucket.write("r/claim.json", foreign(3600.0))
    looks = iter(range(100))

    def moving(storage: Storage, run_id: str) -> dict | None:
        bucket.write("r/claim.json", foreign(3600.0 - next(looks)))
        return remote_holder(storage, run_id)

    monkeypatch.setattr("gramlib.store.remote.claim.remote_holder", moving)
    with pytest.raises(FolderBusy, match="on other is working"):
        claim(bucket, tmp_path / "a").acquire()


@pytest.mark.parametrize("wreck", [b"", b"{", b"[]", b'{"token": "x"}'])
def test_an_object_that_is_no_claim_blocks_nobody(bucket: Bucket, tmp_path: Path, wreck: bytes) -> None:
    bucket.write("r/claim.json", wreck)
    with claim(bucket, tmp_path / "a") as new:
        assert new.held()


def test_who_works_elsewhere_is_seen_in_the_outline(bucket: Bucket, tmp_path: Path) -> None:
    here, there = Mirror(bucket.url(), tmp_path / "a"), Mirror(bucket.url(), tmp_path / "b")
    made(here)
    here.push_record("r")
    with here.claim("r"):
        assert holder(there.outline("r") / "r") is not None
    assert holder(there.outline("r") / "r") is None
