"""Failing intervals on a line: scan every step, then bisect each edge that the scan has seen.

The set of shocks that fail need not be an interval from somewhere to the end: a gram redeemed costs less after a
fall, while the cash buffer stays, so a queue forms for middling falls and not for huge ones (MODEL.md section 1).
Bisection on the whole line would answer "nothing fails". Hence the rule: an interval that was not scanned is never
bisected. Every failing set wider than one step is found; one narrower than a step can be missed, and two
sets closer than a step can be reported as one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gramlib.errors import ParameterError
from gramlib.readable import readable

Question = Callable[[np.ndarray], Mapping[str, np.ndarray]]
"""Sizes, shape (n,), to one boolean array (n,) a predicate."""

RowQuestion = Callable[[np.ndarray, np.ndarray], Mapping[str, np.ndarray]]
"""Sizes and the number of the row that each is asked of, both (n,), to one boolean array (n,) a predicate."""


@readable
@dataclass(frozen=True)
class Line:
    """Where to look: from `start` to `end`, every `step`, edges refined to `tolerance`; all in the shock's unit."""

    start: float
    end: float
    step: float
    tolerance: float

    def __post_init__(self) -> None:
        """Refuse a line that cannot be walked."""
        if not (self.end > self.start and self.step > 0 and self.tolerance > 0):
            raise ParameterError(
                f"scan from {self.start:g} to {self.end:g}, step {self.step:g}, tolerance {self.tolerance:g}",
                expected="start before end, step and tolerance above 0",
            )

    def points(self) -> np.ndarray:
        """Every scanned size, `start` and `end` included."""
        steps = math.ceil((self.end - self.start) / self.step - 1e-9)
        return np.minimum(self.start + self.step * np.arange(steps + 1), self.end)


@readable
@dataclass(frozen=True)
class FailingInterval:
    """From the smallest to the largest failing size; both ends were themselves seen to fail."""

    lower: float
    upper: float


@dataclass
class _Edge:
    """One end of a run of failing points; `sound` and `failing` close in on each other.

    They are equal where the run reaches the end of the line: there is nothing to refine.
    """

    row: int
    predicate: str
    failing: float
    sound: float


def failing_intervals(question: Question, line: Line) -> dict[str, list[FailingInterval]]:
    """For each predicate that `question` answers, its failing intervals in rising order; empty where none was found.

    `question` is called once for the scan and then once for every halving, always with all open edges of all
    predicates together, because engines are fast on many paths at once.
    """
    return failing_intervals_by_row(lambda sizes, _: question(sizes), line, 1)[0]


def failing_intervals_by_row(question: RowQuestion, line: Line, n_rows: int) -> list[dict[str, list[FailingInterval]]]:
    """`failing_intervals` along each of `n_rows` lines side by side, all scanned in one call and refined together."""
    points = line.points()
    rows = np.repeat(np.arange(n_rows), len(points))
    answers = question(np.tile(points, n_rows), rows)
    runs = {
        (row, predicate): _runs(row, predicate, points, by_row[row])
        for predicate, failing in answers.items()
        for by_row in [np.reshape(failing, (n_rows, len(points)))]
        for row in range(n_rows)
    }
    edges = [edge for pairs in runs.values() for pair in pairs for edge in pair]
    while open_edges := [edge for edge in edges if abs(edge.failing - edge.sound) > line.tolerance]:
        middles = np.array([(edge.failing + edge.sound) / 2 for edge in open_edges])
        answers = question(middles, np.array([edge.row for edge in open_edges]))
        for index, (edge, middle) in enumerate(zip(open_edges, middles, strict=True)):
            if answers[edge.predicate][index]:
                edge.failing = float(middle)
            else:
                edge.sound = float(middle)
    found: list[dict[str, list[FailingInterval]]] = [{} for _ in range(n_rows)]
    for (row, predicate), pairs in runs.items():
        found[row][predicate] = [FailingInterval(lower.failing, upper.failing) for lower, upper in pairs]
    return found


def _runs(row: int, predicate: str, points: np.ndarray, failing: np.ndarray) -> list[tuple[_Edge, _Edge]]:
    """Both edges of every run of consecutive failing points."""
    steps = np.diff(np.concatenate([[0], np.asarray(failing, dtype=np.int8), [0]]))
    firsts, lasts = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1) - 1
    return [
        (
            _Edge(row, predicate, float(points[first]), float(points[max(first - 1, 0)])),
            _Edge(row, predicate, float(points[last]), float(points[min(last + 1, len(points) - 1)])),
        )
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]
