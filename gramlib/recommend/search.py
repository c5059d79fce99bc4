"""The weakest number that holds: scan first, then bisect the edge that the scan has seen.

What holds need not hold for everything stronger (a tighter gate makes a longer queue), so nothing unscanned is ever
bisected, and the answer says how far it goes on holding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan, nan

from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class Found:
    """`number` is the weakest that was seen to hold, NaN where none was; it went on holding up to `until`, as scanned.

    `everywhere` says whether every scanned number beyond it holds too.
    """

    number: float
    until: float
    everywhere: bool

    @property
    def reached(self) -> bool:
        """Whether any scanned number holds."""
        return not isnan(self.number)


def weakest(
    holds: Callable[[float], bool], weak: float, strong: float, steps: int = 12, tolerance: float = 1e-3
) -> Found:
    """The number nearest to `weak` for which `holds`, between `weak` and `strong`, either of which may be the larger.

    `steps` scanned intervals grow with the square of their place, so that the weak end is looked at closely; the edge is
    refined to `tolerance` of the whole range. A holding set narrower than a step can be missed.
    """
    points = [weak + (strong - weak) * (step / steps) ** 2 for step in range(steps + 1)]
    first = next((k for k, point in enumerate(points) if holds(point)), None)
    if first is None:
        return Found(nan, nan, False)
    last = next((k - 1 for k in range(first + 1, steps + 1) if not holds(points[k])), steps)
    number = points[first]
    if first > 0:
        failing = points[first - 1]
        while abs(number - failing) > tolerance * abs(strong - weak):
            middle = (number + failing) / 2.0
            if holds(middle):
                number = middle
            else:
                failing = middle
    return Found(number, points[last], last == steps)
