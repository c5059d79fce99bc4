"""The Jobs of the stages, from the one template k8s/base/job/job.yaml.

Two forms: `stage_job` is what k8s/stages builds, with the run id taken from the ConfigMap `gram-run`; `run_jobs` is
what `gram k8s` sends, with names and run id written out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gramlib.cluster.names import RUN_ANNOTATION, RUN_LABEL, STAGE_LABEL, job_name, parcel_name, slug
from gramlib.cluster.needs import NEEDS, Needs
from gramlib.cluster.parcel import FOLDER, RUN_FILE
from gramlib.params.manifests import read_documents
from gramlib.runner.pipeline import Stage

TEMPLATE = Path("k8s") / "base" / "job" / "job.yaml"
DIGEST_ANNOTATION = "gram/spec-sha256"
WAIT = "10m"
"""How long a stage that comes too early waits before it leaves with 75 and is started again."""


@dataclass(frozen=True)
class Placement:
    """Where and from what a run's pods are made.

    `images` maps a placeholder of `needs`, or a stage, to an image; `out` is a URL of object storage, or empty for
    the claim `volume`.
    """

    namespace: str = "gram"
    images: Mapping[str, str] = field(default_factory=dict)
    out: str = ""
    volume: str = "gram-runs"


def template(root: Path) -> dict[str, Any]:
    """The Job every stage is made from; `root` is the workbench."""
    return read_documents(root / TEMPLATE)[0]


def container_of(job: dict[str, Any]) -> dict[str, Any]:
    """The one container of a Job."""
    return job["spec"]["template"]["spec"]["containers"][0]


def stage_args(stage: str, run_id: str = "$(RUN_ID)", run_file: str = "run.yaml") -> list[str]:
    """What follows `gram` in a stage's pod."""
    return ["run", f"{FOLDER}/{run_file}", "--run-id", run_id, "--stage", stage, "--wait", WAIT]


def shaped(job: dict[str, Any], name: str, component: str, args: list[str], needs: Needs) -> dict[str, Any]:
    """A copy of the template `job` with the five things that differ between stages."""
    job = deepcopy(job)
    job["metadata"]["name"] = name
    for labels in (job["metadata"]["labels"], job["spec"]["template"]["metadata"]["labels"]):
        labels[STAGE_LABEL] = component
    job["spec"]["activeDeadlineSeconds"] = needs.deadline_s
    amount = {"cpu": needs.cpu, "memory": needs.memory}
    container_of(job).update(args=args, image=needs.image, resources={"requests": amount, "limits": dict(amount)})
    return job


def stage_job(root: Path, stage: Stage) -> dict[str, Any]:
    """The Job that k8s/stages builds for `stage`."""
    return shaped(template(root), f"gram-{stage.name}", stage.name, stage_args(stage.name), NEEDS[stage.name])


def run_jobs(root: Path, run_id: str, stages: tuple[Stage, ...], place: Placement) -> list[dict[str, Any]]:
    """The Jobs of `stages` in the run `run_id`, in their order, as they are sent."""
    return [_for_run(stage_job(root, stage), run_id, stage, place) for stage in stages]


def _for_run(job: dict[str, Any], run_id: str, stage: Stage, place: Placement) -> dict[str, Any]:
    container, pod = container_of(job), job["spec"]["template"]["spec"]
    container["args"] = stage_args(stage.name, run_id, RUN_FILE)
    container["env"] = [entry for entry in container["env"] if entry["name"] != "RUN_ID"]
    container["image"] = place.images.get(stage.name) or place.images.get(container["image"]) or container["image"]
    for volume in pod["volumes"]:
        if "configMap" in volume:
            volume["configMap"]["name"] = parcel_name(run_id)
        if "persistentVolumeClaim" in volume:
            volume["persistentVolumeClaim"]["claimName"] = place.volume
    if place.out:
        to_object_storage(job, place.out)
    job["metadata"]["name"] = job_name(stage.name, run_id)
    for metadata in (job["metadata"], job["spec"]["template"]["metadata"]):
        metadata["labels"] = {**metadata["labels"], RUN_LABEL: slug(run_id)}
        metadata["annotations"] = {RUN_ANNOTATION: run_id}
    job["metadata"]["annotations"][DIGEST_ANNOTATION] = spec_digest(job)
    return job


def to_object_storage(job: dict[str, Any], out: str) -> None:
    """Turn `job` from the claim to the URL `out`: room to work in, credentials from a Secret or the service account."""
    container, pod = container_of(job), job["spec"]["template"]["spec"]
    container["args"] = [*container["args"], "--out", out]
    env = container["env"]  # the local copy of the run, which is worked in, lies in the cache folder
    env[:] = [{"name": "XDG_CACHE_HOME", "value": "/runs"} if e["name"] == "XDG_CACHE_HOME" else e for e in env]
    container["envFrom"] = [{"secretRef": {"name": "gram-storage", "optional": True}}]
    pod["serviceAccountName"] = "gram"
    pod["volumes"] = [
        {"name": "runs", "emptyDir": {"sizeLimit": "5Gi"}} if volume["name"] == "runs" else volume
        for volume in pod["volumes"]
    ]


def spec_digest(job: dict[str, Any]) -> str:
    """Digest of what a Job does: a finished one with another digest is no answer to this request."""
    return hashlib.sha256(json.dumps(job["spec"], sort_keys=True).encode()).hexdigest()[:16]
