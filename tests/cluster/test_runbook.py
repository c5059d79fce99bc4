"""The runbook names what exists: commands, files, exit codes with the meaning the code gives them."""

from __future__ import annotations

import re
from pathlib import Path

import kubernetes_validate
import pytest

from gramlib.cli import gram
from gramlib.cli.k8s import k8s
from gramlib.cluster.failure import MEANINGS
from gramlib.cluster.manifest import template
from gramlib.errors import GramError
from gramlib.params.manifests import read_documents

OUTCOME = {"Ignore": "starts the pod again, uncounted", "FailJob": "fails"}


@pytest.fixture(scope="module")
def runbook(workbench_root: Path) -> str:
    return (workbench_root / "k8s" / "README.md").read_text(encoding="utf-8")


def test_every_exit_code_has_a_row_that_says_what_the_cluster_does(runbook: str, workbench_root: Path) -> None:
    rows = {
        int(code): (cause, does) for code, cause, does in re.findall(r"^\| (\d+) \| (.*?) \| (.*?) \|", runbook, re.M)
    }
    assert rows.keys() == {0, *MEANINGS}
    acts = {
        code: OUTCOME[rule["action"]]
        for rule in template(workbench_root)["spec"]["podFailurePolicy"]["rules"]
        for code in rule.get("onExitCodes", {}).get("values", [])
    }
    assert {code: rows[code] for code, act in acts.items() if not rows[code][1].startswith(act)} == {}
    assert all("attempt" in rows[code][1] for code in MEANINGS.keys() - acts.keys())


def test_every_exit_code_of_ours_has_a_meaning() -> None:
    def codes(error: type[GramError]) -> set[int]:
        return {error.exit_code}.union(*(codes(child) for child in error.__subclasses__()))

    assert codes(GramError) <= MEANINGS.keys()


def test_commands_and_options_exist(runbook: str) -> None:
    named = re.findall(r"\.venv/bin/gram k8s (\w+)([^\n`|]*)", runbook)
    assert {name for name, _ in named} == set(k8s.commands)
    for name, rest in named:
        known = {option for parameter in k8s.commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, name
    assert {word for word in re.findall(r"`gram (\w+)", runbook)} <= set(gram.commands)


def test_files_and_folders_exist(runbook: str, workbench_root: Path) -> None:
    named = {word for word in re.findall(r"(?<![\w/])(?:k8s|gramlib|tests|params)/[\w./-]*\w", runbook)}
    named |= {f"k8s/{word}" for word in re.findall(r"`((?:base|stages|overlays)[\w./]*)`", runbook)}
    assert len(named) > 12
    assert sorted(name for name in named if not (workbench_root / name).exists()) == []


def test_the_reader_is_valid_and_only_reads(workbench_root: Path) -> None:
    (pod,) = read_documents(workbench_root / "k8s" / "reader.yaml")
    kubernetes_validate.validate(pod, "1.32", strict=True)
    job = template(workbench_root)["spec"]["template"]["spec"]
    assert pod["spec"]["securityContext"] == job["securityContext"]
    (container,) = pod["spec"]["containers"]
    assert container["securityContext"] == job["containers"][0]["securityContext"]
    assert all(mount["readOnly"] for mount in container["volumeMounts"])


def test_the_overlays_are_all_named(runbook: str, workbench_root: Path) -> None:
    folders = {path.parent.name for path in (workbench_root / "k8s" / "overlays").glob("*/kustomization.yaml")}
    assert folders == {"local", "cloud", "sweep", "nightly", "jobset", "argo"}
    assert [name for name in folders if f"`{name}`" not in runbook] == []
