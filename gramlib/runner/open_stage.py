"""`gram open`: a stage's notebook on a recorded run, to be changed and run in JupyterLab.

The copy bears the run's parameters, reads its tables and takes issuer, scenarios and profile from its record. It lies in
`opened/` beside the runs, and what it makes goes to a scratch run: the recorded one is only read.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from gramlib.errors import DataContractError, GramError, ParameterError, UpstreamNotReady
from gramlib.params.export import issuer_yaml, parameters_cell
from gramlib.params.issuer import Issuer
from gramlib.params.suggest import did_you_mean
from gramlib.runner import workbench
from gramlib.runner.by_hand import lacking
from gramlib.runner.failures import resume_command
from gramlib.runner.pipeline import Stage
from gramlib.store import RunFolder, atomic
from gramlib.store.hashing import sha256_file
from gramlib.store.run_folder import run_folders

OPENED = "opened"
_CONTEXT = ".context(globals())"


def run_to_open(named: str, reports: Path) -> RunFolder:
    """The run `named` by its id in `reports` or by its folder; raises ParameterError where there is none."""
    for folder in (reports / named, Path(named).resolve()):
        if named and RunFolder(folder).exists():
            return RunFolder(folder)
    known = [run.run_id for run in run_folders(reports)]
    raise ParameterError(
        f"there is no run {named!r}{did_you_mean(named, known)}",
        expected=f"one of {', '.join(known[:5])}{', …' if len(known) > 5 else ''}" if known else "a run, and there is none yet",
        origin=str(reports),
        remedy="gram list runs shows the runs there are" if known else "make one: gram run params/smoke.yaml",
    )  # fmt: skip


def write_notebook(run: RunFolder, stage: Stage) -> Path:
    """Write the notebook of `stage` as `run` has it, with the run's issuer.yaml beside it; returns its path.

    A copy that somebody has changed is left alone and the new one numbered; an issuer.yaml that is there stays. Raises UpstreamNotReady where the run lacks a
    stage that this one reads, and DataContractError where a price file it was made from is no longer the same.
    """
    record = run.record()
    missing = lacking(run, stage)
    if missing:
        raise UpstreamNotReady(
            f"{stage.name} reads from {missing}, and run {run.run_id} has no succeeded {missing}",
            expected=f"a run with {', '.join(stage.upstream)}",
            origin=str(run.path),
            remedy=f"finish it first: {resume_command(run)}",
        )
    if stage.name == "data":
        _same_inputs(run, record)
    folder = run.path.parent / OPENED / run.run_id
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "issuer.yaml").exists():  # it is there to be edited
        atomic.write_text(folder / "issuer.yaml", issuer_yaml(Issuer.from_record(record["params"]["issuer"])))
    text = _text(run, stage, record)
    number = 1
    while True:
        path = folder / f"{stage.folder}{'' if number == 1 else f'-{number}'}.ipynb"
        if not path.exists():
            atomic.write_text(path, text)
        if path.read_text(encoding="utf-8") == text:
            return path
        number += 1


def _same_inputs(run: RunFolder, record: dict[str, Any]) -> None:
    for file, digest in record["inputs"].items():
        if not Path(file).is_file() or sha256_file(Path(file)) != digest:
            raise DataContractError(
                f"the input {file} is missing or has changed since run {run.run_id}",
                expected=f"sha256 {digest[:12]}…",
                origin=str(run.path / "run.json"),
                remedy="restore that file, or open a later stage: they read the tables that were made from it",
            )


def _text(run: RunFolder, stage: Stage, record: dict[str, Any]) -> str:
    import nbformat

    named = run.run_id if run.path.parent == workbench.reports() else str(run.path)
    values = {**record["params"]["stages"][stage.name], "upstream": named}
    if values.get("source") == "online":
        values["offline"] = True  # what the run fetched is kept; asking again could be answered otherwise
    notebook = nbformat.read(workbench.root() / "notebooks" / stage.notebook, as_version=nbformat.NO_CONVERT)
    opened = [cell for cell in notebook.cells if cell.cell_type == "code" and _CONTEXT in cell.source]
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(opened) != 1 or len(cells) != 1:
        raise GramError(
            f"{stage.notebook} has {len(cells)} parameters cell(s) and {len(opened)} cell(s) that open its stage",
            expected="one of each",
            origin=str(workbench.root() / "notebooks" / stage.notebook),
            remedy=f"put back the cell with {_CONTEXT}",
        )
    cells[0].source = parameters_cell(stage.name, values)
    opened[0].source = opened[0].source.replace(_CONTEXT, f'.context(globals(), like="{named}")')
    told = nbformat.v4.new_markdown_cell(_told(run, stage), id="opened-from")
    notebook.cells.insert(1, told)
    return str(nbformat.writes(notebook))


def _told(run: RunFolder, stage: Stage) -> str:
    report = f" ([its report](../../{run.run_id}/report.html))" if (run.path / "report.html").is_file() else ""
    lines = [f"> **Opened from run `{run.run_id}`**{report}. The parameters below are that run's"]
    lines.append(", its tables are read and never written, and " if stage.upstream else ", and ")
    lines.append("what you make goes to a scratch run. Run unchanged, it gives the same tables, byte for byte. ")
    if "issuer" in parameters_cell(stage.name):
        lines.append(
            "Issuer, scenarios and profile are as the run recorded them; a name you change is looked up in `params/`. "
            'To try another issuer, edit `issuer.yaml` beside this notebook, which began as the run\'s, and set `issuer = "issuer.yaml"`.'
        )
    return "".join(lines)


def launch(notebook: Path, reports: Path, *, browser: bool) -> NoReturn:
    """Become JupyterLab on `notebook`, with runs looked for in `reports`; raises GramError where it is not installed."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise GramError(
            "JupyterLab is not installed here",
            expected="the workbench's own environment, as `make lab` sets it up",
            origin=sys.prefix,
            remedy=f"open {notebook} where it is",
        )
    root = workbench.root()
    top = root if notebook.is_relative_to(root) else reports
    # Not the notebook as an argument: then the address printed for those without a browser would not lead to it.
    page = f"/lab/tree/{notebook.relative_to(top).as_posix()}"
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={top}", f"--LabApp.default_url={page}"]
    command += [] if browser else ["--no-browser"]
    sys.stdout.flush()
    os.execve(sys.executable, command, {**os.environ, "GRAM_REPORTS": str(reports)})
