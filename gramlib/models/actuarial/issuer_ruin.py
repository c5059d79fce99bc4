"""How likely an issuer's own funds are gone within some years, through the losses of its lines alone.

Own funds and a calm year's income are those of the issuer's books at a gold price that stays (gramlib/simulation/MODEL.md,
sections 2 to 4): no price moves, no run. It is the floor under every answer of the engine, not the answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from gramlib.models.actuarial.issuer_losses import loss_lines
from gramlib.models.actuarial.ruin import ruin_bounds, simulate_ruin
from gramlib.params.issuer import Issuer
from gramlib.units import BUSINESS_DAYS_PER_YEAR

YEARS = (1.0, 3.0, 10.0)


def own_funds_usd(issuer: Issuer, price_usd_per_g: float) -> float:
    """E = V - W on the first day: cash, bills and all grams less one gram a token."""
    surplus_g = issuer.opening_gold_g - issuer.tokens_g
    return issuer.cash_usd + issuer.bills_usd + surplus_g * price_usd_per_g


def income_usd_year(issuer: Issuer, price_usd_per_g: float) -> float:
    """A calm year's fees, yields and lease income less operating and custody cost, before losses; the book stays its size."""
    liabilities = issuer.tokens_g * price_usd_per_g
    fees = issuer.redemption.base_rate * BUSINESS_DAYS_PER_YEAR * issuer.terms.fee * liabilities
    if issuer.minting.on:
        fees += issuer.minting.base_rate * BUSINESS_DAYS_PER_YEAR * issuer.minting.fee * liabilities
    if issuer.holding_fee.on:
        fees += issuer.holding_fee.rate_year * liabilities
    leased = issuer.lease.income_year * issuer.lease.gold_g * price_usd_per_g if issuer.lease.on else 0.0
    yields = issuer.treasury.bill_yield * issuer.bills_usd + leased
    costs = issuer.costs.opex_usd_year + issuer.costs.custody_rate_year * issuer.gold_g * price_usd_per_g
    return fees + yields - costs


def ruin_table(
    issuer: Issuer,
    price_usd_per_g: float,
    rng: np.random.Generator,
    years: Sequence[float] = YEARS,
    n_paths: int = 20_000,
    credibility: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a time span, and one for ever (years infinite), where income exceeds expected losses.

    Columns years, own_funds_usd, income_usd_year, expected_loss_usd_year, probability, lower, upper, method. Within a span:
    simulated, 95% Wilson interval. For ever: the middle of bounds that hold whatever the grid hides; with no loading it is 1.
    `credibility` as in `loss_lines`.
    """
    lines = loss_lines(issuer, price_usd_per_g, credibility)
    funds, income = own_funds_usd(issuer, price_usd_per_g), income_usd_year(issuer, price_usd_per_g)
    expected = sum(line.mean for line in lines)
    rows = []
    for span in years:
        found = simulate_ruin(lines, income, funds, span, n_paths, rng)
        rows.append((span, found.probability, found.lower, found.upper, f"simulation, {n_paths:,} paths, Wilson"))
    if income > expected:
        low, high = ruin_bounds(lines, income, funds)
        rows.append((math.inf, (low + high) / 2.0, low, high, "bounds by Panjer's recursion"))
    else:
        rows.append((math.inf, 1.0, 1.0, 1.0, "certain: income does not cover expected losses"))
    table = pd.DataFrame(rows, columns=["years", "probability", "lower", "upper", "method"])
    table.insert(1, "own_funds_usd", funds)
    table.insert(2, "income_usd_year", income)
    table.insert(3, "expected_loss_usd_year", expected)
    return table
