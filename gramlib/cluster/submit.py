"""A run sent to a cluster: parameters first, then one stage's Job after another, stopping at the first failure.

The server never holds more than the Job at work: whoever stops here leaves nothing half-submitted that is not told,
and the same command goes on. What is already there is looked at before anything is sent over it.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.cluster.connection import Cluster, ask
from gramlib.cluster.failure import failure_of
from gramlib.cluster.jobs import JobState, await_end, read_job
from gramlib.cluster.logs import POLL_S, Follower
from gramlib.cluster.manifest import DIGEST_ANNOTATION, Placement, run_jobs
from gramlib.cluster.names import job_name, parcel_name
from gramlib.cluster.parcel import RUN_FILE, parcel
from gramlib.errors import Interrupted, ParameterError, TemporaryError
from gramlib.runner.pipeline import Stage
from gramlib.runner.progress import Reporter
from gramlib.runner.resolve import ResolvedRun

QUEUE_S = 1800.0
"""How long beyond its own deadline a Job may wait to be started or taken away."""
GONE_S = 300.0


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
        _send_parcel(cluster, contents, run_id)
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


def _send_parcel(cluster: Cluster, contents: dict[str, Any], run_id: str) -> None:
    from kubernetes.client.exceptions import ApiException

    name = parcel_name(run_id)
    try:
        ask(
            cluster,
            f"sending ConfigMap {name}",
            lambda: cluster.core.create_namespaced_config_map(cluster.namespace, contents),
            pass_on=(409,),
        )
        return
    except ApiException:
        there = ask(
            cluster,
            f"reading ConfigMap {name}",
            lambda: cluster.core.read_namespaced_config_map(name, cluster.namespace),
        )
    if _identity((there.data or {}).get(RUN_FILE, "")) != _identity(contents["data"][RUN_FILE]):
        raise ParameterError(
            f"run {run_id} is in the cluster with other parameters",
            expected="one set of parameters a run id",
            origin=f"ConfigMap {name} in namespace {cluster.namespace}",
            remedy=f"leave out --run-id, or choose another one; gram k8s cancel {run_id} removes the one there",
        )


def _identity(text: str) -> str:
    try:
        return str(json.loads(text)["identity"])
    except (ValueError, TypeError, KeyError):
        return ""


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

    if not _sent(cluster, job, tell):
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


def _sent(cluster: Cluster, job: dict[str, Any], tell: Any) -> bool:
    """See to it that this very Job is in the cluster; False where it is already complete."""
    from kubernetes.client.exceptions import ApiException

    name, digest = job["metadata"]["name"], job["metadata"]["annotations"][DIGEST_ANNOTATION]
    for _ in range(3):  # what is there may change between asking and looking
        try:
            ask(
                cluster,
                f"sending Job {name}",
                lambda: cluster.batch.create_namespaced_job(cluster.namespace, job),
                pass_on=(409,),
            )
            tell(f"sent as Job {name}")
            return True
        except ApiException:
            there = read_job(cluster, name)
        if there.phase == "succeeded" and there.digest == digest:
            return False
        if there.phase in {"running", "waiting", "suspended"}:
            if there.digest != digest:
                raise ParameterError(
                    f"Job {name} is at work with another image or other resources",
                    expected="the Job that `gram k8s render` prints",
                    origin=f"namespace {cluster.namespace}",
                    remedy="wait for it, or stop it with `gram k8s cancel`, and send this one then",
                )
            tell(f"Job {name} is there already")
            return True
        if there.phase in {"succeeded", "failed"}:
            why = "failed" if there.phase == "failed" else "had another image or other resources"
            tell(f"Job {name} of before {why}: it is replaced")
            remove_job(cluster, name)
        await_end(cluster, name, GONE_S, lambda state: None, gone=True)
    raise TemporaryError(
        f"Job {name} comes and goes: somebody else is sending it too", remedy="agree who does, then try again"
    )


def remove_job(cluster: Cluster, name: str) -> None:
    """Delete a Job and, before it, its pods, which get the time they need to stop in order."""
    from kubernetes.client.exceptions import ApiException

    try:
        ask(
            cluster,
            f"deleting Job {name}",
            lambda: cluster.batch.delete_namespaced_job(name, cluster.namespace, propagation_policy="Foreground"),
            pass_on=(404,),
        )
    except ApiException:
        return
