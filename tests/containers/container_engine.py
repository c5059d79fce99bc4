"""Podman as the tests use it: builds the images on a base made from Debian packages, runs them and their pods."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BASE = "localhost/gram-tests/python:3.11-slim-bookworm"
TARGETS = ("stage", "train", "lab")
IMAGES = {"gram-stage": "localhost/gram-tests:stage", "gram": "localhost/gram-tests:train"}
"""What the manifests call the images, and what they are called here."""

# runc and no daemon of systemd's; limits that root may set without CAP_SYS_RESOURCE, as inside another container
CONF = """\
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=10000:10000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""

HARDENED = ("--read-only", "--tmpfs=/tmp", "--network=none", "--cap-drop=all", "--security-opt=no-new-privileges")


@dataclass(frozen=True)
class Ended:
    """A container that has ended: exit code and everything it printed."""

    code: int
    said: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Engine:
    """Podman with its configuration in `folder`."""

    folder: Path

    def podman(
        self, *arguments: str, timeout_s: float = 300, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        conf = self.folder / "containers.conf"
        conf.write_text(CONF)
        environment = {**os.environ, "CONTAINERS_CONF": str(conf)}
        return subprocess.run(["podman", *arguments], env=environment, capture_output=True, text=True, input=stdin,
                              timeout=timeout_s, check=False)  # fmt: skip

    def asked(self, *arguments: str, timeout_s: float = 300, stdin: str | None = None) -> str:
        """What podman answers; an AssertionError with its words where it refuses."""
        done = self.podman(*arguments, timeout_s=timeout_s, stdin=stdin)
        assert done.returncode == 0, f"podman {' '.join(arguments)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def make_base(self) -> None:
        """A stand-in for python:3.11-slim-bookworm from Debian's own packages, since a registry may be out of reach."""
        if self.podman("image", "exists", BASE).returncode == 0:
            return
        tar = self.folder / "base.tar"
        packages = "python3,python3-venv,ca-certificates"
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={packages}", "bookworm", tar],
                       check=True, timeout=600, stdin=subprocess.DEVNULL)  # fmt: skip
        self.asked("import", "--quiet", str(tar), BASE)
        tar.unlink()

    def build(self, target: str, context: Path = ROOT, tag: str = "", revision: str = "0123abc") -> str:
        """Builds `target` and returns what the build printed; layers of earlier builds are taken where they fit."""
        given = ["--build-arg", f"BASE_IMAGE={BASE}", "--build-arg", f"REVISION={revision}", "--target", target]
        if authority := certificate():
            given += ["--secret", f"id=ca,src={authority}"]
        tag = tag or f"localhost/gram-tests:{target}"
        return self.asked("build", "--isolation=chroot", "--layers", *given, "--tag", tag, str(context), timeout_s=900)

    def run(self, image: str, *arguments: str, options: tuple[str, ...] = (), timeout_s: float = 300) -> Ended:
        """`gram` with `arguments` in a hardened container of `image` (stage, train or lab)."""
        done = self.podman(
            "run", "--rm", *HARDENED, *options, f"localhost/gram-tests:{image}", *arguments, timeout_s=timeout_s
        )
        return Ended(done.returncode, done.stdout + done.stderr)

    def python(self, image: str, code: str) -> str:
        """What `code` prints under the image's own Python."""
        return self._instead(image, "python", code)

    def shell(self, image: str, script: str) -> str:
        """What `script` prints in a hardened container."""
        return self._instead(image, "sh", script)

    def _instead(self, image: str, program: str, given: str) -> str:
        entry = f"--entrypoint={program}"
        return self.asked("run", "--rm", *HARDENED, entry, f"localhost/gram-tests:{image}", "-c", given)


@dataclass(frozen=True)
class Pod:
    """A pod started from a Job's template, with one container called gram."""

    engine: Engine
    name: str
    manifest: str

    @property
    def container(self) -> str:
        return f"{self.name}-gram"

    def start(self, *, network: bool) -> None:
        options = [] if network else ["--network", "none"]
        self.engine.asked("kube", "play", *options, "-", stdin=self.manifest)

    def network(self) -> str:
        """How the pod is wired; `none` has no way out."""
        infra = json.loads(self.engine.asked("pod", "inspect", self.name))["InfraContainerID"]
        return json.loads(self.engine.asked("inspect", infra))[0]["HostConfig"]["NetworkMode"]

    def inspected(self) -> dict[str, Any]:
        return json.loads(self.engine.asked("inspect", self.container))[0]

    def said(self) -> str:
        done = self.engine.podman("logs", self.container)
        return done.stdout + done.stderr

    def wait_for(self, words: str, timeout_s: float = 120) -> None:
        """Return once the pod has printed `words`."""
        until = time.monotonic() + timeout_s
        while words not in self.said():
            running = self.inspected()["State"]["Status"] == "running"
            assert running and time.monotonic() < until, f"{self.name} never said {words!r}:\n{self.said()}"
            time.sleep(0.2)

    def end(self, timeout_s: float = 300) -> Ended:
        """Wait for the container to end, take what it left behind and remove the pod."""
        self.engine.podman("wait", self.container, timeout_s=timeout_s)
        details, said = self.inspected(), self.said()
        # `podman wait` answers 0 for a container that never started
        assert details["State"]["Status"] == "exited", details["State"]
        self.remove()
        return Ended(details["State"]["ExitCode"], said, details)

    def remove(self) -> None:
        self.engine.asked("kube", "down", "-", stdin=self.manifest)


def certificate() -> Path | None:
    """The certificate this machine's pip is told to trust, where a proxy inspects TLS; None without one."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.cert"], capture_output=True, text=True
    )
    named = [os.environ.get(name, "") for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")]
    found = [Path(name) for name in (*named, asked.stdout.strip()) if name]
    return next((path for path in found if path.is_file()), None)
