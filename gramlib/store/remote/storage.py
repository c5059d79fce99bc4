"""One place in object storage, through fsspec: the few things a run asks of it, and what goes wrong in our words.

An object is whole or not there: that is all that is taken for granted, with `create` (write only where nothing is: If-None-Match
on S3, ifGenerationMatch on Google's). Answers such as 500, 503 and 429, and lost connections, are tried again for about ten
seconds, ever more slowly, and are temporary (75) then; a bucket that is not there, or not ours, is a parameter's fault (2).
"""

from __future__ import annotations

import contextlib
import importlib.util
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from gramlib.errors import GramError, ParameterError, TemporaryError

LIBRARIES = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs"}
TRIES, FIRST_PAUSE_SECONDS = 4, 0.5
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
T = TypeVar("T")


@dataclass(frozen=True)
class Stamp:
    """What a listing says of an object: its size in bytes, and a mark that changes with its content."""

    size: int
    mark: str


def is_url(text: str) -> bool:
    """Whether `text` names a place by scheme, such as s3://bucket/prefix."""
    return "://" in text


class Storage:
    """A bucket and prefix; names are relative to it and use slashes. Opening it asks the storage nothing."""

    def __init__(self, url: str):
        scheme, _, place = url.partition("://")
        place = place.rstrip("/")
        library = LIBRARIES.get(scheme)
        if library is None:
            raise ParameterError(
                f"runs cannot be kept at {scheme}://…",
                expected="a folder, s3://bucket/prefix or gs://bucket/prefix",
                origin="--out",
            )
        if any(mark in place for mark in "@?#"):
            raise ParameterError(
                "the address of the storage holds more than a bucket and a prefix",
                expected=f"{scheme}://bucket/prefix, with credentials in the environment",
                origin="--out",
                remedy="take keys out of it: they would stand in logs",
            )
        if not place.split("/")[0]:
            raise ParameterError(f"{url} names no bucket", expected=f"{scheme}://bucket/prefix", origin="--out")
        if importlib.util.find_spec(library) is None:
            raise ParameterError(
                f"{scheme}:// needs the package {library}, which is not installed",
                expected=library,
                origin="--out",
                remedy=f".venv/bin/python -m pip install {library}",
            )
        self.url, self._base = f"{scheme}://{place}", place
        self._files = _file_system(scheme)

    def objects(self, prefix: str = "") -> dict[str, Stamp]:
        """Every object below `prefix`, by name."""
        place = f"{self._base}/{prefix}".rstrip("/")
        try:
            found = self._try(lambda: self._files.find(place, detail=True), place)
        except FileNotFoundError:  # an empty prefix is no error
            raise self._missing(self._base.split("/")[0]) from None
        return {path[len(self._base) + 1 :]: _stamp(info) for path, info in found.items() if info["type"] == "file"}

    def folders(self) -> list[str]:
        """Names directly below the place that have something below them."""
        try:
            found = self._try(lambda: self._files.ls(self._base, detail=True, refresh=True), self._base)
        except FileNotFoundError:
            return []
        return sorted(Path(info["name"]).name for info in found if info["type"] == "directory")

    def check(self) -> None:
        """Raise ParameterError where there is no such bucket, or not for us; TemporaryError where nobody answers."""
        self.objects("run.json")

    def read(self, name: str) -> bytes | None:
        """The object `name`, or None."""
        try:
            return bytes(self._try(lambda: self._files.cat_file(f"{self._base}/{name}"), name))
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Put an object, replacing what is there."""
        self._put(lambda: self._files.pipe_file(f"{self._base}/{name}", content), name)

    def create(self, name: str, content: bytes) -> bool:
        """Put an object only if nothing is there; True when this call did. Of two that try at once one wins.

        A lost answer to a write that was done looks like a loss: the winner is told by the content.
        """
        try:
            self._put(lambda: self._files.pipe_file(f"{self._base}/{name}", content, mode="create"), name)
        except FileExistsError:
            return self.read(name) == content
        return True

    def upload(self, files: dict[str, Path]) -> None:
        """Put local files under the names given, side by side."""
        names = list(files)
        if names:
            local, remote = [str(files[name]) for name in names], [f"{self._base}/{name}" for name in names]
            self._put(lambda: self._files.put(local, remote), names[0])

    def download(self, files: dict[str, Path]) -> None:
        """Fetch objects to local paths, whose folders are there; raises FileNotFoundError when one is gone."""
        names = list(files)
        if names:
            remote, local = [f"{self._base}/{name}" for name in names], [str(files[name]) for name in names]
            self._try(lambda: self._files.get(remote, local), names[0])

    def remove(self, names: Iterable[str]) -> None:
        """Delete objects; those that are not there are no trouble."""
        paths = [f"{self._base}/{name}" for name in names]
        if paths:
            with contextlib.suppress(FileNotFoundError):
                self._try(lambda: self._files.rm(paths), paths[0])

    def _put(self, action: Callable[[], object], name: str) -> None:
        try:
            self._try(action, name)
        except FileNotFoundError:  # of a write: the bucket
            raise self._missing(self._base.split("/")[0]) from None

    def _try(self, action: Callable[[], T], name: str) -> T:
        """Do it, again after a growing pause where that may help; FileNotFoundError and FileExistsError are answers."""
        for turn in range(1, TRIES + 1):
            try:
                return action()
            except (FileNotFoundError, FileExistsError):
                raise
            except Exception as error:
                told = self._told(error, name)
                if turn == TRIES or not isinstance(told, TemporaryError):
                    raise told from error
            time.sleep(FIRST_PAUSE_SECONDS * 2.0 ** (turn - 1))
        raise AssertionError("the loop returns or raises")

    def _missing(self, bucket: str) -> ParameterError:
        return ParameterError(
            f"there is no bucket {bucket}",
            expected="a bucket that exists; gram makes none",
            origin=self.url,
            remedy="create it, or correct --out (and AWS_ENDPOINT_URL for a storage of your own)",
        )

    def _told(self, error: Exception, name: str) -> GramError:
        """What the storage or its library said, as an error of ours."""
        kind = type(error).__name__
        text = " ".join(str(error).split())[:200]
        if (
            "Credential" in kind
            or "DefaultCredentialsError" in kind
            or kind in {"TokenRetrievalError", "ProfileNotFound"}
        ):
            return ParameterError(
                f"no credentials for {self.url}: {text}",
                expected="credentials in the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role)",
                remedy="set them; they are never written anywhere",
            )
        if isinstance(error, PermissionError):
            return ParameterError(
                f"{self.url} refuses us: {text or 'access denied'}",
                expected="the right to list, read, write and delete there",
                origin=name,
                remedy="check credentials and the bucket's policy",
            )
        if kind in {"ParamValidationError", "InvalidRegionError"} or isinstance(error, ValueError):
            return ParameterError(f"{self.url} cannot be used: {text}", expected="s3://bucket/prefix", origin="--out")
        return TemporaryError(
            f"{self.url} does not answer as it should: {kind}: {text}",
            expected="object storage that can be reached",
            origin=name,
            remedy="try again later, the same command resumes; check AWS_ENDPOINT_URL and the network policy",
        )


def _file_system(scheme: str) -> Any:
    import fsspec  # type: ignore[import-untyped]

    # Others write there too: neither listings nor instances may be remembered.
    options: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
    if scheme == "s3":
        waits = {"connect_timeout": CONNECT_SECONDS, "read_timeout": ANSWER_SECONDS}
        options["config_kwargs"] = {**waits, "retries": {"max_attempts": 2, "mode": "standard"}}
    return fsspec.filesystem(scheme, **options)


def _stamp(info: dict[str, Any]) -> Stamp:
    mark = info.get("ETag") or info.get("etag") or info.get("md5Hash") or info.get("LastModified") or info.get("mtime")
    return Stamp(int(info["size"] or 0), str(mark))
