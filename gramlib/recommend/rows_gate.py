"""A gate on redemptions: what it does to waiting, to sales and to the wish to run."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

import numpy as np
import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.recommend import proofs, stresses
from gramlib.recommend.bench import Bench
from gramlib.recommend.measure import Measure
from gramlib.recommend.prices import Policy
from gramlib.recommend.recommendation import ENOUGH, NEEDED, NOT_REACHABLE, Recommendation
from gramlib.recommend.rows_liquidity import SECTION, Service
from gramlib.recommend.search import weakest
from gramlib.simulation.outcomes import NEVER

GATES = (1.0, 0.10, 0.05, 0.03, 0.02, 0.015, 0.01, 0.0075, 0.005)
SHOWN_GATE = 0.01
"""A gate that is felt: below what the run asks for on its busiest day."""


def gate_frontier(bench: Bench, measure: Measure, policy: Policy, gates: Sequence[float] = GATES) -> pd.DataFrame:
    """What a gate does in the run and in the same run in a stressed market, gate by gate, 1 meaning none; exact."""
    rows = []
    for stress in _runs(bench, policy):
        for gate in gates:
            issuer = measure.apply(bench.issuer, gate)
            outcomes = bench.path(issuer, stress.prices_usd_per_g, stress.events)
            days = bench.days(issuer, stress.prices_usd_per_g, stress.events)
            rows.append((
                stress.title, gate, float(days["oldest_request_days"].max()), float(outcomes.peak_queue_share[0]),
                float(days["redemption_rate"].max()), float(days["requested_g"].sum() / issuer.tokens_g),
                float(outcomes.worst_discount[0]), float(days["liquid_1d_usd"].min()), _fire_sale_loss(days),
            ))  # fmt: skip
    names = ["subject", "gate", "oldest_request_days", "peak_queue_share", "peak_redemption_rate", "requested_share",
             "worst_discount", "least_liquid_usd", "fire_sale_loss"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def gate(bench: Bench, measure: Measure, policy: Policy) -> Recommendation:
    """Largest gate with which nobody waits too long and no day's sale costs more than the policy has it."""
    issuer, service = bench.issuer, Service(bench, policy)

    def holds(logarithm: float) -> bool:
        gated = measure.apply(issuer, exp(logarithm))
        for stress in _runs(bench, policy):
            days = bench.days(gated, stress.prices_usd_per_g, stress.events)
            late = bench.path(gated, stress.prices_usd_per_g, stress.events).f3_day[0] != NEVER
            if late or _fire_sale_loss(days) > policy.fire_sale_loss:
                return False
        return service.on_time(gated, everywhere=False)

    # Gates are looked for by their logarithm: what matters lies between half a per cent and five.
    found = weakest(holds, log(measure.upper), log(measure.lower), steps=8, tolerance=5e-3)
    now = measure.now(issuer)
    number = exp(found.number) if found.reached else measure.lower
    calm, stressed = _runs(bench, policy)
    rate = {each: _peak_rate(bench, measure.apply(issuer, each), calm) for each in (now, number, SHOWN_GATE)}
    cost = _fire_sale_loss(bench.days(issuer, stressed.prices_usd_per_g, stressed.events))
    costs = {each: _fire_sale_loss(_days(bench, measure.apply(issuer, each), calm)) for each in (now, *GATES)}
    cheapest = min(costs, key=lambda each: costs[each])
    incentive = f"in the run the busiest day asks for {rate[now]:.2%} of tokens as it is and for {rate[SHOWN_GATE]:.2%} with a gate of {SHOWN_GATE:.0%}"
    if costs[cheapest] < costs[now]:
        incentive += f"; its dearest sale costs least, {costs[cheapest]:.2%} against {costs[now]:.2%}, with a gate of {cheapest:.2%}"
    if found.reached and number >= 1.0:
        state, why = (
            ENOUGH,
            f"without a gate nobody waits longer than five days and no day's sale costs more than {policy.fire_sale_loss:.2%}; {incentive}",
        )
    elif found.reached:
        state, why = (
            NEEDED if number < now else ENOUGH,
            f"largest with which nobody waits longer than five days in a run; {incentive}",
        )
    else:
        state = NOT_REACHABLE
        why = (f"no gate from {measure.lower:.1%} to none keeps both conditions: the gold is sold for the whole queue, so that a "
               f"day's sale in a stressed market costs {cost:.2%} against {policy.fire_sale_loss:.2%} whatever is let through; {incentive}")  # fmt: skip
    return _gate_row(bench, measure, state, why, now, number if found.reached else now, service)


def _gate_row(
    bench: Bench, measure: Measure, state: str, why: str, now: float, number: float, service: Service
) -> Recommendation:
    after = measure.apply(bench.issuer, number)
    metric = f"chance in {service.days} days that somebody waits longer than five"
    proof = proofs.share(metric, f"book liquidity, {service.days} days", service.waited(bench.issuer), service.waited(after),
                         bench.confidence)  # fmt: skip
    return Recommendation(
        "gate", measure.title, state, why, measure.unit, now, number, proof=proof,
        cost_usd_year=measure.cost_usd_year(bench.issuer, number), cost_basis=measure.cost_basis,
        binding=_runs(bench, service.policy)[1].title, regime=SECTION, side_effect=measure.side_effect, measure=measure.name,
    )  # fmt: skip


def _runs(bench: Bench, policy: Policy) -> tuple[stresses.Stress, stresses.Stress]:
    gold = bench.gold_usd_per_g
    return stresses.run(gold), stresses.stressed_run(gold, policy.stressed_multiplier)


def _days(bench: Bench, issuer: Issuer, stress: stresses.Stress) -> pd.DataFrame:
    return bench.days(issuer, stress.prices_usd_per_g, stress.events)


def _peak_rate(bench: Bench, issuer: Issuer, stress: stresses.Stress) -> float:
    return float(_days(bench, issuer, stress)["redemption_rate"].max())


def _fire_sale_loss(days: pd.DataFrame) -> float:
    """Largest cost of a day's sale, share of its value."""
    value = (days["sold_g"] * days["price_usd_per_g"]).to_numpy()
    sold = value > 0.0
    return float(np.max(days["slippage_usd"].to_numpy()[sold] / value[sold])) if sold.any() else 0.0
