"""What a cluster holds of a run, its logs, and how to take it away again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gramlib.cluster.connection import Cluster, ask
from gramlib.cluster.failure import MEANINGS, pod_end
from gramlib.cluster.jobs import JobState, read_job, state_of
from gramlib.cluster.logs import has_log, log_lines, pods_of, waits_for
from gramlib.cluster.names import job_name, parcel_name, selector
from gramlib.cluster.sending import remove_job
from gramlib.errors import ParameterError
from gramlib.runner.pipeline import STAGES, Stage


@dataclass(frozen=True)
class StageLine:
    """One stage in the cluster: its Job's phase, and in words what there is to say."""

    stage: str
    phase: str
    detail: str


def run_status(cluster: Cluster, run_id: str) -> list[StageLine]:
    """Every stage of a run as the cluster has it."""
    found = _jobs(cluster, run_id)
    states = {state.name: state for state in map(state_of, found)}
    lines = []
    for stage in STAGES:
        name = job_name(stage.name, run_id)
        state = states.get(name, JobState(name, "absent"))
        lines.append(StageLine(stage.name, state.phase, _detail(cluster, state)))
    return lines


def _jobs(cluster: Cluster, run_id: str) -> list[Any]:
    return ask(
        cluster,
        f"listing the Jobs of {run_id}",
        lambda: cluster.batch.list_namespaced_job(cluster.namespace, label_selector=selector(run_id)),
    ).items


def _detail(cluster: Cluster, state: JobState) -> str:
    if state.phase in {"absent", "succeeded"}:
        return "" if state.phase == "succeeded" else "no Job"
    pods = pods_of(cluster, state.name)
    if state.phase == "failed":
        end = pod_end(pods[-1]) if pods else None
        code = f"exit {end.exit_code}, {MEANINGS.get(end.exit_code, 'not ours')}" if end and end.exit_code else ""
        return "; ".join(filter(None, (state.reason, code)))
    return waits_for(pods[-1]) if pods else ""


def run_log(cluster: Cluster, run_id: str, stage: Stage, *, follow: bool) -> Iterator[str]:
    """The log of the newest pod of a stage; raises ParameterError where there is none."""
    name = job_name(stage.name, run_id)
    pods = [pod for pod in pods_of(cluster, name) if has_log(pod)]
    if not pods:
        state = read_job(cluster, name)
        raise ParameterError(
            f"{stage.name} of run {run_id} has no log: its Job is {state.phase}",
            expected="a pod that has started",
            origin=f"namespace {cluster.namespace}",
            remedy="`gram k8s status` shows what there is; stage.log in the run's folder stays",
        )
    yield from log_lines(cluster, pods[-1].metadata.name, follow=follow)


def latest_stage(cluster: Cluster, run_id: str) -> Stage:
    """The stage whose log is wanted when none is named: the last one that has a Job."""
    found = _jobs(cluster, run_id)
    names = {job.metadata.name for job in found}
    sent = [stage for stage in STAGES if job_name(stage.name, run_id) in names]
    return sent[-1] if sent else STAGES[0]


def cancel(cluster: Cluster, run_id: str) -> list[str]:
    """Delete a run's Jobs and its ConfigMap, results stay; the names of what was deleted."""
    from kubernetes.client.exceptions import ApiException

    found = _jobs(cluster, run_id)
    removed = []
    for job in found:
        remove_job(cluster, job.metadata.name)
        removed.append(f"Job {job.metadata.name}")
    try:
        ask(
            cluster,
            f"deleting ConfigMap {parcel_name(run_id)}",
            lambda: cluster.core.delete_namespaced_config_map(parcel_name(run_id), cluster.namespace),
            pass_on=(404,),
        )
        removed.append(f"ConfigMap {parcel_name(run_id)}")
    except ApiException:
        pass
    return removed
