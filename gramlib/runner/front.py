"""The tables of the start page: the five stages, and the latest runs with their links."""

from __future__ import annotations

import os
import time
from html import escape
from typing import Any

from gramlib.report.html_table import Heading, Table
from gramlib.runner import workbench
from gramlib.runner.pipeline import STAGES
from gramlib.runner.site import run_summary
from gramlib.store.run_folder import run_folders

LATEST = 8


def stages() -> Table:
    """The five stages: name, notebook, question, what each hands on."""
    rows = tuple((stage.name, stage.notebook, stage.question, ", ".join(stage.outputs)) for stage in STAGES)
    return Table(
        "The five stages", (Heading("Stage"), Heading("Notebook"), Heading("Question"), Heading("Hands on")), rows
    )


class Runs:
    """The latest runs as text and HTML, each with a link to its report or to the notebook that failed."""

    def __init__(self) -> None:
        reports = workbench.reports()
        self._base = os.path.relpath(reports)
        self._runs = [run_summary(run) for run in run_folders(reports)[:LATEST]] if reports.is_dir() else []

    def __repr__(self) -> str:
        return "\n".join(f"{run['run_id']}  {run['status']}  {run['verdict_status']}" for run in self._runs) or NO_RUNS

    def _repr_html_(self) -> str:
        if not self._runs:
            return f"<p>{escape(NO_RUNS)}</p>"
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{escape(run['run_id'])}</th>"
            f"<td>{time.strftime('%Y-%m-%d %H:%M', time.localtime(run['created']))}</td>"
            f"<td>{escape(run['status'])}</td><td style='text-align:left'>{escape(run['verdict_sentence'] or run['reason'])}</td><td>{self._link(run)}</td></tr>"
            for run in self._runs
        )
        heads = "".join(
            f"<th scope='col'>{head}</th>"
            for head in ("Run", "Started", "Status", "Verdict, or why there is none", "Open")
        )
        return f"<table><caption>Latest runs</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def _link(self, run: dict[str, Any]) -> str:
        text = "report" if "report" in run["links"] else "failed notebook"
        target = run["links"].get(text, "")
        return f"<a href='{escape(self._base)}/{escape(target)}' target='_blank'>{text}</a>" if target else ""


NO_RUNS = "No runs yet: `make run` in a terminal makes the first one in under a minute."


def runs() -> Runs:
    """The latest runs."""
    return Runs()
