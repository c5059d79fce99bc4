"""Why a Job failed, in words: the exit code and its meaning, what the cluster did, where the notebook lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gramlib.cluster.connection import Cluster
from gramlib.cluster.jobs import JobState
from gramlib.cluster.logs import pods_of
from gramlib.errors import GramError
from gramlib.runner.pipeline import Stage

MEANINGS = {
    1: "a notebook cell raised",
    2: "parameters or usage refused",
    3: "data that are not what they claim to be",
    4: "a sweep finished with failed members",
    75: "something was not ready, until the deadline",
    124: "ran past its time limit",
    130: "interrupted",
    137: "killed, most often for want of memory",
    138: "the notebook kernel died, most often for want of memory",
    143: "terminated from outside",
}
RUNBOOK = "k8s/README.md"


class StageJobFailed(GramError):
    """A stage's Job failed; it ends `gram k8s submit` with the stage's own exit code."""

    def __init__(self, exit_code: int, found: str, *, expected: str = "", origin: str = "", remedy: str = ""):
        super().__init__(found, expected=expected, origin=origin, remedy=remedy)
        self.exit_code = exit_code


@dataclass(frozen=True)
class PodEnd:
    """How a pod ended; `exit_code` is None where its container never did."""

    pod: str
    exit_code: int | None
    reason: str
    last_words: str


def pod_end(pod: Any) -> PodEnd:
    """The end of a V1Pod: eviction and the like before the exit code it caused."""
    disrupted = [
        condition
        for condition in pod.status.conditions or ()
        if condition.type == "DisruptionTarget" and condition.status == "True"
    ]
    states = [status.state for status in pod.status.container_statuses or () if status.state]
    ended = next((state.terminated for state in states if state.terminated), None)
    reason, words = pod.status.reason or "", pod.status.message or ""
    if disrupted:
        reason, words = reason or disrupted[0].reason or "disrupted", words or disrupted[0].message or ""
    elif ended is not None:
        reason, words = reason or ended.reason or "", words or ended.message or ""
    return PodEnd(pod.metadata.name, None if ended is None else ended.exit_code, reason, words.strip())


def failure_of(cluster: Cluster, state: JobState, stage: Stage, run_id: str, place: str) -> StageJobFailed:
    """The error that tells of the failed Job `state`; `place` is where runs are kept, a URL or a volume."""
    ends = [pod_end(pod) for pod in pods_of(cluster, state.name)]
    last = ends[-1] if ends else None
    code = 124 if state.reason == "DeadlineExceeded" else (last.exit_code if last else None) or 1
    lines = [f"{stage.name} failed: {_cause(state, last)}"]
    if last and last.last_words:
        lines[0] += f" -- {_last_line(last.last_words)}"
    notebook = f"{place}: {run_id}/{stage.folder}.attempt-*/notebook.ipynb, with attempt.json and stage.log beside it"
    pods = f"; log: kubectl logs -n {cluster.namespace} {last.pod}" if last else "; no pod of it is left"
    return StageJobFailed(
        code,
        lines[0],
        expected=f"Job {state.name} complete",
        origin=notebook + pods,
        remedy=f"{RUNBOOK} says for each exit code what to do; then the same command goes on with {stage.name}",
    )


def _cause(state: JobState, last: PodEnd | None) -> str:
    if state.reason == "DeadlineExceeded":
        return "it ran past activeDeadlineSeconds, all attempts and waiting together"
    if last is None:
        return f"{state.reason or 'no reason given'} ({state.message})"
    if last.exit_code is None:
        return f"{last.reason or state.reason}: its container never started or never ended"
    meaning = MEANINGS.get(last.exit_code, "not a code of ours")
    how = f", {last.reason}" if last.reason not in {"", "Error"} else ""
    attempts = f", after {state.failed_pods} attempts" if state.failed_pods > 1 else ""
    return f"exit {last.exit_code}, {meaning}{how}{attempts}"


def _last_line(words: str) -> str:
    """The line of ours among a pod's last words, or the last one."""
    lines = [line for line in words.splitlines() if line.strip()]
    ours = [line for line in lines if line.startswith("gram: ")]
    return (ours or lines)[-1].strip()[:200]
