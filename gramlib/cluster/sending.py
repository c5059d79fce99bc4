"""What is sent: created where nothing stands under its name, and otherwise looked at before anything is replaced."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gramlib.cluster.connection import Cluster, ask
from gramlib.cluster.jobs import await_end, read_job
from gramlib.cluster.manifest import DIGEST_ANNOTATION
from gramlib.cluster.parcel import RUN_FILE
from gramlib.errors import ParameterError, TemporaryError

GONE_S = 300.0
"""How long a Job may take to go: its pod has a minute to stop in order."""


def send_parcel(cluster: Cluster, contents: dict[str, Any], run_id: str) -> None:
    """Create the ConfigMap of a run; raises ParameterError where the run's name holds other parameters."""
    from kubernetes.client.exceptions import ApiException

    name = contents["metadata"]["name"]
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


def send_job(cluster: Cluster, job: dict[str, Any], tell: Callable[[str], None]) -> bool:
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
