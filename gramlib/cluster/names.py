"""A run's names in a cluster: lower case, short, and never two runs under one."""

from __future__ import annotations

import hashlib
import re

STAGE_LABEL = "app.kubernetes.io/component"
RUN_LABEL = "app.kubernetes.io/instance"
NAME_LABEL = "app.kubernetes.io/name"
RUN_ANNOTATION = "gram/run-id"
LONGEST_SLUG = 44
"""A pod takes its Job's name, at most 63 letters, of which `gram-`, the stage and an index take 19."""


def slug(run_id: str) -> str:
    """`run_id` as it can stand in a name of Kubernetes; what had to be bent carries a digest, so that two stay two."""
    plain = re.sub(r"[^a-z0-9]+", "-", run_id.lower()).strip("-")
    if plain == run_id and len(plain) <= LONGEST_SLUG:
        return plain
    digest = hashlib.sha256(run_id.encode()).hexdigest()[:8]
    return f"{plain[: LONGEST_SLUG - 9].rstrip('-') or 'run'}-{digest}"


def job_name(stage: str, run_id: str) -> str:
    """Name of a stage's Job in a run."""
    return f"gram-{stage}-{slug(run_id)}"


def parcel_name(run_id: str) -> str:
    """Name of the ConfigMap that holds a run's parameters."""
    return f"gram-run-{slug(run_id)}"


def selector(run_id: str) -> str:
    """Label selector of everything that belongs to a run."""
    return f"{NAME_LABEL}=gram,{RUN_LABEL}={slug(run_id)}"
