"""A run held against the requirements of standards.

A figure x with its interval [l, u], a limit L and a watch level w (none: no band), where more is good (at_least):

    x < L    l < L or x < w    status
    yes      either            fail
    no       yes               watch
    no       no                pass
    x cannot be had, or the measure is `stated`, or the standard does not speak of this peg: not_applicable

With at_most every comparison is turned round. A requirement decides when it is verified, applicable, and its standard is
among those the profile calls binding; those rows join the verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from gramlib.artefacts import STATUSES
from gramlib.verdicts.measures import MEASURES, Evidence, Found
from gramlib.verdicts.profile import Profile
from gramlib.verdicts.standard import Requirement, Standard
from gramlib.verdicts.wording import requirement_sentence

PASS, WATCH, FAIL, NOT_APPLICABLE = STATUSES
COLUMNS = (
    "standard", "requirement", "article", "title", "status", "number", "lower", "upper", "rule", "limit", "unit", "margin", "confidence",
    "subject", "verified", "binding", "decides", "cadence", "sentence", "source", "date",
)  # fmt: skip
OF_THE_TEST = ("horizon_days", "axes_searched")
"""Measures of the test, not of the issuer: once met they have no margin, and are never what is nearest to its limit."""

_KINDS = {
    **dict.fromkeys(("number", "lower", "upper", "limit", "margin"), "float64"),
    **dict.fromkeys(("verified", "binding", "decides"), "bool"),
}


def requirements_table(standards: Sequence[Standard], profile: Profile, evidence: Evidence) -> pd.DataFrame:
    """The catalogue's `requirements`: every requirement of every standard, found, judged, and whether it decides."""
    rows = [
        _row(standard, requirement, standard.id in profile.binding, evidence)
        for standard in standards
        for requirement in standard.requirements
    ]
    kinds = _KINDS | {name: "str" for name in COLUMNS if name not in _KINDS}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)


def with_standards(verdicts: pd.DataFrame, requirements: pd.DataFrame) -> pd.DataFrame:
    """The catalogue's `verdicts`, and after them the requirements that decide, called `standard.requirement`."""
    rows = requirements[requirements["decides"]]
    joined = pd.DataFrame({
        "requirement": rows["standard"] + "." + rows["requirement"],
        **{name: rows[name] for name in ("subject", "status", "number", "limit", "unit", "margin", "decides", "sentence")},
        "source": rows["source"] + " (" + rows["date"] + ")",
    })  # fmt: skip
    return pd.concat([verdicts, joined.astype(verdicts.dtypes.to_dict())], ignore_index=True)


def judge(found: Found, requirement: Requirement) -> str:
    """Status of a figure against its requirement."""
    if requirement.limit is None or math.isnan(found.number):
        return NOT_APPLICABLE
    sign = 1.0 if requirement.rule == "at_least" else -1.0
    number, limit = sign * found.number, sign * requirement.limit
    unsure = found.lower if requirement.rule == "at_least" else found.upper
    if number < limit:
        return FAIL
    close = requirement.watch is not None and number < sign * requirement.watch
    return WATCH if close or (not math.isnan(unsure) and sign * unsure < limit) else PASS


def _row(standard: Standard, requirement: Requirement, binding: bool, evidence: Evidence) -> tuple:
    speaks = evidence.issuer.peg in standard.pegs
    unit, measure = MEASURES.get(requirement.measure, ("", None))
    found = (
        measure(evidence, requirement.settings) if measure and speaks else Found(math.nan, confidence="", subject="")
    )
    status = judge(found, requirement)
    limit = math.nan if requirement.limit is None else requirement.limit
    margin = (found.number - limit) * (1.0 if requirement.rule == "at_least" else -1.0)
    if requirement.measure in OF_THE_TEST and status == PASS:
        margin = math.nan
    sentence = requirement_sentence(requirement, found, unit, status, speaks)
    decides = binding and requirement.verified and status != NOT_APPLICABLE
    return (
        standard.id, requirement.id, requirement.article, requirement.title, status, found.number, found.lower, found.upper,
        requirement.rule, limit,
        unit, margin, found.confidence, found.subject, requirement.verified, binding, decides, requirement.cadence, sentence,
        requirement.source, requirement.date,
    )  # fmt: skip
