"""The log of a Job's pods as it is written, and what a pod that does not start is waiting for."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from gramlib.cluster.connection import Cluster, ask, talking
from gramlib.errors import GramError

POLL_S = 2.0
CONTAINER = "gram"
_DRAIN_S, _LEAVE_S = 20.0, 5.0


def pods_of(cluster: Cluster, job: str) -> list[Any]:
    """The pods of a Job, oldest first."""
    label = f"batch.kubernetes.io/job-name={job}"
    found = ask(
        cluster,
        f"listing the pods of Job {job}",
        lambda: cluster.core.list_namespaced_pod(cluster.namespace, label_selector=label),
    )
    return sorted(found.items, key=lambda pod: (pod.metadata.creation_timestamp, pod.metadata.name))


def waits_for(pod: Any) -> str:
    """Why a pod has not started, in the cluster's words; empty where it has, or nothing is said."""
    for status in pod.status.container_statuses or ():
        if status.state and status.state.waiting and status.state.waiting.reason not in {"ContainerCreating", None}:
            return ": ".join(filter(None, (status.state.waiting.reason, status.state.waiting.message)))
    for condition in pod.status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            return ": ".join(filter(None, (condition.reason, condition.message)))
    return ""


def has_log(pod: Any) -> bool:
    """Whether its container has started, now or before."""
    states = [status.state for status in pod.status.container_statuses or () if status.state]
    return any(state.running or state.terminated for state in states)


def log_lines(
    cluster: Cluster, pod: str, *, follow: bool, skip: int = 0, on_open: Callable[[Any], None] = lambda answer: None
) -> Iterator[str]:
    """Lines of a pod's log after the first `skip`, to its end or as long as it is written; a cut is a TemporaryError.

    `on_open` is given the answer that is being read, to hang up on it.
    """
    with talking(f"reading the log of {pod}", cluster):
        answer = cluster.core.read_namespaced_pod_log(
            pod,
            cluster.namespace,
            container=CONTAINER,
            follow=follow,
            _preload_content=False,
            _request_timeout=(10, 3600),
        )
        on_open(answer)
        try:
            if answer.status != 200:  # not started, or gone: this way of asking raises nothing
                return
            rest = b""
            for chunk in answer.stream(8192, decode_content=False):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if skip:
                        skip -= 1
                    else:
                        yield line.decode(errors="replace")
            if rest and not skip:
                yield rest.decode(errors="replace")
        finally:
            answer.close()


class Follower:
    """Context manager: while it is open, the log of each pod of `job` goes to `on_line`, line by line, from a thread.

    A log that breaks off is taken up again after the lines already told. What a pod waits for goes to `on_wait`.
    """

    def __init__(
        self,
        cluster: Cluster,
        job: str,
        on_line: Callable[[str], None],
        on_wait: Callable[[str], None],
        poll_s: float = POLL_S,
    ):
        self._cluster, self._job, self._poll_s = cluster, job, poll_s
        self._on_line, self._on_wait = on_line, on_wait
        self._told: dict[str, int] = {}
        self._whole: set[str] = set()
        self._waiting = ""
        self._ended = threading.Event()
        self._left = False
        self._answer: Any = None
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Follower:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left = kind is not None  # on Ctrl-C nobody wants to wait for a log
        self._ended.set()
        if self._left:
            _hang_up(self._answer)
        self._thread.join(_LEAVE_S if self._left else _DRAIN_S)

    def _follow(self) -> None:
        while not self._left:
            last = self._ended.is_set()  # once more after the end: a short Job may have come and gone in between
            with contextlib.suppress(GramError):  # the Job goes on without us, and its own watch tells of trouble
                self._once(last)
            if last or self._left:
                return
            self._ended.wait(self._poll_s)

    def _once(self, last: bool) -> None:
        for pod in pods_of(self._cluster, self._job):
            name = pod.metadata.name
            waiting = waits_for(pod)
            if waiting and waiting != self._waiting:
                self._waiting = waiting
                self._on_wait(f"{name} waits: {waiting}")
            if name not in self._whole and has_log(pod):
                told = self._told.get(name, 0)
                for line in log_lines(self._cluster, name, follow=not last, skip=told, on_open=self._opened):
                    self._told[name] = self._told.get(name, 0) + 1
                    self._on_line(line)
                if pod.status.phase in {"Succeeded", "Failed"}:
                    self._whole.add(name)

    def _opened(self, answer: Any) -> None:
        self._answer = answer
        if self._left:
            _hang_up(answer)


def _hang_up(answer: Any) -> None:
    """Wake the thread that reads `answer`: closing it from another one would wait for that thread."""
    sock = getattr(getattr(answer, "connection", None), "sock", None)
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
