"""Run one stage: a fresh attempt folder, a fresh kernel, and a result only when everything held."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from gramlib.artefacts import entry
from gramlib.errors import ArtefactError, GramError, KernelDied, OutOfMemory, exit_code_of, from_os_error
from gramlib.runner import plan, snapshots
from gramlib.runner.limits import thread_environment
from gramlib.runner.memory import MemoryWatch
from gramlib.runner.pipeline import NAMES, Stage
from gramlib.runner.resolve import ResolvedRun, package_versions
from gramlib.runner.stop import StopRequested, StopSwitch, reap_orphans
from gramlib.runner.workbench import PACKAGE
from gramlib.store import Attempt, Claim, Manifest, Output, RunFolder, atomic
from gramlib.store.hashing import module_names, sha256_file, sha256_modules
from gramlib.store.parts import remove_parts

BANNERS = {
    "died": "The kernel died in this cell; the most common reason is want of memory.",
    "timed_out": "The stage ran past its time limit in this cell.",
    "interrupted": "The run was interrupted (Ctrl-C) in this cell.",
    "out_of_memory": "The stage came too near its memory limit in this cell and was stopped.",
    "terminated": "The run was asked to stop (SIGTERM) in this cell.",
}


class CellError(GramError):
    """A notebook cell raised; the exit code is that of a gramlib error, else 1 (137 for want of memory)."""

    def __init__(self, stage: str, place: str, name: str, text: str, notebook: Path):
        ours = exit_code_of(name)
        self.exit_code = 137 if name in {"MemoryError", "_ArrayMemoryError"} else ours
        remedy = "" if ours != 1 else "open the notebook there: it holds the outputs up to this cell and the traceback"
        if ours == 1:
            super().__init__(f"{stage}, {place}: {name}: {text}", origin=str(notebook), remedy=remedy)
        else:  # our own error already says what was found and what to do
            super().__init__(f"{stage}, {place}: {text}")


def run_stage(
    run: ResolvedRun,
    folder: RunFolder,
    stage: Stage,
    notebook: Path,
    lock: Path,
    claim: Claim,
    stop: StopSwitch,
    on_cell: Callable[[int, int], None],
    on_attempt: Callable[[Attempt], None],
) -> Manifest:
    """Execute `stage` and publish its folder; raises a GramError and keeps the marked attempt otherwise."""
    started = time.time()
    snapshot = sha256_modules(
        PACKAGE, module_names(PACKAGE)
    )  # before the kernel reads them: an edit meanwhile must count as a change
    key = plan.key_of(run, stage, notebook, plan.upstream_digests(folder, stage), {}, lock)
    upstream = {name: str(folder.stage_path(_folder_of(name))) for name in stage.upstream}
    attempt = Attempt.start(
        folder.path,
        stage.folder,
        {
            "run": run.run_id,
            "run_path": str(folder.path),
            "stage": stage.name,
            "upstream": upstream,
            "outputs": list(stage.outputs),
            "python": sys.prefix,
        },
    )
    on_attempt(attempt)
    try:
        _execute(run, stage, notebook, attempt, stop, on_cell)
        manifest = _manifest(run, stage, notebook, attempt, key, snapshot, started)
        _render(run, stage, attempt, failed=False)
        manifest = replace(manifest, pages=_pages(attempt), warnings=manifest.warnings + _too_long(attempt))
        with stop.put_off():  # stopped in between, a finished stage would be thrown away with the result it replaces
            claim.ensure_held()
            attempt.update(status="succeeded", finished=time.time())
            manifest.write(attempt.path)
            attempt.publish(stage.folder)
            remove_parts(folder.path, stage.folder)
        return manifest
    except StopRequested:
        error = stop.error(stage.name)
        _mark_failed(run, stage, attempt, error, stop.reason)
        raise error from None
    except GramError as error:
        _mark_failed(run, stage, attempt, error, stop.reason)
        raise
    except OSError as error:
        told = from_os_error(error)
        _mark_failed(run, stage, attempt, told, stop.reason)
        raise told from error
    except BaseException as error:
        _mark_failed(run, stage, attempt, GramError(f"{type(error).__name__}: {error}"), stop.reason)
        raise


def _pages(attempt: Attempt) -> dict[str, str]:
    names = ("notebook.ipynb", "notebook.html", "report.html")
    return {name: sha256_file(attempt.path / name) for name in names if (attempt.path / name).is_file()}


def _too_long(attempt: Attempt) -> tuple[str, ...]:
    from gramlib.report.page import length_warning

    page = attempt.path / "report.html"
    warning = length_warning(page) if page.is_file() else ""
    return (warning,) if warning else ()


def _folder_of(stage: str) -> str:
    from gramlib.runner.pipeline import stage_named

    return stage_named(stage).folder


def _execute(
    run: ResolvedRun,
    stage: Stage,
    notebook: Path,
    attempt: Attempt,
    stop: StopSwitch,
    on_cell: Callable[[int, int], None],
) -> None:
    _load_papermill()
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from gramlib.runner.engine import ENGINE, Execution

    with open(attempt.path / "stage.log", "a", encoding="utf-8", buffering=1) as log:
        handler = logging.StreamHandler(log)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        papermill_log, kernel_log = logging.getLogger("papermill"), logging.getLogger("gramlib.kernel")
        for logger in (papermill_log, kernel_log):
            logger.addHandler(handler)
            logger.propagate = False
        execution = Execution(
            attempt.path / "notebook.ipynb",
            stop,
            {**os.environ, **thread_environment(os.environ), **_kernel_environment(attempt, run)},
            log,
            float(run.params.runner.stage_timeout_s),
            on_cell,
        )
        memory = MemoryWatch(stop, run.params.runner.memory_limit_mb)
        try:
            with memory:
                papermill.execute_notebook(
                    str(notebook),
                    None,
                    parameters=run.params.stages[stage.name].model_dump(mode="json"),
                    engine_name=ENGINE,
                    kernel_name="python3",
                    progress_bar=False,
                    cwd=str(notebook.parent),
                    gram=execution,
                )
        except PapermillExecutionError as error:
            if stop.reason:
                raise stop.error(f"{stage.name}, {execution.place}") from None
            raise CellError(
                stage.name, execution.place, error.ename, str(error.evalue), execution.notebook_path
            ) from None
        except DeadKernelError as error:
            if stop.reason:
                raise stop.error(f"{stage.name}, {execution.place}") from None
            killed = memory.killed_by_the_system()
            if killed:
                raise OutOfMemory(
                    f"{stage.name}: the kernel died in {execution.place}: {killed}",
                    expected="less memory used than there is",
                    origin=str(execution.notebook_path),
                    remedy="raise the limit, or make the stage smaller (predict.n_paths); the same command resumes it",
                ) from None
            raise KernelDied(
                f"{stage.name}: the kernel died in {execution.place} ({error})",
                expected="a kernel that lives to the end of its notebook",
                origin=str(execution.notebook_path),
                remedy="most often memory: try fewer paths (predict.n_paths) or a machine with more; the same command resumes here",
            ) from None
        finally:
            for logger in (papermill_log, kernel_log):
                logger.removeHandler(handler)
            reap_orphans()
        if stop.reason:
            raise stop.error(f"{stage.name}, {execution.place}")


_GRAMMAR = "rfc3987_syntax"


def _load_papermill() -> None:
    """Import papermill as if jsonschema's optional grammar of international addresses were not installed.

    It takes two seconds to build, at every start of a run and of a sweep's worker, and no notebook's schema asks for it.
    """
    if "jsonschema" in sys.modules or _GRAMMAR in sys.modules:
        return
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]
    try:
        import papermill  # noqa: F401
    finally:
        del sys.modules[_GRAMMAR]


def _kernel_environment(attempt: Attempt, run: ResolvedRun) -> dict[str, str]:
    return {
        "GRAM_ATTEMPT": str(attempt.path),
        "GRAM_PICTURES": "drawn" if run.pictures else "none",  # the run's own, not what the shell has: it is in the key
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def _manifest(
    run: ResolvedRun,
    stage: Stage,
    notebook: Path,
    attempt: Attempt,
    key: dict[str, Any],
    snapshot: dict[str, str],
    started: float,
) -> Manifest:
    """The manifest of an attempt whose notebook ended well; raises ArtefactError when it left something out."""
    left = atomic.read_json(attempt.path / "kernel.json")
    if left is None:
        raise ArtefactError(
            f"{stage.name}: the notebook ended without ctx.finish()",
            expected="ctx.finish() in its last cell",
            origin=str(notebook),
            remedy="add it: it lists what was written and closes the stage",
        )
    outputs = tuple(Output(**output) for output in left["outputs"])
    missing = [name for name in stage.outputs if name not in {output.name for output in outputs}]
    if missing:
        raise ArtefactError(
            f"{stage.name}: {', '.join(missing)} not written",
            expected=f"all of {', '.join(stage.outputs)}",
            origin=str(notebook),
        )
    key = {**key, "modules": plan.imported_modules(stage, left["modules"], snapshot)}
    if stage.name == "data":
        document = atomic.read_json(attempt.path / entry("source_cards").filename) or {}
        key["snapshots"] = snapshots.used(document, Path(attempt.record["run_path"]).parent / "snapshots")
    return Manifest(
        stage.name,
        run.run_id,
        key,
        outputs,
        started=started,
        finished=time.time(),
        headline=left["headline"],
        warnings=tuple(left["warnings"]),
        versions=package_versions(),
        resources=left["resources"],
    )


def _render(run: ResolvedRun, stage: Stage, attempt: Attempt, *, failed: bool) -> None:
    from gramlib.report.render import render_notebook

    left = atomic.read_json(attempt.path / "kernel.json") or {}
    finished_report = stage.name == "report" and not failed
    # notebook.html lies in the stage's folder; report.html is published one floor up, at the top of the run.
    for page, up in (("notebook.html", "../"), ("report.html", ""))[: 2 if finished_report else 1]:
        links = {} if page == "report.html" else {"report": f"{up}report.html"}
        links |= {name: f"{up}{_folder_of(name)}/notebook.html" for name in NAMES[:-1] if name != stage.name}
        render_notebook(
            attempt.path / "notebook.ipynb",
            attempt.path / page,
            kind="report" if finished_report else "appendix",
            title=_page_title(run, stage),
            banner=str(left.get("banner", "")),
            run_links=links,
        )


def _page_title(run: ResolvedRun, stage: Stage) -> str:
    if stage.name == "report":
        return str(run.params.stages["report"].model_dump()["title"])
    return f"{run.params.title or run.run_id}: {stage.question}"


def _mark_failed(run: ResolvedRun, stage: Stage, attempt: Attempt, error: GramError, reason: str) -> None:
    """Say on disk how the attempt ended; its notebook is kept and made readable."""
    short = isinstance(error, OutOfMemory)
    status = "failed" if short else reason or ("died" if isinstance(error, KernelDied) else "failed")
    if not attempt.path.is_dir():  # a stop that was put off until the stage was published
        return
    with contextlib.suppress(
        OSError
    ):  # on a full disk not even this; the attempt then counts as died when this process has ended
        attempt.update(
            status=status,
            finished=time.time(),
            error={"kind": type(error).__name__, "message": str(error), "exit_code": error.exit_code},
        )
    try:
        _insert_banner(
            attempt.path / "notebook.ipynb", BANNERS.get("out_of_memory" if short else status, ""), str(error)
        )
        _render(run, stage, attempt, failed=True)
    except Exception as trouble:  # the page is a courtesy: the failure itself is what must be told
        with contextlib.suppress(OSError), open(attempt.path / "stage.log", "a", encoding="utf-8") as log:
            log.write(f"the page of the failed notebook could not be made: {type(trouble).__name__}: {trouble}\n")


def _insert_banner(path: Path, banner: str, message: str) -> None:
    if not path.is_file():
        return
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    text = f"**This stage did not succeed.** {banner}\n\n```\n{message}\n```"
    notebook.cells.insert(
        0, nbformat.v4.new_markdown_cell(text, metadata={"tags": ["gram-failure"], "papermill": {"status": "inserted"}})
    )
    atomic.write_text(path, nbformat.writes(notebook))
