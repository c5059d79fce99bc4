"""papermill's engine as this workbench needs it: IPC sockets, atomic autosaves and honest statuses.

papermill 2.7 marks every cell "completed" after the kernel died or a time-out, and writes the notebook in
place. Here the notebook says of each cell what happened to it: completed, failed, died, timed_out,
interrupted, terminated or not_run, and is replaced as a whole each time it is saved.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import nbformat
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from gramlib.runner.stop import StopSwitch
from gramlib.store import atomic

ENGINE = "gram"
AUTOSAVE_SECONDS = 10
KERNEL_START_SECONDS = 180
LONGEST_SOCKET_PLACE = 70


@dataclass
class Execution:
    """What one execution needs to know and what it leaves behind."""

    notebook_path: Path
    stop: StopSwitch
    environment: dict[str, str]
    log: TextIO
    time_limit_s: float
    on_cell: Callable[[int, int], None]
    notebook: nbformat.NotebookNode | None = None
    cell: int = -1
    place: str = "before its first cell"


def _place(number: int, source: str) -> str:
    """A cell as a person finds it: its number in the executed notebook and its first line."""
    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return f"cell {number} (`{first if len(first) <= 60 else first[:57] + '…'}`)"


class HonestManager(NotebookExecutionManager):
    """Keeps the notebook's metadata true: cells that never ran say so, whatever ended the run."""

    def __init__(self, nb: nbformat.NotebookNode, execution: Execution):
        super().__init__(
            nb, output_path=None, progress_bar=False, log_output=False, autosave_cell_every=AUTOSAVE_SECONDS
        )
        self.execution = execution
        self.ending = ""
        execution.notebook = nb

    def save(self, **kwargs: Any) -> None:
        """Replace the notebook on disk by its present state."""
        atomic.write_text(self.execution.notebook_path, nbformat.writes(self.nb))
        self.last_save_time = self.now()

    def cell_start(self, cell: nbformat.NotebookNode, cell_index: int | None = None, **kwargs: Any) -> None:
        """Note which cell runs, for the progress display and for error messages."""
        # Noted now: papermill inserts cells of its own on top when it reports an error.
        self.execution.cell = int(cell_index or 0)
        self.execution.place = _place(self.execution.cell + 1, cell.source)
        self.execution.on_cell(self.execution.cell, len(self.nb.cells))
        super().cell_start(cell, cell_index, **kwargs)
        if cell.cell_type == "code":
            self._note(self.execution.place)

    def cell_complete(self, cell: nbformat.NotebookNode, cell_index: int | None = None, **kwargs: Any) -> None:
        """Note how a code cell ended and how long it took."""
        super().cell_complete(cell, cell_index, **kwargs)
        if cell.cell_type == "code":
            status = cell.metadata.papermill
            self._note(f"{status['status']} after {status['duration'] or 0.0:.2f} s")

    def _note(self, text: str) -> None:
        print(f"{self.now():%Y-%m-%d %H:%M:%S} {text}", file=self.execution.log, flush=True)

    def notebook_complete(self, **kwargs: Any) -> None:
        """Close the notebook's record without calling anything completed that was not."""
        self.end_time = self.now()
        meta = self.nb.metadata.papermill
        meta["end_time"] = self.end_time.isoformat()
        meta["duration"] = (self.end_time - self.start_time).total_seconds()
        broken = False
        for index, cell in enumerate(self.nb.cells):
            status = cell.metadata.papermill
            if self.ending and index == self.execution.cell:
                status["status"], status["exception"], broken = self.ending, True, True
            elif broken:
                status["status"] = "not_run"
            elif status["status"] == self.FAILED:
                broken = True
        if self.ending:
            meta["exception"] = True
        self.save()


class _Client(PapermillNotebookClient):
    """papermill's client on a kernel started by us, told to the stop switch."""

    def execute(self, **kwargs: Any) -> nbformat.NotebookNode:
        execution: Execution = self.nb_man.execution
        self.reset_execution_trackers()
        # What the kernel process itself prints (a crash in C, its sockets' last words) belongs to the log, not to the terminal.
        process = {"stdout": execution.log, "stderr": execution.log}
        with self.setup_kernel(env=execution.environment, cwd=str(Path.cwd()), **process):
            execution.stop.kernel_at_work(_kernel_pid(self.km), execution.time_limit_s)
            try:
                self.papermill_execute_cells()
            finally:
                execution.stop.kernel_gone()
        execution.stop.kill_leftovers()
        return self.nb


def _socket_folder() -> str:
    """A folder for the kernel's sockets; a Unix socket's path may be about 100 bytes long, so a long TMPDIR will not do."""
    place = tempfile.gettempdir()
    return tempfile.mkdtemp(prefix="gram-", dir=place if len(os.fsencode(place)) <= LONGEST_SOCKET_PLACE else "/tmp")


def _kernel_pid(manager: Any) -> int:
    return int(manager.provisioner.pid)


class GramEngine(Engine):
    """Engine `gram`; papermill hands it the prepared notebook and the Execution it belongs to."""

    @classmethod
    def execute_notebook(
        cls,
        nb: nbformat.NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        *,
        gram: Execution,
        **kwargs: Any,
    ) -> nbformat.NotebookNode:
        """Run all cells; raises DeadKernelError when the kernel died, else leaves the error in the notebook."""
        manager = HonestManager(nb, gram)
        sockets = _socket_folder()
        config = Config()
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = os.path.join(sockets, "k")
        manager.notebook_start()
        try:
            _Client(
                manager,
                kernel_name=kernel_name,
                startup_timeout=KERNEL_START_SECONDS,
                timeout=None,
                config=config,
                log=logging.getLogger("gramlib.kernel"),
                stdout_file=gram.log,
                stderr_file=gram.log,
            ).execute()
            manager.ending = gram.stop.reason
        except DeadKernelError:
            manager.ending = gram.stop.reason or "died"
            raise
        except BaseException:
            manager.ending = gram.stop.reason or "died"
            raise
        finally:
            manager.notebook_complete()
            shutil.rmtree(sockets, ignore_errors=True)
        return manager.nb


papermill_engines.register(ENGINE, GramEngine)
