"""One run through the pods of its own Jobs, with everything on the way that a cluster may do to them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from container_engine import IMAGES, ROOT, Ended, Engine, Pod
from job_pods import pod_of

from gramlib.cluster.manifest import Placement, container_of, run_jobs
from gramlib.cluster.needs import NEEDS
from gramlib.cluster.parcel import parcel
from gramlib.params.manifests import documents_text
from gramlib.runner.pipeline import STAGES
from gramlib.runner.resolve import ResolvedRun, resolve_run

pytestmark = [pytest.mark.container, pytest.mark.slow]

RUN = "pods"
VOLUME = f"gram-tests-{os.getpid()}"
SMALL = ["scenarios=[calm,H13a,confidence_run,custody_loss_2pct]"]


@dataclass(frozen=True)
class Story:
    """What became of each pod, by what was done to it, and the volume as they left it."""

    ended: dict[str, Ended]
    networks: dict[str, str]
    runs: Path

    def stage(self, folder: str) -> dict[str, Any]:
        return json.loads((self.runs / RUN / folder / "stage.json").read_text())


def pod(engine: Engine, run: ResolvedRun, stage: str, *, wait: str = "", memory: str = "") -> Pod:
    """The pod of a stage's Job as `gram k8s submit` sends it, but for the patience or the memory given here."""
    index = [candidate.name for candidate in STAGES].index(stage)
    job = deepcopy(run_jobs(ROOT, RUN, STAGES, Placement(volume=VOLUME))[index])
    container = container_of(job)
    if wait:
        container["args"][container["args"].index("--wait") + 1] = wait
    if memory:
        container["resources"]["limits"]["memory"] = container["resources"]["requests"]["memory"] = memory
    return Pod(engine, job["metadata"]["name"], documents_text([parcel(run), pod_of(job, IMAGES)]))


@pytest.fixture(scope="module")
def run() -> ResolvedRun:
    return resolve_run(ROOT / "params" / "smoke.yaml", SMALL, ROOT, RUN)


@pytest.fixture(scope="module")
def story(pod_images: Engine, run: ResolvedRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    ended: dict[str, Ended] = {}
    networks: dict[str, str] = {}
    started: list[Pod] = []

    def start(chapter: str, stage: str, **changed: str) -> Pod:
        made = pod(pod_images, run, stage, **changed)
        started.append(made)
        made.start(network=stage == "data")
        networks[chapter] = made.network()
        return made

    pod_images.asked("volume", "create", VOLUME)
    try:
        for stage in ("data", "train"):
            ended[stage] = start(stage, stage).end()
        ended["too early"] = start("too early", "analyse", wait="1s").end()
        ended["too little memory"] = start("too little memory", "predict", memory="320Mi").end()
        killed = start("killed", "predict")
        killed.wait_for("cell ")
        pod_images.asked("kill", "--signal=KILL", killed.container)
        ended["killed"] = killed.end()
        for stage in ("predict", "analyse"):
            ended[stage] = start(stage, stage).end()
        drained = start("drained", "report")
        drained.wait_for("cell ")
        pod_images.asked("stop", "--time=60", drained.container)
        ended["drained"] = drained.end()
        ended["report"] = start("report", "report").end()
        ended["again"] = start("again", "report").end()
        runs = tmp_path_factory.mktemp("volume")
        pod_images.asked("volume", "export", "--output", str(runs / "volume.tar"), VOLUME)
        with tarfile.open(runs / "volume.tar") as tar:
            tar.extractall(runs, filter="data")
        yield Story(ended, networks, runs)
    finally:
        for made in started:
            pod_images.podman("pod", "rm", "--force", made.name)
        pod_images.podman("volume", "rm", "--force", VOLUME, f"gram-run-{RUN}")


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES])
def test_each_stage_ends_well_in_the_pod_of_its_own_job(story: Story, stage: str) -> None:
    ended = story.ended[stage]
    assert ended.code == 0, ended.said
    assert story.stage(next(s.folder for s in STAGES if s.name == stage))["status"] == "succeeded"


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES])
def test_the_pod_was_held_to_what_its_manifest_says(story: Story, stage: str) -> None:
    found = story.ended[stage].details
    host = found["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["Memory"] == int(NEEDS[stage].memory.removesuffix("Gi")) * 2**30
    assert host["NanoCpus"] == int(NEEDS[stage].cpu) * 10**9
    assert not found["EffectiveCaps"]
    assert "no-new-privileges" in host["SecurityOpt"]
    assert found["Config"]["User"] == "10001"
    assert (story.networks[stage] == "none") == (stage != "data")


def test_a_stage_before_its_upstream_says_what_is_missing_and_asks_to_be_tried_again(story: Story) -> None:
    early = story.ended["too early"]
    assert early.code == 75, early.said
    assert "predict" in early.said
    assert "Traceback" not in early.said


def test_a_stage_that_needs_more_memory_than_it_may_have_fails_readably(story: Story) -> None:
    starved = story.ended["too little memory"]
    assert starved.code in (137, 138), starved.said
    last = starved.said.strip().splitlines()[-4:]
    assert any("memory" in line for line in last), starved.said
    assert any(line.startswith("what to do:") for line in last), starved.said


def test_a_killed_pod_leaves_no_result_and_the_next_one_does_the_stage(story: Story) -> None:
    assert story.ended["killed"].code == 137
    assert story.ended["predict"].code == 0
    assert not (story.runs / RUN / "03_predict.lock").exists()


def test_a_drained_pod_ends_within_its_grace_and_the_next_one_does_the_stage(story: Story) -> None:
    drained = story.ended["drained"]
    assert drained.code == 143, drained.said
    assert "Traceback" not in drained.said
    assert story.ended["report"].code == 0


def test_a_stage_that_is_done_is_done_at_once(story: Story) -> None:
    again = story.ended["again"]
    assert again.code == 0, again.said
    assert "cell " not in again.said


def test_the_report_is_published_on_the_volume(story: Story) -> None:
    assert (story.runs / "index.html").is_file()
    assert json.loads((story.runs / RUN / "report.json").read_text())


def test_the_same_calibration_gives_the_same_tables_without_containers(
    story: Story, pod_images: Engine, tmp_path: Path
) -> None:
    inside = pod_images.python("stage", "import sys; print(*sys.version_info[:2])").split()
    if inside != [str(number) for number in sys.version_info[:2]]:
        pytest.skip("the images have another Python, whose calibration is not taken over")
    for folder in ("01_data", "02_train"):
        shutil.copytree(story.runs / RUN / folder, tmp_path / RUN / folder)
    shutil.copy(story.runs / RUN / "run.json", tmp_path / RUN)
    command = [sys.executable, "-m", "gramlib", "run", str(tmp_path / RUN), "--stage", "predict"]
    environment = {**os.environ, "GRAM_REPORTS": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    here = json.loads((tmp_path / RUN / "03_predict" / "stage.json").read_text())
    there = story.stage("03_predict")
    assert {o["name"]: o["sha256"] for o in here["outputs"]} == {o["name"]: o["sha256"] for o in there["outputs"]}
