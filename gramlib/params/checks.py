"""Checks across values, made before any kernel starts: do dates, horizons and data fit each other.

The days available are an upper bound (weekdays of the window; for a file also its lines), so that nothing that
might fit is refused; what is left is found by the data stage, with exit 3.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from gramlib.params.data_params import FILE_LISTS, named_files
from gramlib.params.fields import Section
from gramlib.params.problems import Problem, raise_problems, validated
from gramlib.params.stages import (
    STAGE_PARAMS,
    AnalyseParams,
    DataParams,
    PredictParams,
    TrainParams,
)
from gramlib.params.suggest import did_you_mean

SAMPLE_START = "1975-01-02"
SAMPLE_END = "2026-07-31"
_WINDOW = ("data.end", "data.start", "data.path")
_LINE_FILES = {".csv", ".tsv", ".txt"}

Where = Callable[[str], str]
"""File and line, or override, of a dotted key; "default" when nobody wrote it."""


def stage_params(name: str, values: Mapping[str, Any], origin: str) -> Any:
    """Parameters of stage `name` from plain `values`, as a notebook run by hand has them.

    Raises ParameterError with `origin` for unknown names, wrong types, impossible values.
    """
    made, problems = validated(STAGE_PARAMS[name], dict(values), name, lambda _: origin)
    if isinstance(made, DataParams):
        problems = _data(made, lambda _: origin)
    elif isinstance(made, AnalyseParams):
        problems = _analyse(made, lambda _: origin)
    raise_problems(problems)
    return made


def cross_checks(stages: Mapping[str, Section], where: Where, root: Path) -> list[Problem]:
    """Every contradiction between the values of valid `stages`, and every scenario or profile that `root` lacks."""
    predict = cast(PredictParams, stages["predict"])
    named = [
        *_named(predict.scenarios, root / "params" / "scenarios", "scenarios", where("predict.scenarios"), ("all",)),
        *_named([predict.profile], root / "params" / "profiles", "profile", where("predict.profile")),
    ]
    return named + _contradictions(stages, where)


def _contradictions(stages: Mapping[str, Section], where: Where) -> list[Problem]:
    data, train = cast(DataParams, stages["data"]), cast(TrainParams, stages["train"])
    problems = [*_data(data, where), *_analyse(cast(AnalyseParams, stages["analyse"]), where)]
    if problems:
        return problems
    return [*_train(train, data, where), *_predict(cast(PredictParams, stages["predict"]), data, where)]


def _named(names: list[str], folder: Path, key: str, where: str, also: tuple[str, ...] = ()) -> list[Problem]:
    files = sorted(path.stem for path in folder.glob("*.yaml"))
    if not files:  # the room that reads them says so with its own words
        return []
    known = (*also, *files)
    return [
        Problem(
            f"{key} names {name!r}, which does not exist{did_you_mean(name, known)}", f"one of {', '.join(known)}",
            where, "correct the name",
        )
        for name in names
        if name not in known
    ]  # fmt: skip


def _data(data: DataParams, where: Where) -> list[Problem]:
    found = []
    if data.end and data.end <= data.start:
        found.append(Problem(
            f"data.end is {data.end}, data.start is {data.start}", "an end after the start",
            _blame(where, "data.end", "data.start"), "correct one of the two",
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
    elif data.source == "file":
        found += _file_exists("data.path", data.path, where)
    for name in FILE_LISTS:
        for path in named_files(getattr(data, name)).values():
            found += _file_exists(f"data.{name}", path, where)
    return found


def _no_file_settings(data: DataParams, where: Where) -> list[Problem]:
    return [
        Problem(
            f"data.{name} is {getattr(data, name)!r} while data.source is {data.source}", f"no file for {data.source}",
            where(f"data.{name}"), "add data.source: file (--set data.source=file)",
        )
        for name in ("path", "column")
        if getattr(data, name)
    ]  # fmt: skip


def _sample(data: DataParams, where: Where) -> list[Problem]:
    found = [
        Problem(
            f"data.{name} is {getattr(data, name)} while data.source is sample",
            "no real series beside a path that was generated", where(f"data.{name}"),
            "add data.source: file or online, or remove it",
        )
        for name in ("splice", "crosscheck", "token_files")
        if getattr(data, name)
    ]  # fmt: skip
    if data.start >= SAMPLE_END or (data.end and data.end <= SAMPLE_START):
        found.append(Problem(
            f"data.start is {data.start}, data.end is {data.end or 'open'}",
            f"dates within the sample, {SAMPLE_START} to {SAMPLE_END}", _blame(where, "data.start", "data.end"),
            "choose a window the sample covers",
        ))  # fmt: skip
    return found


def _file_exists(key: str, name: str, where: Where) -> list[Problem]:
    path = Path(name)
    if path.is_file():
        return []
    near = did_you_mean(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else ""
    return [Problem(
        f"{key} is {name}, which is no file{near}", "a file that exists", where(key),
        "correct the path; in a params file it is relative to that file, in --set to the current folder",
    )]  # fmt: skip


def _train(train: TrainParams, data: DataParams, where: Where) -> list[Problem]:
    days, window = available_days(data, train.start)
    last = data.end or (SAMPLE_END if data.source == "sample" else "")
    if last and train.start >= last:
        return [Problem(f"train.start is {train.start}", f"a day before the data end, {last}",
                        _blame(where, "train.start", "data.end"), "start the training window earlier")]  # fmt: skip
    found = []
    needed = train.min_train_days + train.eval_days
    if needed > days:
        origin = _blame(where, "train.eval_days", "train.min_train_days", "train.start", *_WINDOW)
        found.append(Problem(
            f"train.min_train_days {train.min_train_days:,} and train.eval_days {train.eval_days:,} make {needed:,} days",
            f"at most {days:,} business days, {window}", origin, "shorten one of them or start earlier",
        ))  # fmt: skip
    if max(train.horizons_days) > train.eval_days:
        found.append(Problem(
            f"train.horizons_days holds {max(train.horizons_days)}", f"at most train.eval_days, {train.eval_days}",
            _blame(where, "train.horizons_days", "train.eval_days"), "shorten the horizon or score more days",
        ))  # fmt: skip
    return found


def _predict(predict: PredictParams, data: DataParams, where: Where) -> list[Problem]:
    days, window = available_days(data, data.start)
    found = [
        Problem(
            f"predict.{name} is {getattr(predict, name):,}", f"at most {days:,} business days, {window}",
            _blame(where, f"predict.{name}", *_WINDOW), "shorten the horizon or use longer data",
        )
        for name in ("horizon_days", "solvency_horizon_days")
        if getattr(predict, name) > days
    ]  # fmt: skip
    if predict.solvency_horizon_days < predict.horizon_days:
        found.append(Problem(
            f"predict.solvency_horizon_days is {predict.solvency_horizon_days}",
            f"at least predict.horizon_days, {predict.horizon_days}",
            _blame(where, "predict.solvency_horizon_days", "predict.horizon_days"), "lengthen the solvency book",
        ))  # fmt: skip
    if 0.0 < predict.start_gold_usd_per_oz < 20.0:
        found.append(Problem(
            f"predict.start_gold_usd_per_oz is {predict.start_gold_usd_per_oz:g}", "0, or a price per troy ounce of at "
            "least 20 USD", where("predict.start_gold_usd_per_oz"), "give the price per ounce, not per gram",
        ))  # fmt: skip
    return found


def _analyse(analyse: AnalyseParams, where: Where) -> list[Problem]:
    pairs = (("reverse_tolerance", "reverse_step"), ("reverse_step", "reverse_max_fall"))
    return [
        Problem(
            f"analyse.{small} is {getattr(analyse, small):g}, analyse.{large} is {getattr(analyse, large):g}",
            f"{small} smaller than {large}", _blame(where, f"analyse.{small}", f"analyse.{large}"),
            "make it smaller",
        )
        for small, large in pairs
        if getattr(analyse, small) >= getattr(analyse, large)
    ]  # fmt: skip


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


def _blame(where: Where, *keys: str) -> str:
    """Where the first of `keys` that somebody wrote comes from, `--set` before a file; defaults are not to blame."""
    origins = [where(key) for key in keys]
    ranked = sorted(origins, key=lambda origin: (origin == "default", not origin.startswith("--set ")))
    return ranked[0]
