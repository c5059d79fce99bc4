"""One writer a run folder, whoever dies when."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from gramlib.errors import FolderBusy
from gramlib.store import Claim, atomic, liveness
from gramlib.store.claim import holder


def test_a_live_holder_keeps_others_out_and_lets_go(tmp_path: Path) -> None:
    with Claim(tmp_path) as claim:
        assert claim.held()
        with pytest.raises(FolderBusy, match=f"process {os.getpid()}") as refused, Claim(tmp_path):
            pass
        assert refused.value.exit_code == 75
    assert holder(tmp_path) is None
    with Claim(tmp_path) as second:
        assert second.held()


def test_the_claim_of_a_killed_process_is_taken_over_at_once(tmp_path: Path) -> None:
    hold = "import sys, os; from pathlib import Path; from gramlib.store import Claim\nClaim(Path(sys.argv[1])).__enter__(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", hold, str(tmp_path)], check=False)
    assert (tmp_path / "claim.json").exists()
    before = time.monotonic()
    with Claim(tmp_path) as claim:
        assert claim.held()
    assert time.monotonic() - before < 2.0


def _foreign(age_s: float) -> dict:
    """A claim written on another host, where the process cannot be looked up."""
    return {
        **liveness.signature(),
        "token": "0123",
        "host": "other",
        "place": "other/boot/ns",
        "pid": 1,
        "heartbeat": time.time() - age_s,
    }


def test_a_killed_process_that_nobody_reaps_is_dead(tmp_path: Path) -> None:
    hold = "import sys, time; from pathlib import Path; from gramlib.store import Claim\nClaim(Path(sys.argv[1])).__enter__(); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)])
    try:
        while holder(tmp_path) is None:
            time.sleep(0.02)
        child.kill()
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.02)
        assert holder(tmp_path) is None
        with Claim(tmp_path) as claim:
            assert claim.held()
    finally:
        child.kill()
        child.wait()


def test_on_another_host_only_the_heartbeat_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "WATCH_SECONDS", 0.2)
    atomic.write_json(tmp_path / "claim.json", _foreign(10.0))
    with pytest.raises(FolderBusy), Claim(tmp_path):
        pass
    atomic.write_json(tmp_path / "claim.json", _foreign(liveness.DEAD_AFTER_SECONDS + 1))
    with Claim(tmp_path) as claim:
        assert claim.held()


@pytest.mark.parametrize("ahead_s", [3600.0, -3600.0])
def test_clocks_of_other_hosts_may_be_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead_s: float) -> None:
    """A claim that is renewed while we watch is alive, whatever the hour on that host; one that stands still is dead."""
    monkeypatch.setattr(liveness, "WATCH_SECONDS", 2.0)
    path = tmp_path / "claim.json"
    atomic.write_json(path, _foreign(-ahead_s))
    beat = threading.Timer(0.5, lambda: atomic.write_json(path, _foreign(-ahead_s)))
    beat.start()
    with pytest.raises(FolderBusy, match="on other is working"):
        Claim(tmp_path).acquire()
    beat.join()
    monkeypatch.setattr(liveness, "WATCH_SECONDS", 0.2)
    with Claim(tmp_path) as claim:
        assert claim.held()


@pytest.mark.parametrize("wreck", ["", "{", "[]", "{}", '{"token": "0123"}', "\x00\x00\x00"])
def test_a_file_that_is_no_claim_blocks_nobody(tmp_path: Path, wreck: str) -> None:
    (tmp_path / "claim.json").write_text(wreck)
    assert holder(tmp_path) is None
    with Claim(tmp_path) as claim:
        assert claim.held()
    assert not list(tmp_path.iterdir())


def test_a_reused_process_id_is_not_the_holder(tmp_path: Path) -> None:
    record = {**liveness.signature(), "token": "0123"}
    assert liveness.is_alive(record)
    assert not liveness.is_alive({**record, "process_started": record["process_started"] - 3600.0})


def test_an_owner_that_lost_its_claim_does_not_publish(tmp_path: Path) -> None:
    with Claim(tmp_path) as claim:
        atomic.write_json(tmp_path / "claim.json", _foreign(0.0))
        claim.beat()
        assert atomic.read_json(tmp_path / "claim.json")["token"] == "0123"
        with pytest.raises(FolderBusy, match="taken over"):
            claim.ensure_held()
    assert (tmp_path / "claim.json").exists(), "leaving must not remove the other one's claim"


def test_two_that_find_the_same_dead_claim_do_not_both_get_it(tmp_path: Path) -> None:
    atomic.write_json(tmp_path / "claim.json", _foreign(3600.0))
    take = (
        "import sys, time; from pathlib import Path; from gramlib.store import Claim; from gramlib.errors import FolderBusy\n"
        "from gramlib.store import liveness; liveness.WATCH_SECONDS = 0.5\n"
        "while time.time() < float(sys.argv[2]): pass\n"
        "try:\n    Claim(Path(sys.argv[1])).__enter__(); time.sleep(1.5); print('held')\n"
        "except FolderBusy:\n    print('busy')\n"
    )
    at = str(time.time() + 1.5)
    racers = [
        subprocess.Popen([sys.executable, "-c", take, str(tmp_path), at], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = sorted(racer.communicate(timeout=30)[0].strip() for racer in racers)
    assert said == ["busy", "busy", "busy", "held"]
