"""What is left of a risk when it is held against how often each failure may happen: ratios to the limits, and what is missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from gramlib.artefacts import predicates_of
from gramlib.metrics import Interval, one_year, wilson_interval
from gramlib.readable import readable
from gramlib.simulation import Outcomes
from gramlib.simulation.outcomes import NEVER


@readable
@dataclass(frozen=True)
class FailureLimit:
    """Failure `predicate` may happen with `one_year_probability` at most, as judged on `book`."""

    predicate: str
    book: str
    one_year_probability: float


@readable
@dataclass(frozen=True)
class Residual:
    """What a set of runs leaves: one-year probability of each failure with its interval, and of any failure at all.

    `any_failure` is the share of paths of the liquidity book, within its horizon, on which something fails.
    """

    probability: dict[str, float]
    interval: dict[str, Interval]
    ratio: dict[str, float]
    any_failure: float
    any_interval: Interval

    @property
    def largest_ratio(self) -> float:
        """Largest probability over its limit; at most one where every appetite is met."""
        return max(self.ratio.values())

    @property
    def binding(self) -> str:
        """The failure with that ratio."""
        return max(self.ratio, key=lambda name: self.ratio[name])

    def missed(self, slack: float = 1.0) -> tuple[str, ...]:
        """Failures above `slack` times their limit."""
        return tuple(name for name, ratio in self.ratio.items() if ratio > slack)


def limits_of(profile: Any, peg: str) -> tuple[FailureLimit, ...]:
    """The appetites of a profile (gramlib.verdicts) for the failures that a token of this peg can have."""
    found = ((name, getattr(profile.appetite, name)) for name in predicates_of(peg))
    return tuple(FailureLimit(name, each.book, each.max_one_year_probability) for name, each in found)


def residual_of(
    books: Mapping[str, Outcomes], horizon_days: Mapping[str, int], limits: tuple[FailureLimit, ...], confidence: float
) -> Residual:
    """Residual risk of the outcomes of each book, by name; a year's probability is that of a constant hazard."""
    probability, interval, ratio = {}, {}, {}
    for limit in limits:
        failed = books[limit.book].first_day(limit.predicate) != NEVER
        days = horizon_days[limit.book]
        ends = wilson_interval(int(failed.sum()), len(failed), confidence)
        within = one_year(float(failed.mean()), days)
        probability[limit.predicate] = within
        interval[limit.predicate] = Interval(one_year(ends.lower, days), one_year(ends.upper, days))
        most = limit.one_year_probability
        ratio[limit.predicate] = within / most if most > 0.0 else (inf if within > 0.0 else 0.0)
    anything = any_failure(books["liquidity"], tuple(limit.predicate for limit in limits))
    return Residual(probability, interval, ratio, float(anything.mean()),
                    wilson_interval(int(anything.sum()), len(anything), confidence))  # fmt: skip


def any_failure(outcomes: Outcomes, predicates: tuple[str, ...]) -> np.ndarray:
    """Whether any of `predicates` happened, by path."""
    return np.logical_or.reduce([outcomes.first_day(name) != NEVER for name in predicates])
