"""The rules of judgement and the overall verdict.

A failure predicate on a book, with the one-year probability p of its paths, the upper end u of its interval, the
appetite L and the watch level w <= L:

    p > L    u > L or p > w    status
    yes      either            fail
    no       yes               watch
    no       no                pass
    the predicate does not apply to this peg (F6 for gold, F5 for usd): not_applicable

A listed scenario, with what failed and what its severity may show:

    failed beyond what is tolerated    failed at all    status
    yes                                yes              fail
    no                                 yes              watch
    no                                 no               pass

A distance to break, with the smallest breaking shock s the reverse stress found, the least distance D and the watch
level W >= D:

    found    s < D    s < W     status
    yes      yes      either    fail
    yes      no       yes       watch
    yes      no       no        pass
    no       -        -         pass

A row decides when its limit is verified (for F1: the own-funds rule as well) and it is applicable. Overall is the worst
status of the deciding rows, fail > watch > pass, and not_applicable when none decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from gramlib.artefacts import PREDICATES, STATUSES
from gramlib.errors import DataContractError
from gramlib.metrics import one_year
from gramlib.verdicts.profile import Appetite, Distance, Profile, Statement
from gramlib.verdicts.wording import PREDICATES_IN_WORDS, breaking_sentence, probability_sentence, scenario_sentence

COLUMNS = ("requirement", "subject", "status", "number", "limit", "unit", "margin", "decides", "sentence", "source")
PASS, WATCH, FAIL, NOT_APPLICABLE = STATUSES
_NEVER = -1
_OF_ONE_PEG = {"F5": "gold", "F6": "US dollars"}
_AXES = {
    "price_fall_to_queue": ("queue", "price_fall"),
    "price_fall_with_event_to_queue": ("queue", "price_fall_with_event"),
    "custody_loss_to_insolvency": ("F2", "custody_loss"),
}

Row = tuple[str, str, str, float, float, str, float, bool, str, str]


def verdicts_table(
    metrics: pd.DataFrame,
    replay_failures: pd.DataFrame,
    reverse: pd.DataFrame,
    profile: Profile,
    scenarios_used: Mapping[str, Any],
    days: pd.DataFrame,
) -> pd.DataFrame:
    """The catalogue's `verdicts` table: every limit of `profile` against what the run found.

    `scenarios_used` is the document of stage predict (titles and severities), `days` its fan-chart table: the last
    day of a book is its horizon, by which probabilities are put on one year. Raises DataContractError when a book or scenario that
    a limit speaks of is not in the tables.
    """
    horizons_days = days.groupby("book")["day"].max().to_dict()
    rows = [
        *_appetites(metrics, profile, horizons_days),
        *_scenarios(replay_failures, profile, scenarios_used),
        *_distances(reverse, profile),
    ]
    kinds = {"number": "float64", "limit": "float64", "margin": "float64", "decides": "bool"}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)


def overall(verdicts: pd.DataFrame) -> str:
    """The worst status of the deciding rows; `not_applicable` when none decides."""
    found = set(verdicts.loc[verdicts["decides"], "status"])
    return next((status for status in (FAIL, WATCH, PASS) if status in found), NOT_APPLICABLE)


def judge_probability(estimate: float, upper: float, appetite: Appetite) -> str:
    """Status of a one-year probability and the upper end of its interval."""
    if estimate > appetite.max_one_year_probability:
        return FAIL
    close = upper > appetite.max_one_year_probability or estimate > appetite.watch_at
    return WATCH if close else PASS


def judge_distance(smallest_breaking: float | None, distance: Distance) -> str:
    """Status of the smallest breaking shock; None means that none was found."""
    if smallest_breaking is None or smallest_breaking >= distance.watch_below:
        return PASS
    return FAIL if smallest_breaking < distance.smallest else WATCH


def judge_scenario(failed: list[str], tolerated: list[str]) -> str:
    """Status of a listed scenario from what failed and what its severity may show."""
    if set(failed) - set(tolerated):
        return FAIL
    return WATCH if failed else PASS


def _appetites(metrics: pd.DataFrame, profile: Profile, horizons_days: Mapping[str, int]) -> Iterator[Row]:
    figures = metrics.set_index(["subject", "metric"])
    for predicate in PREDICATES:
        appetite: Appetite = getattr(profile.appetite, predicate)
        book, limit = appetite.book, appetite.max_one_year_probability
        key = (book, f"probability_{predicate}")
        if key not in figures.index and predicate in _OF_ONE_PEG:
            sentence = f"{predicate}, {PREDICATES_IN_WORDS[predicate]}: applies only to a token pegged to {_OF_ONE_PEG[predicate]}."
            nothing = math.nan
            yield predicate, book, NOT_APPLICABLE, nothing, limit, "1/year", nothing, False, sentence, _cited(appetite)
            continue
        if key not in figures.index or book not in horizons_days:
            raise DataContractError(
                f"no probability of {predicate} for book {book!r}", expected=f"metric {key[1]} and the book's horizon",
                origin=f"profile {profile.id}", remedy="re-run stage predict, or name another book in the profile",
            )  # fmt: skip
        row, days = figures.loc[key], horizons_days[book]
        estimate, lower, upper = (one_year(float(row[end]), days) for end in ("value", "lower", "upper"))
        status = judge_probability(estimate, upper, appetite)
        decides = appetite.verified and (predicate != "F1" or profile.own_funds_rule.verified)
        sentence = probability_sentence(
            predicate, (estimate, lower, upper), limit, appetite.watch_at, days, int(row["n"])
        )
        yield predicate, book, status, estimate, limit, "1/year", limit - estimate, decides, sentence, _cited(appetite)


def _scenarios(replay_failures: pd.DataFrame, profile: Profile, scenarios_used: Mapping[str, Any]) -> Iterator[Row]:
    rules = profile.listed_scenarios
    judged = set(replay_failures["scenario"])
    for scenario in scenarios_used["scenarios"]:
        if scenario["id"] not in judged:
            raise DataContractError(
                f"scenario {scenario['id']} is not in replay_failures", expected="every scenario in scenarios_used",
                remedy="re-run stage predict",
            )  # fmt: skip
        rows = replay_failures[replay_failures["scenario"] == scenario["id"]]
        failed = sorted(rows.loc[rows["first_day"] != _NEVER, "predicate"])
        tolerated = getattr(rules, scenario["severity"])
        beyond = [predicate for predicate in failed if predicate not in tolerated]
        sentence = scenario_sentence(scenario["title"], scenario["severity"], failed, beyond)
        yield (
            "listed scenario", scenario["id"], judge_scenario(failed, tolerated), float(len(beyond)), 0.0, "failures",
            -float(len(beyond)), rules.verified, sentence, _cited(rules),
        )  # fmt: skip


def _distances(reverse: pd.DataFrame, profile: Profile) -> Iterator[Row]:
    for name, (predicate, shock) in _AXES.items():
        distance: Distance = getattr(profile.distance_to_break, name)
        rows = reverse[(reverse["predicate"] == predicate) & (reverse["shock"] == shock)]
        if rows.empty:
            raise DataContractError(
                f"no reverse stress of {predicate} by {shock}",
                expected=f"rows for limit {name}",
                remedy="re-run stage analyse",
            )
        found = rows.loc[rows["found"], "lower"]
        smallest = None if found.empty else float(found.min())
        number = math.nan if smallest is None else smallest
        yield (
            name, "reverse stress", judge_distance(smallest, distance), number, distance.smallest, rows["unit"].iloc[0],
            number - distance.smallest, distance.verified, breaking_sentence(rows), _cited(distance),
        )  # fmt: skip


def _cited(statement: Statement) -> str:
    checked = "" if statement.verified else ", not verified"
    return f"{statement.source} ({statement.date}{checked})"
