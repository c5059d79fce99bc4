"""The liquidity ladder: what is liquid in a day, in five, and against thirty days of stress, each over its limit."""

from __future__ import annotations

from collections.abc import Callable

from gramlib.params.issuer import Issuer
from gramlib.recommend import proofs, stresses
from gramlib.recommend.bench import Bench
from gramlib.recommend.measure import Measure
from gramlib.recommend.prices import Policy
from gramlib.recommend.recommendation import ENOUGH, NEEDED, NOT_APPLICABLE, NOT_REACHABLE, Recommendation
from gramlib.recommend.rows_liquidity import SECTION, Service
from gramlib.recommend.search import weakest
from gramlib.recommend.targets import Limit, Targets


def ladder(bench: Bench, measure: Measure, targets: Targets, policy: Policy) -> list[Recommendation]:
    """L1/W and L5/W today, and liquid assets over the net redemptions of thirty stressed days, each against its limit."""
    calm = stresses.calm(bench.gold_usd_per_g)

    def rung(column: str) -> Callable[[Issuer], float]:
        def ratio(issuer: Issuer) -> float:
            first = bench.days(issuer, calm.prices_usd_per_g, calm.events).iloc[0]
            return float(first[column] / (first["tokens_g"] * first["token_value_usd"]))

        return ratio

    def coverage(issuer: Issuer) -> float:
        liquid = issuer.cash_usd + issuer.bills_usd * (1.0 - issuer.treasury.bill_haircut)
        asked = max(
            1.0 - float(o.end_tokens_share[0] - o.end_queue_share[0])
            for o in Service(bench, policy).runs(issuer).values()
        )
        return liquid / (asked * bench.owed_usd) if asked > 0.0 else float("inf")

    rungs = (
        ("ladder_one_day", "Liquid within a day over liabilities", "liquid_1d_share_today", rung("liquid_1d_usd"), calm.title, None),
        ("ladder_five_days", "Liquid within five days over liabilities", "liquid_5d_share_today", rung("liquid_5d_usd"), calm.title, None),
        ("liquidity_coverage", "Liquid assets over 30 days of stressed net redemptions", "liquidity_coverage", coverage,
         Service(bench, policy).named, Limit(1.0, SECTION)),
    )  # fmt: skip
    return [
        _rung(bench, measure, action, title, ratio, subject, targets.limit(name) or default)
        for action, title, name, ratio, subject, default in rungs
    ]


def _rung(
    bench: Bench, measure: Measure, action: str, title: str, ratio: Callable[[Issuer], float], subject: str,
    limit: Limit | None,
) -> Recommendation:  # fmt: skip
    issuer, now = bench.issuer, measure.now(bench.issuer)
    today = ratio(issuer)
    if limit is None:
        return Recommendation(action, title, NOT_APPLICABLE, f"no standard of this run states a limit; it stands at {today:.1%}",
                              proof=proofs.exact(title, "1", subject, today, today))  # fmt: skip
    found = weakest(lambda number: ratio(measure.apply(issuer, number)) >= limit.value, measure.lower, measure.upper)
    number = found.number if found.reached else measure.upper
    proof = proofs.exact(title, "1", subject, today, ratio(measure.apply(issuer, number)))
    state = NOT_REACHABLE if not found.reached else NEEDED if number > now else ENOUGH
    beyond = "" if found.reached else f", not reached within {measure.lower:,.4g} to {measure.upper:,.4g} USD"
    return Recommendation(
        action, title, state, f"limit {limit.value:.1%} of {limit.regime}, today {today:.1%}{beyond}", measure.unit, now, number, proof=proof,
        cost_usd_year=measure.cost_usd_year(issuer, number), cost_basis=measure.cost_basis, binding=subject,
        regime=limit.regime, side_effect=measure.side_effect, measure=measure.name,
    )  # fmt: skip
