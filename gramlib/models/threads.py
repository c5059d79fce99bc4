"""How the threads that fit and forecast share the processors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

MOST_WORKERS = 8
"""Each holds some 20 MB of samples; beyond this many the fits, which share one interpreter, are what is waited for."""

SWITCH_SECONDS = 2e-4
"""How long a thread in plain Python may keep the interpreter from one that has just finished an array. Python's own 5 ms are
a hundred arrays' worth of waiting."""


def usual_workers() -> int:
    """As many threads as this process may use processors, at most eight.

    GRAM_THREADS, which the runner sets from a container's quota, lowers the number: affinity does not know of quotas.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("GRAM_THREADS", "").strip()
    allowed = max(1, int(wanted)) if wanted.isdecimal() else processors
    return min(MOST_WORKERS, processors, allowed)


@contextmanager
def threads_side_by_side() -> Iterator[None]:
    """One thread a task: linear algebra starts none of its own, and the interpreter changes hands quickly.

    The matrices of this room are small, so that OpenBLAS's threads would mostly spin; and the last bits of a product would
    depend on the number of processors.
    """
    import scipy.linalg  # noqa: F401  its own OpenBLAS must be loaded to be told
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with threadpool_limits(1, user_api="blas"):
            yield
    finally:
        sys.setswitchinterval(before)
