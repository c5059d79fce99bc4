"""The three images, built once a session; skipped with a reason where no container can be had."""

from __future__ import annotations

import shutil

import pytest
from container_engine import BASE, Engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Podman with the base image at hand."""
    missing = [tool for tool in ("podman", "runc", "mmdebstrap") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no containers here: {', '.join(missing)} missing; .ci/tools installs what is")
    engine = Engine(tmp_path_factory.mktemp("podman"))
    if (asked := engine.podman("info")).returncode:
        pytest.skip(f"no containers here: podman says {asked.stderr.strip().splitlines()[-1]}")
    engine.make_base()
    tried = engine.podman("run", "--rm", "--network=none", BASE, "true")
    if tried.returncode:
        pytest.skip(f"no containers here: podman says {tried.stderr.strip().splitlines()[-1]}")
    return engine


@pytest.fixture(scope="session")
def pod_images(engine: Engine) -> Engine:
    """The engine, with the images that the manifests name built from the clone as it stands."""
    for target in ("stage", "train"):
        engine.build(target)
    return engine


@pytest.fixture(scope="session")
def images(pod_images: Engine) -> Engine:
    """The engine, with `lab` built on top of them too."""
    pod_images.build("lab")
    return pod_images
