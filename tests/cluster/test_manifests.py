"""What kustomize builds from k8s/ is what the stage table says, valid for Kubernetes 1.31 to 1.33, and restricted."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from manifests import derived

from gramlib.cluster.manifest import Placement, container_of, run_jobs, stage_job, template
from gramlib.cluster.names import job_name
from gramlib.cluster.needs import NEEDS
from gramlib.params.manifests import documents_text, read_documents
from gramlib.params.sweep import load_sweep
from gramlib.runner.pipeline import NAMES, STAGES
from gramlib.runner.sweep_members import members_of

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = (pytest.param("1.31", marks=pytest.mark.slow), "1.32", pytest.param("1.33", marks=pytest.mark.slow))
STAGE_FOLDERS = [f"stages/{stage.folder}" for stage in STAGES]
OVERLAYS = ["local", "cloud", "cloud/access", "sweep", "nightly", "jobset", "argo"]
BUILDS = ["base/cluster", "base/job", "base/params", *STAGE_FOLDERS, *(f"overlays/{name}" for name in OVERLAYS)]


@pytest.fixture(scope="session")
def kustomize() -> list[str]:
    """A kustomize of 2023 or later, alone or inside kubectl: Debian's kubectl 1.20 is too old."""
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    if shutil.which("kubectl"):
        told = subprocess.run(["kubectl", "version", "--client"], capture_output=True, text=True, timeout=30).stdout
        found = re.search(r"Kustomize Version: v(\d+)", told)
        if found and int(found[1]) >= 5:
            return ["kubectl", "kustomize"]
    pytest.skip("no kustomize 5 on this machine, alone or inside kubectl")


@pytest.fixture(scope="session")
def built(kustomize: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Every kustomization of k8s/ as it is applied."""
    made = {}
    for name in BUILDS:
        done = subprocess.run([*kustomize, str(ROOT / "k8s" / name)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{name}: {done.stderr}"
        assert "deprecated" not in done.stderr.lower(), f"{name}: {done.stderr}"
        made[name] = list(yaml.safe_load_all(done.stdout))
    return made


def jobs_in(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The Jobs that an object is, holds or would make."""
    kind, spec = document["kind"], document.get("spec", {})
    if kind == "Job":
        yield document
    if kind == "CronJob":
        yield {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "made"}, **spec["jobTemplate"]}
    if kind == "JobSet":
        for item in spec["replicatedJobs"]:
            made = {"apiVersion": "batch/v1", "kind": "Job", **item["template"]}
            yield {**made, "metadata": {**made["metadata"], "name": item["name"]}}
    if kind == "WorkflowTemplate":
        for item in spec["templates"]:
            if "resource" in item:
                yield yaml.safe_load(item["resource"]["manifest"].replace("{{workflow.name}}", "gram-1"))


def rendered() -> list[dict[str, Any]]:
    return run_jobs(ROOT, "baseline-1a2b3c4d", STAGES, Placement(images={"gram": "registry/gram:1"}))


def plain(job: dict[str, Any]) -> dict[str, Any]:
    """A stage's Job without what tells one run, or one image, from another."""
    job = json.loads(json.dumps(job))
    pod = job["spec"]["template"]["spec"]
    container = container_of(job)
    container["args"] = [
        re.sub(r"^/params/run\.\w+$|^\$\(RUN_ID\)$|^baseline-1a2b3c4d$", "*", a) for a in container["args"]
    ]
    env = [entry for entry in container["env"] if entry["name"] != "RUN_ID"]
    container["env"] = sorted(env, key=lambda entry: entry["name"])  # kustomize puts what it merges first
    container["image"] = pod["volumes"][1]["configMap"]["name"] = "*"
    for labelled in (job["metadata"], job["spec"]["template"]["metadata"]):
        labelled.pop("annotations", None)
        labelled["labels"].pop("app.kubernetes.io/instance", None)
    job["metadata"].pop("namespace", None)
    job["metadata"]["name"] = "*"
    return job


def test_derived_files_are_as_they_would_be_written() -> None:
    stale = [name for name, text in derived().items() if (ROOT / "k8s" / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run tests/cluster/manifests.py"


def test_every_stage_has_its_needs() -> None:
    assert tuple(NEEDS) == NAMES


@pytest.mark.parametrize("stage", STAGES, ids=NAMES)
def test_a_stage_kustomization_builds_what_the_code_makes(built: dict[str, Any], stage: Any) -> None:
    assert built[f"stages/{stage.folder}"] == [stage_job(ROOT, stage)]


@pytest.mark.parametrize("overlay", ["local", "jobset", "argo"])
def test_gram_k8s_sends_the_jobs_of_the_overlays(built: dict[str, Any], overlay: str) -> None:
    found = {job["metadata"]["name"]: plain(job) for item in built[f"overlays/{overlay}"] for job in jobs_in(item)}
    sent = [plain(job) for job in rendered()]
    if overlay == "jobset":  # there the set, not each Job, is cleared away
        for job in sent:
            del job["spec"]["ttlSecondsAfterFinished"]
    assert len(found) == len(sent) == 5
    assert [job for job in sent if job not in found.values()] == []


def test_object_storage_is_the_same_by_overlay_and_by_option(built: dict[str, Any]) -> None:
    sent = run_jobs(ROOT, "baseline-1a2b3c4d", STAGES, Placement(out="s3://your-bucket/gram"))
    found = [plain(job) for item in built["overlays/cloud"] for job in jobs_in(item)]
    assert len(found) == 5
    assert [job for job in map(plain, sent) if job not in found] == []
    assert all(container_of(job)["args"][-2:] == ["--out", "s3://your-bucket/gram"] for job in found)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(built: dict[str, Any], version: str) -> None:
    items = [(name, made) for name in BUILDS for item in built[name] for made in (item, *jobs_in(item))]
    distinct = {json.dumps(made, sort_keys=True): (name, made) for name, made in items}
    for name, made in distinct.values():
        if made["apiVersion"].split("/")[0] not in {"jobset.x-k8s.io", "argoproj.io"}:  # no schemas of theirs to be had
            try:
                kubernetes_validate.validate(made, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                pytest.fail(f"{name}, {made['kind']} {made['metadata']['name']}: {error}")


@pytest.mark.parametrize("version", VERSIONS)
def test_what_gram_k8s_sends_is_valid(version: str) -> None:
    for job in rendered():
        kubernetes_validate.validate(job, version, strict=True)


def test_the_validator_does_refuse() -> None:
    job = template(ROOT)
    job["spec"]["backOffLimit"] = job["spec"].pop("backoffLimit")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(job, "1.32", strict=True)


def test_every_pod_is_restricted_and_self_sufficient(built: dict[str, Any]) -> None:
    jobs = [(name, job) for name in BUILDS for item in built[name] for job in jobs_in(item)]
    assert len(jobs) == 1 + 5 + 5 * 4 + 1 + 1
    for name, job in jobs:
        pod, container = job["spec"]["template"]["spec"], container_of(job)
        assert pod["restartPolicy"] == "Never", name
        assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 10000, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert pod["automountServiceAccountToken"] is pod["enableServiceLinks"] is False, name
        assert container["resources"]["requests"] == container["resources"]["limits"], name
        assert container["imagePullPolicy"] == "IfNotPresent", name
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
        assert {volume["name"]: volume for volume in pod["volumes"]}["tmp"]["emptyDir"]["sizeLimit"]
        temporary = {
            entry["name"] for entry in container["env"] if str(entry.get("value", "")).startswith(("/tmp", "/runs"))
        }
        assert temporary >= {"HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "XDG_CACHE_HOME"}, (
            name
        )


def test_exit_codes_decide_as_they_mean() -> None:
    """Checked against the error tree: temporary errors are tried again, every other end of ours is final."""
    ignored, final = set(), set()
    for rule in template(ROOT)["spec"]["podFailurePolicy"]["rules"]:
        codes = set(rule.get("onExitCodes", {}).get("values", []))
        ignored |= codes if rule["action"] == "Ignore" else set()
        final |= codes if rule["action"] == "FailJob" else set()
    assert ignored == {75}
    assert final == {1, 2, 3, 4, 124, 137, 138}, "130 and 143 mean stopped from outside: counted, and tried again"


def test_no_network_but_for_data(built: dict[str, Any]) -> None:
    policies = {
        item["metadata"]["name"]: item["spec"] for item in built["base/cluster"] if item["kind"] == "NetworkPolicy"
    }
    assert policies.pop("gram-deny-all") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    (opened,) = policies.values()
    chosen = opened["podSelector"]["matchLabels"]
    open_to = [
        job["metadata"]["labels"]["app.kubernetes.io/component"]
        for job in rendered()
        if chosen.items() <= job["spec"]["template"]["metadata"]["labels"].items()
    ]
    assert open_to == ["data"]
    assert {port["port"] for rule in opened["egress"] for port in rule["ports"]} == {53, 443}


def test_the_namespace_enforces_restricted(built: dict[str, Any]) -> None:
    (namespace,) = [item for item in built["base/cluster"] if item["kind"] == "Namespace"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_a_quota_lets_every_stage_start(built: dict[str, Any]) -> None:
    (quota,) = [item["spec"]["hard"] for item in built["base/cluster"] if item["kind"] == "ResourceQuota"]
    assert max(int(needs.cpu) for needs in NEEDS.values()) <= int(quota["limits.cpu"])
    assert max(int(needs.memory.removesuffix("Gi")) for needs in NEEDS.values()) <= int(quota["limits.memory"][:-2])


def test_the_sweep_has_an_index_for_each_member(built: dict[str, Any], tmp_path: Path) -> None:
    (job,) = [item for item in built["overlays/sweep"] if item["kind"] == "Job"]
    text = (ROOT / "k8s/overlays/sweep/sweep.yaml").read_text(encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(text.replace("/work/params", str(ROOT / "params")), encoding="utf-8")
    assert job["spec"]["completionMode"] == "Indexed"
    assert job["spec"]["completions"] == len(members_of(load_sweep(tmp_path / "sweep.yaml", ROOT)))
    assert "backoffLimit" not in job["spec"]
    assert {rule["action"] for rule in job["spec"]["podFailurePolicy"]["rules"]} == {"Ignore", "FailIndex"}


def test_every_step_of_a_jobset_waits_for_the_one_before(built: dict[str, Any]) -> None:
    (jobset,) = [item for item in built["overlays/jobset"] if item["kind"] == "JobSet"]
    after = {
        item["name"]: [on["name"] for on in item.get("dependsOn", [])] for item in jobset["spec"]["replicatedJobs"]
    }
    assert after == {"data": [], "train": ["data"], "predict": ["train"], "analyse": ["predict"], "report": ["analyse"]}
    images = [container_of(job)["image"] for job in jobs_in(jobset)]
    assert all(image.startswith("localhost/gram:") for image in images)


def test_long_texts_come_back_as_they_were(tmp_path: Path) -> None:
    document = {"data": {"run.json": '{\n "a": "x: y #"\n}\n', "on": "yes", "n": "010"}}
    path = tmp_path / "m.yaml"
    path.write_text(documents_text([document, document]))
    assert read_documents(path) == [document, document]
    assert "|" in path.read_text()


@pytest.mark.parametrize("run_id", ["baseline-25e0e37c", "A_b", "a-b", "a.b", "x" * 100, "x" * 99 + "y", "Ä"])
def test_names_fit_kubernetes_and_stay_apart(run_id: str) -> None:
    name = job_name("analyse", run_id)
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name)
    assert len(name) <= 63 - len("-9999")


def test_bent_names_do_not_meet() -> None:
    ids = ["A_b", "a_b", "a-b", "a.b", "x" * 100, "x" * 99 + "y"]
    assert len({job_name("data", run_id) for run_id in ids}) == len(ids)
