"""What cost buys how much safety: the packages tried that no other tried one beats."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from gramlib.recommend.appetite import Residual
from gramlib.recommend.workshop import Steps, Workshop


def frontier(workshop: Workshop, best: Steps, most_shown: int = 12) -> tuple[Steps, ...]:
    """Packages tried that no other tried one beats in cost and residual risk alike, cheapest first, with `best`.

    They are chosen by the screen, run again on the searched paths, and chosen again there.
    """
    costs = {steps: workshop.cost_usd_year(steps) for steps in workshop.screened}
    first = _undominated(costs, workshop.screened, best)
    spread = (
        first
        if len(first) <= most_shown
        else [first[round(k * (len(first) - 1) / (most_shown - 1))] for k in range(most_shown)]
    )
    looked = {steps: workshop.search(steps) for steps in dict.fromkeys((*spread, (), best))}
    looked |= {steps: residual for steps, residual in workshop.searched.items() if steps in costs}
    costs |= {best: workshop.cost_usd_year(best), (): 0.0}
    shown = _undominated(costs, looked, best)
    return tuple(sorted({*shown, best}, key=lambda steps: (costs[steps], steps)))


def on_frontier(costs: Mapping[Steps, float], risk: Mapping[Steps, float], best: Steps = ()) -> set[Steps]:
    """Those of `risk` that no other one beats: none costs no more and leaves less, or costs less and leaves no more.

    Of several that are alike in both one is kept: `best`, or else the first by name.
    """
    lowest, kept = inf, set()
    for steps in sorted(risk, key=lambda each: (costs[each], risk[each], each != best, each)):
        if risk[steps] < lowest:
            kept.add(steps)
            lowest = risk[steps]
    return kept


def _undominated(costs: Mapping[Steps, float], residuals: Mapping[Steps, Residual], best: Steps) -> list[Steps]:
    by_ratio = on_frontier(costs, {steps: each.largest_ratio for steps, each in residuals.items()}, best)
    by_any = on_frontier(costs, {steps: each.any_failure for steps, each in residuals.items()}, best)
    return sorted(by_ratio | by_any, key=lambda steps: (costs[steps], steps))
