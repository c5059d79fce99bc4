"""The same Jobs inside something that starts them: a CronJob, a JobSet, an Argo workflow; and a sweep's Indexed Job.

They are written to k8s/overlays, and a test holds them to the template and the stage table. Each reads the ConfigMap
`gram-run` of its overlay.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from gramlib.cluster.manifest import WAIT, container_of, shaped, stage_job, template
from gramlib.cluster.names import NAME_LABEL
from gramlib.cluster.needs import WHOLE_RUN
from gramlib.cluster.parcel import FOLDER
from gramlib.params.manifests import documents_text
from gramlib.runner.pipeline import STAGES

JOB_NAME_LABEL = "batch.kubernetes.io/job-name"
SWEEP_MEMBERS, SWEEP_AT_ONCE = 8, 4
_LABELS = {NAME_LABEL: "gram"}


def nightly(root: Path) -> dict[str, Any]:
    """A CronJob of whole runs; the run id is the Job's name, which ends in the scheduled minute.

    A pod that is started again for the same night therefore resumes the same run.
    """
    args = ["run", f"{FOLDER}/run.yaml", "--run-id", "$(RUN_ID)", "--wait", WAIT]
    job = shaped(template(root), "gram-nightly", "data", args, WHOLE_RUN)  # `data`: the one component with a network
    _replace_env(job, {"fieldRef": {"fieldPath": f"metadata.labels['{JOB_NAME_LABEL}']"}})
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "gram", "labels": dict(_LABELS)},
        "spec": {
            "schedule": "30 2 * * *",
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 3600,
            "successfulJobsHistoryLimit": 7,
            "failedJobsHistoryLimit": 7,
            "jobTemplate": {"metadata": {"labels": job["metadata"]["labels"]}, "spec": job["spec"]},
        },
    }


def sweep(root: Path) -> dict[str, Any]:
    """An Indexed Job, one index a member; a member that fails is reported and does not stop the rest."""
    args = ["sweep", f"{FOLDER}/sweep.yaml", "--index", "$(JOB_COMPLETION_INDEX)", "--wait", WAIT]
    job = shaped(template(root), "gram-sweep", "sweep", args, WHOLE_RUN)
    container_of(job)["env"] = [entry for entry in container_of(job)["env"] if entry["name"] != "RUN_ID"]
    del job["spec"]["backoffLimit"]
    for rule in job["spec"]["podFailurePolicy"]["rules"]:
        rule["action"] = {"FailJob": "FailIndex"}.get(rule["action"], rule["action"])
    job["spec"] = {
        "completionMode": "Indexed",
        "completions": SWEEP_MEMBERS,
        "parallelism": SWEEP_AT_ONCE,
        "backoffLimitPerIndex": 2,
        "maxFailedIndexes": SWEEP_MEMBERS,
        **job["spec"],
    }
    return job


def jobset(root: Path) -> dict[str, Any]:
    """A JobSet: each stage's Job is made when the one before it is complete; a failed one ends the set."""
    replicated = []
    for index, stage in enumerate(STAGES):
        job = stage_job(root, stage)
        item: dict[str, Any] = {"name": stage.name, "replicas": 1}
        if index:
            item["dependsOn"] = [{"name": STAGES[index - 1].name, "status": "Complete"}]
        item["template"] = {"metadata": {"labels": job["metadata"]["labels"]}, "spec": _without_ttl(job["spec"])}
        replicated.append(item)
    return {
        "apiVersion": "jobset.x-k8s.io/v1alpha2",
        "kind": "JobSet",
        "metadata": {"name": "gram", "labels": dict(_LABELS)},
        "spec": {
            "ttlSecondsAfterFinished": template(root)["spec"]["ttlSecondsAfterFinished"],
            "network": {"enableDNSHostnames": False},  # stages speak through the volume alone: no Service is needed
            "failurePolicy": {"maxRestarts": 0},
            "replicatedJobs": replicated,
        },
    }


def _without_ttl(spec: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in spec.items() if key != "ttlSecondsAfterFinished"}


def argo(root: Path) -> list[dict[str, Any]]:
    """A WorkflowTemplate whose steps create the Jobs, and a CronWorkflow; the run id is the workflow's name."""
    steps = [[{"name": stage.name, "template": stage.name}] for stage in STAGES]
    templates = [{"name": "stages", "steps": steps}, *(_argo_stage(root, stage) for stage in STAGES)]
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowTemplate",
        "metadata": {"name": "gram", "labels": dict(_LABELS)},
        "spec": {
            "entrypoint": "stages",
            "serviceAccountName": "gram-argo",
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 8737,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "ttlStrategy": {"secondsAfterCompletion": 604800},
            "templates": templates,
        },
    }
    cron = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "CronWorkflow",
        "metadata": {"name": "gram", "labels": dict(_LABELS)},
        "spec": {
            "schedules": ["30 2 * * *"],
            "timezone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 3600,
            "workflowSpec": {"workflowTemplateRef": {"name": "gram"}},
        },
    }
    return [workflow, cron]


def _argo_stage(root: Path, stage: Any) -> dict[str, Any]:
    job = stage_job(root, stage)
    job["metadata"]["name"] += "-{{workflow.name}}"
    _replace_env(job, "{{workflow.name}}")
    # The first conditions a Job gets: it fails with FailureTarget, then Failed (only Failed before 1.31).
    failed = ", ".join(f"status.conditions.{index}.type in (Failed, FailureTarget)" for index in (0, 1))
    return {
        "name": stage.name,
        "resource": {
            "action": "create",
            "setOwnerReference": True,
            "successCondition": "status.succeeded > 0",
            "failureCondition": failed,
            "manifest": documents_text([job]),
        },
    }


def _replace_env(job: dict[str, Any], value: str | dict[str, Any]) -> None:
    """Give RUN_ID another origin: a text, or a reference."""
    given = {"value": value} if isinstance(value, str) else {"valueFrom": deepcopy(value)}
    env = container_of(job)["env"]
    env[:] = [{"name": "RUN_ID", **given} if entry["name"] == "RUN_ID" else entry for entry in env]
