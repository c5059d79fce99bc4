"""A process that runs members one after the other: what costs seconds to import is imported once.

It reads one job a line (JSON) from its standard input and tells what happens as one event a line on its standard
output. When the input ends it stops what it does, as on SIGTERM: the one that gave it work is gone.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from gramlib.errors import GramError, from_os_error
from gramlib.runner import workbench
from gramlib.runner.pipeline import STAGES, Stage
from gramlib.runner.progress import Reporter


class _Teller(Reporter):
    """Sends every event up, with the name of the job it belongs to."""

    def __init__(self, channel: TextIO, job: str):
        super().__init__(as_json=True)
        self._channel, self._job = channel, job

    def event(self, name: str, text: str = "", /, **facts: Any) -> None:
        """One event as one line."""
        with self._lock:
            self._channel.write(json.dumps({"event": name, "job": self._job, **facts}) + "\n")
            self._channel.flush()


def work(job: dict[str, Any], tell: _Teller, stages: tuple[Stage, ...] = STAGES) -> None:
    """Run the job's stages in its folder; raises the GramError that stopped it."""
    from gramlib.runner.resolve import resolve_run
    from gramlib.runner.run import Request, execute

    folder = Path(job["folder"])
    run = replace(resolve_run(folder / "run.json", [], workbench.root(), folder.name), pictures=job["pictures"])
    chosen = tuple(stage for stage in stages if stage.name in job["stages"])
    sources = tuple(Path(source) for source in job["adopt_from"])
    request = Request(
        folder.parent,
        Path(job["notebooks"]),
        Path(job["lock"]),
        chosen,
        stages,
        wait_s=job["wait_s"],
        adopt_from=sources,
    )
    execute(run, request, tell)
    if job["figures"]:
        from gramlib.runner.sweep_figures import write_figures

        write_figures(folder)


def main(stages: tuple[Stage, ...] = STAGES) -> int:
    """Serve jobs until the input ends; returns the exit code of the process."""
    from gramlib.runner import warm_kernel

    warm_kernel.install()
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not be taken for an event
    jobs: queue.Queue[dict[str, Any] | None] = queue.Queue()
    busy = threading.Event()
    threading.Thread(target=_listen, args=(jobs, busy), daemon=True).start()
    while True:
        try:
            job = jobs.get()
            if job is None:
                return 0
            _serve(job, _Teller(channel, job["job"]), stages, busy)
        except KeyboardInterrupt:
            return 130


def _serve(job: dict[str, Any], tell: _Teller, stages: tuple[Stage, ...], busy: threading.Event) -> None:
    began = time.monotonic()
    busy.set()
    try:
        work(job, tell, stages)
        tell.event("job_done", wall_s=round(time.monotonic() - began, 3))
    except GramError as error:
        _fail(tell, error, began)
    except OSError as error:
        _fail(tell, from_os_error(error), began)
    except Exception as error:  # a defect in one member is that member's failure
        _fail(tell, GramError(f"a defect: {type(error).__name__}: {error}"), began)
    finally:
        busy.clear()


def _fail(tell: _Teller, error: GramError, began: float) -> None:
    tell.event(
        "job_failed", error=type(error).__name__, message=str(error), exit_code=error.exit_code,
        wall_s=round(time.monotonic() - began, 3),
    )  # fmt: skip


def _listen(jobs: queue.Queue[dict[str, Any] | None], busy: threading.Event) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    jobs.put(None)
    if busy.is_set():
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
