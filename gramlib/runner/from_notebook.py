"""Whole runs from a notebook: `run` is `gram run` in a process of its own, `compare` sets two runs side by side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any, NoReturn

import gramlib.errors as errors
from gramlib.report.comparison import Comparison
from gramlib.report.comparison_page import key_figures
from gramlib.runner import workbench
from gramlib.runner.comparison import compared, write_page
from gramlib.runner.site import rebuild_index
from gramlib.store import RunFolder

_SHOWN = ("stage_succeeded", "stage_skipped", "warning")


class Ran:
    """A run that ended well: `run_id`, and its verdict with a link to its report as a notebook shows it."""

    def __init__(self, ended: dict[str, Any]):
        self.run_id: str = ended["run_id"]
        self._verdict: dict[str, Any] = ended["verdict"]
        self.report: str = ended["report"]

    def __repr__(self) -> str:
        if not self.report:
            return f"{self.run_id}: not complete, so that there is no verdict yet"
        return f"{self.run_id}: {self._verdict['status'].upper()}. {self._verdict['sentence']}\n{self.report}"

    def _repr_html_(self) -> str:
        if not self.report:
            return f"<p>{escape(repr(self))}</p>"
        link = f"<a href='{escape(os.path.relpath(self.report), quote=True)}' target='_blank'>report of {escape(self.run_id)}</a>"
        return f"<p><strong>{escape(self._verdict['status'].upper())}.</strong> {escape(self._verdict['sentence'])} {link}</p>"


def run(params: str, *settings: str) -> Ran:
    """Run a params file as `gram run PARAMS --set …` does, a line a stage, and give its verdict.

    `params` is a path, from the clone's top folder where it is relative; `settings` are such as "issuer=gram_usd" or
    "issuer.terms.fee=0.004". What is done already is left alone. Raises the error that ended the run.
    """
    path = Path(params) if Path(params).is_absolute() else workbench.root() / params
    options = [word for setting in settings for word in ("--set", setting)]
    command = [sys.executable, "-m", "gramlib", "run", str(path), *options, "--json", "--out", str(workbench.reports())]
    ended: dict[str, Any] = {}
    failed: dict[str, Any] = {}
    outside = {name: value for name, value in os.environ.items() if name != "GRAM_ATTEMPT"}
    with (
        tempfile.TemporaryFile("w+") as words,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words, text=True, env=outside) as process,
    ):
        for line in process.stdout or ():
            event = json.loads(line)
            if event["event"] in _SHOWN:
                print(f"{event['stage']:<8} {event.get('headline') or event.get('warning') or event.get('reason', '')}")
            ended = event if event["event"] == "run_ended" else ended
            failed = event if event["event"] == "run_failed" else failed
        process.wait()
        words.seek(0)
        said = words.read()
    if process.returncode or not ended:
        _refuse(failed, said, process.returncode)
    return Ran(ended)


def _refuse(failed: dict[str, Any], said: str, code: int) -> NoReturn:
    kind = getattr(errors, str(failed.get("error", "")), errors.GramError)
    told = str(failed.get("message", "")) or said.strip().removeprefix("gram: ")[-600:] or f"gram run ended with {code}"
    raise kind(told)


class Compared:
    """What changed from one run to another, with a link to the page that says it whole."""

    def __init__(self, found: Comparison, page: Path):
        self.found, self.page = found, page

    def __repr__(self) -> str:
        return f"{self.found.text()}\npage: {self.page}"

    def _repr_html_(self) -> str:
        link = f"<a href='{escape(os.path.relpath(self.page), quote=True)}' target='_blank'>the whole comparison</a>"
        told = escape(f"{self.found.verdict} {self.found.summary}")
        return f"<p>{told} {link}</p>{key_figures(self.found)._repr_html_()}"


def compare(before: str | Ran, after: str | Ran) -> Compared:
    """`gram compare` of two runs, given by id or as `run` gave them; writes its page beside the runs."""
    reports = workbench.reports()
    first, second = (RunFolder(reports / (one.run_id if isinstance(one, Ran) else one)) for one in (before, after))
    found = compared(first, second)
    page = write_page(found, first, second, reports)
    rebuild_index(reports)
    return Compared(found, page)
