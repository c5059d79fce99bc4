"""A sweep as the pods of its Indexed Job, all at once on one volume, against the same sweep in one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
VOLUME = f"gram-tests-sweep-{os.getpid()}"
TINY = (ROOT / "params" / "sweeps" / "tiny.yaml").read_text()


def index_pod(engine: Engine, index: int) -> Pod:
    """The pod that the Indexed Job of k8s/overlays/sweep makes for `index`."""
    job = deepcopy(sweep(ROOT))
    job["metadata"]["name"] = f"gram-sweep-{index}"
    container_of(job)["env"].append({"name": "JOB_COMPLETION_INDEX", "value": str(index)})
    for volume in job["spec"]["template"]["spec"]["volumes"]:
        if "persistentVolumeClaim" in volume:
            volume["persistentVolumeClaim"]["claimName"] = VOLUME
        if "configMap" in volume:
            volume["configMap"]["name"] = f"gram-sweep-{index}-params"
    text = TINY.replace("../smoke.yaml", "/work/params/smoke.yaml")
    params = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"gram-sweep-{index}-params"}}
    pod = pod_of(job, IMAGES)
    return Pod(engine, job["metadata"]["name"], documents_text([{**params, "data": {"sweep.yaml": text}}, pod]))


def outputs(sweep_folder: Path) -> dict[str, dict[str, str]]:
    """Hashes of what each member's last stage handed on, by the member's settings."""
    record = json.loads((sweep_folder / "sweep.json").read_text())
    found = {}
    for member in record["members"]:
        manifest = json.loads((sweep_folder / member["id"] / "03_predict" / "stage.json").read_text())
        found[json.dumps(member["settings"], sort_keys=True)] = {o["name"]: o["sha256"] for o in manifest["outputs"]}
    return found


def test_a_sweep_in_four_pods_equals_the_sweep_in_one_process(pod_images: Engine, tmp_path: Path) -> None:
    pod_images.asked("volume", "create", VOLUME)
    pods = {index: index_pod(pod_images, index) for index in range(MEMBERS)}
    left = dict(pods)
    try:
        for _ in range(ROUNDS):
            for pod in left.values():
                pod.start(network=False)
            ended = {index: pod.end() for index, pod in left.items()}
            assert {end.code for end in ended.values()} <= {0, 75}, "\n".join(end.said for end in ended.values())
            left = {index: left[index] for index, end in ended.items() if end.code == 75}
            if not left:
                break
        assert not left, "some pods never got their turn"
        pod_images.asked("volume", "export", "--output", str(tmp_path / "volume.tar"), VOLUME)
    finally:
        for pod in pods.values():
            pod_images.podman("pod", "rm", "--force", pod.name)
        pod_images.podman("volume", "rm", "--force", VOLUME, *(f"{pod.name}-params" for pod in pods.values()))
    with tarfile.open(tmp_path / "volume.tar") as tar:
        tar.extractall(tmp_path / "pods", filter="data")

    command = [sys.executable, "-m", "gramlib", "sweep", "params/sweeps/tiny.yaml", "-j", "1"]
    environment = {**os.environ, "GRAM_REPORTS": str(tmp_path / "here")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

    (together,) = [path.parent for path in (tmp_path / "here").glob("*/sweep.json")]
    (apart,) = [path.parent for path in (tmp_path / "pods").glob("*/sweep.json")]
    assert len(outputs(apart)) == MEMBERS
    assert outputs(apart) == outputs(together)
