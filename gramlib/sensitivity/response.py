"""The headline figures of an issuer on the run's own draws, and how the profile judges them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gramlib.artefacts import predicates_of
from gramlib.metrics import Interval, expected_shortfall, one_year, paired_difference_interval, wilson_interval
from gramlib.params.issuer import Issuer
from gramlib.params.sensitivity import Range
from gramlib.readable import readable
from gramlib.scenarios import Change, changed_issuer
from gramlib.simulation.outcomes import NEVER, Outcomes
from gramlib.simulation.rerun import Rerun
from gramlib.verdicts.judgement import judge_probability
from gramlib.verdicts.profile import Appetite, Profile

LOSS = "es_nonprice_loss"
_WORST_FIRST = ("fail", "watch", "pass")


@readable
@dataclass(frozen=True, eq=False)
class Response:
    """What came of one issuer: failing paths by predicate (booleans), one-year probabilities, the expected shortfall of the
    loss beside the price [USD], and the status of every predicate and of all of them together.
    """

    failed: dict[str, np.ndarray]
    values: dict[str, float]
    status: dict[str, str]

    @property
    def overall(self) -> str:
        """The worst status among the predicates."""
        return worst_of(self.status.values())


@readable
@dataclass(frozen=True)
class Headlines:
    """Runs an issuer through the books of `rerun` and judges it by `profile`.

    `n_paths` is for a year; the solvency book gets as many fewer as it is longer, so that both cost the same.
    """

    rerun: Rerun
    profile: Profile
    level: float
    confidence: float
    n_paths: int

    def of(self, issuer: Issuer, volatility: float = 1.0) -> Response:
        """Response of `issuer`; `volatility` multiplies every shock of the price model."""
        rerun = self.rerun if volatility == 1.0 else Rerun(self.rerun.market.scaled(volatility), self.rerun.listed)
        books = {name: rerun.book(issuer, name, self._paths(name)) for name in ("liquidity", "solvency")}
        failed, values, status = {}, {}, {}
        for predicate in predicates_of(issuer.peg):
            appetite: Appetite = getattr(self.profile.appetite, predicate)
            failed[predicate] = _failing(books[appetite.book], predicate)
            days = self.days(appetite.book)
            values[predicate] = one_year(float(failed[predicate].mean()), days)
            upper = wilson_interval(int(failed[predicate].sum()), len(failed[predicate]), self.confidence).upper
            status[predicate] = judge_probability(values[predicate], one_year(upper, days), appetite)
        values[LOSS] = expected_shortfall(books["liquidity"].nonprice_loss_usd, self.level)
        return Response(failed, values, status)

    def moved(self, issuer: Issuer, entry: Range, size: float) -> Response:
        """Response with one input moved: `size` as its range says. Raises ParameterError where that is no issuer."""
        changed, volatility = moved(issuer, entry, size)
        return self.of(changed, volatility)

    def days(self, book: str) -> int:
        """Length of a book."""
        params = self.rerun.market.params
        return params.solvency_horizon_days if book == "solvency" else params.horizon_days

    def _paths(self, book: str) -> int:
        return max(1, self.n_paths * self.days("liquidity") // self.days(book))

    def difference(self, metric: str, there: Response, base: Response) -> Interval:
        """Interval of `there` less `base` on the same paths, a year; empty for the loss, which is no count."""
        if metric == LOSS:
            return Interval(float("nan"), float("nan"))
        first, second = there.failed[metric], base.failed[metric]
        interval = paired_difference_interval(
            int((first & ~second).sum()), int((second & ~first).sum()), len(first), self.confidence
        )
        # A difference over the horizon, put on a year as the two probabilities were.
        around = base.failed[metric].mean()
        days = self.days(getattr(self.profile.appetite, metric).book)
        ends = (one_year(float(np.clip(around + end, 0.0, 1.0)), days) - base.values[metric] for end in interval)
        return Interval(*ends)


def worst_of(statuses: Iterable[str]) -> str:
    """The worst of some statuses."""
    found = set(statuses)
    return next(word for word in _WORST_FIRST if word in found)


def moved(issuer: Issuer, entry: Range, size: float) -> tuple[Issuer, float]:
    """The issuer with one input moved, and the factor on the price model's shocks.

    Raises ParameterError where the change leaves no possible issuer.
    """
    if not entry.keys:
        return issuer, size
    whole = int(size) if float(size).is_integer() else size
    changes = [
        Change(
            key=key,
            why=f"sensitivity to {entry.title}",
            **({"value": whole} if entry.how == "value" else {"factor": size}),
        )
        for key in entry.keys
    ]
    return changed_issuer(issuer, changes, "params/sensitivity.yaml"), 1.0


def own_size(issuer: Issuer, entry: Range) -> float:
    """Where the input stands in its range's own terms: its value, or 1 for a factor."""
    if entry.how == "factor":
        return 1.0
    value: object = issuer
    for name in entry.keys[0].split("."):
        value = getattr(value, name)
    return float(str(value))


def _failing(outcomes: Outcomes, predicate: str) -> np.ndarray:
    return outcomes.first_day(predicate) != NEVER
