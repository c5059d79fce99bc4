"""Inventory and champion record: nothing is left out, and what differs from the approval says so."""

import pandas as pd
import pytest

from gramlib.artefacts import check_table
from gramlib.params.governance import Approval, Governance, Signature
from gramlib.verdicts import champion_record, model_inventory

GOVERNANCE = Governance(
    approved_champion=Approval(model="fhs", since="2026-01-02", reason="the default", by="the board"),
    past_champions=(Approval(model="garch_t", since="2025-01-02", reason="the first one"),),
    sign_off=(Signature(role="Adopted by"),),
)
CALIBRATION = {
    "champion": "fhs",
    "champion_decision": "no rival is better",
    "models": {"fhs": {}, "jump": {}, "garch_t": {}},
    "excluded": [{"model": "jump", "reason": "no clusters"}],
    "evaluation": {"end": "2026-06-30"},
    "model_cards": [
        {"model": name, "fitted_on": "6,000 days", "fails_when": "regimes change"}
        for name in ("fhs", "garch_t", "jump", "boosted")
    ],
}
LEAGUE = pd.DataFrame({"model": ["hs", "fhs", "garch_t", "jump", "boosted", "fhs"]})


def inventory(price_model="fhs", governance=GOVERNANCE):
    table = model_inventory(CALIBRATION, LEAGUE, governance, price_model, "0.1")
    return check_table("model_inventory", table, "test").set_index("model")


def test_every_model_that_was_fitted_or_scored_is_in_the_inventory():
    found = inventory()
    assert {"hs", "fhs", "garch_t", "jump", "boosted", "issuer engine", "redemption response"} <= set(found.index)
    assert found.loc["fhs", "use"] == "champion, draws the books"
    assert found.loc["garch_t", "use"] == "challenger"
    assert found.loc["jump", "use"] == "excluded: no clusters"
    assert found.loc["boosted", "use"] == "scored only: generates no paths"
    assert (found["owner"] == "nobody named").all()
    assert found["last_validation"].str.contains("no independent validation").all()


def test_a_named_validation_stands_in_it():
    named = GOVERNANCE.model_copy(update={"owner": "Risk", "validated_by": "Audit", "validated_on": "2026-09-01"})
    found = inventory(governance=named)
    assert (found["owner"] == "Risk").all()
    assert found["last_validation"].str.contains("independently by Audit, 2026-09-01").all()


@pytest.mark.parametrize(
    ("champion", "price_model", "steps", "state"),
    [
        ("fhs", "fhs", ["past", "approved", "rule"], "as approved"),
        ("garch_t", "garch_t", ["past", "approved", "rule"], "differs from fhs: awaits approval"),
        ("fhs", "jump", ["past", "approved", "rule", "override"], "as approved"),
    ],
)
def test_the_record_tells_approval_rule_and_override(champion, price_model, steps, state):
    record = champion_record(CALIBRATION | {"champion": champion}, GOVERNANCE, price_model, "to see the tail")
    check_table("champion_record", record, "test")
    assert record["step"].tolist() == steps
    assert record.set_index("step").loc["rule", "state"] == state
    if "override" in steps:
        assert record.iloc[-1][["model", "reason", "state"]].tolist() == ["jump", "to see the tail", "set by hand"]
