"""Writes that are whole or not there, and exclusive creation."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gramlib.store import atomic


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.json"
    atomic.write_json(target, {"version": 1})

    def broken(source: object, destination: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        atomic.write_json(target, {"version": 2})
    assert atomic.read_json(target) == {"version": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_only_one_of_many_creators_wins(tmp_path: Path) -> None:
    target, wins = tmp_path / "claim.json", []

    def create(number: int) -> None:
        if atomic.create_json(target, {"number": number}):
            wins.append(number)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert atomic.read_json(target) == {"number": wins[0]}


@pytest.mark.parametrize("content", ["", "{", '{"a": 1', "\x00\x01"])
def test_half_a_file_reads_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "half.json"
    path.write_text(content, encoding="latin-1")
    assert atomic.read_json(path) is None


def test_numbers_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        atomic.json_text({"a": float("nan")})


def test_a_reader_never_sees_a_part_while_the_writer_is_killed(tmp_path: Path) -> None:
    target = tmp_path / "big.json"
    writer = (
        "import sys; from pathlib import Path; from gramlib.store import atomic\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1; atomic.write_json(Path(sys.argv[1]), {'n': n, 'pad': 'x' * 200_000, 'again': n})\n"
    )
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", writer, str(target)])
        seen = 0
        while seen < 50:
            if target.exists():
                record = json.loads(target.read_text())
                assert record["n"] == record["again"]
                seen += 1
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert json.loads(target.read_text())["pad"] == "x" * 200_000


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume that knows no hard links."""

    def refused(source: object, destination: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)


def test_without_hard_links_one_of_many_creators_wins_and_nobody_reads_half(tmp_path: Path, no_links: None) -> None:
    for turn in range(20):
        target, wins, halves = tmp_path / f"claim-{turn}.json", [], []

        def create(number: int, target: Path = target, wins: list = wins, halves: list = halves) -> None:
            if atomic.create_json(target, {"number": number, "pad": "x" * 50_000}):
                wins.append(number)
            if atomic.read_json(target) is None:
                halves.append(number)

        threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wins) == 1 and halves == []
        assert atomic.read_json(target)["number"] == wins[0]
    assert len(list(tmp_path.iterdir())) == 20


def test_a_door_left_open_by_the_dead_is_shut(tmp_path: Path, no_links: None) -> None:
    door = tmp_path / ".a.json.door"
    door.touch()
    os.utime(door, (0, 0))
    assert atomic.create_json(tmp_path / "a.json", {"a": 1})
    assert atomic.read_json(tmp_path / "a.json") == {"a": 1}


def test_another_trouble_with_a_link_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: object, destination: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(OSError, match="No space"):
        atomic.create_json(tmp_path / "a.json", {})
    assert list(tmp_path.iterdir()) == []
