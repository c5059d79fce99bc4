"""Sections 9 and 10 of MODEL.md as formulas: what a re-run has to come near, and where it must not.

Money in USD, gold in grams, rates and shares as fractions, time in business days. Each leaves out what its docstring says;
a re-run that differs by more than that is wrong, or the formula is.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, exp, inf, log, sqrt

import numpy as np

from gramlib.errors import ParameterError
from gramlib.params.issuer import Issuer
from gramlib.simulation.market_access import capacity_usd, execution_share
from gramlib.units import BUSINESS_DAYS_PER_YEAR


def break_even_usd_per_g(opex_usd_year: float, fee_rate_year: float, tokens_g: float) -> float:
    """Gold price at which a yearly fee on the tokens pays the fixed costs: opex / (fee * N). Other income is left out."""
    return opex_usd_year / (fee_rate_year * tokens_g) if fee_rate_year * tokens_g > 0.0 else inf


def survival_days(liquid_share: float, daily_rate: float) -> float:
    """Days that liquid assets, a share of liabilities, outlast a run of fixed share: ln(1-l)/ln(1-rho); no sales, no fee."""
    if liquid_share >= 1.0 or daily_rate <= 0.0:
        return inf
    return log(1.0 - liquid_share) / log(1.0 - daily_rate)


def survival_days_with_sales(
    owed_usd: float, liquid_usd: float, daily_rate: float, capacity_usd_day: float, lag_days: int, most_days: int = 2520
) -> float:
    """Smallest whole T with W(1-(1-rho)^T) > L1 + cap * max(0, T-lag): the first day on which a run is not paid in full.

    Infinite where no day up to `most_days` is. Sales are taken at the price, and redemptions without a fee.
    """
    for day in range(1, most_days + 1):
        if owed_usd * (1.0 - (1.0 - daily_rate) ** day) > liquid_usd + capacity_usd_day * max(0, day - lag_days):
            return float(day)
    return inf


def wiping_loss_g(equity_usd: float, gold_usd_per_g: float) -> float:
    """Grams whose loss takes all own funds: E/P."""
    return equity_usd / gold_usd_per_g


def liquidation(
    collateral_usd: float, debt_usd: float, target_ratio: float, bonus: float
) -> tuple[float, float]:  # fmt: skip
    """Debt that a liquidation retires so that the ratio comes back to the target, and the ratio after it.

    delta = (CR* D - K P)/(CR* - (1+pen)), at least nought and capped by D; the ratio is infinite where no debt is left.
    """
    retired_usd = min(max(0.0, target_ratio * debt_usd - collateral_usd) / (target_ratio - (1.0 + bonus)), debt_usd)
    left_usd = debt_usd - retired_usd
    return retired_usd, (collateral_usd - retired_usd * (1.0 + bonus)) / left_usd if left_usd > 0.0 else inf


def run_point(
    assets_usd: float, owed_usd: float, fee: float, slippage_usd: Callable[[float], float], steps: int = 1000
) -> float | None:
    """Smallest redeemed fraction f from which staying pays less than leaving, None where there is none below 1.

    Staying pays (V - f W (1-fr) - slippage(f)) / ((1-f) W), leaving 1-fr; `slippage_usd(f)` is the cost of paying f.
    Looked for in `steps` equal steps, the answer is the first that runs.
    """
    for step in range(steps):
        redeemed = step / steps
        stay = (assets_usd - redeemed * owed_usd * (1.0 - fee) - slippage_usd(redeemed)) / ((1.0 - redeemed) * owed_usd)
        if stay < 1.0 - fee:
            return redeemed
    return None


def selling_cost_usd(issuer: Issuer, gold_usd_per_g: float, stress: float) -> Callable[[float], float]:
    """Cost of selling the gold for a redeemed fraction, a day's capacity at a time: `slippage_usd` of `run_point`.

    Cash and bills are left out: the gold has to be sold in the end, whoever is paid from them first.
    """
    lost = 1.0 - execution_share(issuer, capacity_usd(issuer, stress), stress)
    return lambda redeemed: redeemed * issuer.tokens_g * gold_usd_per_g * lost


def run_rate(issuer: Issuer, event: float = 1.0, fall: float = 0.0) -> float:
    """Share of tokens asked for on the first day of a confidence event, or of a five-day `fall` (E6, no queue yet)."""
    r = issuer.redemption

    def logistic(z: float) -> float:
        return 1.0 / (1.0 + exp(-z))

    calm = logistic(r.a0)
    excess = (logistic(r.a0 + r.a_event * event + r.a_return * fall) - calm) / (1.0 - calm)
    return r.base_rate + (r.max_rate - r.base_rate) * max(0.0, excess)


def buffer_floor_usd(owed_usd: float, daily_rate: float, lag_days: int) -> float:
    """Least buffer that pays a run until the first gold sale settles: W(1-(1-rho)^lag); costs, fee and feedback left out."""
    return owed_usd * (1.0 - (1.0 - daily_rate) ** lag_days)


def marginal_slippage(issuer: Issuer, sale_usd: float, stress: float) -> float:
    """Cost of the last dollar sold, as a share: the derivative of sale * (1 - execution), MODEL.md E9.

    Half the stressed spread and one and a half times the square-root impact.
    """
    market = issuer.market
    impact = market.impact * market.daily_vol * sqrt(stress) * sqrt(sale_usd * stress / market.adv_usd)
    return market.spread * stress / 2.0 + 1.5 * impact


def band(issuer: Issuer, wait_days: float, stress: float = 1.0, fee: float | None = None) -> float:
    """Discount at which arbitrage begins (E10): fr + carb + lam sig sqrt(m) sqrt(wait)."""
    fixed = (issuer.terms.fee if fee is None else fee) + issuer.peg_model.arbitrage_cost
    return fixed + issuer.peg_model.risk_price * issuer.market.daily_vol * sqrt(stress) * sqrt(wait_days)


def collateral_ratio(fall: float, bonus: float, slippage: float) -> float:
    """CR* = (1+pen)/((1-q)(1-s)): what covers the debt after a fall q, the liquidator's bonus and the cost of selling."""
    if fall >= 1.0 or slippage >= 1.0:
        return inf
    return (1.0 + bonus) / ((1.0 - fall) * (1.0 - slippage))


def largest_idle_share(requested_5d_g: float, capacity_loss_g: float, tokens_g: float) -> float:
    """Most of the gold that may be leased or on its way: 1 - (stressed five-day redemptions + capacity loss)/N."""
    return max(0.0, 1.0 - (requested_5d_g + capacity_loss_g) / tokens_g)


def hedge_g(value_usd: np.ndarray, futures_usd_per_g: np.ndarray) -> float:
    """Variance-minimising short position: Cov(dV, dF)/Var(dF) grams short, that is h* = -Cov/Var long.

    Changes of own funds and of the futures price by path, shape (n,). Nought where the price does not move.
    """
    spread = np.cov(value_usd, futures_usd_per_g)
    return float(spread[0, 1] / spread[1, 1]) if spread[1, 1] > 0.0 else 0.0


def wind_down_days(issuer: Issuer, gold_usd_per_g: float, stress: float) -> int:
    """Business days to sell the gold behind all tokens at capacity, and to be paid for the last of it."""
    owed_usd = issuer.tokens_g * gold_usd_per_g
    return ceil(owed_usd / capacity_usd(issuer, stress)) + issuer.market.lag_days


def wind_down_equity_usd(issuer: Issuer, equity_usd: float, gold_usd_per_g: float, stress: float) -> float:
    """What own funds are left when all gold is sold at capacity: plus fees, less slippage and the operating cost meanwhile.

    Custody cost and the yield of bills are left out.
    """
    owed_usd = issuer.tokens_g * gold_usd_per_g
    slippage_usd = owed_usd * (1.0 - execution_share(issuer, capacity_usd(issuer, stress), stress))
    days = wind_down_days(issuer, gold_usd_per_g, stress)
    opex_usd = issuer.costs.opex_usd_year * days / BUSINESS_DAYS_PER_YEAR
    return equity_usd + owed_usd * issuer.terms.fee - slippage_usd - opex_usd


def locked_out_share(minimum_g: float, mean_g: float, pareto_alpha: float) -> float:
    """Share of holders, by number, below a minimum, for Pareto sizes of mean `mean_g` and tail index above one.

    Raises ParameterError for a tail index without a mean.
    """
    if not pareto_alpha > 1.0:
        raise ParameterError(f"tail index {pareto_alpha:g}", expected="above 1, or sizes have no mean",
                             origin="issuer.holders.pareto_alpha")  # fmt: skip
    smallest_g = mean_g * (pareto_alpha - 1.0) / pareto_alpha
    return 0.0 if minimum_g <= smallest_g else 1.0 - (smallest_g / minimum_g) ** pareto_alpha


def paying_size_g(processing_usd: float, fee: float, gold_usd_per_g: float) -> float:
    """Smallest redemption whose fee pays for handling it; infinite without a fee."""
    return processing_usd / (fee * gold_usd_per_g) if fee * gold_usd_per_g > 0.0 else inf
