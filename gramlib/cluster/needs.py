"""What each stage asks of a node: the one place for cpu, memory, deadline and image."""

from __future__ import annotations

from dataclasses import dataclass

FULL_IMAGE = "gram"
SLIM_IMAGE = "gram-stage"
"""Placeholders that kustomize's `images` and `gram k8s --image` replace: with and without TensorFlow."""


@dataclass(frozen=True)
class Needs:
    """CPU and memory are requested and limited alike; `deadline_s` is for all attempts together, waiting included."""

    cpu: str
    memory: str
    deadline_s: int
    image: str = SLIM_IMAGE


# Kernels of the baseline peak at 0.23, 1.21, 0.77, 0.96 and 0.41 GB (stage.json, resources); the runner adds 0.2.
# The rest is for params/full.yaml, whose stages also take hours where the baseline takes a minute.
NEEDS = {
    "data": Needs("1", "1Gi", 3600),
    "train": Needs("2", "4Gi", 14400, FULL_IMAGE),
    "predict": Needs("2", "4Gi", 14400),
    "analyse": Needs("2", "4Gi", 28800),
    "report": Needs("1", "2Gi", 3600),
}
WHOLE_RUN = Needs("2", "4Gi", 28800, FULL_IMAGE)
"""All five stages in one pod: a night's run, a member of a sweep."""
