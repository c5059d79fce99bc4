"""What those who leave pay: redemption fee, swing fee, and the smallest redemption."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.recommend import proofs, stresses
from gramlib.recommend.bench import Bench
from gramlib.recommend.closed_forms import (
    band,
    locked_out_share,
    marginal_slippage,
    paying_size_g,
    run_point,
    selling_cost_usd,
)
from gramlib.recommend.measure import Measure
from gramlib.recommend.prices import Figures, Policy
from gramlib.recommend.recommendation import ENOUGH, NEEDED, NOT_APPLICABLE, NOT_REACHABLE, Recommendation
from gramlib.recommend.rows_liquidity import SECTION
from gramlib.recommend.search import weakest
from gramlib.simulation import Outcomes
from gramlib.simulation.market_access import capacity_usd
from gramlib.simulation.outcomes import NEVER
from gramlib.units import GRAMS_PER_TROY_OUNCE

FEES = (0.0, 0.0010, 0.0025, 0.0050, 0.0075, 0.0100, 0.0150, 0.0200, 0.0300)


def fee_frontier(bench: Bench, measure: Measure, policy: Policy, fees: Sequence[float] = FEES) -> pd.DataFrame:
    """Fee against band: what a fee brings in the stressed run, and how far the token may then trade from gold.

    `probability_F4` is that of the liquidity book's searched paths; the rest is exact.
    """
    stress = stresses.stressed_run(bench.gold_usd_per_g, policy.stressed_multiplier)
    rows = []
    for fee in fees:
        issuer = measure.apply(bench.issuer, fee)
        outcomes = bench.path(issuer, stress.prices_usd_per_g, stress.events)
        book = bench.tried(issuer)
        broken = proofs.share("", "", book.f4_day != NEVER, book.f4_day != NEVER, bench.confidence).after
        lag = issuer.market.lag_days
        rows.append((
            fee, band(issuer, lag), band(issuer, lag, policy.stressed_multiplier), float(outcomes.fees_usd[0]),
            _cost_usd(outcomes), _covered_usd(outcomes), float(outcomes.worst_discount[0]), broken.value, *broken.interval,
            measure.cost_usd_year(bench.issuer, fee),
        ))  # fmt: skip
    names = ["fee", "band_calm", "band_stressed", "fees_usd", "selling_cost_usd", "net_usd", "worst_discount", "probability_F4",
             "probability_F4_lower", "probability_F4_upper", "cost_usd_year"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def fee(bench: Bench, measure: Measure, policy: Policy) -> Recommendation:
    """Smallest fee, or part of the selling cost charged, with which those who leave pay for their leaving in a stressed run.

    Beside it the marginal slippage of a stressed day's volume, for the swing fee the fraction from which a run pays.
    """
    issuer, stress = bench.issuer, stresses.stressed_run(bench.gold_usd_per_g, policy.stressed_multiplier)

    def net_usd(each: Issuer) -> float:
        return _covered_usd(bench.path(each, stress.prices_usd_per_g, stress.events))

    found = weakest(lambda number: net_usd(measure.apply(issuer, number)) >= 0.0, measure.lower, measure.upper)
    now, number = measure.now(issuer), found.number if found.reached else measure.upper
    after = measure.apply(issuer, number)
    proof = proofs.exact("fees less the cost of selling", "USD", stress.title, net_usd(issuer), net_usd(after))
    volume_usd = min(policy.stress_rate * bench.owed_usd, capacity_usd(issuer, policy.stressed_multiplier))
    swing = measure.name == "swing_fee"
    number_of = "part of the selling cost" if swing else "fee"
    if swing:
        closed, closed_of = (
            _run_point(bench, policy),
            "fraction redeemed from which staying pays less than leaving; infinite where none",
        )
    else:
        closed = marginal_slippage(issuer, volume_usd, policy.stressed_multiplier)
        closed_of = f"marginal slippage of a stressed day, {volume_usd / 1e6:,.1f} m USD at a multiplier of {policy.stressed_multiplier:g}"
    state = NOT_REACHABLE if not found.reached else NEEDED if number > now else ENOUGH
    why = (
        f"smallest {number_of} with which fees pay for slippage and haircuts in the run"
        if found.reached
        else f"no {number_of} up to {measure.upper:g} pays for slippage and haircuts in the run"
    )
    return Recommendation(
        measure.name, measure.title, state, why, measure.unit, now, number, proof=proof,
        cost_usd_year=measure.cost_usd_year(issuer, number), cost_basis=measure.cost_basis, binding=stress.title,
        regime=SECTION, closed_form=closed, closed_form_of=closed_of, side_effect=measure.side_effect, measure=measure.name,
    )  # fmt: skip


def minimum_size(bench: Bench, measure: Measure, figures: Figures) -> Recommendation:
    """Smallest redemption whose fee pays for its handling; the metric is the share of holders that the minimum locks out.

    Beside it the size from which redeeming costs a holder less than selling at the lower end of the band. The engine knows
    a minimum for bars alone; what it does to them is in the re-run of the run, to everybody else in the metric.
    """
    issuer, alpha = bench.issuer, bench.issuer.holders.pareto_alpha
    if not alpha > 1.0:
        return Recommendation(
            "minimum_size", measure.title, NOT_APPLICABLE, "sizes of holders with this tail index have no mean"
        )
    if issuer.terms.fee <= 0.0:
        return Recommendation(
            "minimum_size", measure.title, NOT_APPLICABLE, "without a redemption fee no size pays for its handling"
        )
    mean_g = issuer.tokens_g / figures.holders
    number = paying_size_g(figures.price.processing_usd, issuer.terms.fee, bench.gold_usd_per_g) / GRAMS_PER_TROY_OUNCE
    now = measure.now(issuer)
    saved = band(issuer, issuer.market.lag_days) - issuer.terms.fee
    for_holders = paying_size_g(figures.price.processing_usd, saved, bench.gold_usd_per_g) / GRAMS_PER_TROY_OUNCE
    after = measure.apply(issuer, number)
    out = [locked_out_share(each.terms.minimum_oz * GRAMS_PER_TROY_OUNCE, mean_g, alpha) for each in (issuer, after)]
    stress = stresses.run(bench.gold_usd_per_g)
    queues = [
        float(bench.path(each, stress.prices_usd_per_g, stress.events).peak_queue_share[0]) for each in (issuer, after)
    ]
    why = (f"a fee of {issuer.terms.fee:.2%} pays for handling from this size on; the queue of the run goes from {queues[0]:.2%} "
           f"to {queues[1]:.2%} of tokens")  # fmt: skip
    return Recommendation(
        "minimum_size", measure.title, NEEDED if number < now else ENOUGH, why, measure.unit, now, number,
        proof=proofs.exact("holders below the minimum, share of their number", "1", f"{figures.holders:,.0f} holders, Pareto sizes", *out),
        cost_usd_year=measure.cost_usd_year(issuer, number), cost_basis=measure.cost_basis,
        binding="cost of handling a redemption", regime=SECTION, closed_form=for_holders,
        closed_form_of="size from which redeeming costs a holder less than the band", side_effect=measure.side_effect,
        measure=measure.name,
    )  # fmt: skip


def _run_point(bench: Bench, policy: Policy) -> float:
    issuer, gold = bench.issuer, bench.gold_usd_per_g
    assets_usd = issuer.opening_gold_g * gold + issuer.cash_usd + issuer.bills_usd
    cost = selling_cost_usd(issuer, gold, policy.stressed_multiplier)
    point = run_point(assets_usd, bench.owed_usd, issuer.terms.fee, cost)
    return inf if point is None else point


def _cost_usd(outcomes: Outcomes) -> float:
    return float(outcomes.slippage_usd[0] + outcomes.haircut_usd[0])


def _covered_usd(outcomes: Outcomes) -> float:
    return float(outcomes.fees_usd[0]) - _cost_usd(outcomes)
