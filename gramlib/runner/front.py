"""The tables of the start page: the five stages, the latest runs, the notebooks to play with, each with its links."""

from __future__ import annotations

import json
import os
import re
import time
from html import escape
from pathlib import Path
from typing import Any

from gramlib.report.html_table import Heading, Link, Status, Table
from gramlib.runner import workbench
from gramlib.runner.pipeline import STAGES
from gramlib.runner.site import run_summary
from gramlib.store.run_folder import run_folders

LATEST = 8
EXPLORE = "explore"
NAMED = 4
"""Artefacts named of each stage: analyse alone has some forty."""


def stages() -> Table:
    """The five stages: name, notebook, question, what each hands on."""
    folder = _from_here(workbench.root() / "notebooks")
    rows = tuple(
        (stage.name, Link(stage.notebook, f"{folder}/{stage.notebook}"), stage.question, _first(stage.outputs))
        for stage in STAGES
    )
    return Table(
        "The five stages", (Heading("Stage"), Heading("Notebook"), Heading("Question"), Heading("Hands on")), rows
    )


def _first(names: tuple[str, ...]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]).replace("_", " ") + (f" and {more} more" if more > 0 else "")


def explore() -> Table:
    """The notebooks that are no stages: name and title."""
    folder = workbench.root() / "notebooks" / EXPLORE
    rows = tuple(
        (Link(path.stem.replace("_", " "), f"{_from_here(folder)}/{path.name}"), _title(path))
        for path in sorted(folder.glob("*.ipynb"))
    )
    return Table("Notebooks to play with", (Heading("Notebook"), Heading("What it is about")), rows)


def _title(notebook: Path) -> str:
    first = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]
    return "".join(first["source"]).splitlines()[0].lstrip("# ")


def _from_here(folder: Path) -> str:
    """`folder` as a link from the notebook that runs here; JupyterLab starts kernels in the notebook's folder."""
    return Path(os.path.relpath(folder)).as_posix()


class Runs:
    """The latest runs as text and HTML, each with links to its report, or to what happened and the notebook that failed."""

    def __init__(self) -> None:
        reports = workbench.reports()
        self._base = _from_here(reports)
        self._index = (reports / "index.html").is_file()
        found = run_folders(reports) if reports.is_dir() else []
        self._runs = [run_summary(run) for run in found[:LATEST]]
        self._older = len(found) - len(self._runs)

    def __repr__(self) -> str:
        return "\n".join(f"{run['run_id']}  {run['status']}  {run['verdict_status']}" for run in self._runs) or NO_RUNS

    def _repr_html_(self) -> str:
        if not self._runs:
            return "<p>" + re.sub("`(.+?)`", r"<code>\1</code>", escape(NO_RUNS)) + "</p>"
        headings = ("Run", "Started", "Result", "Verdict, or why there is none", "Open")
        heads = "".join(f'<th scope="col" style="text-align:left">{head}</th>' for head in headings)
        rows = "".join(f"<tr>{self._row(run)}</tr>" for run in self._runs)
        older = (
            f" {self._older} older ones are in {self._link('index.html', 'the index of all runs')}."
            if self._index and self._older
            else ""
        )
        return (
            f"<table><caption>Latest runs</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
            f"<p>In {escape(workbench.shown(workbench.reports()))}, newest first.{older}</p>"
        )  # fmt: skip

    def _row(self, run: dict[str, Any]) -> str:
        result = Status(run["verdict_status"]).html() if run["verdict_status"] else escape(run["status"])
        told = run["verdict_sentence"] or run["reason"].partition("\n")[0]
        names = [name for name in ("report", "what happened", "failed notebook") if name in run["links"]]
        links = "<br>".join(self._link(run["links"][name], name) for name in names)
        started = time.strftime("%Y-%m-%d %H:%M", time.localtime(run["created"]))
        short = ' style="text-align:left;white-space:nowrap;vertical-align:top"'
        return (
            f'<th scope="row"{short}>{escape(run["run_id"])}</th><td{short}>{started}</td><td{short}>{result}</td>'
            f'<td style="text-align:left">{escape(told)}</td><td{short}>{links}</td>'
        )

    def _link(self, target: str, text: str) -> str:
        return f'<a href="{escape(f"{self._base}/{target}", quote=True)}" target="_blank">{escape(text)}</a>'


NO_RUNS = "No runs yet: `make run` in a terminal makes the first one in a few minutes, `gram run params/smoke.yaml` a small one in under one."


def runs() -> Runs:
    """The latest runs."""
    return Runs()
