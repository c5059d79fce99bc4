"""Failure probability decomposed by driver: prices alone, each driver alone beside them, all but one, all.

Every case has the same prices and draws, so that a difference between two cases is surer than either. How often two cases differ
on a path is counted on the first paths, walked again for each case; with it the difference over all paths gets its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from gramlib.artefacts.analyse_metrics import DRIVER_SHARES
from gramlib.metrics.headlines import NEVER
from gramlib.metrics.intervals import Interval, paired_difference_interval, wilson_interval
from gramlib.metrics.typed import typed
from gramlib.params.stages import AnalyseParams
from gramlib.simulation.books import Market

Progress = Callable[[int, int, str], None]

AGAINST = {"all": "none", "only": "none", "without": "all"}
"""Case -> the one it is held against: what is added to prices alone, or what is lost without a driver."""

PAIR_SHARE = 2
"""Of the paths of a search, one in so many is walked again for each case."""


def driver_shares(
    effects: pd.DataFrame, market: Market, params: AnalyseParams, progress: Progress | None = None
) -> pd.DataFrame:
    """The catalogue's `driver_shares` from stage predict's `driver_effects`, paired on the first paths of `market`."""
    book = str(effects["book"].iloc[0])
    n = int(effects["n"].iloc[0])
    pairs = min(n, params.search_n_paths // PAIR_SHARE)
    cases = list(dict.fromkeys(zip(effects["case"], effects["driver"], strict=True)))
    failed: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    predicates = tuple(dict.fromkeys(effects["predicate"]))
    active = tuple(driver for case, driver in cases if case == "only")
    for done, (case, driver) in enumerate(cases):
        if progress:
            progress(done, len(cases), f"drivers compared path by path: {case} {driver}".rstrip())
        outcomes = market.outcomes(book, pairs, _drivers_of(case, driver, active))
        failed[case, driver] = {name: outcomes.first_day(name) != NEVER for name in predicates}
    if progress:
        progress(len(cases), len(cases), "drivers compared path by path")
    counts = effects.set_index(["case", "driver", "predicate"])["failed"].to_dict()
    rows = [
        (book, predicate, case, driver, *_row(counts, failed, (case, driver), predicate, n, params.confidence))
        for predicate in predicates
        for case, driver in cases
    ]
    return typed(DRIVER_SHARES, rows)


def _drivers_of(case: str, driver: str, active: tuple[str, ...]) -> tuple[str, ...]:
    if case == "without":
        return tuple(other for other in active if other != driver)
    return {"all": active, "none": (), "only": (driver,)}[case]


def _row(
    counts: dict[tuple[str, str, str], int],
    failed: dict[tuple[str, str], dict[str, np.ndarray]],
    case: tuple[str, str],
    predicate: str,
    n: int,
    confidence: float,
) -> Iterator[object]:
    own = int(counts[(*case, predicate)])
    alone = wilson_interval(own, n, confidence)
    told, effect, ends, pairs = f"Wilson {confidence:.0%}", math.nan, Interval(math.nan, math.nan), 0
    if case[0] in AGAINST:
        other = (AGAINST[case[0]], "")
        more, fewer = (other, case) if case[0] == "without" else (case, other)
        difference = int(counts[(*more, predicate)]) - int(counts[(*fewer, predicate)])
        first, second = failed[more][predicate], failed[fewer][predicate]
        pairs, effect = len(first), difference / n
        ends = paired_of_sample(difference, n, int((first != second).sum()), pairs, confidence)
        told += f"; effect on the same paths, Agresti-Min, how often they differ from {pairs:,} of them"
    yield from (own / n, *alone, effect, *ends, n, pairs, told)


def paired_of_sample(difference: int, n: int, discordant: int, pairs: int, confidence: float) -> Interval:
    """Interval of `difference`/n, the pairs that differ known from a sample: `discordant` of `pairs`.

    Of the sample's rate one more than was seen is taken, so that a rare disagreement which the sample missed is not none.
    """
    differing = min(n, max(abs(difference), math.ceil((discordant + 1) * n / pairs)))
    differing += (differing + difference) % 2
    differing = differing if differing <= n else differing - 2
    differing = max(differing, abs(difference))
    return paired_difference_interval((differing + difference) // 2, (differing - difference) // 2, n, confidence)
