"""A run brought here before work and brought there after it: the same names in the bucket as in a folder of runs.

    <cache>/<digest of the address>/runs/<run_id>/       a whole copy, worked in under the run's claim
    <cache>/<digest of the address>/outline/<run_id>/    records only; every other file has its size and no content, to be looked at

A stage's files go up first and its stage.json last, after the old one was deleted: whatever dies in between, no manifest
stands over files that are not its own, and hashes are checked when they are read. What a listing says of each object is
remembered here, so that only what changed is fetched.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path, PurePosixPath

from gramlib.errors import ArtefactError, TemporaryError
from gramlib.store import atomic
from gramlib.store.attempt import ATTEMPT_MARK
from gramlib.store.claim import ELSEWHERE, Claim, is_claim
from gramlib.store.hashing import sha256_bytes
from gramlib.store.remote.claim import RemoteClaim, remote_holder
from gramlib.store.remote.storage import Stamp, Storage
from gramlib.store.run_folder import PUBLISHED

MANIFEST = "stage.json"
KNOWN = "mirrored.json"
READABLE = {".json", ".ipynb", ".html", ".log"}
"""What of an unfinished attempt goes up: what people read, not its tables."""

LISTING_TRIES = 4


class Mirror:
    """The runs at `url`, through a cache folder on this machine."""

    def __init__(self, url: str, cache: Path | None = None):
        self.storage = Storage(url)
        self.url = self.storage.url
        self._home = (cache or _cache()) / sha256_bytes(self.url.encode())[:12]
        self.reports = self._home / "runs"
        self._seen: dict[str, dict[str, Stamp]] = {}

    def claim(self, run_id: str) -> RemoteClaim:
        """The claim on a run; its folder here is made."""
        folder = self.reports / run_id
        folder.mkdir(parents=True, exist_ok=True)
        return RemoteClaim(self.storage, run_id, folder)

    def fetch(self, run_id: str) -> None:
        """Make the folder here what stands there; under the run's claim, or with `fetch_unclaimed`.

        A stage that is whole here and has no manifest there stays: its upload was cut off, and `push_stage` ends it.
        """
        self._bring(self.reports / run_id, run_id, whole=True)

    def fetch_unclaimed(self, run_id: str) -> None:
        """`fetch` for a reader; where a process of this machine is at work in the folder it is current as it is."""
        folder = self.reports / run_id
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with Claim(folder):
                self.fetch(run_id)
        except TemporaryError:
            if not (folder / "claim.json").is_file():
                raise

    def outline(self, *run_ids: str) -> Path:
        """A folder of runs to look at, all of them or those named: records are fetched, of all else only names and sizes."""
        home = self._home / "outline"
        names = list(run_ids) or self.storage.folders()
        for run_id in names:
            self._bring(home / run_id, run_id, whole=False)
        if not run_ids and home.is_dir():
            for gone in {path.name for path in home.iterdir() if path.is_dir()} - set(names):
                shutil.rmtree(home / gone)
        home.mkdir(parents=True, exist_ok=True)
        return home

    def push_record(self, run_id: str) -> None:
        """Put run.json up if there is none; raises ArtefactError when another one came first."""
        ours = (self.reports / run_id / "run.json").read_bytes()
        name = f"{run_id}/run.json"
        if "run.json" not in self._seen.get(run_id, {}) and not self.storage.create(name, ours):
            raise ArtefactError(
                f"run.json of run {run_id} appeared while this run began",
                expected="one writer a run",
                origin=f"{self.url}/{name}",
                remedy="repeat the command: it will read that record",
            )

    def push_stage(self, run_id: str, stage_folder: str) -> None:
        """Put a succeeded stage up: its old manifest goes first, its own comes last."""
        local = self.reports / run_id / stage_folder
        files = {path.relative_to(local).as_posix(): path for path in sorted(local.rglob("*")) if path.is_file()}
        base = f"{run_id}/{stage_folder}"
        there = {name[len(base) + 1 :] for name in self.storage.objects(base)}
        self.storage.remove([f"{base}/{MANIFEST}"] if MANIFEST in there else [])
        self.storage.remove(f"{base}/{name}" for name in sorted(there - set(files)))
        self.storage.upload({f"{base}/{name}": path for name, path in files.items() if name != MANIFEST})
        found = {name[len(base) + 1 :]: stamp for name, stamp in self.storage.objects(base).items()}
        for name, path in files.items():
            if name != MANIFEST and (name not in found or found[name].size != path.stat().st_size):
                raise TemporaryError(
                    f"{base}/{name} did not arrive whole",
                    expected=f"{path.stat().st_size} bytes",
                    origin=self.url,
                    remedy="the same command sends it again",
                )
        self.storage.write(f"{base}/{MANIFEST}", files[MANIFEST].read_bytes())
        marks = {name: stamp for name, stamp in self.storage.objects(base).items()}
        self._remember(run_id, {name[len(run_id) + 1 :]: stamp for name, stamp in marks.items()})

    def has_stage(self, run_id: str, stage_folder: str) -> bool:
        """Whether the manifest there is the one here, byte for byte."""
        name = f"{stage_folder}/{MANIFEST}"
        return self.storage.read(f"{run_id}/{name}") == (self.reports / run_id / name).read_bytes()

    def push_attempt(self, run_id: str, attempt: Path) -> None:
        """Put up what can be read of an attempt that is at work, or failed."""
        files = {
            path.name: path
            for path in sorted(attempt.glob("*"))
            if path.suffix in READABLE and not path.name.startswith(".")
        }
        with tempfile.TemporaryDirectory(prefix="gram-") as folder:  # files that are replaced while they are sent
            copies = {}
            for name, path in files.items():
                try:
                    copies[f"{run_id}/{attempt.name}/{name}"] = Path(shutil.copyfile(path, Path(folder) / name))
                except FileNotFoundError:
                    continue
            self.storage.upload(copies)

    def remove_attempt(self, run_id: str, attempt_name: str) -> None:
        """Remove an attempt that became the stage's result."""
        self.storage.remove(self.storage.objects(f"{run_id}/{attempt_name}"))

    def push_report(self, run_id: str) -> None:
        """Publish report.html and report.json, the data last."""
        for name in PUBLISHED:
            self.storage.write(f"{run_id}/{name}", (self.reports / run_id / name).read_bytes())
        self._remember(
            run_id, {name: stamp for name in PUBLISHED for stamp in self.storage.objects(f"{run_id}/{name}").values()}
        )

    def has_report(self, run_id: str) -> bool:
        """Whether the report was published there when the run was fetched or pushed last."""
        return set(PUBLISHED) <= set(self._seen.get(run_id, {}))

    def withdraw_report(self, run_id: str) -> None:
        """Take the published report away."""
        self.storage.remove(f"{run_id}/{name}" for name in PUBLISHED)
        for name in PUBLISHED:
            self._seen.get(run_id, {}).pop(name, None)

    def name_of(self, path: Path) -> str:
        """The name in the bucket of a path in the copy or the outline here."""
        home = self.reports if path.is_relative_to(self.reports) else self._home / "outline"
        return path.relative_to(home).as_posix()

    def has(self, name: str) -> bool:
        """Whether there is such an object."""
        return self.storage.read(name) is not None

    def remove(self, path: Path) -> None:
        """Delete what a folder of the outline stands for, there and here."""
        self.storage.remove(self.storage.objects(self.name_of(path)))
        for home in (self.reports, self._home / "outline"):
            shutil.rmtree(home / self.name_of(path), ignore_errors=True)

    def push_file(self, name: str, path: Path) -> None:
        """Put one file up, such as index.html."""
        self.storage.write(name, path.read_bytes())

    def _remember(self, run_id: str, stamps: dict[str, Stamp]) -> None:
        self._seen.setdefault(run_id, {}).update(stamps)
        _note(self.reports / run_id, self._seen[run_id])

    def _bring(self, folder: Path, run_id: str, *, whole: bool) -> None:
        for _ in range(LISTING_TRIES):
            listed = {name[len(run_id) + 1 :]: stamp for name, stamp in self.storage.objects(run_id).items()}
            try:
                self._copy(folder, run_id, listed, whole)
            except FileNotFoundError:  # somebody is at work there: look again
                continue
            self._seen[run_id] = listed
            holder = remote_holder(self.storage, run_id) if "claim.json" in listed and not whole else None
            if is_claim(holder):
                atomic.write_json(folder / ELSEWHERE, holder)
            else:
                (folder / ELSEWHERE).unlink(missing_ok=True)
            return
        raise TemporaryError(
            f"run {run_id} changes faster than it can be read",
            expected="a run that stands still for a moment",
            origin=self.url,
            remedy="try again when the run has ended",
        )

    def _copy(self, folder: Path, run_id: str, listed: dict[str, Stamp], whole: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        wanted = {name: stamp for name, stamp in listed.items() if _belongs(name, listed)}
        known = {} if (record := atomic.read_json(folder / KNOWN)) is None else record
        stale = {
            name
            for name, stamp in wanted.items()
            if known.get(name) != [stamp.size, stamp.mark] or _size(folder / name) != stamp.size
        }
        stages = {PurePosixPath(name).parts[0] for name in wanted if name.endswith(f"/{MANIFEST}")}
        for stage in stages:  # a manifest that does not fit must not be seen, whatever happens below
            extra = [path for path in (folder / stage).rglob("*") if path.is_file() and path.relative_to(folder).as_posix() not in wanted]  # fmt: skip
            if extra or any(name.startswith(f"{stage}/") for name in stale):
                (folder / stage / MANIFEST).unlink(missing_ok=True)
                stale.add(f"{stage}/{MANIFEST}")
                for path in extra:
                    path.unlink()
        for name in PUBLISHED:
            if name not in listed:
                (folder / name).unlink(missing_ok=True)
        fetched = {name for name in stale if whole or _is_record(name)}
        for name in stale - fetched:
            _place_holder(folder / name, wanted[name].size)
        self._download(folder, run_id, {name for name in fetched if not name.endswith(MANIFEST)})
        self._download(folder, run_id, {name for name in fetched if name.endswith(MANIFEST)})
        _note(folder, wanted)

    def _download(self, folder: Path, run_id: str, names: set[str]) -> None:
        """Fetch to temporary names first: a reader sees the old file or the new one."""
        temporary = {
            name: (folder / name).with_name(f".{Path(name).name}.{secrets.token_hex(4)}.tmp") for name in names
        }
        try:
            for path in temporary.values():
                path.parent.mkdir(parents=True, exist_ok=True)
            self.storage.download({f"{run_id}/{name}": path for name, path in temporary.items()})
            for name, path in temporary.items():
                os.replace(path, folder / name)
        finally:
            for path in temporary.values():
                path.unlink(missing_ok=True)


def _belongs(name: str, listed: dict[str, Stamp]) -> bool:
    """Whether an object is part of the run: not a claim, and not of a stage whose manifest is not there (yet)."""
    top, _, rest = name.partition("/")
    if top in {"claim.json", "claims", "failure.html"}:  # the last is made anew where somebody looks
        return False
    return not rest or ATTEMPT_MARK in top or f"{top}/{MANIFEST}" in listed


def _is_record(name: str) -> bool:
    """What an outline holds with its content: what status, index and the page of a failure are made from."""
    path = PurePosixPath(name)
    unfinished = ATTEMPT_MARK in path.parts[0] and path.suffix in {".ipynb", ".log"}
    return unfinished or path.name in {
        "run.json",
        "report.json",
        MANIFEST,
        "attempt.json",
        "source_cards.json",
        "failure.html",
    }


def _place_holder(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(size)


def _note(folder: Path, stamps: dict[str, Stamp]) -> None:
    atomic.write_json(folder / KNOWN, {name: [stamp.size, stamp.mark] for name, stamp in stamps.items()})


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _cache() -> Path:
    """The user's cache folder, or one below the temporary folder where that cannot be written."""
    named = os.environ.get("XDG_CACHE_HOME")
    for home in (Path(named) if named else Path(os.path.expanduser("~")) / ".cache", Path(tempfile.gettempdir())):
        folder = home / "gramlib" / "mirrors"
        if folder.is_absolute() and _can_be_written(folder):
            return folder
    raise TemporaryError(
        "there is no folder that can be written", expected="XDG_CACHE_HOME or TMPDIR", remedy="set one"
    )


def _can_be_written(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
