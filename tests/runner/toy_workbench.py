"""A toy pipeline in a temporary folder, run in its own process as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import toy_pipeline

SCRIPT = Path(toy_pipeline.__file__)


@dataclass(frozen=True)
class Toy:
    """Folders of one toy workbench, and how to run it."""

    reports: Path
    notebooks: Path

    def command(self, *options: str) -> list[str]:
        return [sys.executable, str(SCRIPT), str(self.reports), str(self.notebooks), *options]

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*options), capture_output=True, text=True, timeout=180, check=False)

    def start(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*options),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    @property
    def folder(self) -> Path:
        """The only run there is."""
        found = [path.parent for path in self.reports.glob("*/run.json")]
        assert len(found) == 1, found
        return found[0]

    def attempt(self, stage: str) -> dict:
        """attempt.json of the latest kept attempt at `stage`, with its folder under `path`."""
        found = sorted(
            self.folder.glob(f"*_{stage}.attempt-*/attempt.json"), key=lambda p: json.loads(p.read_text())["started"]
        )
        return {**json.loads(found[-1].read_text()), "path": found[-1].parent}

    def statuses(self, stage: str) -> list[str]:
        """papermill status of each cell of the kept attempt's notebook that came from the stage notebook."""
        notebook = json.loads((self.attempt(stage)["path"] / "notebook.ipynb").read_text())
        return [
            c["metadata"]["papermill"]["status"]
            for c in notebook["cells"]
            if "gram-failure" not in c["metadata"].get("tags", [])
        ]

    def tables(self) -> dict[str, bytes]:
        """Bytes of every artefact of the run."""
        return {
            f"{p.parent.name}/{p.name}": p.read_bytes()
            for p in sorted(self.folder.glob("[0-9][0-9]_*/*.json"))
            if "." not in p.parent.name
            and p.name in {f"{name}.json" for names in toy_pipeline.OUTPUTS.values() for name in names}
        }
