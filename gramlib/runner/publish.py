"""A run's pages in a folder that the public sees, unless one of its series may not be handed on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from gramlib.errors import ParameterError
from gramlib.runner.pipeline import STAGES, stage_named
from gramlib.store import atomic
from gramlib.store.run_folder import RunFolder

PAGE = "notebook.html"


def publish(run: RunFolder, into: Path) -> list[Path]:
    """Copy the report, as index.html, its data and the stages' pages into the new folder `into`; the files written.

    Raises ParameterError where the run has no published report, where a card of its series does not say that it may be
    redistributed (charts show series, and a page of a notebook shows its first rows), or where `into` holds something.
    """
    data, report = stage_named("data"), stage_named("report")
    if run.manifest(data.folder) is None or run.manifest(report.folder) is None or not run.is_published(report.folder):
        raise ParameterError(
            f"run {run.run_id} has no report of its own to publish",
            expected="a run whose five stages are done",
            origin=str(run.path),
            remedy=f"gram status {run.run_id} says how far it came; gram run goes on from there",
        )
    refuse_kept_series(run.run_id, atomic.read_json(run.stage_path(data.folder) / "source_cards.json") or {})
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise ParameterError(
            f"{into} holds something already",
            expected="a folder that is new or empty, since all of it will be public",
            origin="--to",
            remedy="name another folder, or empty this one",
        )
    copies = {run.path / "report.html": into / "index.html", run.path / "report.json": into / "report.json"}
    for stage in STAGES:
        copies[run.stage_path(stage.folder) / PAGE] = into / stage.folder / PAGE
    for source, target in copies.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return list(copies.values())


def refuse_kept_series(run_id: str, document: dict[str, Any]) -> None:
    """Raise ParameterError unless every card of `document`, a run's source_cards, says redistribute: yes."""
    cards = document.get("cards", [])
    kept = [card for card in cards if card.get("redistribute") != "yes"]
    if cards and not kept and document.get("redistribute") == "yes":
        return
    named = "; ".join(f"{card.get('id')} ({card.get('licence') or 'no licence stated'})" for card in kept)
    raise ParameterError(
        f"run {run_id} may not be published: not free to hand on are {named or 'its series, which have no cards'}",
        expected="series whose cards say redistribute: yes, as the shipped sample's do",
        origin=f"{run_id}/{stage_named('data').folder}/source_cards.json",
        remedy="publish a run on the sample, or clear the rights and say so in the source's card",
    )
