"""What this process may use: processors and memory, as control groups of version 1 or 2 limit them.

Neither linear algebra nor TensorFlow sees a container's limits: they count the machine's processors. A limit may stand on
any group above ours, so the smallest counts; a group that holds a memory limit is also the one whose use must be watched,
since its other members count against it.

    version 1   cpu.cfs_quota_us / cfs_period_us   memory.limit_in_bytes, usage_in_bytes, stat (total_inactive_file), oom_control
    version 2   cpu.max                            memory.max, current, stat (inactive_file), events

Source: the kernel's cgroup-v1/memory, sched-bwc and cgroup-v2 pages. Elsewhere than on Linux nothing is limited.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

PROC = Path("/proc/self")
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "GRAM_THREADS",
)
"""OMP's also sizes Arrow's pool. The last is our own, for the pools gramlib makes itself."""


@dataclass(frozen=True)
class MemoryGroup:
    """A control group with a memory limit: `folder` of its files, `limit_bytes`, and the version's names of the rest."""

    folder: Path
    limit_bytes: int
    version: int

    def used_bytes(self) -> int:
        """Its working set: what it uses less the file pages that the kernel would drop first; 0 when it cannot be read."""
        used = _number(self.folder / ("memory.current" if self.version == 2 else "memory.usage_in_bytes"))
        idle = _entry(self.folder / "memory.stat", "inactive_file" if self.version == 2 else "total_inactive_file")
        return max(0, (used or 0) - idle)

    def oom_kills(self) -> int:
        """How many processes the kernel has killed in it for want of memory; 0 where it does not count them."""
        return _entry(self.folder / ("memory.events" if self.version == 2 else "memory.oom_control"), "oom_kill")


def memory_groups(proc: Path = PROC) -> list[MemoryGroup]:
    """Every control group above this process that limits memory below what the machine has, the tightest first."""
    machine = psutil.virtual_memory().total
    found = []
    for folder, version in _groups("memory", proc):
        limit = _number(folder / ("memory.max" if version == 2 else "memory.limit_in_bytes"))
        if limit is not None and 0 < limit < machine:
            found.append(MemoryGroup(folder, limit, version))
    return sorted(found, key=lambda group: group.limit_bytes)


def oom_kills(proc: Path = PROC) -> int:
    """How many processes the kernel has killed for want of memory in our groups, also those without a limit of their own."""
    return sum(MemoryGroup(folder, 0, version).oom_kills() for folder, version in set(_groups("memory", proc)))


def memory_limit_bytes(proc: Path = PROC) -> int:
    """The most memory that this process and its like may use together: the tightest group's limit, else the machine's memory."""
    groups = memory_groups(proc)
    return groups[0].limit_bytes if groups else int(psutil.virtual_memory().total)


def cpu_limit(proc: Path = PROC) -> float:
    """Processors this process may use, such as 1.5: the least of its affinity and the quota of every group above it."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min([float(affinity), *_quotas(proc)])


def threads(proc: Path = PROC) -> int:
    """Threads worth starting, at least one: a fraction of a processor is rounded up, since half of one is better used than idle."""
    return max(1, math.ceil(cpu_limit(proc) - 1e-6))


def thread_environment(given: Mapping[str, str], proc: Path = PROC) -> dict[str, str]:
    """The thread counts that `given` (an environment) leaves open; none where no quota is below the processors there are.

    OMP_NUM_THREADS, when somebody has set it, stands for all of them.
    """
    quotas = list(_quotas(proc))
    if given.get("OMP_NUM_THREADS"):
        wanted = given["OMP_NUM_THREADS"].split(",")[0]
    elif quotas and min(quotas) < (os.cpu_count() or 1):
        wanted = str(threads(proc))
    else:
        return {}
    return {name: wanted for name in THREAD_VARIABLES if not given.get(name)}


def _quotas(proc: Path) -> Iterator[float]:
    for folder, version in _groups("cpu", proc):
        if version == 2:
            words = _text(folder / "cpu.max").split()
            quota, period = (words[0], words[1]) if len(words) == 2 else ("max", "0")
        else:
            quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit() and int(quota) and int(period):  # "max" and -1 mean none
            yield int(quota) / int(period)


def _groups(controller: str, proc: Path) -> Iterator[tuple[Path, int]]:
    """Folders of this process's group and those above it that `controller` may limit, with their version."""
    ours = {}
    for line in _text(proc / "cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        ours.update(dict.fromkeys(controllers.split(","), path))  # version 2's line names no controller: ""
    for line in _text(proc / "mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        root, mount = before.split()[3:5]
        kind, options = after.split()[0], after.split()[-1].split(",")
        version = 2 if kind == "cgroup2" else 1
        name = "" if version == 2 else controller
        if kind not in {"cgroup", "cgroup2"} or name not in ours or (version == 1 and controller not in options):
            continue
        top = Path(mount)
        # A container may see its group mounted as the top while /proc still names the machine's path: then the top is ours.
        inside = os.path.relpath(ours[name], root)
        folder = top if inside.startswith("..") or not (top / inside).is_dir() else (top / inside)
        yield folder, version
        while folder != top:
            folder = folder.parent
            yield folder, version


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    text = _text(path)
    return int(text) if text.isdigit() else None


def _entry(path: Path, name: str) -> int:
    for line in _text(path).splitlines():
        key, _, value = line.partition(" ")
        if key == name and value.isdigit():
            return int(value)
    return 0
