"""A Job's pod, as `podman kube play` takes it: the template under a pod's head, with volumes of its own name."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any


def pod_of(job: dict[str, Any], images: dict[str, str]) -> dict[str, Any]:
    """The pod that a cluster makes from `job`; `images` maps the manifest's placeholders to built images.

    Podman keeps an emptyDir as a volume under its bare name, which all pods would share: it gets the Job's name. It leaves
    `$(NAME)` in the arguments, where a kubelet puts the variable's value: that is done here.
    """
    template = deepcopy(job["spec"]["template"])
    name = job["metadata"]["name"]
    own = {volume["name"]: f"{name}-{volume['name']}" for volume in template["spec"]["volumes"] if "emptyDir" in volume}
    for container in template["spec"]["containers"]:
        container["image"] = images[container["image"]]
        values = {entry["name"]: entry["value"] for entry in container["env"] if "value" in entry}
        container["args"] = [
            re.sub(r"\$\((\w+)\)", lambda found, values=values: values[found[1]], arg) for arg in container["args"]
        ]
        for place in (*template["spec"]["volumes"], *container["volumeMounts"]):
            place["name"] = own.get(place["name"], place["name"])
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**template["metadata"], "name": name},
        "spec": template["spec"],
    }
