"""`gram compare`: two complete runs in, a page beside them out."""

from __future__ import annotations

import os
from pathlib import Path

from gramlib.errors import ParameterError
from gramlib.report.comparison import Comparison, Side, compare
from gramlib.report.comparison_page import comparison_page
from gramlib.runner.failures import PAGE, resume_command
from gramlib.runner.site import run_summary
from gramlib.store import RunFolder, atomic


def compared(before: RunFolder, after: RunFolder) -> Comparison:
    """The comparison of two runs; raises ParameterError for one without a published report, or one run given twice."""
    if before.path == after.path:
        raise ParameterError(
            f"run {before.run_id} is named twice",
            expected="two runs",
            remedy="gram list runs shows the runs there are",
        )
    return compare(_side(before), _side(after))


def page_of(before: RunFolder, after: RunFolder, reports: Path) -> Path:
    """Where the page of a comparison lies."""
    return reports / f"compare-{before.run_id}-{after.run_id}.html"


def write_page(found: Comparison, before: RunFolder, after: RunFolder, reports: Path) -> Path:
    """Write the page of `found` into `reports`; returns its path."""
    page = page_of(before, after, reports)
    links = {f"report of {run.run_id}": os.path.relpath(run.path / "report.html", reports) for run in (before, after)}
    atomic.write_text(page, comparison_page(found, {**links, "all runs": "index.html"}))
    return page


def _side(run: RunFolder) -> Side:
    document = atomic.read_json(run.path / "report.json")
    if document is None:
        summary = run_summary(run)
        happened = run.path / PAGE
        reason = summary["reason"].partition("\n")[0] or "its report is not there"
        raise ParameterError(
            f"run {run.run_id} has no report to compare: it is {summary['status']} ({reason})",
            expected="two runs with a report",
            origin=str(happened if happened.is_file() else run.path),
            remedy=f"finish it first: {resume_command(run)}",
        )
    return Side(run.run_id, run.record(), document)
