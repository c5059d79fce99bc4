"""The decision flips if: at which value of an input, the others as they are, a status changes.

An input is searched on a side where the end of its range has another status (the tornado says so): `POINTS` evenly spaced
sizes, walked from the issuer's own, and the first change is bisected. A status that changes and changes back before the end
is missed, and said to be not found within the range, never not to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.params.sensitivity import Range
from gramlib.sensitivity.response import Headlines, Response, own_size, worst_of

Progress = Callable[[int, int, str], None]
POINTS = 7
HALVINGS = 3
OVERALL = "overall"
COLUMNS = (
    "parameter", "title", "unit", "how", "requirement", "status_base", "status_there", "own_size", "flips_at", "side", "tolerance",
    "scan_from", "scan_to", "found",
)  # fmt: skip
_NUMBERS = ("own_size", "flips_at", "tolerance", "scan_from", "scan_to")


def decision_flips(
    headlines: Headlines,
    issuer: Issuer,
    ranges: Sequence[Range],
    tornado: pd.DataFrame,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The catalogue's `decision_flips`: for every input, where the status of a failure or of all together changes.

    Only inputs that change a status at an end of their range (`tornado`) are searched; the others get one row with `found`
    false. `flips_at` is the size nearest to the issuer's own that was seen with the other status, exact to `tolerance`.
    """
    base = headlines.of(issuer)
    moving = set(tornado.loc[_flipping(tornado), "parameter"])
    rows: list[tuple] = []
    for done, entry in enumerate(ranges):
        if progress:
            progress(done, len(ranges), f"does the decision hang on {entry.title.lower()}?")
        words = (entry.name, entry.title, entry.unit, entry.how)
        own, ends = own_size(issuer, entry), (float(entry.low), float(entry.high))
        ends_told = tornado[(tornado["parameter"] == entry.name) & (tornado["status_base"] != "")]
        found = list(_flips(headlines, issuer, entry, base, ends_told)) if entry.name in moving else []
        rows += [
            (*words, requirement, *statuses, own, at, side, tolerance, *ends, True)
            for requirement, statuses, at, side, tolerance in found
        ]
        if not found:
            rows.append(
                (*words, OVERALL, base.overall, base.overall, own, float("nan"), "", float("nan"), *ends, False)
            )
    if progress:
        progress(len(ranges), len(ranges), "where the decision flips")
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds = {name: "float64" if name in _NUMBERS else "bool" if name == "found" else "str" for name in COLUMNS}
    return table.astype(kinds)


def _flipping(tornado: pd.DataFrame) -> pd.Series:
    judged = tornado["status_base"] != ""
    told = tornado["note"] == ""
    changed = (tornado["status_low"] != tornado["status_base"]) | (tornado["status_high"] != tornado["status_base"])
    return judged & told & changed


def _flips(
    headlines: Headlines, issuer: Issuer, entry: Range, base: Response, ends: pd.DataFrame
) -> Iterator[tuple[str, tuple[str, str], float, str, float]]:
    """Requirement, both statuses, size, side and tolerance of each nearest change, both ways from the issuer's own size."""
    own = own_size(issuer, entry)
    answers: dict[float, dict[str, str]] = {own: _statuses(base)}

    def ask(size: float) -> dict[str, str]:
        if size not in answers:
            try:
                answers[size] = _statuses(headlines.moved(issuer, entry, size))
            except ParameterError:
                answers[size] = {}
        return answers[size]

    whole = isinstance(entry.low, int) and isinstance(entry.high, int)
    grid = np.linspace(entry.low, entry.high, POINTS)
    sizes = sorted({float(round(size)) if whole else float(size) for size in grid})
    for side, column, walked in (
        ("below", "status_low", [s for s in reversed(sizes) if s < own]),
        ("above", "status_high", [s for s in sizes if s > own]),
    ):
        there_at_end = dict(zip(ends["metric"], ends[column], strict=True))
        there_at_end[OVERALL] = worst_of(there_at_end.values())
        for requirement, status in answers[own].items():
            if there_at_end[requirement] == status:
                continue
            near = own
            for size in walked:
                there = ask(size).get(requirement, status)
                if there != status:
                    at, tolerance = _bisected(ask, requirement, status, near, size, whole)
                    yield requirement, (status, ask(at)[requirement]), at, side, tolerance
                    break
                near = size


def _bisected(
    ask: Callable[[float], dict[str, str]], requirement: str, status: str, same: float, other: float, whole: bool
) -> tuple[float, float]:
    """The size nearest to `same` seen with another status, and how far the two still lie apart."""
    for _ in range(HALVINGS):
        middle = (same + other) / 2
        if whole:
            middle = float(round(middle))
            if middle in (same, other):
                break
        if ask(middle).get(requirement, status) != status:
            other = middle
        else:
            same = middle
    return other, abs(other - same)


def _statuses(response: Response) -> dict[str, str]:
    return {**response.status, OVERALL: response.overall}
