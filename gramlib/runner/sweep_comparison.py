"""The comparison of a sweep: the numbers of all members in sweep.csv and comparison.json, and one page to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gramlib.errors import ArtefactError
from gramlib.runner.pipeline import STAGES, stage_named
from gramlib.runner.sweep_figures import read_figures
from gramlib.store import RunFolder, atomic

SCHEMA = 1


def compare(folder: Path, reasons: Mapping[str, str] | None = None) -> Path:
    """Write sweep.html, sweep.csv and comparison.json of the sweep in `folder`; returns the page.

    `reasons` says of members that failed just now why; of others it is read from their last attempts.
    """
    from gramlib.report.sweep_page import sweep_page

    record = atomic.read_json(folder / "sweep.json")
    if record is None:
        raise ArtefactError("sweep.json is missing or damaged", expected="the record that gram sweep wrote",
                            origin=str(folder), remedy="run the sweep again")  # fmt: skip
    members = [_member(folder, member, record, reasons or {}) for member in record["members"]]
    counts = {status: sum(m["status"] == status for m in members) for status in ("succeeded", "failed", "not run")}
    comparison = {
        "schema": SCHEMA, "sweep_id": record["sweep_id"], "title": record["title"], "file": record["file"],
        "base": record["base"], "until": record["until"], "created": record["created"], "counts": counts, "members": members,
    }  # fmt: skip
    atomic.write_json(folder / "comparison.json", comparison)
    atomic.write_text(folder / "sweep.csv", _csv(members))
    page = folder / "sweep.html"
    atomic.write_text(page, sweep_page(comparison))
    return page


def _member(
    folder: Path, member: Mapping[str, Any], record: Mapping[str, Any], reasons: Mapping[str, str]
) -> dict[str, Any]:
    run = RunFolder(folder / member["id"])
    last = stage_named(record["until"])
    figures = read_figures(run.path)
    settings = {key: member["settings"][key] for key in record["varies"] if key in member["settings"]}
    made = {
        **member,
        "settings": settings,
        "status": "not run",
        "reason": "",
        "figures": {},
        "verdict": {},
        "links": _links(run),
    }
    if figures is not None and run.manifest(last.folder) is not None and member["id"] not in reasons:
        return {**made, "status": "succeeded", "figures": figures["figures"], "verdict": figures["verdict"]}
    reason = reasons.get(member["id"]) or _reason(run) or _reason(RunFolder(folder / (member["above"] or "none")))
    return {**made, "status": "failed", "reason": reason} if reason else made


def _reason(run: RunFolder) -> str:
    """Why the last attempt of a run failed; empty where none did."""
    for stage in STAGES:
        if run.manifest(stage.folder) is None:
            attempt = run.last_attempt(stage.folder)
            if attempt is None or attempt.status == "running":
                return ""
            return str(attempt.record.get("error", {}).get("message", f"{stage.name}: its process died without a word"))
    return ""


def _links(run: RunFolder) -> dict[str, str]:
    """Pages of a member, relative to the sweep's folder."""
    pages = {"report": run.path / "report.html"}
    pages |= {stage.name: run.path / stage.folder / "notebook.html" for stage in STAGES[2:4]}
    for stage in STAGES:
        attempt = run.last_attempt(stage.folder) if run.manifest(stage.folder) is None else None
        if attempt is not None:
            pages["failed notebook"] = attempt.path / "notebook.html"
    return {name: page.relative_to(run.path.parent).as_posix() for name, page in pages.items() if page.is_file()}


def _csv(members: list[dict[str, Any]]) -> str:
    """One row a member: what varies, status, verdict, and each figure with its interval."""
    settings = list(dict.fromkeys(key for member in members for key in member["settings"]))
    figures = list(dict.fromkeys(name for member in members for name in member["figures"]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    ends = ("", "_lower", "_upper")
    writer.writerow(
        ["index", "member", *settings, "status", "verdict", *(f"{name}{end}" for name in figures for end in ends)]
    )
    for member in members:
        known = [member["figures"].get(name, {}) for name in figures]
        writer.writerow(
            [member["index"], member["id"], *(member["settings"].get(key) for key in settings), member["status"],
             member["verdict"].get("status", ""), *(one.get(end) for one in known for end in ("value", "lower", "upper"))]
        )  # fmt: skip
    return out.getvalue()
