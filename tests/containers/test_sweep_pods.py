"""A sweep as the pods of its Indexed Job, all at once on one volume, against the same sweep in one pod."""

from __future__ import annotations

import json
import os
import tarfile
from copy import deepcopy
from pathlib import Path

import pytest
from container_engine import IMAGES, ROOT, Engine, Pod
from job_pods import pod_of

from gramlib.cluster.manifest import container_of
from gramlib.cluster.wrapped import sweep
from gramlib.params.manifests import documents_text

pytestmark = [pytest.mark.container, pytest.mark.slow]

MEMBERS = 4
ROUNDS = 4
"""A pod that finds the shared stages in other hands leaves with 75, and the Job starts it again."""
APART, TOGETHER = (f"gram-tests-sweep-{os.getpid()}-{name}" for name in ("apart", "together"))
TINY = (ROOT / "params" / "sweeps" / "tiny.yaml").read_text()


def sweep_pod(engine: Engine, name: str, volume: str, index: int | None = None) -> Pod:
    """The pod that the Indexed Job of k8s/overlays/sweep makes for `index`; without one, the same pod does all members."""
    job = deepcopy(sweep(ROOT))
    job["metadata"]["name"] = f"gram-sweep-{name}"
    container = container_of(job)
    if index is None:
        place = container["args"].index("--index")
        container["args"][place : place + 2] = ["-j", "1"]
    container["env"].append({"name": "JOB_COMPLETION_INDEX", "value": str(index)})
    for mounted in job["spec"]["template"]["spec"]["volumes"]:
        if "persistentVolumeClaim" in mounted:
            mounted["persistentVolumeClaim"]["claimName"] = volume
        if "configMap" in mounted:
            mounted["configMap"]["name"] = f"gram-sweep-{name}-params"
    text = TINY.replace("../smoke.yaml", "/work/params/smoke.yaml")
    params = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"gram-sweep-{name}-params"}}
    pod = pod_of(job, IMAGES)
    return Pod(engine, job["metadata"]["name"], documents_text([{**params, "data": {"sweep.yaml": text}}, pod]))


def content(engine: Engine, volume: str, folder: Path) -> Path:
    """The folder of the one sweep on `volume`, copied into `folder`."""
    engine.asked("volume", "export", "--output", f"{folder / volume}.tar", volume)
    with tarfile.open(f"{folder / volume}.tar") as tar:
        tar.extractall(folder / volume, filter="data")
    (found,) = [path.parent for path in (folder / volume).glob("*/sweep.json")]
    return found


def outputs(sweep_folder: Path) -> dict[str, dict[str, str]]:
    """Hashes of what each member's last stage handed on, by the member's settings."""
    record = json.loads((sweep_folder / "sweep.json").read_text())
    found = {}
    for member in record["members"]:
        manifest = json.loads((sweep_folder / member["id"] / "03_predict" / "stage.json").read_text())
        found[json.dumps(member["settings"], sort_keys=True)] = {o["name"]: o["sha256"] for o in manifest["outputs"]}
    return found


def test_a_sweep_in_four_pods_equals_the_sweep_in_one(pod_images: Engine, tmp_path: Path) -> None:
    pods = {index: sweep_pod(pod_images, str(index), APART, index) for index in range(MEMBERS)}
    alone = sweep_pod(pod_images, "all", TOGETHER)
    left = dict(pods)
    try:
        for volume in (APART, TOGETHER):
            pod_images.asked("volume", "create", volume)
        for _ in range(ROUNDS):
            for pod in left.values():
                pod.start(network=False)
            ended = {index: pod.end() for index, pod in left.items()}
            assert {end.code for end in ended.values()} <= {0, 75}, "\n".join(end.said for end in ended.values())
            left = {index: left[index] for index, end in ended.items() if end.code == 75}
            if not left:
                break
        assert not left, "some pods never got their turn"
        alone.start(network=False)
        end = alone.end()
        assert end.code == 0, end.said
        apart, together = (content(pod_images, volume, tmp_path) for volume in (APART, TOGETHER))
    finally:
        for pod in (*pods.values(), alone):
            pod_images.podman("pod", "rm", "--force", pod.name)
            pod_images.podman("volume", "rm", "--force", f"{pod.name}-params")
        pod_images.podman("volume", "rm", "--force", APART, TOGETHER)
    assert len(outputs(apart)) == MEMBERS
    assert outputs(apart) == outputs(together)
