"""What is in each image, and that it starts where nothing but /tmp and the runs can be written."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from container_engine import ROOT, TARGETS, Engine, certificate

import gramlib

pytestmark = [pytest.mark.container, pytest.mark.slow]

INSTALLED = (
    "import importlib.metadata as m; print(*sorted(d.name.lower().replace('_', '-') for d in m.distributions()))"
)


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_names_its_version_its_revision_and_a_numeric_user(images: Engine, target: str) -> None:
    config = json.loads(images.asked("inspect", f"localhost/gram-tests:{target}"))[0]["Config"]
    assert config["Labels"]["org.opencontainers.image.version"] == gramlib.__version__
    assert config["Labels"]["org.opencontainers.image.revision"] == "0123abc"
    assert config["User"] == "10001:0"
    assert not [line for line in config["Env"] if re.search("CERT|PROXY|TOKEN|SECRET", line)]


@pytest.mark.parametrize(
    ("target", "there", "absent"),
    [
        ("stage", {"papermill", "numba", "s3fs"}, {"tensorflow-cpu", "keras", "jupyterlab", "rfc3987-syntax"}),
        ("train", {"papermill", "numba", "s3fs", "tensorflow-cpu"}, {"jupyterlab", "rfc3987-syntax"}),
        ("lab", {"papermill", "numba", "s3fs", "tensorflow-cpu", "jupyterlab"}, set()),
    ],
)
def test_an_image_holds_what_its_stages_need_and_no_more(
    images: Engine, target: str, there: set[str], absent: set[str]
) -> None:
    installed = set(images.python(target, INSTALLED).split())
    assert there <= installed
    assert not (absent | {"pip", "pytest", "moto", "playwright"}) & installed


@pytest.mark.parametrize("target", TARGETS)
def test_the_notices_name_every_package_with_its_licence(images: Engine, target: str) -> None:
    show = "import sys; sys.stdout.write(open('/opt/THIRD-PARTY-NOTICES.txt').read())"
    notices = images.python(target, show)
    named = dict(re.findall(r"^={100}\n(\S+) \S+\nLicence: (.+)$", notices, re.MULTILINE))
    assert {name.lower().replace("_", "-") for name in named} == set(images.python(target, INSTALLED).split())
    assert "NONE STATED" not in named.values()
    assert [name for name, licence in named.items() if re.search(r"\bA?GPL", licence)] == []


def test_no_certificate_of_the_build_stays_behind(images: Engine) -> None:
    authority = certificate()
    if authority is None:
        pytest.skip("pip needs no certificate here")
    kept = images.python("stage", "import pathlib; print(*pathlib.Path('/run/secrets').rglob('*'))")
    assert kept.strip() == ""


def test_the_kernel_and_the_fonts_come_ready_made(images: Engine) -> None:
    found = "find /tmp/numba /tmp/matplotlib -type f -exec md5sum {} +"
    used = "gram --with-processor python -W error -m gramlib.simulation.kernel && python -c 'import matplotlib.font_manager'"
    said = images.shell("stage", f"gram --version && {found} && {used} && echo used && {found}")
    before, after = (re.findall(r"^\w{32}  /tmp/.*$", part, re.MULTILINE) for part in said.split("used"))
    assert any("loop.run_task" in line for line in before)
    assert any("fontlist" in line for line in before)
    assert after == before, "compiled or looked up again"


def test_any_user_of_group_0_runs_a_stage_where_only_tmp_and_the_runs_are_writable(images: Engine) -> None:
    images.podman("volume", "rm", "--force", "gram-tests-uid")
    options = ("--user=1234567890:0", "--memory=1g", "--volume=gram-tests-uid:/runs")
    try:
        ended = images.run("stage", "run", "params/smoke.yaml", "--stage", "data", "--run-id", "any", options=options)
        assert ended.code == 0, ended.said
        again = images.run("stage", "run", "params/smoke.yaml", "--stage", "data", "--run-id", "any", options=options)
        assert again.code == 0, again.said
        assert "unchanged" in again.said, again.said
    finally:
        images.podman("volume", "rm", "--force", "gram-tests-uid")


def test_without_a_place_for_the_runs_the_command_says_so(images: Engine) -> None:
    ended = images.run("stage", "run", "params/smoke.yaml", "--stage", "data")
    assert ended.code == 2, ended.said
    assert "/runs" in ended.said
    assert "Traceback" not in ended.said


def test_an_edit_of_the_code_installs_nothing_again(images: Engine, tmp_path: Path) -> None:
    context = tmp_path / "clone"
    ignored = shutil.ignore_patterns("__pycache__", ".gram-*")
    for name in ("gramlib", "notebooks", "params", "containers"):
        shutil.copytree(ROOT / name, context / name, ignore=ignored)
    for name in ("Dockerfile", ".dockerignore", "pyproject.toml", "requirements.lock", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, context / name)
    with (context / "gramlib" / "cli" / "__init__.py").open("a") as file:
        file.write("# edited\n")
    printed = images.build("stage", context, tag="localhost/gram-tests:edited")
    images.podman("rmi", "localhost/gram-tests:edited")
    steps = re.findall(r"STEP \d+/\d+: (RUN .*)\n(-->.*)", printed)
    assert [(step, done) for step, done in steps if "Using cache" not in done and "/image" not in step] == []
    assert len(steps) >= 4
