"""What a person, a log or a machine sees while a run goes on.

On a terminal: one line that is rewritten. Elsewhere: a line when something starts or ends and at most one
every five seconds in between. With --json: one event a line, for machines, and nothing else on stdout.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from gramlib.errors import GramError
from gramlib.store import Attempt, Claim, atomic
from gramlib.store.liveness import HEARTBEAT_SECONDS

LOG_EVERY_SECONDS = 5.0
POLL_SECONDS = 0.25


class Reporter:
    """Prints events; `stage` lines are formatted once here so that they look the same everywhere."""

    def __init__(self, *, as_json: bool = False, terminal: bool | None = None):
        self.as_json = as_json
        self.terminal = (sys.stdout.isatty() if terminal is None else terminal) and not as_json
        self._heard = True
        self._line_open = False
        self._lock = threading.Lock()

    def event(self, name: str, text: str = "", /, **facts: Any) -> None:
        """Report one event: a JSON object, or `text` as a line."""
        with self._lock:
            if self.as_json:
                self._write(json.dumps({"event": name, "time": round(time.time(), 3), **facts}, sort_keys=True) + "\n")
            elif text:
                self._clear()
                self._write(text + "\n")

    def transient(self, text: str) -> None:
        """Rewrite the line at the bottom of a terminal."""
        with self._lock:
            width = shutil.get_terminal_size().columns - 1
            self._write("\r" + text[:width].ljust(width))
            self._line_open = True

    def _clear(self) -> None:
        if self._line_open:
            self._write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
            self._line_open = False

    def _write(self, text: str) -> None:
        """Say it while somebody listens: a reader that left (`gram run … | head`) is no reason to stop an overnight run."""
        if not self._heard:
            return
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            self._heard = False
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
            )  # or the interpreter complains of it once more at its end


class Watch:
    """Context manager for one stage: shows its progress and keeps claim and attempt alive, from a thread."""

    def __init__(self, reporter: Reporter, label: str, stage: str, claim: Claim):
        self._reporter, self._label, self._stage, self._claim = reporter, label, stage, claim
        self._attempt: Attempt | None = None
        self._cell = (0, 0)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._started = time.monotonic()

    def on_cell(self, index: int, total: int) -> None:
        """Called by the engine when a cell starts."""
        self._cell = (index + 1, total)

    def on_attempt(self, attempt: Attempt) -> None:
        """Called when the attempt folder exists."""
        self._attempt = attempt

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        last_beat = last_line = time.monotonic()
        said: Any = None
        while not self._ended.wait(POLL_SECONDS):
            now = time.monotonic()
            if now - last_beat >= HEARTBEAT_SECONDS:
                last_beat = now
                self._beat()
            inner = atomic.read_json(self._attempt.path / "progress.json") if self._attempt else None
            if self._reporter.terminal:
                self._reporter.transient(self._text(inner))
            elif now - last_line >= LOG_EVERY_SECONDS and (self._cell, inner) != said:
                last_line, said = now, (self._cell, inner)
                self._reporter.event(
                    "progress",
                    self._text(inner),
                    stage=self._stage,
                    cell=self._cell[0],
                    cells=self._cell[1],
                    **({"done": inner["done"], "total": inner["total"], "doing": inner["text"]} if inner else {}),
                )

    def _beat(self) -> None:
        with contextlib.suppress(OSError, GramError):  # a lost beat is harmless
            self._claim.beat()
            if self._attempt is not None:
                self._attempt.beat()

    def _text(self, inner: dict[str, Any] | None) -> str:
        cell = f"cell {self._cell[0]}/{self._cell[1]}" if self._cell[1] else "starting"
        detail = ""
        if inner and inner["total"]:
            share = inner["done"] / inner["total"]
            bar = "#" * round(16 * share)
            detail = f"  [{bar:<16}] {share:4.0%}  {inner['text']}"
        return f"{self._label}  {cell}  {time.monotonic() - self._started:5.1f} s{detail}"


def write_progress(folder: Path, done: int, total: int, text: str) -> None:
    """Leave word for the watcher; called inside the kernel."""
    atomic.write_text(folder / "progress.json", json.dumps({"done": int(done), "total": int(total), "text": text}))
