"""Where runs are kept: a folder, or object storage through a folder that mirrors it.

The runner works in a local folder either way, and tells the place what it has finished. A folder needs to be told nothing;
object storage gets each stage when it is done, what can be read of an attempt every half minute, and the report last.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from pathlib import Path
from types import TracebackType

from gramlib.errors import GramError
from gramlib.runner import workbench
from gramlib.runner.pipeline import Stage
from gramlib.store import Attempt, Claim, RunFolder

SEND_EVERY_SECONDS = 30.0
"""Each time the whole notebook so far goes up: on object storage less often than the ten seconds of the autosave."""


class Place:
    """A folder of runs on this machine."""

    elsewhere = False

    def __init__(self, reports: Path):
        self.reports = reports
        self.name = str(reports)

    def address(self, path: Path) -> str:
        """`path`, in the folder of runs, for machines."""
        return str(path)

    def shown(self, path: Path) -> str:
        """`path`, in the folder of runs, as a person would find it."""
        return workbench.shown(path)

    def claim(self, folder: RunFolder) -> Claim:
        """The claim on a run, not yet acquired; the run's folder is made."""
        folder.path.mkdir(parents=True, exist_ok=True)
        return Claim(folder.path)

    def bring(self, folder: RunFolder) -> None:
        """Before work, under the claim: make the folder current."""

    def look(self, run_id: str = "") -> Path:
        """The folder of runs to look at, current for one run or for all, where only records need be whole."""
        return self.reports

    def read(self, run_id: str) -> Path:
        """The folder of runs to read from, current and whole for one run."""
        return self.reports

    def keep_record(self, folder: RunFolder) -> None:
        """run.json has been written, or was there."""

    def keep_attempt(self, folder: RunFolder, attempt: Attempt) -> None:
        """An attempt has begun, goes on, or has failed."""

    def drop_attempt(self, folder: RunFolder, attempt: Attempt) -> None:
        """An attempt has become the stage's result."""

    def keep_stage(self, folder: RunFolder, stage: Stage) -> None:
        """A stage has succeeded, or stands unchanged."""

    def withdraw_report(self, folder: RunFolder) -> None:
        """The published report was taken away."""

    def keep_report(self, folder: RunFolder) -> None:
        """The report stands published."""

    def has_index(self) -> bool:
        """Whether there is an index.html."""
        return (self.reports / "index.html").is_file()

    def keep_index(self, index: Path) -> None:
        """index.html was made anew."""

    def remove(self, path: Path) -> None:
        """Delete a folder of what `look` showed."""
        shutil.rmtree(path)


def place_of(out: str = "") -> Place:
    """The place that --out names, else GRAM_REPORTS, else reports/ of the clone."""
    named = out or os.environ.get("GRAM_REPORTS", "")
    if "://" in named:
        from gramlib.runner.elsewhere import Elsewhere

        return Elsewhere(named)
    return Place(Path(named).resolve() if named else workbench.reports())


class Sender:
    """Context manager: while a stage is at work, what can be read of its attempt goes to a place elsewhere, from a thread."""

    def __init__(self, place: Place, folder: RunFolder):
        self._place, self._folder = place, folder
        self.attempt: Attempt | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)

    def __enter__(self) -> Sender:
        if self._place.elsewhere:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        if isinstance(error, Exception) and self.attempt is not None and self.attempt.path.is_dir():
            with contextlib.suppress(GramError):  # why the stage failed is what must be told
                self._place.keep_attempt(self._folder, self.attempt)

    def end(self) -> None:
        """Send nothing more."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _send(self) -> None:
        while not self._ended.wait(SEND_EVERY_SECONDS):
            if self.attempt is not None:
                with contextlib.suppress(GramError, OSError):  # the next time will do
                    self._place.keep_attempt(self._folder, self.attempt)
