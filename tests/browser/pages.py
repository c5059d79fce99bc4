"""The pages that are opened in a browser: a name, and where the page lies for a given run folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from site_pages import SITE

REPORT = "report"
REPORT_AGAIN = "appendix report"
"""The report as its stage keeps it: the same page with other links."""

APPENDICES = {
    stage: lambda run, stage=stage: next(run.glob(f"[0-9][0-9]_{stage}/notebook.html"))
    for stage in ("data", "train", "predict", "analyse", "report")
}

PAGES: dict[str, Callable[[Path], Path]] = {
    REPORT: lambda run: run / "report.html",
    **{f"appendix {stage}": find for stage, find in APPENDICES.items()},
    **SITE,
}
