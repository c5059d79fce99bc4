"""Sweeps of the toy pipeline on the real scheduler, workers and kernels.

`python toy_sweep.py worker` is a worker that knows the toy stages; `python toy_sweep.py REPORTS NOTEBOOKS SWEEP.yaml
[options]` behaves as `gram sweep` does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import toy_pipeline

from gramlib import cli
from gramlib.runner import sweep, sweep_figures, sweep_worker
from gramlib.store import RunFolder, atomic

SCRIPT = Path(__file__)
UNTIL = toy_pipeline.TOYS[:3]
SWEEP = """\
title: Toy sweep
base: {base}
until: predict
grid:
  - {{key: predict.n_paths, values: [100, 200]}}
  - {{key: predict.fan_paths, values: [50, 60]}}
"""


def toy_figures(folder: RunFolder) -> dict[str, Any]:
    """One figure of a toy member: its paths over a thousand."""
    document = atomic.read_json(folder.path / "03_predict" / "scenarios_used.json") or {}
    figure = {"id": "chance_any", "value": document["paths"] / 1000, "unit": "probability", "lower": None, "upper": None,
              "book": "liquidity", "high_is_bad": True}  # fmt: skip
    return {
        "figures": {"chance_any": figure, "end_equity_mean": {**figure, "id": "end_equity_mean", "unit": "USD"}},
        "verdict": {},
    }


@dataclass(frozen=True)
class ToySweep:
    """Folders of one toy sweep, and how to run it."""

    reports: Path
    notebooks: Path
    file: Path

    def command(self, *options: str) -> list[str]:
        return [sys.executable, str(SCRIPT), str(self.reports), str(self.notebooks), str(self.file), *options]

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*options), capture_output=True, text=True, timeout=300, check=False)

    def start(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip

    @property
    def folder(self) -> Path:
        (found,) = [path.parent for path in self.reports.glob("*/sweep.json")]
        return found

    def members(self) -> list[str]:
        return [member["id"] for member in json.loads((self.folder / "sweep.json").read_text())["members"]]

    def manifest(self, run: str, stage: str) -> dict[str, Any]:
        return json.loads((self.folder / run / stage / "stage.json").read_text())

    def tables(self) -> dict[str, bytes]:
        """Bytes of every artefact of every member."""
        names = {f"{name}.json" for stage in UNTIL for name in stage.outputs} | {"figures.json"}
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for member in self.members()
            for path in sorted((self.folder / member).rglob("*.json"))
            if path.name in names
        }


def events(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def main(arguments: list[str]) -> int:
    sweep_figures._figures = toy_figures
    if arguments == ["worker"]:
        return sweep_worker.main(toy_pipeline.TOYS)
    reports, notebooks, file, *options = arguments
    real_request, real_resolve = sweep.SweepRequest, sweep.resolve_sweep
    worker = (sys.executable, str(SCRIPT), "worker")
    sweep.SweepRequest = lambda *given: replace(  # type: ignore[assignment, misc]
        real_request(*given), reports=Path(reports), notebooks=Path(notebooks), stages=toy_pipeline.TOYS, worker=worker
    )
    sweep.resolve_sweep = lambda loaded: real_resolve(loaded, toy_pipeline.TOYS)
    return cli.main(["sweep", file, *options])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
