"""Standards: how the run stands against each, and every requirement with its limit, interval and source."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gramlib.report import numbers, vocabulary
from gramlib.report.html_table import Status, Table, Tables
from gramlib.report.tables.plain import columns

UNVERIFIED = "not verified"
_ORDER = ("fail", "watch", "pass", "not_applicable")


def requirements(table: pd.DataFrame) -> Tables:
    """A summary by standard, then each standard's requirements, those that bind the issuer opened."""
    by_standard = [(name, rows) for name, rows in table.groupby("standard", sort=False)]
    by_standard.sort(key=lambda each: not bool(each[1]["binding"].iloc[0]))
    return Tables((_summary(by_standard), *(_of_standard(name, rows) for name, rows in by_standard)))


def _summary(by_standard: list[tuple[str, pd.DataFrame]]) -> Table:
    rows = []
    for name, found in by_standard:
        counted = found["status"].value_counts()
        checked = int((found["verified"] & (found["status"] != "not_applicable")).sum())
        rows.append((
            vocabulary.standard_name(name), "yes" if found["binding"].iloc[0] else "no, compared with",
            *(str(int(counted.get(status, 0))) for status in _ORDER), str(checked), str(int(found["decides"].sum())),
        ))  # fmt: skip
    names = ("Fail", "Watch", "Pass", "Not computed or not applicable", "With a verified limit", "Decide")
    return Table(
        "Standards: how many requirements stand how",
        columns("Standard", "Binds the issuer", *names, numeric=names),
        tuple(rows),
        "Only verified requirements of standards that the profile calls binding decide the verdict.",
    )


def _of_standard(name: str, found: pd.DataFrame) -> Table:
    cited = list(dict.fromkeys(map(_source, found.itertuples(index=False))))
    rows = tuple(
        (f"{row.title} ({row.article})", Status(row.status), _number(row), _limit(row), _sure(row), _mark(row, cited))
        for row in found.itertuples(index=False)
    )
    binding = bool(found["binding"].iloc[0])
    compared = "" if binding else "The profile does not call it binding: it is compared with, and decides nothing. "
    sources = "; ".join(f"[{place}] {source}" for place, source in enumerate(cited, start=1))
    return Table(
        f"{vocabulary.standard_name(name)}: requirement by requirement",
        columns("Requirement", "Status", "Found", "Limit", "How sure", "Source", numeric=("Found", "Limit")),
        rows,
        f"{compared}Sources: {sources}.",
        folded=not binding,
    )


def _number(row: Any) -> str:
    if numbers.is_missing(row.number):
        return "not computed"
    return numbers.with_unit(row.number, _unit(row))


def _limit(row: Any) -> str:
    if numbers.is_missing(row.limit):
        return numbers.MISSING
    side = "at least" if row.rule == "at_least" else "at most"
    return f"{side} {numbers.setting_with_unit(row.limit, _unit(row))}"


def _unit(row: Any) -> str:
    return vocabulary.requirement_unit(row.unit)


def _sure(row: Any) -> str:
    """Interval and method, on what it was found; or where to look for what nothing computes."""
    if numbers.is_missing(row.number):
        return row.sentence.partition("Look at: ")[2] or row.subject or numbers.MISSING
    on = "" if row.subject == "today" else f"; {vocabulary.book_name(row.subject)}"
    if numbers.is_missing(row.lower) and numbers.is_missing(row.upper):
        return f"{row.confidence}{on}"
    return f"{numbers.with_unit(row.lower, _unit(row))} to {numbers.with_unit(row.upper, _unit(row))}, {row.confidence}{on}"


def _source(row: Any) -> str:
    return f"{row.source} ({row.date})"


def _mark(row: Any, cited: list[str]) -> str:
    return f"[{cited.index(_source(row)) + 1}]{'' if row.verified else f' {UNVERIFIED}'}"
