"""What the two locks promise: every file by hash, from no particular index, one version everywhere."""

from __future__ import annotations

import re
import runpy
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ("requirements.lock", "requirements-tools.lock")
ALL_LOCKS = (*LOCKS, "requirements-manifests.lock")

PLATFORMS = {
    "linux-x86_64": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
    "linux-aarch64": {"sys_platform": "linux", "platform_machine": "aarch64", "os_name": "posix"},
    "macos-arm64": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
}
PYTHONS = ("3.11", "3.12", "3.13")


def entries(lock: Path) -> list[str]:
    """Each requirement of the lock with its options, continuation lines joined and comments dropped."""
    lines = [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]
    return [entry.strip() for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def pins(lock: Path) -> list[Requirement]:
    return [Requirement(re.split(r"\s--hash", entry)[0]) for entry in entries(lock)]


def chosen(lock: Path, platform: str, python: str) -> dict[str, str]:
    """Version of each package the lock installs on that platform and Python."""
    environment = {**PLATFORMS[platform], "python_version": python, "python_full_version": f"{python}.4"}
    fitting = (pin for pin in pins(lock) if pin.marker is None or pin.marker.evaluate(environment))
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in fitting}


def direct(root: Path) -> list[Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project["dependencies"]]


@pytest.mark.parametrize("name", ALL_LOCKS)
def test_every_requirement_is_pinned_and_hashed(workbench_root: Path, name: str) -> None:
    found = entries(workbench_root / name)
    assert found
    bad = [e for e in found if not re.match(r"[a-z0-9._-]+==\S+( ;.*?)?( +--hash=sha256:[0-9a-f]{64})+$", e)]
    assert bad == []


@pytest.mark.parametrize("name", ALL_LOCKS)
def test_no_index_no_address_no_path_of_a_machine(workbench_root: Path, name: str) -> None:
    text = (workbench_root / name).read_text()
    assert re.findall(r"\S*://\S*|--(?:extra-)?index-url|--find-links|--trusted-host|(?<=\s)/\S+|\S+ @ ", text) == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_direct_dependency_is_locked_at_a_version_it_allows(
    workbench_root: Path, platform: str, python: str
) -> None:
    locked = chosen(workbench_root / "requirements.lock", platform, python)
    environment = {**PLATFORMS[platform], "python_version": python, "python_full_version": f"{python}.4"}
    wanted = [r for r in direct(workbench_root) if r.marker is None or r.marker.evaluate(environment)]
    assert [str(r) for r in wanted if not r.specifier.contains(locked.get(canonicalize_name(r.name), "none"))] == []


@pytest.mark.parametrize(
    ("platform", "build"),
    [("linux-x86_64", "tensorflow-cpu"), ("linux-aarch64", "tensorflow"), ("macos-arm64", "tensorflow")],
)
def test_tensorflow_is_the_cpu_build_where_there_is_one(workbench_root: Path, platform: str, build: str) -> None:
    locked = chosen(workbench_root / "requirements.lock", platform, "3.12")
    assert {name for name in locked if name in ("tensorflow", "tensorflow-cpu")} == {build}
    assert not {name for name in locked if name.startswith("nvidia-")}


@pytest.mark.parametrize("name", ALL_LOCKS)
def test_one_version_of_a_package_whatever_the_python(workbench_root: Path, name: str) -> None:
    versions: dict[str, set[str]] = {}
    for pin in pins(workbench_root / name):
        versions.setdefault(canonicalize_name(pin.name), set()).add(str(pin.specifier))
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_tools_never_disagree_with_the_runtime(workbench_root: Path) -> None:
    runtime, tools = (chosen(workbench_root / name, "linux-x86_64", "3.11") for name in LOCKS)
    shared = runtime.keys() & tools.keys()
    assert "click" in shared
    assert {name: (runtime[name], tools[name]) for name in shared if runtime[name] != tools[name]} == {}


def subsets(root: Path) -> dict[str, set[str]]:
    """Each part of the runtime lock, and the direct dependencies it leaves out."""
    return runpy.run_path(str(root / ".ci" / "subsets"))["LEFT_OUT"]


def needed(wanted: list[Requirement]) -> set[str]:
    """Names of the packages that `wanted` come to here, by what the installed packages say they require."""
    found: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        requirement = wanted.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in found:
            continue
        found.add(key)
        for text in requires(requirement.name) or []:
            needs = Requirement(text)
            extras = ["", *requirement.extras]
            if needs.marker is None or any(needs.marker.evaluate({"extra": extra}) for extra in extras):
                wanted.append(needs)
    return {name for name, _ in found}


def test_the_parts_for_images_and_binder_are_of_the_same_files_as_the_lock(workbench_root: Path) -> None:
    def files(lock: Path) -> dict[str, set[str]]:
        """Hashes by name and version."""
        return {entry.split(" ")[0]: set(re.findall(r"sha256:\w+", entry)) for entry in entries(lock)}

    whole = files(workbench_root / "requirements.lock")
    for part in subsets(workbench_root):
        assert files(workbench_root / part).items() <= whole.items(), f"{part} is not of this lock: run make lock"


def test_the_parts_hold_what_is_needed_and_nothing_else(workbench_root: Path) -> None:
    object_storage = tomllib.loads((workbench_root / "pyproject.toml").read_text())["project"]["optional-dependencies"][
        "s3"
    ]
    for part, left_out in subsets(workbench_root).items():
        wanted = [r for r in (*direct(workbench_root), *map(Requirement, object_storage)) if r.name not in left_out]
        here = [r for r in wanted if r.marker is None or r.marker.evaluate()]
        locked = {
            canonicalize_name(pin.name)
            for pin in pins(workbench_root / part)
            if pin.marker is None or pin.marker.evaluate()
        }
        assert locked == needed(here), part
