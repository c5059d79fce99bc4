"""Early-warning limits: how long before a failure they warn, how often for nothing, and limits that warn in time.

    red or failure   the first day at the red limit, or of a failure that the indicator warns of, whichever comes first
    in time          amber stands `LEAD_DAYS` before that day
    false alarm      amber begins, and none of those failures follows within `FOLLOW_DAYS`

A limit is tuned on every second path and reported on the others: the strictest amber that is in time on `WANTED` of the
failing paths, so that of those that do it warns for nothing least often. Where none does, the table says how far any goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.metrics import wilson_interval
from gramlib.readable import readable
from gramlib.recommend.bench import Bench
from gramlib.recommend.indicators import Indicator, Walked, earliest, walk_book, walk_scenarios
from gramlib.simulation.outcomes import NEVER
from gramlib.units import BUSINESS_DAYS_PER_YEAR

LEAD_DAYS = 2
WANTED = 0.95
FOLLOW_DAYS = 20
CANDIDATES = 60
SIMULATED, HISTORY = "simulated", "history"
TOGETHER = "any"
"""Name of the row in which the first of all indicators counts that do not stand at amber anyhow."""

STANDING = 0.5
"""An indicator that is at amber on more than so many of the book's days is a finding, and no warning."""

FEWEST = 20
"""Failing paths that a limit is tuned on, at least."""

LEADS = (0.05, 0.5, 0.95)


@readable
@dataclass(frozen=True)
class Warned:
    """What an amber limit does on some paths. `in_time` of `failing` paths; `lead_days` the quantiles `LEADS` of the days from amber to
    the failure, where amber came first; `foretold` the paths on which it did; false alarms by path-year; `amber_share` of all days.
    """

    failing: int
    in_time: int
    foretold: int
    lead_days: tuple[float, float, float]
    false_alarms_year: float
    amber_share: float

    @property
    def share(self) -> float:
        """Share in time; NaN where nothing fails."""
        return self.in_time / self.failing if self.failing else nan


def warned(walked: Walked, amber: np.ndarray, red_day: np.ndarray, failed_day: np.ndarray) -> Warned:
    """`amber` (n, days) says when amber stands; `red_day` and `failed_day` (n,) are days from one, -1 for never.

    False alarms are counted on the random paths alone, leads on all that fail.
    """
    first = np.where(amber.any(axis=1), amber.argmax(axis=1) + 1, NEVER)
    failing = failed_day != NEVER
    end = earliest([failed_day, red_day])
    in_time = failing & (first != NEVER) & (first <= end - LEAD_DAYS)
    before = failing & (first != NEVER) & (first < failed_day)
    leads = (failed_day - first)[before]
    quantiles = tuple(float(q) for q in np.quantile(leads, LEADS)) if leads.size else (nan, nan, nan)
    return Warned(int(failing.sum()), int(in_time.sum()), int(before.sum()), quantiles,  # type: ignore[arg-type]
                  _false_alarms_year(walked, amber, failed_day),
                  float(amber[: walked.n_random].sum()) / max(1, int(walked.n_days[: walked.n_random].sum())))  # fmt: skip


def early_warning(
    bench: Bench, watched: Sequence[Indicator], historical: Sequence[str], walked: Walked | None = None
) -> pd.DataFrame:
    """The catalogue's `early_warning`; `historical` are the listed scenarios that replay history.

    `walked` are the book's days where they are at hand.
    """
    book = walk_book(bench, watched) if walked is None else walked
    past = walk_scenarios(bench, watched, historical)
    known, half = predicates_of(bench.issuer.peg), _halves(book)
    tuned = {each.name: tune(half[0], each) for each in watched}
    standing = {each.name for each in watched if stands(book, each)}
    records = []
    for basis, days in ((SIMULATED, half[1]), (HISTORY, past)):
        if not len(days.n_days):
            continue
        for each in watched:
            failed = days.first_failure(p for p in each.warns_of if p in known)
            red = days.first_at(each.name, each.sign * each.red)
            now = warned(days, days.severity[each.name] >= each.sign * each.amber, red, failed)
            limit, most = tuned[each.name]
            then = None if limit is None else warned(days, days.severity[each.name] >= limit, red, failed)
            records.append(_record(each, basis, now, then, None if limit is None else each.sign * limit, most,
                                   each.name in standing, bench.confidence))  # fmt: skip
        warning = [each for each in watched if each.name not in standing]
        records.append(_together(days, warning, tuned, known, basis, bench.confidence))
    return pd.DataFrame(records)


def stands(walked: Walked, indicator: Indicator) -> bool:
    """Whether amber is the indicator's usual state on the random paths."""
    days = walked.severity[indicator.name][: walked.n_random]
    return bool((days >= indicator.sign * indicator.amber).sum() > STANDING * np.isfinite(days).sum())


def tune(walked: Walked, indicator: Indicator) -> tuple[float | None, float]:
    """(the strictest amber severity in time on `WANTED` of failing paths or None, largest share that any limit reaches).

    Candidates are quantiles of what the random paths show, above the median and short of red; what stands still has none,
    and on fewer than `FEWEST` failing paths nothing is tuned.
    """
    predicates = [p for p in indicator.warns_of if p in walked.failed_day]
    failed = walked.first_failure(predicates)
    red_limit = indicator.sign * indicator.red
    red, values = walked.first_at(indicator.name, red_limit), walked.severity[indicator.name]
    if not indicator.moves or (failed != NEVER).sum() < FEWEST:
        return None, nan
    seen = values[: walked.n_random]
    seen = seen[np.isfinite(seen)]
    spread = np.quantile(seen, 1.0 - np.geomspace(0.5, 1e-4, CANDIDATES))
    spread = spread[spread > np.median(seen)]
    chosen = np.unique(np.append(spread, indicator.sign * indicator.amber))
    end, most = earliest([failed, red]), 0.0
    for limit in chosen[chosen < red_limit][::-1]:
        first = walked.first_at(indicator.name, float(limit))
        failing = failed != NEVER
        share = float(((first != NEVER) & (first <= end - LEAD_DAYS))[failing].mean())
        most = max(most, share)
        if share >= WANTED:
            return float(limit), most
    return None, most


def _false_alarms_year(walked: Walked, amber: np.ndarray, failed_day: np.ndarray) -> float:
    random = amber[: walked.n_random]
    ends = np.where(failed_day == NEVER, walked.n_days, failed_day)[: walked.n_random]
    begins = random & ~np.concatenate([np.zeros((len(random), 1), bool), random[:, :-1]], axis=1)
    day = np.arange(1, random.shape[1] + 1)
    fails = (failed_day != NEVER)[: walked.n_random]
    followed = fails[:, None] & (ends[:, None] - day[None, :] <= FOLLOW_DAYS)
    counted = begins & (day[None, :] <= ends[:, None]) & ~followed
    years = float(ends.sum()) / BUSINESS_DAYS_PER_YEAR
    return float(counted.sum()) / years if years > 0.0 else nan


def _halves(walked: Walked) -> tuple[Walked, Walked]:
    def part(start: int) -> Walked:
        rows = np.arange(start, len(walked.n_days), 2)
        return Walked(
            {name: array[rows] for name, array in walked.severity.items()},
            {name: array[rows] for name, array in walked.failed_day.items()},
            walked.n_days[rows],
            int((rows < walked.n_random).sum()),
        )

    return part(0), part(1)


def _together(
    days: Walked, moving: Sequence[Indicator], tuned: dict, known: Sequence[str], basis: str, confidence: float
) -> dict:
    failed = days.first_failure(known)
    red = earliest([days.first_at(each.name, each.sign * each.red) for each in moving])

    def amber(with_tuned: bool) -> np.ndarray:
        limits = [
            tuned[each.name][0] if with_tuned and tuned[each.name][0] is not None else each.sign * each.amber
            for each in moving
        ]
        return np.logical_or.reduce(
            [days.severity[each.name] >= limit for each, limit in zip(moving, limits, strict=True)]
        )

    whole = Indicator(
        TOGETHER, "The first of all that move", "", 1.0, nan, nan, nan, tuple(known), lambda each: np.zeros(0)
    )
    then = warned(days, amber(True), red, failed) if any(tuned[each.name][0] is not None for each in moving) else None
    return _record(whole, basis, warned(days, amber(False), red, failed), then, None, nan, False, confidence)


def _record(
    each: Indicator, basis: str, now: Warned, then: Warned | None, limit: float | None, most: float, standing: bool,
    confidence: float,
) -> dict:  # fmt: skip
    def ends(found: Warned | None) -> tuple[float, float]:
        if found is None or not found.failing:
            return nan, nan
        interval = wilson_interval(found.in_time, found.failing, confidence)
        return interval.lower, interval.upper

    record = {
        "indicator": each.name, "basis": basis, "title": each.title, "unit": each.unit, "more_is_worse": each.sign > 0.0,
        "stands": standing, "warns_of": ", ".join(each.warns_of), "green": each.green, "amber": each.amber, "red": each.red,
        "failing": now.failing,
    }  # fmt: skip
    for name, found in (("", now), ("tuned_", then)):
        lower, upper = ends(found)
        record |= {
            f"{name}in_time": found.share if found else nan, f"{name}in_time_lower": lower, f"{name}in_time_upper": upper,
            f"{name}foretold": found.foretold / found.failing if found and found.failing else nan,
            f"{name}false_alarms_year": found.false_alarms_year if found else nan,
            f"{name}amber_share": found.amber_share if found else nan,
        }  # fmt: skip
        quantiles = found.lead_days if found else (nan, nan, nan)
        record |= {
            f"{name}lead_{word}_days": days for word, days in zip(("short", "median", "long"), quantiles, strict=True)
        }
    return record | {"tuned_amber": nan if limit is None else limit, "most_in_time": most}
