"""Checks of stage `data` against itself and the disk, and the days its window can hold at most.

The days are an upper bound (weekdays of the window; for a file also its lines), so that nothing that might fit
is refused; what is left is found by the data stage, with exit 3.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from gramlib.params.built_in import SOURCE_NAMES
from gramlib.params.data_params import FILE_LISTS, DataParams, named_files
from gramlib.params.problems import Problem
from gramlib.params.quoting import shortened, shown
from gramlib.params.suggest import did_you_mean

SAMPLE_START = "1975-01-02"
SAMPLE_END = "2026-07-31"
_LONGEST_PATH = 200
_LINE_FILES = {".csv", ".tsv", ".txt"}

Where = Callable[[str], str]
"""File and line, or override, of a dotted key; "default" when nobody wrote it."""


def data_checks(data: DataParams, where: Where) -> list[Problem]:
    """Every contradiction between the values of stage `data`, and every file that is not there."""
    found = []
    if data.end and data.end <= data.start:
        found.append(Problem(
            f"data.end is {data.end}, data.start is {data.start}", "an end after the start",
            blame(where, "data.end", "data.start"), "correct one of the two",
        ))  # fmt: skip
    if data.source != "file":
        found += _no_file_settings(data, where)
    if data.source == "sample":
        found += _sample(data, where)
    if data.source != "online" and data.as_of:
        found.append(Problem(
            f"data.as_of is {data.as_of} while data.source is {data.source}", "a day for online sources only",
            where("data.as_of"), "use data.end to cut a file or the sample",
        ))  # fmt: skip
    if data.source == "file" and not data.path:
        found.append(Problem(
            "data.source is file and data.path is empty", "the price file's path", where("data.source"),
            "add data.path: your_file.csv (--set data.path=your_file.csv)",
        ))  # fmt: skip
    elif data.path and data.source not in ("sample", "online"):
        found += _file_exists("data.path", data.path, where)
    for name in FILE_LISTS:
        for path in named_files(getattr(data, name)).values():
            found += _file_exists(f"data.{name}", path, where)
    return found


def _no_file_settings(data: DataParams, where: Where) -> list[Problem]:
    return [
        Problem(
            f"data.{name} is {shown(getattr(data, name))} while data.source is {data.source}", f"no file for {data.source}",
            where(f"data.{name}"), "add data.source: file (--set data.source=file)",
        )
        for name in (("path", "column") if data.source in SOURCE_NAMES else ("column",))
        if getattr(data, name)
    ]  # fmt: skip


def _sample(data: DataParams, where: Where) -> list[Problem]:
    found = [
        Problem(
            f"data.{name} is {shown(getattr(data, name))} while data.source is sample",
            "no real series beside a path that was generated", where(f"data.{name}"),
            "add data.source: file or online, or remove it",
        )
        for name in ("splice", "crosscheck", "token_files", "covariate_files")
        if getattr(data, name)
    ]  # fmt: skip
    if data.start >= SAMPLE_END or (data.end and data.end <= SAMPLE_START):
        found.append(Problem(
            f"data.start is {data.start}, data.end is {data.end or 'open'}",
            f"dates within the sample, {SAMPLE_START} to {SAMPLE_END}", blame(where, "data.start", "data.end"),
            "choose a window the sample covers",
        ))  # fmt: skip
    return found


def _file_exists(key: str, name: str, where: Where) -> list[Problem]:
    # os.path answers False where pathlib raises: a name too long, a zero byte in it.
    if os.path.isfile(name):
        return []
    if os.path.isdir(name):
        return [Problem(f"{key} is {name}, which is a folder", "a file", where(key), "name the file in that folder")]
    path = Path(name)
    near = did_you_mean(path.name, [p.name for p in _files_in(path.parent)])
    return [Problem(
        f"{key} is {shortened(name, _LONGEST_PATH)}, which is no file{near}", "a file that exists", where(key),
        "correct the path; in a params file it is relative to that file, in --set to the current folder",
    )]  # fmt: skip


def _files_in(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if os.path.isdir(folder) else []


def available_days(data: DataParams, start: str) -> tuple[int, str]:
    """Upper bound of the business days from `start` to the data's end, and the window in words."""
    first = max(start, data.start)
    if data.source == "sample":
        first, last = max(first, SAMPLE_START), min(data.end or SAMPLE_END, SAMPLE_END)
        return weekdays(first, last), f"{first} to {last} of the sample"
    path = Path(data.path)
    lines = _lines(path) if data.source == "file" and path.suffix.lower() in _LINE_FILES and not data.splice else None
    last = data.end or data.as_of
    span = weekdays(first, last) if last else None
    bounds = [bound for bound in (lines, span) if bound is not None]
    days = min(bounds) if bounds else 10**9
    words = f"the lines of {path.name}" if days == lines else f"{first} to {last}"
    return days, words


def weekdays(first: str, last: str) -> int:
    """Days from Monday to Friday between two ISO dates, both included; 0 when they are in the wrong order."""
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    weeks, rest = divmod(max(0, (end - start).days + 1), 7)
    return weeks * 5 + sum((start.weekday() + day) % 7 < 5 for day in range(rest))


def _lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b"")) + 1


def blame(where: Where, *keys: str) -> str:
    """Where the first of `keys` that somebody wrote comes from, `--set` before a file; defaults are not to blame."""
    origins = [where(key) for key in keys]
    ranked = sorted(origins, key=lambda origin: (origin == "default", not origin.startswith("--set ")))
    return ranked[0]
