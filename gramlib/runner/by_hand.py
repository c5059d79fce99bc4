"""A stage notebook outside the runner: real upstream tables in, a scratch run out."""

from __future__ import annotations

import platform
import secrets
import subprocess
import sys
import time
from pathlib import Path

from pydantic import BaseModel

from gramlib.errors import UpstreamNotReady
from gramlib.runner import workbench
from gramlib.runner.pipeline import Stage, stage_named
from gramlib.store import Manifest, Output, RunFolder, atomic
from gramlib.store.run_folder import run_folders

SMOKE = "params/smoke.yaml"


def scratch_folder(stage: Stage) -> Path:
    """A new folder reports/scratch-…/<NN_stage>; recorded runs are never written to."""
    folder = workbench.reports() / f"scratch-{stage.name}-{secrets.token_hex(4)}" / stage.folder
    folder.mkdir(parents=True)
    return folder


def named_run(name: str) -> RunFolder:
    """The run called `name`, a run folder or an id among the runs, whether or not it is there."""
    return RunFolder(Path(name).resolve() if Path(name).is_dir() else workbench.reports() / name)


def upstream_run(stage: Stage, upstream: str) -> RunFolder | None:
    """The run whose tables a notebook reads: the one named, else the latest with all it needs, else a smoke run.

    Raises UpstreamNotReady when the named run lacks a stage.
    """
    if not stage.upstream:
        return None
    if upstream:
        named = named_run(upstream)
        missing = lacking(named, stage)
        if missing:
            raise UpstreamNotReady(
                f"run {upstream} has no succeeded {missing}",
                expected="a run with every stage this one reads",
                origin=str(named.path),
                remedy=f"gram run PARAMS.yaml --until {missing}, or set upstream to another run",
            )
        return named
    for run in run_folders(workbench.reports()):
        if run.created and not lacking(run, stage):
            return run
    last = stage.upstream[-1]
    print(f"no recorded run has every stage that {stage.name} reads: making a smoke run once (under half a minute)")
    command = [
        sys.executable,
        "-m",
        "gramlib",
        "run",
        str(workbench.root() / SMOKE),
        "--until",
        last,
        "--out",
        str(workbench.reports()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for run in run_folders(workbench.reports()):
        if done.returncode == 0 and not lacking(run, stage):
            return run
    raise UpstreamNotReady(
        f"the smoke run did not succeed (exit {done.returncode}): {done.stderr.strip()[-300:]}",
        expected="a run to read from",
        remedy="run it yourself: make run",
    )


def lacking(run: RunFolder, stage: Stage) -> str:
    """The first stage that `stage` reads and `run` has no result of; empty when it has them all."""
    for name in stage.upstream:
        if run.manifest(stage_named(name).folder) is None:
            return name
    return ""


def close(folder: Path, stage: Stage, outputs: tuple[Output, ...], headline: str, params: BaseModel) -> None:
    """Write the manifest of a scratch stage, so that its tables can be read as `upstream` of the next one."""
    now = time.time()
    key = {
        "params": params.model_dump(mode="json"),
        "modules": {},
        "by_hand": True,
        "python": platform.python_version(),
    }
    Manifest(stage.name, folder.parent.name, key, outputs, started=now, finished=now, headline=headline).write(folder)
    atomic.create_json(
        folder.parent / "run.json",
        {"schema": 1, "run_id": folder.parent.name, "identity": "", "created": now, "scratch": True},
    )
