"""The end: everybody is paid out in a bad market, and what is left."""

from __future__ import annotations

from math import nan

from gramlib.recommend import stresses
from gramlib.recommend.bench import Bench
from gramlib.recommend.closed_forms import wind_down_days, wind_down_equity_usd
from gramlib.recommend.levers import opening_own_funds_usd
from gramlib.recommend.prices import Policy
from gramlib.recommend.proofs import exact
from gramlib.recommend.recommendation import ENOUGH, NEEDED, NOT_REACHABLE, Recommendation
from gramlib.recommend.rows_liquidity import SECTION

REMAINDER = 0.01
"""Holders who never ask; a wind-down counts as done when no more tokens than this are left, since each day asks for a share."""

DAYS_PER_WEEK = 5


def wind_down(bench: Bench, policy: Policy) -> Recommendation:
    """Weeks, slippage and own funds left when all leave at the stressed multiplier; minting stops."""
    issuer, m = bench.issuer, policy.stressed_multiplier
    minting = issuer.minting.model_copy(update={"on": False})
    closing = issuer.model_copy(update={"minting": minting})
    gold, opening = bench.gold_usd_per_g, opening_own_funds_usd(issuer, bench.gold_usd_per_g)
    expected = wind_down_days(issuer, gold, m)
    stress = stresses.redemption_of_all(gold, 2 * expected + 60, m)
    days = bench.days(closing, stress.prices_usd_per_g, stress.events)
    done = days["tokens_g"] <= REMAINDER * issuer.tokens_g
    reached = bool(done.any())
    last = days.index[done][0] if reached else days.index[-1]
    until = days.loc[:last]
    left = float(until["equity_usd"].iloc[-1])
    slippage = float(until["slippage_usd"].sum() + until["haircut_usd"].sum())
    weeks = len(until) / DAYS_PER_WEEK
    state = NOT_REACHABLE if not reached else ENOUGH if left >= 0.0 else NEEDED
    why = (f"selling costs {slippage / 1e6:,.1f} m USD at a multiplier of {m:g}; own funds go from {opening / 1e6:,.1f} to "
           f"{left / 1e6:,.1f} m USD, by the formula {wind_down_equity_usd(issuer, opening, gold, m) / 1e6:,.1f}")  # fmt: skip
    return Recommendation(
        "wind_down", "Weeks to pay everybody out", state, why, "weeks", nan, weeks,
        proof=exact("own funds", "USD", stress.title, opening, left), cost_usd_year=0.0,
        cost_basis="none a year; once, what own funds lose", binding=stress.title, regime=SECTION,
        closed_form=expected / DAYS_PER_WEEK, closed_form_of="weeks to sell all gold at capacity",
        side_effect="the last to be paid wait longest, and the token trades at a discount until then",
    )  # fmt: skip
