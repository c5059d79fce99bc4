"""What a measure gives on one figure and takes on another, both by re-run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.recommend import proofs, stresses
from gramlib.recommend.bench import Bench
from gramlib.recommend.measure import Measure, changed
from gramlib.recommend.prices import Policy
from gramlib.recommend.recommendation import NEEDED, Figure, Proof, Recommendation
from gramlib.recommend.rows_gate import SHOWN_GATE
from gramlib.simulation.outcomes import NEVER

CALM_BAND = "discount to gold at which arbitrage begins on a calm day"


@readable
@dataclass(frozen=True)
class Conflict:
    """`measure` from `before` to `after` [unit]: what it is for, and what it costs on another figure."""

    measure: str
    title: str
    before: float
    after: float
    unit: str
    wanted: Proof
    price: Proof

    def to_record(self) -> dict[str, Any]:
        """The row of table `conflicts`."""
        record: dict[str, Any] = {
            "measure": self.measure, "title": self.title, "number_before": self.before, "number_after": self.after,
            "unit": self.unit,
        }  # fmt: skip
        for name, proof in (("wanted", self.wanted), ("price", self.price)):
            record |= {f"{name}_metric": proof.metric, f"{name}_unit": proof.unit, f"{name}_subject": proof.subject}
            record |= {f"{name}_before": proof.before.value, f"{name}_after": proof.after.value}
            record |= _with_ends(f"{name}_difference", proof.difference)
        return record


def conflicts(
    bench: Bench, levers: dict[str, Measure], policy: Policy, rows: Iterable[Recommendation]
) -> list[Conflict]:
    """A fee widens the band; a gate raises the run incentive; a buffer in cash earns nothing and stands at banks; a hedge
    takes margin; one custodian more is one more that can fail. `rows` gives the numbers recommended.
    """
    by_action = {row.action: row for row in rows}
    found = [_gate(bench, levers["gate"]), *_cash(bench)]
    for action, price in (("redemption_fee", _band), ("swing_fee", _stressed_band), ("custody_split", _more_failures)):
        row = by_action[action]
        if row.proof is not None and row.number != row.now:
            measure = levers[row.measure]
            after = measure.apply(bench.issuer, row.number)
            found.append(
                Conflict(
                    measure.name, measure.title, row.now, row.number, row.unit, row.proof, price(bench, policy, after)
                )
            )
    ratio, margin = by_action["hedge_ratio"], by_action["hedge_margin"]
    if ratio.proof is not None and margin.proof is not None and ratio.number != ratio.now:
        found.append(
            Conflict(ratio.measure, ratio.title, ratio.now, ratio.number, ratio.unit, ratio.proof, margin.proof)
        )
    return found


def measure_effects(bench: Bench, levers: dict[str, Measure], rows: Iterable[Recommendation]) -> pd.DataFrame:
    """How often each failure happens in the liquidity book's searched paths with one recommendation carried out, alone."""
    records = []
    before = bench.tried(bench.issuer)
    for row in rows:
        if row.state != NEEDED or row.measure not in levers:
            continue
        after = bench.tried(levers[row.measure].apply(bench.issuer, row.number))
        for predicate in predicates_of(bench.issuer.peg):
            failed = [outcomes.first_day(predicate) != NEVER for outcomes in (before, after)]
            proof = proofs.share(predicate, "book liquidity", failed[0], failed[1], bench.confidence)
            record: dict[str, Any] = {
                "action": row.action,
                "predicate": predicate,
                "number": row.number,
                "unit": row.unit,
            }
            for name in ("before", "after", "difference"):
                record |= _with_ends(name, getattr(proof, name))
            records.append(record | {"n": proof.n})
    ends = [f"{name}{end}" for name in ("before", "after", "difference") for end in ("", "_lower", "_upper")]
    return pd.DataFrame(records, columns=["action", "predicate", "number", "unit", *ends, "n"])


def _gate(bench: Bench, measure: Measure) -> Conflict:
    stress, now = stresses.run(bench.gold_usd_per_g), measure.now(bench.issuer)
    gate = min(SHOWN_GATE, now)
    days = [bench.days(issuer, stress.prices_usd_per_g, stress.events)
            for issuer in (bench.issuer, measure.apply(bench.issuer, gate))]  # fmt: skip
    kept = [float(each["liquid_1d_usd"].min()) for each in days]
    asked = [float(each["redemption_rate"].max()) for each in days]
    return Conflict(measure.name, measure.title, now, gate, measure.unit,
                    proofs.exact("least cash and bills in the run", "USD", stress.title, *kept),
                    proofs.exact("busiest day's requests, share of tokens", "1/day", stress.title, *asked))  # fmt: skip


def _cash(bench: Bench) -> list[Conflict]:
    """All bills turned into cash: no haircut in a run, no yield in any year, and all of it at banks."""
    issuer = bench.issuer
    held = issuer.cash_usd + issuer.bills_usd
    if held == issuer.cash_usd:
        return []
    liquid = changed(issuer, {"cash_usd": held, "bills_usd": 0.0})
    run = stresses.run(bench.gold_usd_per_g)
    haircuts = [float(bench.path(each, run.prices_usd_per_g, run.events).haircut_usd[0]) for each in (issuer, liquid)]
    wanted = proofs.exact("haircuts paid in the run", "USD", run.title, *haircuts)
    ends = [bench.tried(each).end_equity_usd for each in (issuer, liquid)]
    prices = [proofs.average("mean own funds at the end", "USD", "book liquidity", ends[0], ends[1], bench.confidence)]
    if issuer.banks.on:
        bank = stresses.bank_failure(issuer, bench.gold_usd_per_g)
        lost = [
            float(bench.path(each, bank.prices_usd_per_g, bank.events).bank_loss_usd[0]) for each in (issuer, liquid)
        ]
        prices.append(proofs.exact("cash lost at the bank", "USD", bank.title, *lost))
    title = "Cash in place of bills"
    return [Conflict("cash", title, issuer.cash_usd, held, "USD of cash", wanted, price) for price in prices]


def _band(bench: Bench, policy: Policy, after: Issuer) -> Proof:
    calm = stresses.calm(bench.gold_usd_per_g)
    bands = [
        float(bench.days(each, calm.prices_usd_per_g, calm.events)["band"].iloc[0]) for each in (bench.issuer, after)
    ]
    return proofs.exact(CALM_BAND, "1", calm.title, *bands)


def _stressed_band(bench: Bench, policy: Policy, after: Issuer) -> Proof:
    stress = stresses.stressed_run(bench.gold_usd_per_g, policy.stressed_multiplier)
    bands = [
        float(bench.days(each, stress.prices_usd_per_g, stress.events)["band"].max()) for each in (bench.issuer, after)
    ]
    return proofs.exact("widest band of the run", "1", stress.title, *bands)


def _more_failures(bench: Bench, policy: Policy, after: Issuer) -> Proof:
    failed = [bench.tried(each).f2_day != NEVER for each in (bench.issuer, after)]
    return proofs.share("probability of F2", "book liquidity", failed[0], failed[1], bench.confidence)


def _with_ends(name: str, figure: Figure) -> dict[str, float]:
    return {name: figure.value, f"{name}_lower": figure.interval.lower, f"{name}_upper": figure.interval.upper}
