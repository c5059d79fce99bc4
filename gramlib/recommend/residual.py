"""What remains after the recommended package: listed scenarios that still fail, and the smallest shock that still breaks it."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.params.issuer import Issuer
from gramlib.simulation.outcomes import NEVER
from gramlib.simulation.rerun import Rerun

SCENARIO, SHOCK = "scenario", "shock"


def residual_risk(
    rerun: Rerun, before: Issuer, after: Issuer, reverse_of: Callable[[Issuer], pd.DataFrame]
) -> pd.DataFrame:
    """The catalogue's `residual_risk`: every listed scenario and every axis of the reverse stress, before and after.

    `reverse_of` gives the catalogue's table `reverse` for an issuer. Exact: nothing is drawn.
    """
    return pd.DataFrame([*_scenarios(rerun, before, after), *_shocks(reverse_of(before), reverse_of(after))])


def _scenarios(rerun: Rerun, before: Issuer, after: Issuer) -> list[dict[str, Any]]:
    records = []
    for listed in rerun.listed:
        failed = []
        for issuer in (before, after):
            outcomes = rerun.scenario(issuer, listed.scenario_id)
            failed.append([p for p in predicates_of(issuer.peg) if outcomes.first_day(p)[0] != NEVER])
        records.append(
            _row(SCENARIO, listed.scenario_id, listed.title, listed.severity, "")
            | {"failed_before": ", ".join(failed[0]), "failed_after": ", ".join(failed[1]), "remains": bool(failed[1])}
        )
    return records


def _shocks(before: pd.DataFrame, after: pd.DataFrame) -> list[dict[str, Any]]:
    records = []
    for (shock, predicate), rows in before.groupby(["shock", "predicate"], sort=False):
        later = after[(after["shock"] == shock) & (after["predicate"] == predicate)]
        if later.empty:
            continue
        row = _row(SHOCK, str(shock), "", "", str(predicate))
        sizes = [_smallest(each) for each in (rows, later)]
        records.append(
            row | {"size_before": sizes[0], "size_after": sizes[1], "unit": str(rows["unit"].iloc[0]),
                   "scan_to": float(later["scan_to"].max()), "remains": bool(later["found"].any())}
        )  # fmt: skip
    return records


def _smallest(rows: pd.DataFrame) -> float:
    found = rows[rows["found"]]
    return float(found["lower"].min()) if len(found) else nan


def _row(kind: str, subject: str, title: str, severity: str, predicate: str) -> dict[str, Any]:
    return {
        "kind": kind, "subject": subject, "title": title, "severity": severity, "predicate": predicate, "failed_before": "",
        "failed_after": "", "size_before": nan, "size_after": nan, "unit": "", "scan_to": nan, "remains": False,
    }  # fmt: skip
