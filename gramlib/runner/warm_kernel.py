"""Kernels forked from a process that has the libraries already (`kernel_nursery`), for workers that start hundreds.

`install` tells Jupyter's client to take every kernel of this process from a nursery. Nothing else changes: the same
notebook, the same messages, a process and a session of its own for each kernel.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import EntryPoint
from typing import Any

import psutil
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "gram-warm"
_POLL_SECONDS = 0.02


def install() -> None:
    """From now on every kernel that this process starts comes from a nursery; Linux only, elsewhere nothing changes."""
    if sys.platform != "linux":  # forks of a process that has used system libraries are unsafe on macOS
        return
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:WarmProvisioner", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME


class Nursery:
    """The one nursery of this process; started when it is first needed, and again when it has died."""

    _process: subprocess.Popen[str] | None = None

    @classmethod
    def fork(cls, argv: list[str], env: dict[str, str], cwd: str, log: str) -> int:
        """Process id of a new kernel; raises OSError when the nursery cannot be had."""
        if cls._process is None or cls._process.poll() is not None:
            cls._process = cls._start(env)
        return int(cls._ask(cls._process, {"argv": argv, "env": env, "cwd": cwd, "log": log})["pid"])

    @classmethod
    def _start(cls, env: dict[str, str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "gramlib.runner.kernel_nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=env, start_new_session=True,
        )  # fmt: skip
        cls._answer(process)
        return process

    @classmethod
    def _ask(cls, process: subprocess.Popen[str], request: dict[str, Any]) -> dict[str, Any]:
        assert process.stdin is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        return cls._answer(process)

    @staticmethod
    def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise OSError(f"the process that forks kernels has ended (exit code {process.wait()})")
        return dict(json.loads(line))


class ForkedKernel:
    """As much of subprocess.Popen as Jupyter's client asks of a kernel that is not our child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        self.returncode: int | None = None
        try:
            self._process: psutil.Process | None = psutil.Process(pid)
        except psutil.NoSuchProcess:
            self._process = None

    def poll(self) -> int | None:
        """None while it lives; the code of an ended one is not known, so it is told as 1."""
        if self.returncode is None and not self._lives():
            self.returncode = 1
        return self.returncode

    def _lives(self) -> bool:
        try:
            return (
                self._process is not None
                and self._process.is_running()
                and self._process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return False

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
            time.sleep(_POLL_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class WarmProvisioner(LocalProvisioner):
    """Starts kernels by asking the nursery."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel for `cmd` (python … -m ipykernel_launcher ARGUMENTS)."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        log = getattr(kwargs.get("stdout"), "name", "")
        pid = Nursery.fork(
            arguments, kwargs["env"], str(kwargs.get("cwd") or os.getcwd()), log if isinstance(log, str) else ""
        )
        self.process = ForkedKernel(pid)  # type: ignore[assignment]
        self.pid, self.pgid = pid, pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info
