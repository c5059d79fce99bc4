"""A run sent to a cluster: parameters first, then one stage's Job after another, stopping at the first failure.

The server never holds more than the Job at work: whoever stops here leaves nothing half-submitted that is not told,
and the same command goes on. What is already there is looked at before anything is sent over it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.cluster.connection import Cluster
from gramlib.cluster.failure import failure_of
from gramlib.cluster.jobs import JobState, await_end
from gramlib.cluster.logs import POLL_S, Follower
from gramlib.cluster.manifest import Placement, run_jobs
from gramlib.cluster.names import job_name
from gramlib.cluster.parcel import parcel
from gramlib.cluster.sending import send_job, send_parcel
from gramlib.errors import Interrupted, TemporaryError
from gramlib.runner.pipeline import Stage
from gramlib.runner.progress import Reporter
from gramlib.runner.resolve import ResolvedRun

QUEUE_S = 1800.0
"""How long beyond its own deadline a Job may wait to be started."""


@dataclass(frozen=True)
class Submission:
    """What is sent: the run, the stages chosen of it, and where; `root` is the workbench."""

    run: ResolvedRun
    stages: tuple[Stage, ...]
    place: Placement
    root: Path

    def documents(self) -> list[dict[str, Any]]:
        """The ConfigMap and the Jobs, in the order in which they are sent."""
        made = [parcel(self.run), *run_jobs(self.root, self.run.run_id, self.stages, self.place)]
        for document in made:
            document["metadata"]["namespace"] = self.place.namespace
        return made

    @property
    def kept_in(self) -> str:
        """Where the run's folders are, in words."""
        return self.place.out or f"volume {self.place.volume}"


def submit(submission: Submission, cluster: Cluster, reporter: Reporter, poll_s: float = POLL_S) -> None:
    """Bring every stage of `submission` to its end in `cluster`.

    Raises StageJobFailed with the stage's exit code, Interrupted with what is still at work, ParameterError where
    something else stands under the run's names, TemporaryError where the cluster does not answer.
    """
    run_id = submission.run.run_id
    contents, *jobs = submission.documents()
    reporter.event("run_started", f"run {run_id} in namespace {cluster.namespace}", run_id=run_id)
    done: list[str] = []
    stage = submission.stages[0]
    try:
        send_parcel(cluster, contents, run_id)
        for stage, job in zip(submission.stages, jobs, strict=True):
            _one_stage(submission, cluster, reporter, stage, job, poll_s)
            done.append(stage.name)
    except KeyboardInterrupt:
        raise Interrupted(
            _left_at(submission, stage.name, done),
            expected="nothing more to be sent: what is at work goes on by itself",
            origin=f"Job {job_name(stage.name, run_id)} in namespace {cluster.namespace}",
            remedy=f"the same command takes it up again; gram k8s cancel {run_id} stops it",
        ) from None
    except TemporaryError as error:
        raise TemporaryError(
            f"{error.found}\n{_left_at(submission, stage.name, done)}", expected=error.expected, remedy=error.remedy
        ) from error
    reporter.event(
        "run_ended", f"all {len(done)} stage(s) done; results in {submission.kept_in}: {run_id}/", run_id=run_id
    )


def _left_at(submission: Submission, stage: str, done: list[str]) -> str:
    names = [item.name for item in submission.stages]
    later = names[names.index(stage) + 1 :]
    return (
        f"run {submission.run.run_id} was left at {stage}: done {', '.join(done) or 'nothing'}; "
        f"not sent {', '.join(later) or 'nothing'}"
    )


def _one_stage(
    submission: Submission, cluster: Cluster, reporter: Reporter, stage: Stage, job: dict[str, Any], poll_s: float
) -> None:
    label = f"[{stage.number}/5] {stage.name:<8}"
    name = job["metadata"]["name"]
    began = time.monotonic()

    def tell(text: str) -> None:
        reporter.event("stage_progress", f"{label} {text}", stage=stage.name, job=name, text=text)

    def pass_on(line: str) -> None:
        reporter.event("log", f"      | {line}", stage=stage.name, job=name, line=line)

    if not send_job(cluster, job, tell):
        reporter.event("stage_skipped", f"{label} done before: Job {name} is complete", stage=stage.name, job=name)
        return
    phases = {"": ""}

    def on_state(state: JobState) -> None:
        if state.phase != phases[""] and state.phase in {"suspended", "waiting", "running"}:
            tell(_PHASES[state.phase])
        phases[""] = state.phase

    within_s = job["spec"]["activeDeadlineSeconds"] + QUEUE_S
    with Follower(cluster, name, pass_on, tell, poll_s):
        state = await_end(cluster, name, within_s, on_state)
    if state.phase == "succeeded":
        wall_s = time.monotonic() - began
        reporter.event("stage_succeeded", f"{label} succeeded after {wall_s:.0f} s", stage=stage.name, job=name)
    elif state.phase == "absent":
        raise TemporaryError(
            f"Job {name} was deleted while it was at work",
            expected="its end, complete or failed",
            remedy="the same command sends it again",
        )
    else:
        raise failure_of(cluster, state, stage, submission.run.run_id, submission.kept_in)


_PHASES = {"suspended": "is queued", "waiting": "has no pod at work yet", "running": "is at work"}
