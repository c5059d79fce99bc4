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
    rows = tuple(
        (
            row.title, row.article, Status(row.status), _number(row), _limit(row), _sure(row), _source(row),
        )
        for row in found.itertuples(index=False)
    )  # fmt: skip
    binding = bool(found["binding"].iloc[0])
    return Table(
        f"{vocabulary.standard_name(name)}: requirement by requirement",
        columns("Requirement", "Article", "Status", "Found", "Limit", "How sure", "Source", numeric=("Found", "Limit")),
        rows,
        "" if binding else "The profile does not call it binding: it is compared with, and decides nothing.",
        folded=not binding,
    )


def _number(row: Any) -> str:
    if numbers.is_missing(row.number):
        return "not computed"
    found = numbers.with_unit(row.number, vocabulary.requirement_unit(row.unit))
    return found if row.subject == "today" else f"{found} ({row.subject})"


def _limit(row: Any) -> str:
    if numbers.is_missing(row.limit):
        return numbers.MISSING
    return numbers.setting_with_unit(row.limit, vocabulary.requirement_unit(row.unit))


def _sure(row: Any) -> str:
    if numbers.is_missing(row.number):
        return numbers.MISSING if numbers.is_missing(row.limit) else row.subject
    if numbers.is_missing(row.lower) and numbers.is_missing(row.upper):
        return row.confidence
    unit = vocabulary.requirement_unit(row.unit)
    return f"{numbers.with_unit(row.lower, unit)} to {numbers.with_unit(row.upper, unit)}, {row.confidence}"


def _source(row: Any) -> str:
    return f"{row.source} ({row.date}{'' if row.verified else f', {UNVERIFIED}'})"
