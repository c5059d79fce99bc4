"""A Job's pod, as `podman kube play` takes it: the template under a pod's head, the claim as a named volume."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def pod_of(job: dict[str, Any], images: dict[str, str]) -> dict[str, Any]:
    """The pod that a cluster makes from `job`; `images` maps the manifest's placeholders to built images."""
    template = deepcopy(job["spec"]["template"])
    for container in template["spec"]["containers"]:
        container["image"] = images[container["image"]]
    metadata = {**template["metadata"], "name": job["metadata"]["name"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
