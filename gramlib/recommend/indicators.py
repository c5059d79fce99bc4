"""What is watched day by day: indicators with their green, amber and red limits, and the days on which they were walked.

Limits are those of section 10 of the model page: green up to the first, amber from the second, red from the third on; between the first
and the second somebody looks. An indicator is read as a severity that grows with danger: its value, or minus its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from gramlib.artefacts import predicates_of
from gramlib.metrics.daily import liabilities_usd
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.recommend.appetite import any_failure
from gramlib.recommend.bench import Bench
from gramlib.simulation import ledger
from gramlib.simulation.failures import failures
from gramlib.simulation.outcomes import NEVER, Outcomes

Days = Mapping[str, np.ndarray]
"""Ledger columns (n_days,) of one path."""

WALKED_SHARE = 10
"""One path is walked day by day for so many that a search walks."""

FAILING_SHARE = 3
"""Failing paths are looked for among so many times as many."""

FIRST_DISTRESS = ("discount", "queue_age", "gold_fall")
"""Indicators whose amber is distress: the first day on which somebody would act."""


@readable
@dataclass(frozen=True)
class Indicator:
    """`value` gives the indicator by day; `sign` is 1 where more is worse, -1 where less is.

    `warns_of` are the failures that it is for. `moves` is false for what stands as it is until somebody changes it.
    """

    name: str
    title: str
    unit: str
    sign: float
    green: float
    amber: float
    red: float
    warns_of: tuple[str, ...]
    value: Callable[[Days], np.ndarray]
    moves: bool = True

    def severity(self, days: Days) -> np.ndarray:
        """By day, larger is worse."""
        return self.sign * np.asarray(self.value(days), dtype=np.float64)


@readable
@dataclass(frozen=True, eq=False)
class Walked:
    """Paths day by day. `failed_day` (n,) by failure, -1 for never; `severity` by indicator (n, longest), -inf past the end.

    The first `n_random` paths are a random sample of the book, those after them failed; `n_days` (n,) is each one's length.
    """

    severity: dict[str, np.ndarray]
    failed_day: dict[str, np.ndarray]
    n_days: np.ndarray
    n_random: int

    def first_failure(self, predicates: Iterable[str]) -> np.ndarray:
        """First day of any of `predicates` by path, -1 for never."""
        far = np.iinfo(np.int32).max
        found = [np.where(self.failed_day[p] == NEVER, far, self.failed_day[p].astype(np.int64)) for p in predicates]
        first = np.minimum.reduce(found)
        return np.where(first == far, NEVER, first)

    def first_at(self, name: str, limit: float) -> np.ndarray:
        """First day, counted from one, on which an indicator's severity is at `limit` or above, by path; -1 for never."""
        reached = self.severity[name] >= limit
        return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, NEVER)


def indicators(issuer: Issuer, ladder_requirement: float | None) -> tuple[Indicator, ...]:
    """Those that have a meaning for `issuer`; `ladder_requirement` is the least L5/W asked for, None where nobody asks."""
    judged = set(predicates_of(issuer.peg))
    share = max(issuer.custodians.shares) if issuer.custodians.on else 1.0

    def ratio(above: Callable[[Days], np.ndarray], below: Callable[[Days], np.ndarray]) -> Callable[[Days], np.ndarray]:
        def value(days: Days) -> np.ndarray:
            base = below(days)
            return np.where(base > 0.0, above(days) / np.where(base > 0.0, base, 1.0), np.inf)

        return value

    made = [
        Indicator("discount", "Discount of the token to gold", "1", 1.0, 0.0025, 0.0050, 0.0100, ("F4",),
                  lambda days: np.maximum(days["discount"], days["weekend_discount"])),
        Indicator("backing", "Gold backing" if issuer.peg == "gold" else "Collateral ratio", "1", -1.0, 1.0, 0.999, 0.995,
                  ("F5",) if issuer.peg == "gold" else ("F6",), lambda days: days["backing"]),
        Indicator("own_funds", "Own funds over what is required", "1", -1.0, 1.5, 1.2, 1.0, ("F1", "F2"),
                  ratio(lambda days: days["equity_usd"], lambda days: days["own_funds_requirement_usd"])),
        Indicator("queue_age", "Age of the oldest unpaid request", "day", 1.0, 1.0, 3.0, 5.0, ("F3", "F7"),
                  lambda days: days["oldest_request_days"]),
        Indicator("largest_custodian", "Largest custodian", "share of gold", 1.0, 0.35, 0.40, 0.50, ("F2", "F5"),
                  lambda days: np.full(len(days["price_usd_per_g"]), share), moves=False),
        Indicator("gold_fall", "Fall of gold over five days", "1", 1.0, 0.05, 0.08, 0.12, ("F3", "F4", "F7"),
                  lambda days: -days["five_day_return"]),
    ]  # fmt: skip
    if ladder_requirement is not None and ladder_requirement > 0.0:
        ladder = Indicator("ladder", "Liquid assets within five days over what is required", "1", -1.0, 1.5, 1.2, 1.0,
                           ("F3", "F7"), ratio(lambda days: days["liquid_5d_usd"],
                                               lambda days: ladder_requirement * liabilities_usd(days)))  # fmt: skip
        made.insert(2, ladder)
    return tuple(each for each in made if judged & set(each.warns_of))


def walk_book(bench: Bench, watched: Iterable[Indicator]) -> Walked:
    """The first paths of the liquidity book day by day, and beyond them more that fail."""
    market, known, shown = bench.rerun.market, predicates_of(bench.issuer.peg), tuple(watched)
    n_random = max(10, bench.search_n_paths // WALKED_SHARE)
    outcomes = bench.first(FAILING_SHARE * n_random, bench.issuer)
    n_random = min(n_random, len(outcomes))
    failed = np.flatnonzero(any_failure(outcomes, known))
    paths = [*range(n_random), *failed[failed >= n_random].tolist()]
    walked = market.with_issuer(bench.issuer)
    days = [walked.days("liquidity", path) for path in paths]
    return _stacked(shown, days, _first_days(outcomes, known, paths), n_random)


def walk_scenarios(bench: Bench, watched: Iterable[Indicator], scenario_ids: Iterable[str]) -> Walked:
    """Listed scenarios day by day, all of them counted as a random sample."""
    rows, days = [], []
    known = predicates_of(bench.issuer.peg)
    for name in scenario_ids:
        listed = bench.rerun.named(name)
        issuer = listed.issuer(bench.issuer)
        path = ledger(issuer, listed.prices, listed.events, bench.rerun.market.own_funds, engine="kernel")
        found = failures(path, issuer).set_index("predicate")["first_day"]
        rows.append([int(found[predicate]) for predicate in known])
        returns = _five_day_return(listed.prices)
        days.append({column: path[column].to_numpy() for column in path} | {"five_day_return": returns})
    table = np.array(rows, dtype=np.int64).reshape(len(rows), len(known))
    return _stacked(tuple(watched), days, {p: table[:, k] for k, p in enumerate(known)}, len(rows))


def distress_day(walked: Walked, watched: Iterable[Indicator]) -> np.ndarray:
    """First day on which one of `FIRST_DISTRESS` stands at amber, by path; -1 for never."""
    chosen = [each for each in watched if each.name in FIRST_DISTRESS]
    return earliest([walked.first_at(each.name, each.sign * each.amber) for each in chosen])


def earliest(days: Iterable[np.ndarray]) -> np.ndarray:
    """Least day that is not -1, by path."""
    far = np.iinfo(np.int64).max
    first = np.minimum.reduce([np.where(each == NEVER, far, each) for each in days])
    return np.where(first == far, NEVER, first)


def _five_day_return(prices: np.ndarray) -> np.ndarray:
    day = np.arange(1, len(prices))
    return prices[day] / prices[np.maximum(0, day - 5)] - 1.0


def _first_days(outcomes: Outcomes, known: Iterable[str], paths: list[int]) -> dict[str, np.ndarray]:
    return {predicate: outcomes.first_day(predicate)[paths].astype(np.int64) for predicate in known}


def _stacked(watched: tuple[Indicator, ...], days: list, failed_day: dict[str, np.ndarray], n_random: int) -> Walked:
    lengths = np.array([len(each["price_usd_per_g"]) for each in days], dtype=np.int64)
    longest = int(lengths.max()) if len(lengths) else 0
    severity = {each.name: np.full((len(days), longest), -np.inf) for each in watched}
    for row, path in enumerate(days):
        for each in watched:
            severity[each.name][row, : lengths[row]] = each.severity(path)
    return Walked(severity, failed_day, lengths, n_random)
