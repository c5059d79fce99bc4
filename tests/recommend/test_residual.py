"""What remains: scenarios by re-run, and shocks as the reverse stress that is handed in finds them."""

from __future__ import annotations

import pandas as pd
import pytest
from small_run import rerun_of

from gramlib.artefacts import analyse_packages
from gramlib.artefacts.checking import _schema
from gramlib.params.issuer import Issuer
from gramlib.recommend import changed
from gramlib.recommend.residual import residual_risk
from gramlib.simulation.outcomes import NEVER


def reverse_of(issuer: Issuer) -> pd.DataFrame:
    """Breaks above the buffer's share of a hundred million, in two intervals, and never for F2."""
    size = min(0.8, (issuer.cash_usd + issuer.bills_usd) / 1e9)
    rows = [
        ("price_fall", "F7", True, size),
        ("price_fall", "F7", True, 0.85),
        ("price_fall", "F2", False, float("nan")),
    ]
    frame = pd.DataFrame(rows, columns=["shock", "predicate", "found", "lower"])
    return frame.assign(unit="1", scan_to=0.9)


def test_before_and_after_are_those_of_the_two_issuers(gram: Issuer) -> None:
    rerun, richer = rerun_of(gram), changed(gram, {"bills_usd": 20 * gram.bills_usd})
    table = residual_risk(rerun, gram, richer, reverse_of)
    entry = next(each for each in analyse_packages.ARTEFACTS if each.name == "residual_risk")
    _schema(entry).validate(table, lazy=True)
    scenarios = table[table["kind"] == "scenario"].set_index("subject")
    for name, row in scenarios.iterrows():
        for issuer, column in ((gram, "failed_before"), (richer, "failed_after")):
            outcomes = rerun.scenario(issuer, str(name))
            failed = [f"F{k}" for k in range(1, 8) if outcomes.first_day(f"F{k}")[0] != NEVER]
            assert row[column] == ", ".join(failed)
        assert row["remains"] == bool(row["failed_after"])
    assert len(scenarios.loc["confidence_run", "failed_after"]) < len(scenarios.loc["confidence_run", "failed_before"])


def test_the_smallest_breaking_shock_is_the_lowest_edge_and_none_found_is_said(gram: Issuer) -> None:
    richer = changed(gram, {"bills_usd": 2 * gram.bills_usd})
    table = residual_risk(rerun_of(gram, ()), gram, richer, reverse_of).set_index("predicate")
    assert table.loc["F7", "size_before"] == pytest.approx(0.039)
    assert table.loc["F7", "size_after"] == pytest.approx(0.065)
    assert table.loc["F7", "remains"]
    assert table.loc["F2", ["size_before", "size_after"]].isna().all()
    assert not table.loc["F2", "remains"]
