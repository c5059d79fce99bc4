"""Where gold and cash are kept, and the futures sold against them: custodians, lease, banks, hedge."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd

from gramlib.artefacts import predicates_of
from gramlib.metrics import expected_shortfall
from gramlib.metrics.tail_bootstrap import tail_bootstrap_intervals
from gramlib.params.issuer import Issuer
from gramlib.recommend import proofs, stresses
from gramlib.recommend.bench import Bench
from gramlib.recommend.closed_forms import hedge_g, largest_idle_share
from gramlib.recommend.levers_held import split
from gramlib.recommend.measure import Measure
from gramlib.recommend.prices import Policy, Prices
from gramlib.recommend.recommendation import ENOUGH, NEEDED, NOT_APPLICABLE, NOT_REACHABLE, Recommendation
from gramlib.recommend.rows_liquidity import SECTION
from gramlib.recommend.search import weakest
from gramlib.recommend.targets import Targets
from gramlib.simulation import Outcomes
from gramlib.simulation.market_access import capacity_usd
from gramlib.simulation.outcomes import NEVER

SPLITS = (1.0, 0.5, 1.0 / 3.0, 0.25)
CUSTODY_PATHS = 50_000
"""Paths behind each split, at most: each is a run of its own, and at 99.9% fifty of them make the tail."""

CUSTODY_SUBJECT = "book liquidity, custody losses alone"
CUSTODY_COLUMNS = (
    "largest_share", "custodians", "es_usd", "es_lower_usd", "es_upper_usd", "running_usd_year", "total_usd_year",
    "probability_F2", "frozen", "today",
)  # fmt: skip
WORTHWHILE = 0.01
"""Share of the spread that another hedge has to take away."""

_DAYS_5 = 5


def custody_split(
    bench: Bench, measure: Measure, policy: Policy, price: Prices, targets: Targets
) -> tuple[Recommendation, pd.DataFrame]:
    """The cheapest split of the gold, tail and price together, with no custodian above the cap; and all that were tried.

    It is needed where today's is above the cap, or where the paths are sure that the tail shrinks.

    The table has the tail of a year's custody losses for each largest share, what it costs, and what fails when the two
    largest are closed; `total_usd_year` is the cost of capital on the tail and the price of the custodians. `probability_F2`
    is that of the liquidity book's searched paths with all drivers: a freeze is no loss, but frozen gold counts for less.
    """
    issuer, now = bench.issuer, measure.now(bench.issuer)
    losses, rows = {}, []
    for largest in sorted({now, *SPLITS}, reverse=True):
        tried = measure.apply(issuer, largest)
        losses[largest] = _custody_losses(bench, tried)
        tail = expected_shortfall(losses[largest], policy.custody_level)
        interval = tail_bootstrap_intervals(
            losses[largest], policy.custody_level, bench.rng, bench.bootstrap_samples, bench.confidence
        )[1]
        running = measure.cost_usd_year(issuer, largest)
        custodians = len(tried.custodians.shares) if tried.custodians.on else 1
        insolvent = float((bench.tried(tried).f2_day != NEVER).mean())
        rows.append((largest, custodians, tail, *interval, running, price.capital_cost_year * tail + running, insolvent,
                     " ".join(_failed_when_frozen(bench, tried)), largest == now))  # fmt: skip
    frontier = pd.DataFrame(rows, columns=list(CUSTODY_COLUMNS))

    limit = targets.limit("largest_custodian_share")
    cap, regime = (limit.value, limit.regime) if limit else (policy.largest_custodian, SECTION)
    allowed = frontier[frontier["largest_share"] <= max(cap, measure.lower)]
    best = allowed.loc[allowed["total_usd_year"].idxmin()]
    number, custodians = float(best["largest_share"]), int(best["custodians"])
    proof = proofs.tail_mean(
        f"expected shortfall of custody losses at {policy.custody_level:.1%}", "USD", CUSTODY_SUBJECT, losses[now],
        losses[number], policy.custody_level, bench.confidence, bench.rng, bench.bootstrap_samples,
    )  # fmt: skip
    change = proof.difference.interval
    sure = "" if change.upper < 0.0 or change.lower > 0.0 else "; these paths cannot tell its tail from today's"
    frozen = f"these fail: {best['frozen']}" if best["frozen"] else "nothing fails"
    today = float(frontier.loc[frontier["today"], "probability_F2"].item())
    why = (f"cheapest of {len(allowed)} split(s) with no custodian above {cap:.0%}: {custodians} custodians{sure}; freezes, of which a "
           f"cheapest split knows nothing, take the chance of F2 from {today:.2%} to {best['probability_F2']:.2%}; with the two largest "
           f"frozen {frozen}")  # fmt: skip
    row = Recommendation(
        "custody_split", measure.title, NEEDED if number != now and (now > cap or change.upper < 0.0) else ENOUGH, why, measure.unit, now, number, proof=proof,
        cost_usd_year=measure.cost_usd_year(issuer, number), cost_basis=measure.cost_basis, binding=CUSTODY_SUBJECT,
        regime=regime, closed_form=sqrt(sum(share**2 for share in split(number, custodians))),
        closed_form_of="standard deviation of a year's custody losses over that with one custodian: root of the summed squares",
        side_effect=measure.side_effect, measure=measure.name,
    )  # fmt: skip
    return row, frontier


def leased_share(bench: Bench, measure: Measure, policy: Policy, targets: Targets) -> Recommendation:
    """Most of the gold that may be on lease: its lessee fails during a run, and own funds hold and everybody is paid in time.

    Beside it 1 - (stressed five-day redemptions + capacity loss)/N, which is about reach and not about loss.
    """
    issuer = bench.issuer
    why_not = measure.excluded(issuer)
    if why_not:
        return Recommendation("leased_share", measure.title, NOT_APPLICABLE, why_not)
    stress = stresses.lease_default(bench.gold_usd_per_g)
    run = stresses.run(bench.gold_usd_per_g)
    alone = set(_failures(bench.path(measure.apply(issuer, 0.0), run.prices_usd_per_g, run.events), issuer))

    def after_default(number: float) -> Outcomes:
        return bench.path(measure.apply(issuer, number), stress.prices_usd_per_g, stress.events)

    found = weakest(lambda number: set(_failures(after_default(number), issuer)) <= alone, measure.upper, 0.0)
    now, number = measure.now(issuer), found.number if found.reached else 0.0
    limit = targets.limit("leased_share")
    binding = stress.title
    if limit is not None and limit.value < number:
        number, binding = limit.value, "the limit of the standard"
    days = bench.days(issuer, run.prices_usd_per_g, run.events)
    requested_g = float(days["requested_g"].rolling(_DAYS_5).sum().max())
    lost_usd = _DAYS_5 * (capacity_usd(issuer, 1.0) - capacity_usd(issuer, policy.stressed_multiplier))
    proof = proofs.exact("lowest own funds", "USD", stress.title, float(after_default(now).min_equity_usd[0]),
                         float(after_default(number).min_equity_usd[0]))  # fmt: skip
    state = NOT_REACHABLE if not found.reached else NEEDED if now > number else ENOUGH
    why = f"most with which a lessee that fails in a run breaks nothing that the run does not break by itself; today {now:.2%}"
    return Recommendation(
        "leased_share", measure.title, state, why, measure.unit, now, number, proof=proof,
        cost_usd_year=measure.cost_usd_year(issuer, number), cost_basis=measure.cost_basis, binding=binding,
        regime=limit.regime if limit else SECTION,
        closed_form=largest_idle_share(requested_g, lost_usd / bench.gold_usd_per_g, issuer.tokens_g),
        closed_form_of="1 - (stressed five-day redemptions + capacity loss)/N, which counts no loss", side_effect=measure.side_effect,
        measure=measure.name,
    )  # fmt: skip


def bank_concentration(bench: Bench, measure: Measure, targets: Targets) -> Recommendation:
    """Largest share of the cash at one bank with which its failure breaks nothing that the run it starts does not."""
    issuer, gold = bench.issuer, bench.gold_usd_per_g
    if not issuer.banks.on:
        return Recommendation(
            "bank_concentration", measure.title, NOT_APPLICABLE, "section banks is off: no bank can fail"
        )
    stress, run = stresses.bank_failure(issuer, gold), stresses.run(gold)
    alone = set(_failures(bench.path(issuer, run.prices_usd_per_g, run.events), issuer))

    def failed(number: float) -> Outcomes:
        tried = measure.apply(issuer, number)
        worst = stresses.bank_failure(tried, gold)
        return bench.path(tried, worst.prices_usd_per_g, worst.events)

    found = weakest(lambda number: set(_failures(failed(number), issuer)) <= alone, measure.upper, measure.lower)
    now, number = measure.now(issuer), found.number if found.reached else measure.lower
    limit, binding = targets.limit("largest_bank_share"), stress.title
    if limit is not None and limit.value < number:
        number, binding = max(limit.value, measure.lower), "the limit of the standard"
    proof = proofs.exact("longest queue, share of tokens", "1", stress.title, float(failed(now).peak_queue_share[0]),
                         float(failed(number).peak_queue_share[0]))  # fmt: skip
    return Recommendation(
        "bank_concentration", measure.title, NOT_REACHABLE if not found.reached else NEEDED if now > number else ENOUGH,
        f"largest with which a bank's failure breaks nothing that the run does not break by itself; today {now:.0%}",
        measure.unit, now, number, proof=proof, cost_usd_year=measure.cost_usd_year(issuer, number),
        cost_basis=measure.cost_basis, binding=binding, regime=limit.regime if limit else SECTION,
        side_effect=measure.side_effect, measure=measure.name,
    )  # fmt: skip


def hedge(bench: Bench, measure: Measure) -> list[Recommendation]:
    """The short position that moves own funds least in a year, and what its margin takes in cash."""
    issuer, gold = bench.issuer, bench.gold_usd_per_g
    subject = "book liquidity"
    bare = bench.tried(measure.apply(issuer, 0.0))
    number = hedge_g(bare.end_equity_usd, bare.end_price_usd_per_g)
    now, wanted = measure.now(issuer), max(0.0, number)
    before, after = bench.book(issuer), bench.book(measure.apply(issuer, wanted))
    spread = proofs.spread("standard deviation of own funds at the end", "USD", subject, before.end_equity_usd,
                           after.end_equity_usd, bench.confidence)  # fmt: skip
    shares = wanted / issuer.tokens_g
    gained = 1.0 - spread.after.value / spread.before.value if spread.before.value > 0.0 else 0.0
    why = f"{shares:.2%} of the tokens' grams, {gained:.1%} less spread; own funds move with gold through fees in grams and through what is not gold"
    if number < 0.0:
        why = "own funds fall when gold rises, and a short position would add to it"
    calls = [np.maximum(0.0, -outcomes.hedge_usd) for outcomes in (before, after)]
    need = proofs.tail_mean(f"expected shortfall of a year's margin calls at {bench.level:.1%}", "USD", subject, calls[0], calls[1],
                            bench.level, bench.confidence, bench.rng, bench.bootstrap_samples)  # fmt: skip
    held = issuer.cash_usd + issuer.bills_usd
    if need.after.value > held:
        why += "; only with cash for its margin, which is the next row"
    ratio = Recommendation(
        "hedge_ratio", measure.title, NEEDED if gained >= WORTHWHILE else ENOUGH, why, measure.unit, now, wanted, proof=spread,
        cost_usd_year=measure.cost_usd_year(issuer, wanted), cost_basis=measure.cost_basis, binding=subject, regime=SECTION,
        closed_form=number, closed_form_of="h* = -Cov(dV, dF)/Var(dF) with futures at spot, as grams sold short", side_effect=measure.side_effect,
        measure=measure.name,
    )  # fmt: skip
    margin = Recommendation(
        "hedge_margin", "Cash for margin calls on that position", ENOUGH if need.after.value <= held else NEEDED,
        f"net calls of a year, from a price of {gold:,.2f} USD/g; cash and bills are {held / 1e6:,.1f} m USD", "USD", held,
        need.after.value, need.after.interval, need, 0.0, "part of the buffer", subject, SECTION,
        side_effect="the same dollars cannot pay holders", measure="buffer",
    )  # fmt: skip
    return [ratio, margin]


def _custody_losses(bench: Bench, issuer: Issuer) -> np.ndarray:
    return bench.first(CUSTODY_PATHS, issuer, "liquidity", drivers=("custody",)).event_loss_usd


def _failed_when_frozen(bench: Bench, issuer: Issuer) -> list[str]:
    stress = stresses.freezes(issuer, bench.gold_usd_per_g)
    return _failures(bench.path(issuer, stress.prices_usd_per_g, stress.events), issuer)


def _failures(outcomes: Outcomes, issuer: Issuer) -> list[str]:
    return [p for p in predicates_of(issuer.peg) if outcomes.first_day(p)[0] != NEVER]
