"""Options of recovery: what each does to every failure, how soon it works, what it costs, and which comes first.

    from day 0    credit line, equity call, swing fee, gate, bars: the engine keeps an issuer's terms for a whole path, so the
                  option is there from the start. That flatters it, and `ready` says by how much: the share of failing
                  paths on which so many days lie between the first distress and the failure as it takes to act
    at distress   suspension and wind-down: days given to each path, from its own first day of distress and the days it takes

Distress is the first amber of the discount, of the oldest request or of gold's fall. The rank is by the failures avoided over
the book, F1 to F7 counted each, times `ready` for those from day 0; among equals the cheaper option first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.params.issuer import Issuer
from gramlib.params.model_figures import ModelFigure, figure_of
from gramlib.readable import readable
from gramlib.recommend import proofs
from gramlib.recommend.bench import Bench
from gramlib.recommend.indicators import Indicator, Walked, distress_day, walk_book, walk_scenarios
from gramlib.recommend.levers import business_usd_year
from gramlib.recommend.measure import Measure
from gramlib.simulation import Events, Outcomes, simulate
from gramlib.simulation.kernel import launch
from gramlib.simulation.outcomes import NEVER
from gramlib.simulation.price_driver import PriceDriver
from gramlib.units import BUSINESS_DAYS_PER_YEAR

WORST = 5
"""Listed scenarios that options are held against: those with most failures, the lowest own funds deciding among equals."""

DAY_ZERO, AT_DISTRESS = "day 0", "distress"


@readable
@dataclass(frozen=True)
class Option:
    """`apply` gives the issuer with the option in place; `act` adds it to the events of one path from the day it works.

    Exactly one of the two is there. `size` [unit] is how much of it, `days_to_act` from the decision until it works.
    """

    name: str
    title: str
    size: float
    unit: str
    days_to_act: int
    cost_usd_year: float
    side_effect: str
    apply: Issuer | None = None
    act: Callable[[Events, int], Events] | None = None


def options(bench: Bench, measures: Mapping[str, Measure], figures: Iterable[ModelFigure]) -> tuple[Option, ...]:
    """Those that have a meaning for the issuer, sized by the file packages of params/models."""
    issuer, owed, known = bench.issuer, bench.owed_usd, tuple(figures)
    business = business_usd_year(issuer, bench.gold_usd_per_g)

    def size(name: str) -> float:
        return figure_of(known, "size", name).estimate

    def days(name: str) -> int:
        return int(figure_of(known, "act_days", name).estimate)

    def moved(name: str, title: str, lever: str, number: float) -> Option | None:
        measure = measures[lever]
        if measure.excluded(issuer):
            return None
        return Option(name, title, number, measure.unit, days(name), measure.cost_usd_year(issuer, number),
                      measure.side_effect, apply=measure.apply(issuer, number))  # fmt: skip

    own_funds = measures["own_funds"].now(issuer) + size("equity_call") * owed
    made = [
        moved("credit_line", "Draw on a credit line", "credit_line", size("credit_line") * owed),
        moved("equity_call", "Call for equity", "own_funds", own_funds),
        moved("swing_fee", "Swing fee", "swing_fee", size("swing_fee")),
        moved("gate", "Gate on redemptions", "gate", size("gate")),
        moved("in_kind", "Bars in place of cash", "in_kind", size("in_kind")),
        Option("suspension", "Suspension of redemption", size("suspension"), "day", days("suspension"),
               business * size("suspension") / BUSINESS_DAYS_PER_YEAR,
               "holders can only sell in the market, whose discount has no band, and everybody wants out on the day it ends",
               act=lambda events, day: suspended(events, day, int(size("suspension")))),
        Option("wind_down", "Orderly wind-down", size("wind_down"), "1/day", days("wind_down"), business,
               "the business ends; the last to leave wait for the slowest sale",
               act=lambda events, day: wound_down(events, day, size("wind_down"))),
    ]  # fmt: skip
    return tuple(option for option in made if option is not None)


def suspended(events: Events, day: int, n_days: int) -> Events:
    """`events` of one path with redemption closed for `n_days` from `day` on; requests go on queueing."""
    stop = events.operations_stop.copy()
    stop[day : day + n_days] = 1.0
    return replace(events, operations_stop=stop)


def wound_down(events: Events, day: int, share: float) -> Events:
    """`events` of one path with minting stopped from `day` on, and at least `share` of the free tokens asked for daily."""
    mint, asked = events.mint_stop.copy(), events.redeem_share.copy()
    mint[day:], asked[day:] = 1.0, np.maximum(asked[day:], share)
    return replace(events, mint_stop=mint, redeem_share=asked)


def recovery_options(
    bench: Bench, every: Sequence[Option], watched: Sequence[Indicator], walked: Walked | None = None
) -> pd.DataFrame:
    """The catalogue's `recovery_options`, best first: each option on the liquidity book and in the worst listed scenarios.

    `walked` are the book's days where they are at hand. Everything is run on the random paths that are walked.
    """
    days = walk_book(bench, watched) if walked is None else walked
    known, n = predicates_of(bench.issuer.peg), days.n_random
    distress = distress_day(days, watched)
    failed = days.first_failure(known)
    before = bench.first(n, bench.issuer)
    worst = worst_scenarios(bench)
    scenario_distress = distress_day(walk_scenarios(bench, watched, worst), watched) if worst else np.zeros(0, int)
    base_worst = _scenario_failures(bench, worst, None, scenario_distress)
    judged = []
    for option in every:
        after = run_book(bench, option, distress[:n])
        effects = {
            name: proofs.share(
                name, "liquidity", before.first_day(name) != NEVER, after.first_day(name) != NEVER, bench.confidence
            )
            for name in known
        }
        ready = _ready(distress, failed, option.days_to_act)
        avoided = -sum(effect.difference.value for effect in effects.values())
        counted = avoided * (ready if option.act is None and avoided > 0.0 else 1.0)
        judged.append(
            (option, effects, ready, avoided, counted, _scenario_failures(bench, worst, option, scenario_distress))
        )
    judged.sort(key=lambda each: (-each[4], each[0].cost_usd_year))
    records = []
    for rank, (option, effects, ready, avoided, counted, in_worst) in enumerate(judged, 1):
        for name, effect in effects.items():
            record: dict[str, Any] = {
                "rank": rank, "option": option.name, "title": option.title, "predicate": name, "size": option.size,
                "unit": option.unit, "days_to_act": option.days_to_act,
                "starts": DAY_ZERO if option.act is None else AT_DISTRESS, "ready": ready, "avoided": avoided,
                "counted": counted, "cost_usd_year": option.cost_usd_year, "side_effect": option.side_effect,
            }  # fmt: skip
            for word in ("before", "after", "difference"):
                figure = getattr(effect, word)
                record |= {
                    word: figure.value,
                    f"{word}_lower": figure.interval.lower,
                    f"{word}_upper": figure.interval.upper,
                }
            record |= {
                "n": effect.n,
                "worst": ", ".join(worst),
                "worst_before": base_worst[name],
                "worst_after": in_worst[name],
            }
            records.append(record)
    return pd.DataFrame(records)


def run_book(bench: Bench, option: Option, distress: np.ndarray) -> Outcomes:
    """The first paths of the liquidity book with the option; `distress` (n,) is the day each is in distress, -1 for never."""
    if option.apply is not None:
        return bench.first(len(distress), option.apply)
    assert option.act is not None
    market, n = bench.rerun.market, len(distress)
    horizon = market.params.horizon_days
    calm = Events.calm(horizon)
    rows = {day: option.act(calm, day) for day in set(_starts(distress, option, horizon).tolist())}
    given = {
        spec.name: np.stack([getattr(rows[day], spec.name) for day in _starts(distress, option, horizon).tolist()])
        for spec in fields(Events)
        if any((getattr(rows[day], spec.name) != getattr(calm, spec.name)).any() for day in rows)
    }
    events = replace(calm, **given)
    driver = market.driver or PriceDriver.given(*market.prices("liquidity", n))
    outcomes, _ = launch.run(
        bench.issuer, driver, n, horizon, start_usd_per_g=market.start_usd_per_g, drivers=tuple(market.params.drivers),
        events=events, sigma_sample=market.sigma_sample, own_funds=market.own_funds, seed=market.params.seed,
    )  # fmt: skip
    return outcomes


def worst_scenarios(bench: Bench, most: int = WORST) -> tuple[str, ...]:
    """Ids of the listed scenarios in which most fails, of those in which anything does."""
    known = predicates_of(bench.issuer.peg)
    found = []
    for each in bench.rerun.listed:
        outcomes = bench.scenario(bench.issuer, each.scenario_id)
        count = sum(int(outcomes.first_day(name)[0]) != NEVER for name in known)
        found.append((-count, float(outcomes.min_equity_usd[0]), each.scenario_id))
    return tuple(name for count, _, name in sorted(found) if count < 0)[:most]


def _starts(distress: np.ndarray, option: Option, horizon_days: int) -> np.ndarray:
    """Day on which the option works, past the end where it never does."""
    return np.where(distress == NEVER, horizon_days + 1, np.minimum(distress + option.days_to_act, horizon_days + 1))


def _ready(distress: np.ndarray, failed: np.ndarray, days_to_act: int) -> float:
    failing = failed != NEVER
    if not failing.any():
        return 1.0
    return float(((distress != NEVER) & (failed - distress >= days_to_act))[failing].mean())


def _scenario_failures(
    bench: Bench, worst: Sequence[str], option: Option | None, distress: np.ndarray
) -> dict[str, int]:
    """In how many of the worst scenarios each failure happens."""
    known = predicates_of(bench.issuer.peg)
    counts = dict.fromkeys(known, 0)
    for name, day in zip(worst, distress.tolist(), strict=True):
        listed = bench.rerun.named(name)
        issuer = bench.issuer if option is None or option.apply is None else option.apply
        events = listed.events
        if option is not None and option.act is not None and day != NEVER:
            events = option.act(events, day + option.days_to_act)
        outcomes = simulate(listed.issuer(issuer), listed.prices, events, own_funds=bench.rerun.market.own_funds)
        for predicate in known:
            counts[predicate] += int(outcomes.first_day(predicate)[0] != NEVER)
    return counts
