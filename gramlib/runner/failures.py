"""failure.html of a run that stopped, gathered from its last attempt; taken away again when the run goes on."""

from __future__ import annotations

import contextlib
import re
import shlex
from pathlib import Path
from typing import Any

from gramlib.report.failure_page import FailedCell, Failure, StageState, failure_page
from gramlib.runner import workbench
from gramlib.runner.pipeline import STAGES, Stage
from gramlib.store import Attempt, RunFolder, atomic
from gramlib.store.attempt import attempts

PAGE = "failure.html"
_LOG_LINES = 25
_OUTPUT_LINES = 25
_LOG_TAIL_BYTES = 16_384
_LONGEST_LINE = 400
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_OURS = {"gram-failure", "papermill-error-cell-tag"}
"""Cells that were put on top of the failed notebook to announce the failure."""
_AT_FAULT = {"failed", "died", "timed_out", "interrupted", "terminated", "out_of_memory", "running"}


def refresh_failure_page(run: RunFolder, failed: Attempt | None, stage: Stage | None, kept_at: str = "") -> Path | None:
    """Write or remove failure.html, so that it is there exactly while `failed` is how the run stands; returns its path.

    A page newer than the attempt's last word is left alone: after a long night there may be hundreds of them. A page that
    cannot be written is done without: the failure itself is told elsewhere.
    """
    page = run.path / PAGE
    with contextlib.suppress(OSError):
        if failed is None or stage is None:
            page.unlink(missing_ok=True)
            return None
        said = failed.path / "attempt.json"
        if not (page.is_file() and said.is_file() and page.stat().st_mtime > said.stat().st_mtime):
            atomic.write_text(page, failure_page(failure_of(run, failed, stage, kept_at)))
        return page
    return None


def failure_of(run: RunFolder, failed: Attempt, stage: Stage, kept_at: str = "") -> Failure:
    """What is known of `run` that stopped with the attempt `failed` at `stage`; `kept_at` as in `resume_command`."""
    record = atomic.read_json(run.path / "run.json") or {}
    said = failed.record
    error = said.get("error") or {}
    params = str((record.get("params") or {}).get("path", ""))
    links = {"failed notebook": "notebook.html", "the same for JupyterLab": "notebook.ipynb", "whole log": "stage.log"}
    here = {text: f"{failed.path.name}/{name}" for text, name in links.items() if (failed.path / name).is_file()}
    code = error.get("exit_code")
    return Failure(
        run_id=run.run_id,
        title=str(record.get("title", "")),
        stage=stage.name,
        question=stage.question,
        status=failed.status,
        exit_code=code if isinstance(code, int) else None,
        message=str(error.get("message", "")),
        resume=resume_command(run, kept_at),
        repeat=f"gram run {shlex.quote(params)} --set NAME=VALUE" if params and not Path(params).is_absolute() else "",
        cell=_failed_cell(failed.path / "notebook.ipynb"),
        log=_tail(failed.path / "stage.log"),
        started=_number(said.get("started")),
        finished=_number(said.get("finished")) or _number(said.get("heartbeat")),
        host=str(said.get("host", "")),
        attempts=len(attempts(run.path, stage.folder)),
        stages=tuple(_stage_state(run, item) for item in STAGES),
        links={**here, "all runs": "../index.html"},
    )


def resume_command(run: RunFolder, kept_at: str = "") -> str:
    """The command that goes on with `run`, to be typed in the clone of the workbench, whatever the environment says.

    `kept_at` is the URL of the runs where they lie in object storage, and `run` is only an outline of what is there.
    """
    if kept_at:
        return f"gram run {shlex.quote(run.run_id)} --out {shlex.quote(kept_at)}"
    root = workbench.root()
    if run.path.parent == root / "reports":
        return f"gram run {shlex.quote(f'reports/{run.run_id}')}"
    return f"gram run {shlex.quote(str(run.path))} --out {shlex.quote(str(run.path.parent))}"


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _stage_state(run: RunFolder, stage: Stage) -> StageState:
    manifest = run.manifest(stage.folder)
    if manifest is not None:
        return StageState(stage.name, "succeeded", f"{manifest.headline} ({manifest.wall_s:.1f} s)")
    attempt = run.last_attempt(stage.folder)
    return StageState(stage.name, attempt.status if attempt else "not_run")


def _failed_cell(notebook: Path) -> FailedCell | None:
    """The first code cell that did not end well; None where the notebook cannot say."""
    record = atomic.read_json(notebook) or {}
    cells = [cell for cell in record.get("cells", []) if not _OURS & set(cell.get("metadata", {}).get("tags", []))]
    for number, cell in enumerate(cells, start=1):
        status = cell.get("metadata", {}).get("papermill", {}).get("status")
        if cell.get("cell_type") == "code" and status in _AT_FAULT:
            return FailedCell(number, len(cells), _joined(cell.get("source", "")), _output(cell.get("outputs", [])))
    return None


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _output(outputs: list[dict[str, Any]]) -> tuple[str, ...]:
    """The end of what a cell printed and of its traceback, without the terminal's colours."""
    told = []
    for output in outputs:
        if output.get("output_type") == "stream":
            told.append(_joined(output.get("text", "")))
        elif output.get("output_type") == "error":
            told.append("\n".join(output.get("traceback", [])) or f"{output.get('ename')}: {output.get('evalue')}")
    return _last(_ANSI.sub("", "\n".join(told)), _OUTPUT_LINES)


def _tail(log: Path) -> tuple[str, ...]:
    try:
        with open(log, "rb") as handle:
            handle.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
            text = (
                handle.read().replace(b"\0", b"").decode("utf-8", "replace")
            )  # a log left elsewhere is here as a hole
    except OSError:
        return ()
    return _last(_ANSI.sub("", text), _LOG_LINES)


def _last(text: str, lines: int) -> tuple[str, ...]:
    kept = [line.rstrip() for line in text.splitlines() if line.strip()][-lines:]
    return tuple(line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in kept)
