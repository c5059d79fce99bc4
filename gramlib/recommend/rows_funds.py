"""Own funds and collateral: how much has to be there."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan

import pandas as pd

from gramlib.metrics import Interval, expected_shortfall, quantile_interval, value_at_risk
from gramlib.metrics.tail_bootstrap import tail_bootstrap_intervals
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.recommend import proofs, stresses
from gramlib.recommend.bench import Bench
from gramlib.recommend.closed_forms import collateral_ratio
from gramlib.recommend.measure import Measure
from gramlib.recommend.prices import Policy
from gramlib.recommend.recommendation import (
    ENOUGH,
    NEEDED,
    NOT_APPLICABLE,
    Figure,
    Recommendation,
)
from gramlib.recommend.rows_liquidity import SECTION
from gramlib.recommend.search import weakest
from gramlib.recommend.targets import Targets
from gramlib.simulation.market_access import capacity_usd, execution_share
from gramlib.simulation.outcomes import NEVER


@readable
@dataclass(frozen=True)
class Part:
    """One of the four amounts whose largest is required."""

    name: str
    subject: str
    usd: Figure


def own_funds(bench: Bench, measure: Measure, targets: Targets) -> tuple[Recommendation, pd.DataFrame]:
    """The largest of regime minimum, tail of a year's losses, worst listed loss and reverse-stress target; and the four.

    Where there are more own funds than that, none are paid out and nothing changes in the re-run.
    """
    parts = own_funds_parts(bench, measure, targets)
    binding = max(parts, key=lambda part: part.usd.value)
    now, number = measure.now(bench.issuer), binding.usd.value
    after = measure.apply(bench.issuer, max(number, now))
    failed = [bench.book(issuer, "solvency").f1_day != NEVER for issuer in (bench.issuer, after)]
    proof = proofs.share("probability of F1", "book solvency", failed[0], failed[1], bench.confidence)
    gap = number - now
    lower, upper = (end - now for end in binding.usd.interval)
    of = "" if isnan(lower) else f" ({lower / 1e6:,.1f} to {upper / 1e6:,.1f})"
    why = (f"own funds are {abs(gap) / 1e6:,.1f} m USD {'short of' if gap > 0 else 'above'} what {binding.name} asks for"
           f"; the gap is {gap / 1e6:,.1f} m USD{of}")  # fmt: skip
    row = Recommendation(
        "own_funds", "Required own funds", NEEDED if gap > 0.0 else ENOUGH, why, "USD", now, number, binding.usd.interval,
        proof, measure.cost_usd_year(bench.issuer, max(number, now)), measure.cost_basis, f"{binding.name}: {binding.subject}",
        targets.own_funds_regime, closed_form_target_usd(bench, targets), "own funds that outlast a custody loss of "
        f"{targets.custody_loss_share:.1%}", measure.side_effect, measure.name,
    )  # fmt: skip
    table = pd.DataFrame(
        [(p.name, p.subject, p.usd.value, *p.usd.interval, p is binding) for p in parts],
        columns=["part", "subject", "usd", "usd_lower", "usd_upper", "binding"],
    )
    return row, table


def own_funds_parts(bench: Bench, measure: Measure, targets: Targets) -> list[Part]:
    """The four amounts in the order of section 10."""
    issuer, rule = bench.issuer, bench.rerun.market.own_funds
    opening = measure.now(issuer)
    assets_usd = bench.owed_usd + opening
    minimum = float(rule.requirement_usd(assets_usd, issuer.costs.opex_usd_year))
    losses = bench.book(issuer).nonprice_loss_usd
    _, interval = tail_bootstrap_intervals(losses, bench.level, bench.rng, bench.bootstrap_samples, bench.confidence)
    tail = Figure(max(0.0, expected_shortfall(losses, bench.level)), interval)
    fallen = {each.scenario_id: opening - float(bench.scenario(issuer, each.scenario_id).min_equity_usd[0])
              for each in bench.rerun.listed}  # fmt: skip
    worst = max(fallen, key=lambda name: fallen[name], default="")
    days = bench.rerun.market.params.horizon_days
    return [
        Part("the regime's minimum", targets.own_funds_regime, Figure(minimum)),
        Part(f"the expected shortfall of losses at {bench.level:.1%}", f"book liquidity, {days} days", tail),
        Part("the worst listed scenario", worst or "none listed", Figure(max(0.0, fallen.get(worst, 0.0)))),
        Part(
            "the reverse-stress target",
            targets.custody_loss_regime,
            Figure(_outlasting_usd(bench, measure, targets.custody_loss_share)),
        ),
    ]


def closed_form_target_usd(bench: Bench, targets: Targets) -> float:
    """Own funds with which losing a share x of the gold leaves the requirement: x G P + max(s W/(1-s), fixed)."""
    issuer, rule = bench.issuer, bench.rerun.market.own_funds
    fixed = max(rule.floor_usd, rule.overheads_share * issuer.costs.opex_usd_year)
    share = rule.reserve_share * bench.owed_usd / (1.0 - rule.reserve_share)
    return targets.custody_loss_share * issuer.gold_g * bench.gold_usd_per_g + max(share, fixed)


def _outlasting_usd(bench: Bench, measure: Measure, lost_share: float) -> float:
    """Least own funds with which the engine sees no F1 after that loss, the run it starts included; NaN where there are none."""
    stress = stresses.custody_loss(bench.gold_usd_per_g, lost_share)

    def holds(number: float) -> bool:
        outcomes = bench.path(measure.apply(bench.issuer, number), stress.prices_usd_per_g, stress.events)
        return bool(outcomes.f1_day[0] == NEVER)

    found = weakest(holds, measure.lower, measure.upper, tolerance=1e-4)
    return found.number if found.reached else nan


def collateral(bench: Bench, measure: Measure, policy: Policy) -> Recommendation:
    """CR* = (1+pen)/((1-q)(1-s)) from the falls that the price model makes until collateral is sold."""
    issuer = bench.issuer
    title = "Collateral ratio"
    why_not = measure.excluded(issuer)
    if why_not:
        return Recommendation("collateral_ratio", title, NOT_APPLICABLE, why_not)
    days = int(policy.detection_days) + issuer.market.lag_days
    falls = 1.0 - bench.end_prices_usd_per_g(days) / bench.gold_usd_per_g
    fall = max(0.0, value_at_risk(falls, policy.collateral_level))
    slippage = selling_loss(issuer, policy.stressed_multiplier)

    def asked(q: float) -> float:
        return collateral_ratio(q, issuer.collateral.bonus, slippage)

    interval = Interval(*(asked(end) for end in quantile_interval(falls, policy.collateral_level, bench.confidence)))
    now, number = measure.now(issuer), asked(fall)
    after = measure.apply(issuer, number)
    failed = [bench.book(each, "solvency").f6_day != NEVER for each in (issuer, after)]
    proof = proofs.share("probability of F6", "book solvency", failed[0], failed[1], bench.confidence)
    why = (f"gold falls by {fall:.1%} in {days} days once in {1 / (1 - policy.collateral_level):,.0f} times, selling costs "
           f"{slippage:.2%} and the liquidator {issuer.collateral.bonus:.0%}")  # fmt: skip
    return Recommendation(
        "collateral_ratio", title, NEEDED if number > now else ENOUGH, why, "1", now, number, interval, proof,
        measure.cost_usd_year(issuer, number), measure.cost_basis,
        f"price model {bench.rerun.market.price_model}, {days}-day falls", SECTION, asked(0.2),
        "the same for a fall of 20%", measure.side_effect, measure.name,
    )  # fmt: skip


def selling_loss(issuer: Issuer, stress: float) -> float:
    """Cost of selling a day's capacity in a market at multiplier `stress`, share of its value."""
    return 1.0 - execution_share(issuer, capacity_usd(issuer, stress), stress)
