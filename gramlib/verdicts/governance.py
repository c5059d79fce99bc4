"""Model inventory and champion record: which models there are, who answers for them, which one drew the books and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gramlib.params.governance import Governance

NOBODY = "nobody named"
_ENGINES = (
    (
        "issuer engine", "simulates the issuer", "gramlib/simulation/MODEL.md, steps E1 to E11 and section 12",
        "every step held to the page's worked vector; the compiled engine to the plain one; run gram selftest",
        "one currency, one price a day; behaviour of holders is judgement (assumptions register)",
    ),
    (
        "redemption response", "sets how holders react", "model page section 4; fitted beside the defaults in stage 2",
        "fitted to fund holdings and stablecoin runs, with standard errors", "two runs only; no gold token has had one",
    ),
    (
        "premium dynamics", "shown beside the peg model", "PAXG and XAUT against gold",
        "fitted with standard errors in stage 2", "few years, few venues; not fed into the engine",
    ),
    (
        "actuarial layer", "losses beside the price", "frequency and severity, Panjer's recursion, ruin",
        "held to closed forms and Monte Carlo; run gram selftest", "industry rates are judgement",
    ),
)  # fmt: skip


def model_inventory(
    calibration: Mapping[str, Any], league: pd.DataFrame, governance: Governance, price_model: str, version: str
) -> pd.DataFrame:
    """The catalogue's `model_inventory`: every model of the run, its use, owner, version and last validation.

    `price_model` drew the books; `version` is the workbench's. "Last validation" of a price model is the last day it was scored
    on out of sample; an independent validation stands beside it only where `governance` names one.
    """
    cards = {str(card["model"]): card for card in calibration["model_cards"]}
    excluded = {str(entry["model"]): str(entry["reason"]) for entry in calibration["excluded"]}
    scored_until = str(calibration["evaluation"]["end"])
    independent = (
        f"independently by {governance.validated_by}, {governance.validated_on}"
        if governance.validated_by
        else "no independent validation"
    )
    rows = []
    for name in dict.fromkeys([*cards, *league["model"]]):
        card = cards.get(name, {})
        rows.append((
            name, "price model", _use(name, calibration, excluded, price_model), governance.owner or NOBODY, version,
            f"scored out of sample until {scored_until}; {independent}", str(card.get("fitted_on", "not fitted")),
            str(card.get("fails_when", "moves that its window has not seen")),
        ))  # fmt: skip
    for name, use, what, validated, limits in _ENGINES:
        owner = governance.owner or NOBODY
        rows.append((name, "other", use, owner, version, f"{validated}; {independent}", what, limits))
    names = ("model", "kind", "use", "owner", "version", "last_validation", "basis", "limits")
    return pd.DataFrame(rows, columns=list(names)).astype("str")


def champion_record(
    calibration: Mapping[str, Any], governance: Governance, price_model: str, override_reason: str
) -> pd.DataFrame:
    """The catalogue's `champion_record`: past and approved champions, the rule's choice, and what the books were drawn from.

    A choice other than the approved one awaits approval; a model set by hand stands with the reason given for it.
    """
    approved, chosen = governance.approved_champion, str(calibration["champion"])
    rows = [("past", e.model, e.since, e.reason, e.by or NOBODY, "") for e in reversed(governance.past_champions)]
    rows.append(("approved", approved.model, approved.since, approved.reason, approved.by or NOBODY, ""))
    state = "as approved" if chosen == approved.model else f"differs from {approved.model}: awaits approval"
    until = str(calibration["evaluation"]["end"])
    rows.append(("rule", chosen, until, str(calibration["champion_decision"]), "the champion rule", state))
    if price_model != chosen:
        rows.append(("override", price_model, until, override_reason, "whoever started this run", "set by hand"))
    columns = ["step", "model", "since", "reason", "by", "state"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _use(name: str, calibration: Mapping[str, Any], excluded: Mapping[str, str], price_model: str) -> str:
    draws = ", draws the books" if name == price_model else ""
    if name == calibration["champion"]:
        return f"champion{draws}"
    if name in excluded:
        return f"excluded: {excluded[name]}{draws}"
    if name in calibration["models"]:
        return f"challenger{draws}"
    return "scored only: generates no paths"
