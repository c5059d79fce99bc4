"""Where packages of measures are tried: each on as many paths as its turn in a search asks for, and run once for each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.recommend.appetite import FailureLimit, Residual, residual_of
from gramlib.recommend.bench import Bench
from gramlib.recommend.measure import Measure
from gramlib.simulation import Outcomes

Steps = tuple[tuple[str, float], ...]
"""A package: measures with their numbers, in the order of the measures; empty for nothing done."""

SCREEN_SHARE = 4


@readable
@dataclass
class Workshop:
    """Packages of one issuer on one bench, each run once on each number of paths."""

    bench: Bench
    measures: Mapping[str, Measure]
    limits: tuple[FailureLimit, ...]
    screened: dict[Steps, Residual] = field(default_factory=dict)
    searched: dict[Steps, Residual] = field(default_factory=dict)
    screen_share: int = SCREEN_SHARE
    """A screen walks one of so many searched paths; one where so few show too little."""
    _kept: dict[Steps, dict[str, Outcomes]] = field(default_factory=dict)

    def issuer(self, steps: Steps) -> Issuer:
        """The issuer with every step taken."""
        issuer = self.bench.issuer
        for name, number in steps:
            issuer = self.measures[name].apply(issuer, number)
        return issuer

    def costs_usd_year(self, steps: Steps) -> tuple[float, ...]:
        """What each step costs a year on top of those before it."""
        issuer, costs = self.bench.issuer, []
        for name, number in steps:
            measure = self.measures[name]
            costs.append(measure.cost_usd_year(issuer, number))
            issuer = measure.apply(issuer, number)
        return tuple(costs)

    def cost_usd_year(self, steps: Steps) -> float:
        """What the package costs a year."""
        return sum(self.costs_usd_year(steps))

    def screen(self, steps: Steps) -> Residual:
        """On the first of the searched paths."""
        if steps not in self.screened:
            n_paths = max(1, self.bench.search_n_paths // self.screen_share)
            self.screened[steps] = self.search(steps) if self.screen_share == 1 else self._residual(steps, n_paths)
        return self.screened[steps]

    def search(self, steps: Steps) -> Residual:
        """On the searched paths."""
        if steps not in self.searched:
            self.searched[steps] = self._residual(steps, self.bench.search_n_paths)
        return self.searched[steps]

    def books(self, steps: Steps) -> dict[str, Outcomes]:
        """Outcomes on all paths of the books that appetites speak of; those of the last package are kept."""
        if steps in self._kept:
            return self._kept[steps]
        issuer = self.issuer(steps)
        found = {name: self.bench.book(issuer, name) for name in self.named_books}
        # What the issuer itself does the bench remembers.
        self._kept = {steps: found} if steps else self._kept
        return found

    @property
    def named_books(self) -> tuple[str, ...]:
        """Books that appetites speak of, and the liquidity book."""
        return tuple(sorted({"liquidity", *(limit.book for limit in self.limits)}))

    @property
    def horizons(self) -> dict[str, int]:
        """Length of each book [business days]."""
        params = self.bench.rerun.market.params
        return {"solvency": params.solvency_horizon_days} | {
            name: params.horizon_days for name in self.named_books if name != "solvency"
        }

    def judged(self, books: Mapping[str, Outcomes]) -> Residual:
        """Outcomes held against the appetites."""
        return residual_of(books, self.horizons, self.limits, self.bench.confidence)

    def _residual(self, steps: Steps, n_paths: int) -> Residual:
        """As many days in the long book as in the other."""
        issuer, days = self.issuer(steps), self.horizons
        paths = {name: max(1, n_paths * days["liquidity"] // days[name]) for name in self.named_books}
        return self.judged({name: self.bench.first(paths[name], issuer, name) for name in self.named_books})
