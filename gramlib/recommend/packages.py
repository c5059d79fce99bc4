"""The cheapest package of measures that brings every failure within its appetite.

The search, on the same draws throughout:

    sizes     each measure at a few numbers beyond where the issuer stands (`grids`)
    screen    on a quarter of the searched paths, or on all where a quarter does not show what is missed: a measure is kept
              if at one of its sizes it takes a tenth off a failure that is missed, alone, or beside the one (weakest or
              middling) that helps most against one of them: losses split over more custodians help only an issuer whose
              own funds outlast one of the smaller losses
    reach     every set of kept measures, one a lever, all at their strongest: what such a set misses, weaker ones miss
              too, and the appetites that none meets cannot be met
    cheapest  within each set that reaches as much as any: the middle one of the undecided packages by cost is tried; one
              that holds rules out all dearer ones, one that fails all that are weaker in every measure
    proof     all paths; a package that does not stand there is struck out, and the search goes on

A measure that bites only at middling sizes, or three that help only together, can be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import inf

from gramlib.readable import readable
from gramlib.recommend.appetite import Residual
from gramlib.recommend.bench import Progress
from gramlib.recommend.grids import sizes
from gramlib.recommend.workshop import Steps, Workshop

SCREEN_SLACK = 1.25
"""On the few paths of a screen a failure may be so many times its limit before a package is given up."""

HELPS = 0.9
"""A measure that helps leaves at most so much of a failure that is missed."""

MOST_KEPT = 9
"""Measures that sets are made of: the one that helps most against each missed failure, then the second of each, and so on."""

PROOFS = 4
"""Packages that are held against all paths before the last one is handed on with what it misses."""


@readable
@dataclass(frozen=True)
class Found:
    """`steps` is the cheapest package found; `left` what it misses on all paths, empty where every appetite is met."""

    steps: Steps
    cost_usd_year: float
    left: tuple[str, ...]
    kept: tuple[str, ...]
    """Measures that helped on their own or in company."""


def cheapest(workshop: Workshop, most: int, progress: Progress | None = None) -> Found:
    """The cheapest package of at most `most` measures that meets every appetite, or as many as can be met."""
    if not workshop.judged(workshop.books(())).missed():
        return Found((), 0.0, (), ())
    missed = workshop.search(()).missed() or workshop.judged(workshop.books(())).missed()
    if not set(missed) <= set(workshop.screen(()).missed()):
        workshop.screen_share = 1
        workshop.screened.clear()
    grid = {
        name: numbers
        for name, measure in workshop.measures.items()
        if (numbers := sizes(measure, workshop.bench.issuer, workshop.bench.owed_usd))
    }
    kept = helpful(workshop, grid, missed, progress)
    sets = _sets(workshop, kept, most)
    tops = {names: tuple((name, grid[name][-1]) for name in names) for names in sets}
    for done, names in enumerate(sets):
        if progress:
            progress(done, len(sets), "packages: sets of measures at their strongest")
        workshop.screen(tops[names])
    if not sets:
        return Found((), 0.0, missed, ())
    tolerated = _unreachable([workshop.screen(top) for top in tops.values()])
    best = _proved(workshop, grid, tops, tolerated, progress)
    left = workshop.judged(workshop.books(best)).missed()
    return Found(best, workshop.cost_usd_year(best), left, kept)


def helpful(
    workshop: Workshop, grid: Mapping[str, Sequence[float]], missed: Sequence[str], progress: Progress | None = None
) -> tuple[str, ...]:
    """Measures of `grid` that take something off a failure of `missed`, alone or in company, in the order of the measures."""
    left: dict[str, dict[str, float]] = {}
    for done, (name, numbers) in enumerate(grid.items()):
        if progress:
            progress(done, len(grid), "packages: measures one by one")
        left[name] = _least(
            _left(workshop.screen(()), workshop.screen(((name, number),)), missed) for number in numbers
        )
    alone = [name for name in left if min(left[name].values()) <= HELPS]
    partners = dict.fromkeys(min(alone, key=lambda n: left[n][each]) for each in missed if alone)
    # What helps one failure alone may help another only in company, so that every measure is tried there.
    for name in grid:
        for other in partners:
            if workshop.measures[other].lever == workshop.measures[name].lever:
                continue
            for number in {grid[other][0], grid[other][len(grid[other]) // 2]}:
                both = _in_order(workshop, ((other, number), (name, grid[name][-1])))
                company = _left(workshop.screen(((other, number),)), workshop.screen(both), missed)
                left[name] = _least((left[name], company))
    ranked = [sorted((n for n in left if left[n][each] <= HELPS), key=lambda n: left[n][each]) for each in missed]
    chosen: dict[str, None] = {}
    for name in (names[place] for place in range(len(grid)) for names in ranked if place < len(names)):
        if len(chosen) < MOST_KEPT:
            chosen[name] = None
    return tuple(name for name in grid if name in chosen)


def _left(before: Residual, after: Residual, missed: Iterable[str]) -> dict[str, float]:
    """Share that is left of each missed failure; all of one that does not happen on these paths."""
    return {name: after.ratio[name] / before.ratio[name] if before.ratio[name] > 0.0 else 1.0 for name in missed}


def _least(shares: Iterable[dict[str, float]]) -> dict[str, float]:
    every = list(shares)
    return {name: min(each[name] for each in every) for name in every[0]}


def _sets(workshop: Workshop, kept: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """Sets of `most` measures, or of as many levers as there are; smaller ones are in them with steps not taken."""
    levers = {workshop.measures[name].lever for name in kept}
    size = min(most, len(levers))
    if size == 0:
        return []
    return [
        names for names in combinations(kept, size) if len({workshop.measures[name].lever for name in names}) == size
    ]


def _unreachable(residuals: Sequence[Residual]) -> set[str]:
    """What is missed by the one that misses least, the smaller ratio deciding; on a screen, a little above counts as met."""
    return set(min(residuals, key=_badness).missed(SCREEN_SLACK))


def _badness(residual: Residual) -> tuple[int, float]:
    return len(residual.missed(SCREEN_SLACK)), residual.largest_ratio


def _proved(
    workshop: Workshop,
    grid: Mapping[str, Sequence[float]],
    tops: Mapping[tuple[str, ...], Steps],
    tolerated: set[str],
    progress: Progress | None,
) -> Steps:
    """The cheapest that stands on all paths; the strongest where none does on the searched ones."""
    failing: set[Steps] = set()
    best: Steps = ()
    for _ in range(PROOFS):
        found = _cheapest_of(workshop, grid, tops, tolerated, failing, progress)
        if found is None:
            return min(tops.values(), key=lambda top: _badness(workshop.screen(top)))
        best = found
        if set(workshop.judged(workshop.books(best)).missed()) <= tolerated:
            break
        failing.add(best)
    return best


def _cheapest_of(
    workshop: Workshop,
    grid: Mapping[str, Sequence[float]],
    tops: Mapping[tuple[str, ...], Steps],
    tolerated: set[str],
    failing: set[Steps],
    progress: Progress | None,
) -> Steps | None:
    def promises(steps: Steps) -> bool:
        return steps not in failing and set(workshop.screen(steps).missed(SCREEN_SLACK)) <= tolerated

    def holds(steps: Steps) -> bool:
        return promises(steps) and set(workshop.search(steps).missed()) <= tolerated

    least: dict[tuple[str, ...], float] = {}
    for done, (names, top) in enumerate(tops.items()):
        if progress:
            progress(done, len(tops), "packages: what promises in each set")
        if promises(top):
            first = _cheapest_in(workshop, names, grid, promises, inf)
            least[names] = inf if first is None else workshop.cost_usd_year(first)
    best, bound = None, inf
    for done, names in enumerate(sorted(least, key=lambda each: least[each])):
        if least[names] >= bound:
            break
        if progress:
            progress(done, len(least), "packages: the cheapest of each set")
        found = _cheapest_in(workshop, names, grid, holds, bound, least[names])
        if found is not None:
            best, bound = found, workshop.cost_usd_year(found)
    return best


def _cheapest_in(
    workshop: Workshop,
    names: Sequence[str],
    grid: Mapping[str, Sequence[float]],
    holds: Callable[[Steps], bool],
    bound: float,
    least: float = -inf,
) -> Steps | None:
    """The cheapest of these measures' packages that holds and costs from `least` to below `bound`; None where none does."""
    places = list(product(*(range(len(grid[name]) + 1) for name in names)))
    steps_at = {
        place: tuple((name, grid[name][k - 1]) for name, k in zip(names, place, strict=True) if k > 0)
        for place in places
    }
    cost = {place: workshop.cost_usd_year(steps_at[place]) for place in places}
    undecided = sorted((place for place in places if least <= cost[place] < bound), key=lambda place: cost[place])
    best = None
    while undecided:
        middle = undecided[len(undecided) // 2]
        if holds(steps_at[middle]):
            best = middle
            undecided = [place for place in undecided if cost[place] < cost[middle]]
        else:
            undecided = [p for p in undecided if any(a > b for a, b in zip(p, middle, strict=True))]
    return None if best is None else steps_at[best]


def _in_order(workshop: Workshop, steps: Steps) -> Steps:
    order = list(workshop.measures)
    return tuple(sorted(steps, key=lambda step: order.index(step[0])))
