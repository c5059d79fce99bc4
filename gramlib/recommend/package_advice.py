"""The recommended package as tables: its measures, what it does to each failure on all paths, and the frontier behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gramlib.metrics import Interval, one_year
from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import ModelFigure
from gramlib.params.stages import AnalyseParams
from gramlib.readable import readable
from gramlib.recommend import proofs
from gramlib.recommend.appetite import limits_of
from gramlib.recommend.bench import Bench, Progress
from gramlib.recommend.frontier import frontier, on_frontier
from gramlib.recommend.levers import measures
from gramlib.recommend.market_making import market_depth
from gramlib.recommend.measure import Measure
from gramlib.recommend.packages import Found, cheapest
from gramlib.recommend.prices import Figures
from gramlib.recommend.recommendation import Figure
from gramlib.recommend.workshop import Steps, Workshop
from gramlib.simulation.outcomes import NEVER
from gramlib.simulation.rerun import Rerun

NOTHING_NEEDED, REACHED, NEAREST = "nothing needed", "reached", "nearest"
STATES = (NOTHING_NEEDED, REACHED, NEAREST)


@readable
@dataclass(frozen=True)
class PackageAdvice:
    """`issuer` with the package in place; `left` are the failures it does not bring within the appetite.

    The frames are the catalogue's `packages`, `package_effects` and `efficient_frontier`.
    """

    state: str
    steps: Steps
    cost_usd_year: float
    left: tuple[str, ...]
    issuer: Issuer
    packages: pd.DataFrame
    package_effects: pd.DataFrame
    efficient_frontier: pd.DataFrame


def recommended_package(
    rerun: Rerun,
    issuer: Issuer,
    params: AnalyseParams,
    profile: Any,
    figures: Iterable[ModelFigure],
    package_figures: Iterable[ModelFigure],
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> PackageAdvice:
    """The cheapest package of at most `params.package_measures` measures that meets the appetites of `profile`.

    `figures` and `package_figures` are the files measures and packages of params/models.
    """
    bench = Bench(rerun, issuer, rng, params.search_n_paths, params.level, params.confidence, params.bootstrap_samples)
    return advise_package(
        Workshop(bench, every_measure(bench, figures, package_figures), limits_of(profile, issuer.peg)),
        params.package_measures,
        progress,
    )


def every_measure(
    bench: Bench, figures: Iterable[ModelFigure], package_figures: Iterable[ModelFigure]
) -> dict[str, Measure]:
    """Every measure there is, market makers included."""
    depth = market_depth(bench.issuer.peg_model.depth_usd, package_figures)
    return {**measures(bench.issuer, bench.gold_usd_per_g, Figures.of(figures)), depth.name: depth}


def advise_package(workshop: Workshop, most: int, progress: Progress | None = None) -> PackageAdvice:
    """As `recommended_package`, for a workshop that is set up already."""
    found = cheapest(workshop, most, progress)
    state = NEAREST if found.left else REACHED if found.steps else NOTHING_NEEDED
    return PackageAdvice(
        state, found.steps, found.cost_usd_year, found.left, workshop.issuer(found.steps),
        _measures_of(workshop, found), _effects(workshop, found.steps), _frontier(workshop, found.steps),
    )  # fmt: skip


def in_words(workshop: Workshop, steps: Steps) -> str:
    """The measures with their numbers, joined by +."""
    return " + ".join(_step_words(workshop.measures[name], number) for name, number in steps) or "nothing"


def _step_words(measure: Measure, number: float) -> str:
    if measure.unit.startswith("USD"):
        return f"{measure.title.lower()} {number / 1e6:,.1f} m {measure.unit}"
    if measure.unit.startswith("share"):
        return f"{measure.title.lower()} {number:.3g} ({measure.unit})"
    return f"{measure.title.lower()} {number:,.4g} {measure.unit}"


def _measures_of(workshop: Workshop, found: Found) -> pd.DataFrame:
    """One row a measure, with what is missed if it is left out, on the searched paths."""
    records = []
    whole = workshop.search(found.steps)
    for (name, number), cost in zip(found.steps, workshop.costs_usd_year(found.steps), strict=True):
        measure = workshop.measures[name]
        without = workshop.search(tuple(step for step in found.steps if step[0] != name))
        records.append({
            "measure": name, "title": measure.title, "unit": measure.unit, "now": measure.now(workshop.bench.issuer),
            "number": number, "cost_usd_year": cost, "cost_basis": measure.cost_basis, "side_effect": measure.side_effect,
            "ratio_with": whole.largest_ratio, "ratio_without": without.largest_ratio,
            "missed_without": ", ".join(without.missed()),
        })  # fmt: skip
    names = ["measure", "title", "unit", "now", "number", "cost_usd_year", "cost_basis", "side_effect", "ratio_with",
             "ratio_without", "missed_without"]  # fmt: skip
    texts = ("measure", "title", "unit", "cost_basis", "side_effect", "missed_without")
    return pd.DataFrame(records, columns=names).astype({name: "str" if name in texts else "float64" for name in names})


def _effects(workshop: Workshop, steps: Steps) -> pd.DataFrame:
    """Each failure on all paths of its book, before and after, as one-year probabilities."""
    before, after = workshop.books(()), workshop.books(steps)
    records = []
    for limit in workshop.limits:
        name, days = limit.predicate, workshop.horizons[limit.book]
        failed = [books[limit.book].first_day(name) != NEVER for books in (before, after)]
        proof = proofs.share(name, limit.book, failed[0], failed[1], workshop.bench.confidence)
        values = [_year(figure, days) for figure in (proof.before, proof.after)]
        # The chance within a year is close to linear in that of the whole horizon where both are small.
        scale = (values[1].value - values[0].value) / proof.difference.value if proof.difference.value else 1.0
        change = Figure(
            values[1].value - values[0].value, Interval(*(scale * end for end in proof.difference.interval))
        )
        record: dict[str, Any] = {"predicate": name, "book": limit.book, "appetite": limit.one_year_probability}
        for word, figure in (("before", values[0]), ("after", values[1]), ("difference", change)):
            record |= {
                word: figure.value,
                f"{word}_lower": figure.interval.lower,
                f"{word}_upper": figure.interval.upper,
            }
        met = values[1].value <= limit.one_year_probability
        sure = values[1].interval.upper <= limit.one_year_probability
        records.append(record | {"met": met, "sure": sure, "n": proof.n})
    return pd.DataFrame(records)


def _year(figure: Figure, days: int) -> Figure:
    ends = figure.interval
    return Figure(one_year(figure.value, days), Interval(one_year(ends.lower, days), one_year(ends.upper, days)))


def _frontier(workshop: Workshop, best: Steps) -> pd.DataFrame:
    """Cost against what is left, on the searched paths."""
    shown = frontier(workshop, best)
    costs = {steps: workshop.cost_usd_year(steps) for steps in shown}
    left = {steps: workshop.search(steps) for steps in shown}
    by_ratio = on_frontier(costs, {steps: residual.largest_ratio for steps, residual in left.items()}, best)
    by_any = on_frontier(costs, {steps: residual.any_failure for steps, residual in left.items()}, best)
    n = min(workshop.bench.search_n_paths, workshop.bench.rerun.market.params.n_paths)
    return pd.DataFrame([
        {
            "package": in_words(workshop, steps), "measures": len(steps), "cost_usd_year": costs[steps],
            "largest_ratio": left[steps].largest_ratio, "binding": left[steps].binding,
            "missed": ", ".join(left[steps].missed()), "any_failure": left[steps].any_failure,
            "any_failure_lower": left[steps].any_interval.lower, "any_failure_upper": left[steps].any_interval.upper,
            "on_ratio": steps in by_ratio, "on_any": steps in by_any, "recommended": steps == best,
            "today": not steps, "n": n,
        }
        for steps in shown
    ])  # fmt: skip
