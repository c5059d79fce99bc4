"""Figures of a listed scenario: exact from its daily ledger, and its odds with random drivers on."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from gramlib.metrics.daily import DAILY_UNITS, daily_figures, nonprice_loss_usd
from gramlib.metrics.headlines import NEVER
from gramlib.metrics.intervals import Interval, wilson_interval
from gramlib.metrics.survival import survival_days, survival_days_with_sales
from gramlib.params.issuer import Issuer

EXACT = Interval(math.nan, math.nan)
_FROM_LEDGER = "exact for this scenario, from its daily ledger"

Row = tuple[str, float, Interval, str, str, int]


def scenario_figures(ledger: pd.DataFrame, failed: pd.DataFrame, issuer: Issuer) -> Iterator[Row]:
    """Rows of the metrics table for one scenario, from its `replays` and `replay_failures`."""
    n = len(ledger)
    of_days = daily_figures(ledger)
    figures: dict[str, tuple[float, str]] = {
        "min_equity_usd": (float(ledger["equity_usd"].min()), "USD"),
        "min_own_funds_headroom_usd": (of_days["min_own_funds_headroom_usd"], "USD"),
        "min_coverage": (float(ledger["coverage"].min()), "1"),
        "min_backing": (float(ledger["backing"].min()), "1"),
        "peak_queue_share": (float(ledger["queue_g"].max()) / issuer.tokens_g, "1"),
        "longest_wait_days": (float(ledger["wait_days"].max()), "day"),
        "oldest_request_days": (of_days["oldest_request_days"], "day"),
        "worst_discount": (float(ledger["discount"].max()), "1"),
        "end_tokens_share": (float(ledger["tokens_g"].to_numpy()[-1]) / issuer.tokens_g, "1"),
        "failures": (float((failed["first_day"] != NEVER).sum()), "count"),
        "nonprice_loss": (nonprice_loss_usd(ledger), "USD"),
    }
    figures |= {name: (of_days[name], unit) for name, unit in DAILY_UNITS.items() if name not in figures}
    for name, (value, unit) in figures.items():
        told = _FROM_LEDGER
        if name == "days_to_exhaustion" and math.isnan(value):
            told = f"cash and bills outlast its {n} days"
        yield name, value, EXACT, unit, told, n
    yield from _survival(ledger, issuer)
    for row in failed[failed["first_day"] != NEVER].itertuples(index=False):
        yield f"days_to_{row.predicate}", float(row.first_day), EXACT, "day", _FROM_LEDGER, n


def odds_figures(odds: pd.DataFrame, confidence: float) -> Iterator[Row]:
    """How often one scenario fails with random drivers on top of it: rows `odds_F1` ..., from its rows of `scenario_odds`."""
    for row in odds.itertuples(index=False):
        interval = wilson_interval(int(row.failed), int(row.n), confidence)
        told = f"share of paths with random drivers on top of the scenario, Wilson {confidence:.0%}"
        yield f"odds_{row.predicate}", row.failed / row.n, interval, "1", told, int(row.n)


def _survival(ledger: pd.DataFrame, issuer: Issuer) -> Iterator[Row]:
    """Closed forms of a run from the opening liquid assets, had the rate of the worst day lasted from the first on."""
    rate = ledger["redemption_rate"].to_numpy(dtype=float)
    worst = int(np.argmax(rate))
    day, first = ledger.iloc[worst], ledger.iloc[0]
    liquid_usd = issuer.cash_usd + issuer.bills_usd * (1.0 - issuer.treasury.bill_haircut)
    owed_usd = issuer.tokens_g * float(first["token_value_usd"])
    capacity_usd = issuer.market.capacity_share * issuer.market.adv_usd / float(day["liquidity_multiplier"])
    told = f"closed form: opening liquid assets against the rate of day {int(day['day'])}, {rate[worst]:.2%} a day, for good"
    if owed_usd <= 0.0 or rate[worst] >= 1.0:
        return
    sold = survival_days_with_sales(liquid_usd, owed_usd, rate[worst], capacity_usd, int(day["lag_days"]))
    for name, days, how in (
        ("survival_days", survival_days(liquid_usd / owed_usd, rate[worst]), "no gold sold"),
        (
            "survival_days_with_sales",
            sold,
            f"gold sold for {capacity_usd / 1e6:,.3g}m USD a day, paid {day['lag_days']:.0f} days later",
        ),
    ):
        never = "" if math.isfinite(days) else "; they last"
        yield name, days if math.isfinite(days) else math.nan, EXACT, "day", f"{told}, {how}{never}", len(ledger)
