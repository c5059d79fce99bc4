"""A JupyterLab of the test's own: folders, settings and port apart from the user's, and hands for its page."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # every cell stands in the page, so that counts and texts can be read without scrolling to them
    "notebook-extension/tracker": {"windowingMode": "none"},
}
_STARTS_S = 90
_KERNEL_MS = 120_000


@dataclass(frozen=True)
class Lab:
    """A running server: its address with the token, and the folder it shows."""

    port: int
    token: str
    root: Path

    def url(self, notebook: str) -> str:
        return f"http://127.0.0.1:{self.port}/lab/tree/{notebook}?token={self.token}&reset"


@contextmanager
def running(root: Path, home: Path, reports: Path) -> Iterator[Lab]:
    """JupyterLab on `root`, with everything it keeps below `home`, offline, until the block ends."""
    for name, values in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")},
        "GRAM_REPORTS": str(reports),
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={root}",
               "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]  # fmt: skip
    with open(home / "server.log", "wb") as log:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _await_answer(f"http://127.0.0.1:{port}/api/status?token={token}", server, home / "server.log")
        yield Lab(port, token, root)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await_answer(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTS_S
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def run_all(page: Page, cells: int) -> None:
    """Choose Run, Run All Cells of the open notebook, and wait until its `cells` code cells have run, one after the other."""
    # the notebook calls itself idle before it has a kernel, and would then ask which one to take
    page.locator("#jp-main-statusbar", has_text="(ipykernel) | Idle").wait_for(timeout=_KERNEL_MS)
    page.locator(".lm-MenuBar-item", has_text="Run").click()
    page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()
    numbered = (
        "n => { const said = [...document.querySelectorAll('.jp-NotebookPanel .jp-CodeCell .jp-InputPrompt')].map(e => e.textContent);"
        " return said.filter(t => /\\[\\d+\\]/.test(t)).length >= n"
        " || document.querySelector(\".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr'], .jp-RenderedText[data-mime-type='application/vnd.jupyter.error']\") !== null }"
    )
    page.wait_for_function(numbered, arg=cells, timeout=_KERNEL_MS)


def errors(page: Page) -> list[str]:
    """What cells raised or wrote to their error stream."""
    return page.locator(
        ".jp-RenderedText[data-mime-type='application/vnd.jupyter.error'], .jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']"
    ).all_inner_texts()
