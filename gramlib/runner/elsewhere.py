"""Runs in object storage, as the runner keeps them there: a stage when it is done, a manifest last, the report after all."""

# ruff: noqa: D102 - what each method is for stands in Place
from __future__ import annotations

from pathlib import Path

from gramlib.runner.failures import PAGE
from gramlib.runner.pipeline import Stage
from gramlib.runner.place import Place
from gramlib.store import Attempt, Claim, RunFolder
from gramlib.store.remote import Mirror


class Elsewhere(Place):
    """Runs in object storage; raises ParameterError or TemporaryError where it cannot be used."""

    elsewhere = True

    def __init__(self, url: str):
        self._mirror = Mirror(url)
        super().__init__(self._mirror.reports)
        self.name = self._mirror.url
        self._mirror.storage.check()

    def address(self, path: Path) -> str:
        return f"{self.name}/{self._mirror.name_of(path)}"

    def shown(self, path: Path) -> str:
        return self.address(path)

    def claim(self, folder: RunFolder) -> Claim:
        return self._mirror.claim(folder.run_id)

    def bring(self, folder: RunFolder) -> None:
        self._mirror.fetch(folder.run_id)

    def look(self, run_id: str = "") -> Path:
        return self._mirror.outline(*filter(None, [run_id]))

    def read(self, run_id: str) -> Path:
        self._mirror.fetch_unclaimed(run_id)
        return self.reports

    def keep_record(self, folder: RunFolder) -> None:
        self._mirror.push_record(folder.run_id)

    def keep_attempt(self, folder: RunFolder, attempt: Attempt) -> None:
        self._mirror.push_attempt(folder.run_id, attempt.path)

    def drop_attempt(self, folder: RunFolder, attempt: Attempt) -> None:
        self._mirror.remove_attempt(folder.run_id, attempt.path.name)

    def keep_stage(self, folder: RunFolder, stage: Stage) -> None:
        if not self._mirror.has_stage(folder.run_id, stage.folder):
            self._mirror.push_stage(folder.run_id, stage.folder)

    def withdraw_report(self, folder: RunFolder) -> None:
        self._mirror.withdraw_report(folder.run_id)

    def keep_report(self, folder: RunFolder) -> None:
        if not self._mirror.has_report(folder.run_id):
            self._mirror.push_report(folder.run_id)
            self._mirror.storage.remove([f"{folder.run_id}/{PAGE}"])

    def keep_index(self, index: Path) -> None:
        for page in sorted(index.parent.glob(f"*/{PAGE}")):  # first: the index links to them
            self._mirror.push_file(f"{page.parent.name}/{page.name}", page)
        self._mirror.push_file(index.name, index)

    def has_index(self) -> bool:
        return self._mirror.has("index.html")

    def remove(self, path: Path) -> None:
        self._mirror.remove(path)
