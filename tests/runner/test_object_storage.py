"""Runs in object storage: a real S3 dialect over real sockets, toy stages, kills, damage, two at once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import toy_pipeline
from s3_server import Bucket, S3Server, s3_server
from toy_workbench import Toy

from gramlib.runner.place import place_of
from gramlib.runner.site import rebuild_index

pytestmark = pytest.mark.slow
__all__ = ["s3_server"]


@pytest.fixture
def bucket(s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, with the environment that finds it and a cache of its own."""
    for name, value in s3_server.environment(tmp_path / "cache").items():
        monkeypatch.setenv(name, value)
    return s3_server.bucket()


def forget(tmp_path: Path) -> None:
    """Another machine: nothing is cached."""
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)


def index_again(bucket: Bucket) -> None:
    """`gram index` in this process."""
    place = place_of(bucket.url())
    place.keep_index(rebuild_index(place.look(), place.name))


def tables(bucket: Bucket) -> dict[str, bytes]:
    names = {f"{name}.json" for names in toy_pipeline.OUTPUTS.values() for name in names}
    return {
        "/".join(name.split("/")[-2:]): bucket.read(name)
        for name in bucket.names()
        if name.split("/")[-1] in names and name.split("/")[-2][:1] == "0" and "attempt" not in name
    }


def test_a_whole_run_then_again_here_and_on_another_machine(toy: Toy, bucket: Bucket, tmp_path: Path) -> None:
    out = ("--out", bucket.url("runs"))
    local = toy.run()
    assert local.returncode == 0, local.stderr
    first = toy.run(*out)
    assert first.returncode == 0, first.stderr
    assert (
        f"{bucket.url('runs')}/smoke-" in first.stdout and "all runs: " + bucket.url("runs/index.html") in first.stdout
    )
    assert tables(bucket) == toy.tables()
    names = {name.split("/", 2)[-1] for name in bucket.names()}
    assert {"run.json", "report.html", "report.json", "01_data/stage.json", "05_report/notebook.ipynb"} <= names
    assert not [name for name in bucket.names() if "claim" in name or "attempt-" in name]
    assert b"A toy." in bucket.read("runs/index.html")
    stamps = bucket.stamps()
    again = toy.run(*out)
    assert again.returncode == 0 and again.stdout.count("unchanged") >= 4, again.stdout + again.stderr
    assert bucket.stamps() == stamps, "an unchanged run writes nothing"
    forget(tmp_path)
    elsewhere = toy.run(*out)
    assert elsewhere.returncode == 0 and elsewhere.stdout.count("unchanged") >= 4, elsewhere.stdout + elsewhere.stderr
    assert bucket.stamps() == stamps
    assert not [name for name in bucket.names() if b"secret-of-the-test" in bucket.read(name)]


def test_stages_one_by_one_on_machines_that_share_nothing(toy: Toy, bucket: Bucket, tmp_path: Path) -> None:
    out = ("--out", bucket.url())
    early = toy.run(*out, "--stage", "train")
    assert early.returncode == 75 and "reads from data" in early.stderr
    for stage in ("data", "train", "predict", "report"):
        forget(tmp_path)
        done = toy.run(*out, "--stage", stage)
        assert done.returncode == 0, done.stderr
    assert "verdict: WATCH" in done.stdout
    assert {"report.html", "report.json"} <= {name.split("/")[-1] for name in bucket.names() if name.count("/") == 1}


def test_a_stage_waits_for_its_upstream_on_another_machine(toy: Toy, bucket: Bucket, tmp_path: Path) -> None:
    waiting = toy.start("--out", bucket.url(), "--stage", "train", "--wait", "90s")
    time.sleep(3.0)
    assert waiting.poll() is None
    early = subprocess.run(
        toy.command("--out", bucket.url(), "--stage", "data"), capture_output=True, text=True, check=False, timeout=90,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "other")},
    )  # fmt: skip
    assert early.returncode == 0, early.stderr
    _, stderr = waiting.communicate(timeout=90)
    assert waiting.returncode == 0, stderr


def test_a_failed_stage_can_be_read_there_and_is_resumed(toy: Toy, bucket: Bucket, tmp_path: Path) -> None:
    toy_pipeline.write_notebook(toy.notebooks, "train", "print('so far')\n1/0")
    failed = toy.run("--out", bucket.url())
    assert failed.returncode == 1, failed.stderr
    attempt = [name for name in bucket.names() if "02_train.attempt-" in name]
    assert {"attempt.json", "notebook.ipynb", "notebook.html", "stage.log"} <= {name.split("/")[-1] for name in attempt}
    assert b"ZeroDivisionError" in bucket.read(next(name for name in attempt if name.endswith("notebook.html")))
    assert b"failed" in bucket.read("index.html")
    page = next(name for name in bucket.names() if name.endswith("failure.html"))
    assert f"--out {bucket.url()}".encode() in bucket.read(page) and page.encode() in bucket.read("index.html")
    assert not [name for name in bucket.names() if name.endswith("report.html")]
    forget(tmp_path)
    index_again(bucket)
    index_again(bucket)
    page = bucket.read(next(name for name in bucket.names() if name.endswith("/failure.html")))
    assert b"ZeroDivisionError" in page and b"so far" in page and bucket.url().encode() in page
    forget(tmp_path)
    toy_pipeline.write_notebook(toy.notebooks, "train")
    resumed = toy.run("--out", bucket.url())
    assert resumed.returncode == 0, resumed.stderr
    assert "data     unchanged" in resumed.stdout and "its last attempt failed" in resumed.stdout
    assert page not in bucket.names()


@pytest.mark.kill
def test_killed_between_uploads_nothing_half_passes_for_whole(toy: Toy, bucket: Bucket, tmp_path: Path) -> None:
    """The upload of stage 1 ends before its manifest: another machine makes the stage anew, this one sends what it has."""
    whole = toy.run("--out", bucket.url("whole"), "--run-id", "r")
    assert whole.returncode == 0, whole.stderr
    for machine in ("another", "the same"):
        place = machine.replace(" ", "-")
        process = toy.start("--out", bucket.url(place), "--run-id", "r")
        deadline = time.time() + 60
        while time.time() < deadline and f"{place}/r/02_train/stage.json" not in bucket.names():
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        bucket.remove(f"{place}/r/02_train/stage.json")  # as if the kill had come one request earlier
        bucket.remove(*[name for name in bucket.names() if name.startswith(f"{place}/r/03")])
        if machine == "another":
            forget(tmp_path)
        resumed = toy.run("--out", bucket.url(place), "--run-id", "r", "--wait", "90s")
        assert resumed.returncode == 0, resumed.stderr
        assert "data     unchanged" in resumed.stdout
        assert ("train    unchanged" in resumed.stdout) == (machine == "the same"), resumed.stdout
        got = {name.split("/", 1)[1]: bucket.read(name) for name in bucket.names() if name.startswith(f"{place}/r/0")}
        for name in (name for name in bucket.names() if name.startswith("whole/r/0")):
            if name.endswith(("calibration.json", "scenarios_used.json", "source_cards.json")):
                assert got[name.split("/", 1)[1]] == bucket.read(name)


@pytest.mark.kill
def test_of_two_machines_at_once_one_works(toy: Toy, bucket: Bucket, tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            toy.command("--out", bucket.url()), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / f"cache-{number}")},
        )
        for number in range(2)
    ]  # fmt: skip
    endings = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    assert sorted(code for _, code in endings) == [0, 75], endings
    assert any("is working in this run" in stderr for stderr, code in endings if code == 75)
    assert len(tables(bucket)) == 4
    assert "report.html" in {name.split("/")[-1] for name in bucket.names()}


def test_a_damaged_object_is_refused(toy: Toy, bucket: Bucket, tmp_path: Path) -> None:
    out = ("--out", bucket.url())
    assert toy.run(*out).returncode == 0
    name = next(name for name in bucket.names() if name.endswith("01_data/source_cards.json"))
    good = bucket.read(name)
    bucket.write(name, good.replace(b"toy data", b"bad data"))
    read = toy.run(*out, "--stage", "train", "--force")
    assert read.returncode == 3, read.stderr
    assert "its bytes differ from the manifest" in read.stderr
    again = toy.run(*out)
    assert again.returncode == 0, again.stderr
    assert "source_cards.json differs from its recorded hash" in again.stdout
    assert bucket.read(name) == good


def test_other_parameters_under_one_run_id_are_refused(toy: Toy, bucket: Bucket, tmp_path: Path) -> None:
    out = ("--out", bucket.url(), "--run-id", "mine", "--until", "data")
    assert toy.run(*out).returncode == 0
    forget(tmp_path)
    other = toy.run(*out, "--set", "predict.n_paths=77")
    assert other.returncode == 2 and "exists with other parameters" in other.stderr, other.stderr


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, 2, "no credentials"),
        ({"bucket": "no-such-bucket"}, 2, "there is no bucket no-such-bucket"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, 75, "does not answer"),
        ({"bucket": "key:secret-of-the-test@b"}, 2, "holds more than a bucket and a prefix"),
    ],
)
def test_a_storage_that_cannot_be_used_is_one_clear_error(
    toy: Toy, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], code: int, says: str
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    url = f"s3://{change['bucket']}/x" if "bucket" in change else bucket.url()
    began = time.monotonic()
    done = toy.run("--out", url)
    assert done.returncode == code, done.stderr
    assert says in done.stderr and len(done.stderr.strip().splitlines()) <= 4, done.stderr
    assert "secret-of-the-test" not in done.stderr + done.stdout
    assert time.monotonic() - began < 45


def test_events_name_the_address(toy: Toy, bucket: Bucket) -> None:
    done = toy.run("--out", bucket.url(), "--json", "--until", "data")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["folder"].startswith(bucket.url()), done.stderr
