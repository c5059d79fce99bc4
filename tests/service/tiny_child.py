"""What the service runs in tests: `gram run` on four toy notebooks, or a run that takes a fraction of a second.

    python tiny_child.py toy NOTEBOOKS RUN.json --run-id ID --json …      real kernels, real manifests
    python tiny_child.py quick SECONDS RUN.json --run-id ID --json …      real parameters, claim, record and manifests; no notebooks

A quick run leaves one line in begun.log beside the runs each time it holds its folder, so that a test can count.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from gramlib import cli


def toy(notebooks: str, arguments: list[str]) -> int:
    """`gram run` with the toy stages."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "runner"))
    import toy_pipeline

    from gramlib.cli import runs
    from gramlib.runner import workbench
    from gramlib.runner.pipeline import select
    from gramlib.runner.place import Place
    from gramlib.runner.run import Request

    def toy_request(stage: str, first: str, last: str, force: bool, wait_s: float, place: Place) -> Request:
        chosen = select(toy_pipeline.TOYS, only=stage, first=first, last=last)
        lock = workbench.root() / "requirements.lock"
        return Request(place.reports, Path(notebooks), lock, chosen, toy_pipeline.TOYS, force, wait_s, place=place)

    runs._request = toy_request
    return cli.main(["run", *arguments])


def quick(seconds: str, arguments: list[str]) -> int:
    """Hold the run's folder for `seconds`, with its record written, then say that it is done."""
    from gramlib.errors import FolderBusy
    from gramlib.runner.pipeline import STAGES
    from gramlib.store import Claim, Manifest, RunFolder

    run_id = arguments[arguments.index("--run-id") + 1]
    record = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    reports = Path(os.environ["GRAM_REPORTS"])
    folder = RunFolder(reports / run_id)
    folder.path.mkdir(exist_ok=True)

    def say(event: str, **facts: object) -> None:
        print(json.dumps({"event": event, "time": time.time(), "run_id": run_id, **facts}), flush=True)

    try:
        with Claim(folder.path):
            folder.create(record)
            with open(reports / "begun.log", "a", encoding="utf-8") as log:
                log.write(f"{run_id}\n")
            say("run_started", stages=["data"])
            time.sleep(float(seconds))
            for stage in STAGES:
                folder.stage_path(stage.folder).mkdir(exist_ok=True)
                Manifest(stage.name, run_id, {}, ()).write(folder.stage_path(stage.folder))
            (folder.path / "report.html").write_text("<!DOCTYPE html><title>quick</title>", encoding="utf-8")
            say("run_ended", complete=True)
            return 0
    except FolderBusy as error:
        say("run_failed", error="FolderBusy", message=str(error), exit_code=75)
        return 75


if __name__ == "__main__":
    sys.exit({"toy": toy, "quick": quick}[sys.argv[1]](sys.argv[2], sys.argv[3:]))
