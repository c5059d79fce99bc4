"""What the profile and the standards of a run ask of a measure: the limits that rows of recommendations refer to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gramlib.readable import readable


@readable
@dataclass(frozen=True)
class Limit:
    """The strictest limit on one measure of the standards; `regime` names the article and says where nobody checked it."""

    value: float
    regime: str


@readable
@dataclass(frozen=True)
class Targets:
    """Limits by the standards' own names of measures, with the two that a profile states itself."""

    own_funds_regime: str
    custody_loss_share: float
    """A custody loss smaller than this share of the gold must not leave own funds below what is required."""
    custody_loss_regime: str
    limits: dict[str, Limit]

    def limit(self, measure: str) -> Limit | None:
        """The limit on `measure`, None where no standard of the run states one."""
        return self.limits.get(measure)


def targets_of(profile: Any, standards: Sequence[Any] = ()) -> Targets:
    """From the run's profile and standards (gramlib.verdicts).

    Where several standards speak of one measure, those that bind the issuer come before comparators, then the strictest.
    """
    binding = set(profile.binding)
    found: dict[str, tuple[tuple[bool, float], Limit]] = {}
    for standard in standards:
        for requirement in standard.requirements:
            if requirement.limit is None:
                continue
            strictness = requirement.limit if requirement.rule == "at_least" else -requirement.limit
            rank = (standard.id in binding, strictness)
            regime = f"{standard.title}, {requirement.article}" + ("" if requirement.verified else " (not verified)")
            if requirement.measure not in found or rank > found[requirement.measure][0]:
                found[requirement.measure] = rank, Limit(requirement.limit, regime)
    distance = profile.distance_to_break.custody_loss_to_insolvency
    return Targets(profile.own_funds_rule.source, distance.smallest, f"{profile.title}, {distance.source}",
                   {measure: limit for measure, (_, limit) in found.items()})  # fmt: skip
