"""A row of recommendations: the number asked for, and what the re-run says before and after it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from math import nan
from typing import Any

from gramlib.metrics import Interval
from gramlib.readable import readable

NEEDED, ENOUGH = "needed", "enough already"
NOT_APPLICABLE, NOT_REACHABLE = "not applicable", "not reachable"
STATES = (NEEDED, ENOUGH, NOT_APPLICABLE, NOT_REACHABLE)

EXACT = Interval(nan, nan)
"""Ends of an interval that is none: nothing was drawn."""


@readable
@dataclass(frozen=True)
class Figure:
    """A value with its interval; both ends NaN where it is exact."""

    value: float = nan
    interval: Interval = EXACT


@readable
@dataclass(frozen=True)
class Proof:
    """`metric` [unit] on `subject` (a book, a listed scenario or a path of our own) for two issuers, on the same draws.

    `difference` is after less before, from the paired paths; `n` counts them, 1 where one given path is exact.
    """

    metric: str
    unit: str
    subject: str
    before: Figure
    after: Figure
    difference: Figure
    n: int


@readable
@dataclass(frozen=True)
class Recommendation:
    """One row. `number` [unit] is what should hold; NaN where there is none. `now` is where the issuer stands.

    `state` is one of STATES, `why` a sentence. `number_interval` is its confidence interval, of the paths behind it alone.
    `proof` is the re-run at `number`, or as the issuer stands where it has own funds enough; None where the row does not apply. `closed_form` is the figure that a
    formula of sections 9 and 10 of the model page gives, in the unit of `number` unless `closed_form_of` says otherwise.
    """

    action: str
    title: str
    state: str
    why: str
    unit: str = ""
    now: float = nan
    number: float = nan
    number_interval: Interval = EXACT
    proof: Proof | None = None
    cost_usd_year: float = nan
    cost_basis: str = ""
    binding: str = ""
    regime: str = ""
    closed_form: float = nan
    closed_form_of: str = ""
    side_effect: str = ""
    measure: str = field(default="")
    """Name of the `Measure` that `number` belongs to; empty where nothing is moved."""

    def to_record(self) -> dict[str, Any]:
        """The row of table `recommendations`."""
        record = {name: value for name, value in asdict(self).items() if name not in ("number_interval", "proof")}
        record |= _ends("number", Figure(self.number, self.number_interval))
        proof = self.proof or Proof("", "", "", Figure(), Figure(), Figure(), 0)
        record |= {"metric": proof.metric, "metric_unit": proof.unit, "subject": proof.subject, "n": proof.n}
        for name in ("before", "after", "difference"):
            figure: Figure = getattr(proof, name)
            record |= {name: figure.value} | _ends(name, figure)
        return record


def _ends(name: str, figure: Figure) -> dict[str, float]:
    return {f"{name}_lower": figure.interval.lower, f"{name}_upper": figure.interval.upper}
