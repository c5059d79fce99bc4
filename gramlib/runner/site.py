"""reports/index.html: every run with its verdict, also the failed ones with the reason. Rebuilt by the runner, never by a stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from gramlib.report.site_digest import digest
from gramlib.runner.failures import PAGE, refresh_failure_page
from gramlib.runner.pipeline import STAGES, Stage
from gramlib.store import Attempt, Manifest, RunFolder, atomic
from gramlib.store.claim import holder
from gramlib.store.manifest import first_missing
from gramlib.store.run_folder import created_at, run_folders

COMPARISONS, SWEEPS = "compare-*.html", "*/sweep.html"


def run_summary(run: RunFolder, check: Callable[[Path, Manifest], str] = first_missing) -> dict[str, Any]:
    """One run as the index and `gram list runs` show it; its status is derived from manifests and attempts.

    `check` tells what is wrong with a stage's files: by default whether they are there, `first_damage` reads them.
    """
    record = atomic.read_json(run.path / "run.json")
    return _summary(run, record or {}, _standing(run, record, check))


@dataclass(frozen=True)
class _Standing:
    """How a run stands: its status, the reason where it has not succeeded, and the attempt that failed at `stage`."""

    status: str
    reason: str = ""
    stage: Stage | None = None
    failed: Attempt | None = None


def _summary(run: RunFolder, record: Mapping[str, Any], standing: _Standing) -> dict[str, Any]:
    report = atomic.read_json(run.path / "report.json") or {}
    cards = atomic.read_json(run.path / STAGES[0].folder / "source_cards.json") or {}
    pages = {"report": run.path / "report.html"}
    if standing.failed is not None:
        pages["what happened"] = run.path / PAGE
        pages["failed notebook"] = standing.failed.path / "notebook.html"
    # The report stage's own page is the report.
    pages |= {stage.name: run.path / stage.folder / "notebook.html" for stage in STAGES[:-1]}
    links = {text: page.relative_to(run.path.parent).as_posix() for text, page in pages.items() if page.is_file()}
    verdict = report.get("verdict", {})
    return {
        "run_id": run.run_id,
        "title": record.get("title", ""),
        "created": created_at(record),
        "series": series_of(record),
        "settings": digest(record) if record else None,
        "status": standing.status,
        "reason": standing.reason,
        "verdict_status": verdict.get("status", ""),
        "verdict_sentence": verdict.get("sentence", ""),
        "verdict_caveat": verdict.get("caveat", ""),
        "headlines": report.get("headlines", []),
        "grade": cards.get("grade", ""),
        "label": cards.get("label", ""),
        "links": links,
    }


def series_of(record: Mapping[str, Any]) -> str:
    """Runs of one params file on one issuer are one series: their figures are set in a row."""
    params = record.get("params") or {}
    return f"{params.get('path', '')} {(params.get('issuer') or {}).get('name', '')}"


def _standing(run: RunFolder, record: Mapping[str, Any] | None, check: Callable[[Path, Manifest], str]) -> _Standing:
    if holder(run.path) is not None:
        return _Standing("running")
    if record is None:
        return _Standing(
            "damaged", "its run.json cannot be read: restore it, or remove the folder and run the params file again"
        )
    for stage in STAGES:
        manifest = run.manifest(stage.folder)
        if manifest is not None:
            damage = check(run.stage_path(stage.folder), manifest)
            if damage:
                return _Standing("damaged", f"{stage.name}: {damage}; run it again: what is lost is made anew")
            continue
        attempt = run.last_attempt(stage.folder)
        if attempt is None:
            return _Standing("partial", f"{stage.name} has not run")
        error = attempt.record.get("error", {}).get("message", "its process died without a word")
        told = error if error.startswith(stage.name) else f"{stage.name}: {error}"
        return _Standing(attempt.status, told, stage, attempt)
    if (run.path / "report.html").is_file():
        return _Standing("succeeded")
    return _Standing("partial", "every stage has a result, but its report is not published: run it again")


def rebuild_index(reports: Path, kept_at: str = "") -> Path:
    """Write reports/index.html anew, and the page of every run that stopped; returns the index's path.

    `kept_at` is the URL of the runs where `reports` is an outline of object storage.
    """
    from gramlib.report.site import build_index

    path = reports / "index.html"
    reports.mkdir(parents=True, exist_ok=True)
    summaries = []
    for run in run_folders(reports):
        record = atomic.read_json(run.path / "run.json")  # once: it is a run's largest record
        standing = _standing(run, record, first_missing)
        refresh_failure_page(run, standing.failed, standing.stage, kept_at)
        summaries.append(_summary(run, record or {}, standing))
    atomic.write_text(
        path, build_index(summaries, *(pages_above(reports, pattern) for pattern in (COMPARISONS, SWEEPS)))
    )
    return path


def pages_above(reports: Path, pattern: str) -> list[tuple[str, str]]:
    """Pages in `reports` that are no run's own, such as those of `gram compare` and `gram sweep`, newest first: (title, path)."""
    found = sorted(reports.glob(pattern), key=lambda page: page.stat().st_mtime, reverse=True)
    return [(_title(page), page.relative_to(reports).as_posix()) for page in found if page.is_file()]


def _title(page: Path) -> str:
    with open(page, encoding="utf-8", errors="replace") as handle:
        opening = handle.read(2048)
    found = re.search(r"<title>([^<]*)</title>", opening)
    return unescape(found[1]) if found else page.stem
