"""Limits of control groups, read from the files the kernel shows: version 1, version 2, nested, seen from inside and outside."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from gramlib.runner import limits

GIB = 1 << 30


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text + "\n")
    return folder


def proc(tmp_path: Path, groups: str, mounts: str) -> Path:
    return write(tmp_path / "proc", {"cgroup": groups, "mountinfo": mounts})


def version_2(tmp_path: Path, group: str = "/") -> tuple[Path, Path]:
    top = tmp_path / "cgroup"
    return proc(tmp_path, f"0::{group}", f"30 23 0:27 / {top} ro,nosuid - cgroup2 cgroup rw,nsdelegate"), top


def version_1(tmp_path: Path, group: str, root: str = "/") -> tuple[Path, Path]:
    top = tmp_path / "cgroup"
    mounts = (
        f"31 23 0:28 {root} {top}/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
        f"32 23 0:29 {root} {top}/memory rw - cgroup cgroup rw,memory\n33 23 0:30 / {top}/unified rw - cgroup2 cgroup2 rw"
    )
    return proc(tmp_path, f"5:cpu,cpuacct:{group}\n4:memory:{group}\n0::/", mounts), top


def test_version_2_as_a_container_sees_it(tmp_path: Path) -> None:
    here, top = version_2(tmp_path)
    write(top, {"cpu.max": "150000 100000", "memory.max": str(GIB), "memory.current": "800000000",
                "memory.stat": "anon 1\ninactive_file 300000000\nactive_file 5", "memory.events": "max 4\noom 2\noom_kill 1"})  # fmt: skip
    [group] = limits.memory_groups(here)
    assert (group.limit_bytes, group.used_bytes(), group.oom_kills()) == (GIB, 500_000_000, 1)
    assert limits.cpu_limit(here) == min(1.5, len(os.sched_getaffinity(0)))
    assert limits.memory_limit_bytes(here) == GIB


def test_the_smallest_limit_of_all_groups_above_counts(tmp_path: Path) -> None:
    here, top = version_2(tmp_path, "/pods/ours/stage")
    write(top / "pods" / "ours" / "stage", {"memory.max": "max", "cpu.max": "max 100000"})
    write(top / "pods" / "ours", {"memory.max": str(GIB), "memory.current": str(GIB // 2), "cpu.max": "50000 100000"})
    write(top / "pods", {"memory.max": str(2 * GIB), "memory.current": str(GIB), "cpu.max": "80000 100000"})
    assert [group.limit_bytes for group in limits.memory_groups(here)] == [GIB, 2 * GIB]
    assert limits.cpu_limit(here) == 0.5 and limits.threads(here) == 1


@pytest.mark.parametrize(
    ("group", "root"), [("/kubepods/pod1", "/"), ("/kubepods/pod1", "/kubepods/pod1"), ("/x", "/y")]
)
def test_version_1_with_and_without_the_machines_path(tmp_path: Path, group: str, root: str) -> None:
    here, top = version_1(tmp_path, group, root)
    inside = group[1:] if root == "/" else ""
    write(top / "memory" / inside, {"memory.limit_in_bytes": str(GIB), "memory.usage_in_bytes": "700",
          "memory.stat": "inactive_file 1\ntotal_inactive_file 200", "memory.oom_control": "oom_kill_disable 0\noom_kill 3"})  # fmt: skip
    write(top / "cpu" / inside, {"cpu.cfs_quota_us": "25000", "cpu.cfs_period_us": "100000"})
    [found] = limits.memory_groups(here)
    assert (found.limit_bytes, found.used_bytes(), found.oom_kills(), found.version) == (GIB, 500, 3, 1)
    assert limits.cpu_limit(here) == 0.25


@pytest.mark.parametrize("limit", ["9223372036854771712", "0", "nonsense"])
def test_no_limit_of_version_1_is_the_machines_memory(tmp_path: Path, limit: str) -> None:
    here, top = version_1(tmp_path, "/")
    write(top / "memory", {"memory.limit_in_bytes": limit})
    write(top / "cpu", {"cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000"})
    assert limits.memory_groups(here) == []
    assert limits.memory_limit_bytes(here) == psutil.virtual_memory().total
    assert limits.cpu_limit(here) == len(os.sched_getaffinity(0))
    assert limits.thread_environment({}, here) == {}


def test_without_control_groups_nothing_is_limited(tmp_path: Path) -> None:
    assert limits.memory_groups(tmp_path) == [] and limits.cpu_limit(tmp_path) == len(os.sched_getaffinity(0))


def test_threads_follow_the_quota_unless_the_user_said_otherwise(tmp_path: Path) -> None:
    here, top = version_2(tmp_path)
    write(top, {"cpu.max": "90000 100000"})
    assert limits.thread_environment({}, here) == dict.fromkeys(limits.THREAD_VARIABLES, "1")
    mine = limits.thread_environment({"NUMBA_NUM_THREADS": "7"}, here)
    assert "NUMBA_NUM_THREADS" not in mine and mine["OPENBLAS_NUM_THREADS"] == "1"
    assert limits.thread_environment({"OMP_NUM_THREADS": "3"}, here)["TF_NUM_INTRAOP_THREADS"] == "3"


def test_this_machine_can_be_read() -> None:
    assert 0 < limits.cpu_limit() <= (os.cpu_count() or 1)
    assert 0 < limits.memory_limit_bytes() <= psutil.virtual_memory().total
    assert all(group.used_bytes() >= 0 and group.oom_kills() >= 0 for group in limits.memory_groups())
