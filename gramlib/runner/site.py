"""reports/index.html: every run with its verdict, also the failed ones with the reason. Rebuilt by the runner, never by a stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gramlib.report.site_digest import digest
from gramlib.runner.pipeline import STAGES
from gramlib.store import Manifest, RunFolder, atomic
from gramlib.store.claim import holder
from gramlib.store.manifest import first_missing
from gramlib.store.run_folder import run_folders


def run_summary(run: RunFolder, check: Callable[[Path, Manifest], str] = first_missing) -> dict[str, Any]:
    """One run as the index and `gram list runs` show it; its status is derived from manifests and attempts.

    `check` tells what is wrong with a stage's files: by default whether they are there, `first_damage` reads them.
    """
    record = atomic.read_json(run.path / "run.json") or {}
    report = atomic.read_json(run.path / "report.json") or {}
    status, reason, failed_at = _status(run, check)
    cards = atomic.read_json(run.path / STAGES[0].folder / "source_cards.json") or {}
    pages = {"report": run.path / "report.html"}
    if failed_at is not None:
        pages["failed notebook"] = failed_at / "notebook.html"
    # The report stage's own page is the report.
    pages |= {stage.name: run.path / stage.folder / "notebook.html" for stage in STAGES[:-1]}
    links = {text: page.relative_to(run.path.parent).as_posix() for text, page in pages.items() if page.is_file()}
    verdict = report.get("verdict", {})
    return {
        "run_id": run.run_id,
        "title": record.get("title", ""),
        "created": run.created,
        "series": series_of(record),
        "settings": digest(record) if record else None,
        "status": status,
        "reason": reason,
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


def _status(run: RunFolder, check: Callable[[Path, Manifest], str]) -> tuple[str, str, Path | None]:
    if holder(run.path) is not None:
        return "running", "", None
    if atomic.read_json(run.path / "run.json") is None:
        return (
            "damaged",
            "its run.json cannot be read: restore it, or remove the folder and run the params file again",
            None,
        )
    for stage in STAGES:
        manifest = run.manifest(stage.folder)
        if manifest is not None:
            damage = check(run.stage_path(stage.folder), manifest)
            if damage:
                return "damaged", f"{stage.name}: {damage}; run it again: what is lost is made anew", None
            continue
        attempt = run.last_attempt(stage.folder)
        if attempt is None:
            return "partial", f"{stage.name} has not run", None
        error = attempt.record.get("error", {}).get("message", "its process died without a word")
        told = error if error.startswith(stage.name) else f"{stage.name}: {error}"
        return attempt.status, told, attempt.path
    if (run.path / "report.html").is_file():
        return "succeeded", "", None
    return "partial", "every stage has a result, but its report is not published: run it again", None


def rebuild_index(reports: Path) -> Path:
    """Write reports/index.html anew; returns its path."""
    from gramlib.report.site import build_index

    path = reports / "index.html"
    reports.mkdir(parents=True, exist_ok=True)
    atomic.write_text(path, build_index([run_summary(run) for run in run_folders(reports)]))
    return path
