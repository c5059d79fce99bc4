"""A Job followed to its end, complete or failed, over cut watches, expired versions and restarted servers.

`kubectl wait --for=condition=complete` waits for ever on a Job that failed; this does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gramlib.cluster.connection import LONGEST_PAUSE_S, Cluster, ask, talking
from gramlib.cluster.manifest import DIGEST_ANNOTATION
from gramlib.errors import TemporaryError

WATCH_S = 240
MOST_CUTS = 20
"""Watches in a row that ended without a word of the Job."""


@dataclass(frozen=True)
class JobState:
    """A Job at one moment; `phase` is absent, suspended, waiting, running, succeeded, failed or leaving."""

    name: str
    phase: str
    reason: str = ""
    message: str = ""
    digest: str = ""
    version: str = ""
    failed_pods: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.phase in {"absent", "succeeded", "failed"}


def state_of(job: Any) -> JobState:
    """The state of a V1Job."""
    status, metadata = job.status, job.metadata
    conditions = {found.type: found for found in (status.conditions or ()) if found.status == "True"}
    if metadata.deletion_timestamp:
        phase = "leaving"
    elif "Complete" in conditions:
        phase = "succeeded"
    elif "Failed" in conditions:
        phase = "failed"
    elif job.spec.suspend or "Suspended" in conditions:
        phase = "suspended"
    else:
        phase = "running" if status.ready else "waiting"
    told = conditions.get("Failed")
    return JobState(
        metadata.name,
        phase,
        (told.reason or "") if told else "",
        (told.message or "") if told else "",
        (metadata.annotations or {}).get(DIGEST_ANNOTATION, ""),
        metadata.resource_version or "",
        status.failed or 0,
    )


def read_job(cluster: Cluster, name: str) -> JobState:
    """The Job `name` now."""
    from kubernetes.client.exceptions import ApiException

    try:
        return state_of(
            ask(
                cluster,
                f"reading Job {name}",
                lambda: cluster.batch.read_namespaced_job(name, cluster.namespace),
                pass_on=(404,),
            )
        )
    except ApiException:
        return JobState(name, "absent")


def await_end(
    cluster: Cluster, name: str, within_s: float, on_state: Callable[[JobState], None], *, gone: bool = False
) -> JobState:
    """Follow the Job `name` until it has ended (`gone`: until it is absent); `on_state` hears of every state.

    Raises TemporaryError when that takes longer than `within_s` seconds, or when MOST_CUTS watches in a row break.
    """
    limit = time.monotonic() + within_s
    cuts = 0
    while True:
        state = read_job(cluster, name)
        on_state(state)
        if _is_end(state, gone):
            return state
        if time.monotonic() > limit:
            raise TemporaryError(
                f"Job {name} is {state.phase} after {within_s / 60:.0f} minutes",
                expected="its end, complete or failed",
                remedy="`gram k8s status` shows it; the same command goes on waiting",
            )
        for seen in _watched(cluster, name, state.version, limit - time.monotonic()):
            cuts = -1
            on_state(seen)
            if _is_end(seen, gone):
                return seen
        cuts += 1
        if cuts > MOST_CUTS:
            raise TemporaryError(
                f"the watch on Job {name} broke {cuts} times in a row",
                expected="a server that can be watched",
                remedy="see whether `kubectl get jobs --watch` works; the same command goes on from here",
            )
        time.sleep(min(LONGEST_PAUSE_S, cluster.pause_s * 2**cuts) if cuts else 0.0)


def _is_end(state: JobState, gone: bool) -> bool:
    return state.phase == "absent" if gone else state.ended


def _watched(cluster: Cluster, name: str, version: str, within_s: float) -> Any:
    """States of the Job after `version`, until the watch ends in whatever way: the caller reads again."""
    from kubernetes.client.exceptions import ApiException
    from kubernetes.watch import Watch
    from urllib3.exceptions import HTTPError

    seconds = max(1, min(WATCH_S, int(within_s)))
    watch = Watch()
    try:
        events = watch.stream(
            cluster.batch.list_namespaced_job,
            cluster.namespace,
            field_selector=f"metadata.name={name}",
            resource_version=version,
            timeout_seconds=seconds,
            _request_timeout=(10, seconds + 30),
        )
        for event in events:
            if event["type"] == "DELETED":
                yield JobState(name, "absent")
            elif event["type"] in {"ADDED", "MODIFIED"}:
                yield state_of(event["object"])
    except ApiException as error:
        if error.status in {401, 403}:
            with talking(f"watching Job {name}", cluster):
                raise
    except (HTTPError, OSError):
        pass
    finally:
        watch.stop()
