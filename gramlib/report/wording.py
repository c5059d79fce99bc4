"""The verdict in words, and why: what holds and what breaks, which requirement decides, how likely failing is.

The status itself is given (gramlib.verdicts.overall); here it is only said. While any value of the issuer is
assumed the sentence begins "An issuer assumed to look like this"; on grade D data it says that it proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.report import numbers, vocabulary
from gramlib.report.first_sentence import liquidity_clause, smallest_shock_clause, solvency_clause
from gramlib.report.sentences import breaking_shock, chance, figure_of
from gramlib.report.tables import leaves

ASSUMED = "An issuer assumed to look like this"
NOT_BINDING = frozenset({"name", "peg", "basis", "drivers"})
"""What no issuer discloses: its label, and the laws of the random drivers, which the assumptions list."""


_ALSO = {"fail": "Also missed", "watch": "Also on watch"}


def assumed_values(issuer: Issuer) -> tuple[list[str], int]:
    """Dotted names of the issuer values that are assumed, and how many values there are."""
    values = [key for key, _ in leaves(issuer.to_record()) if key.split(".")[0] not in NOT_BINDING]
    return [key for key in values if issuer.basis_of(key).basis == "assumed"], len(values)


def subject_of(issuer: Issuer) -> str:
    """Whom the verdict is about."""
    return ASSUMED if assumed_values(issuer)[0] else issuer.name


def verdict_sentence(
    issuer: Issuer,
    failures: pd.DataFrame,
    reverse: pd.DataFrame,
    metrics: pd.DataFrame,
    source_document: Mapping[str, Any],
) -> str:
    """What the run found of solvency, liquidity and the smallest breaking shock, in one sentence, and the data's caveat.

    `failures` is replay_failures, `source_document` the source_cards document. Which limits that misses says `missed_sentence`.
    """
    clauses = [solvency_clause(failures), liquidity_clause(failures, reverse, metrics)]
    held = [clause for clause in clauses if clause]
    told = [f"{subject_of(issuer)} {held[0]}", *(f"it {clause}" for clause in held[1:])] if held else []
    smallest = smallest_shock_clause(reverse)
    told += (
        [smallest if told else f"{subject_of(issuer)} was searched for shocks alone: {smallest}"] if smallest else []
    )
    text = "; ".join(told) or f"{subject_of(issuer)} was put to no scenario and no shock"
    return numbers.sentence(text) + grade_sentence(source_document)


def missed_sentence(verdicts: pd.DataFrame) -> str:
    """How many deciding requirements are missed or on watch, in one line."""
    deciding = verdicts[verdicts["decides"] & (verdicts["status"] != "not_applicable")]
    total, missed, close = len(deciding), *(int((deciding["status"] == word).sum()) for word in ("fail", "watch"))
    if not total:
        return "No deciding requirement applies: this is no verdict."
    if missed:
        watched = f"; {close} more {'is' if close == 1 else 'are'} on watch" if close else ""
        return f"Misses {missed} of {numbers.count(total, 'deciding requirement')}{watched}."
    if not close:
        return f"Meets {_all_of(total)}."
    return f"Meets {_all_of(total)}, {'which is' if total == 1 else f'{close} of them'} on watch."


def decider_sentence(status: str, verdicts: pd.DataFrame) -> str:
    """The deciding requirement furthest beyond, or nearest to, its limit; empty when none decides."""
    worst = tightest(verdicts[verdicts["decides"] & (verdicts["status"] != "not_applicable")], status)
    if worst is None:
        return ""
    place = "Furthest beyond" if status == "fail" else "Nearest to"
    if worst["requirement"] == "listed scenario":  # its own sentence has the title
        return f"{place} its limit: {worst['sentence']}"
    return numbers.sentence(f"{place} its limit is {requirement_phrase(worst)}")


def _all_of(total: int) -> str:
    return "the one deciding requirement" if total == 1 else f"all {total} deciding requirements"


def grade_sentence(source_document: Mapping[str, Any]) -> str:
    """The caveat of data that cannot carry evidence, with a leading blank; empty for better grades."""
    if source_document.get("grade") != "D":
        return ""
    return " Data grade D: this shows how the test works and is no evidence about a real token."


def tightest(deciding: pd.DataFrame, status: str) -> dict[str, Any] | None:
    """The deciding row of this status that is furthest beyond, or nearest to, its limit in proportion to it."""
    rows = deciding[deciding["status"] == status]
    if rows.empty:
        return None
    scale = rows["limit"].abs().where(lambda limit: limit > 0, 1.0)
    order = (rows["margin"] / scale).sort_values(kind="stable", na_position="last").index
    return dict(rows.loc[order[0]])


def requirement_phrase(row: Mapping[str, Any]) -> str:
    """One row of the verdicts table as a phrase with its figure and limit."""
    if row["requirement"] == "listed scenario":
        beyond = numbers.count(row["number"], "failure") if row["number"] else "no failure"
        return f"{vocabulary.subject_name(row['subject'])}, with {beyond} beyond what its severity may show"
    name = vocabulary.requirement_name(row["requirement"])
    if row["requirement"] in vocabulary.FAILURES:
        name = f"the chance that {vocabulary.failure_clause(row['requirement'])} ({row['requirement']})"
    elif name:
        name = f"the {name[0].lower()}{name[1:]}"
    return f"{name}, {_against(row)}"


def _against(row: Mapping[str, Any]) -> str:
    """What was found and its limit: "4.5% a year against a limit of 1% a year"."""
    unit = vocabulary.requirement_unit(row["unit"])
    limit = (
        ""
        if numbers.is_missing(row["limit"])
        else f" against a limit of {numbers.setting_with_unit(row['limit'], unit)}"
    )
    found = "none found" if numbers.is_missing(row["number"]) else numbers.with_unit(row["number"], unit)
    if row["number"] == 0 and row["unit"] == "1/year":
        found = "none seen"
    return f"{found}{limit}"


def reasons(
    status: str,
    verdicts: pd.DataFrame,
    reverse: pd.DataFrame,
    metrics: pd.DataFrame,
    horizons_days: Mapping[str, int],
) -> list[str]:
    """Why: the deciding requirement, the others of its status, the smallest breaking shocks, the likelihood."""
    worst = tightest(verdicts[verdicts["decides"]], status)
    told = [decider] if (decider := decider_sentence(status, verdicts)) else []
    told += _also(status, verdicts, worst)
    breaking = [sentence for shock in ("price_fall", "custody_loss") if (sentence := breaking_shock(reverse, shock))]
    told += [" ".join(breaking)] if breaking else []
    return [*told, *likelihood(metrics, horizons_days)]


def _also(status: str, verdicts: pd.DataFrame, worst: Mapping[str, Any] | None) -> list[str]:
    """The other deciding requirements of the same status, as one sentence; a pass has none to tell."""
    if status not in _ALSO or worst is None:
        return []
    rows = verdicts[verdicts["decides"] & (verdicts["status"] == status)]
    rows = rows[(rows["requirement"] != worst["requirement"]) | (rows["subject"] != worst["subject"])]
    scenarios = int((rows["requirement"] == "listed scenario").sum())
    told = [
        f"{vocabulary.requirement_name(row['requirement'], short=True)}, {_against(row)}"
        for row in rows[rows["requirement"] != "listed scenario"].to_dict("records")
    ]
    told += [numbers.count(scenarios, "listed scenario")] if scenarios else []
    return [f"{_ALSO[status]}: {'; '.join(told)}."] if told else []


def likelihood(metrics: pd.DataFrame, horizons_days: Mapping[str, int]) -> list[str]:
    """How often model-generated paths fail, with the run's drivers and with prices alone, and over which time."""
    told = []
    for book, when in (
        ("liquidity", "With the run's drivers on"),
        ("liquidity_price_only", "With prices alone"),
    ):
        row = figure_of(metrics, book, "probability_any")
        if row is not None:
            told.append(f"{when}, any failure within {numbers.horizon(horizons_days[book])}: {chance(row)}.")
    return told
