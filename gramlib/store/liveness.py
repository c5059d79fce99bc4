"""Is the process that wrote this record still at work?

A process id alone proves nothing: two pods may both be pid 1, and ids are used again. So a record carries
the place it was written in (host, boot, pid namespace), the process with its start time, and a heartbeat.

    same place   process still there   heartbeat         ->  alive
    yes          yes                   any               ->  yes
    yes          no                    any               ->  no, and we know it at once
    no           cannot tell           under a minute    ->  yes
    no           cannot tell           older             ->  no

A heartbeat from the future counts like one from the past: the distance says that the clocks differ.
"""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

import psutil

HEARTBEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 60.0
WATCH_SECONDS = 2.4 * HEARTBEAT_SECONDS
SIGNATURE = ("host", "place", "pid", "process_started", "heartbeat")


def _place() -> str:
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    except OSError:  # not Linux: the host name has to do
        pass
    return "/".join(parts)


def signature() -> dict[str, Any]:
    """What identifies this process for others, with a first heartbeat."""
    return {
        "host": socket.gethostname(),
        "place": _place(),
        "pid": os.getpid(),
        "process_started": psutil.Process().create_time(),
        "heartbeat": time.time(),
    }


def is_here(record: dict[str, Any]) -> bool:
    """Whether `record` was written on this machine, since its last start, among the same processes."""
    return bool(record.get("place") == _place())


def is_alive(record: dict[str, Any]) -> bool:
    """Whether the writer of `record` (made by `signature`) is still at work; see the table above."""
    if is_here(record):
        try:
            process = psutil.Process(int(record["pid"]))
            # A killed process stays in the table until its parent asks for it, which in a container may be never.
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return abs(process.create_time() - float(record["process_started"])) < 1.0
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            return False
        except psutil.AccessDenied:
            pass
    return abs(time.time() - float(record.get("heartbeat", 0.0))) < DEAD_AFTER_SECONDS
