"""Small issuers on which a day can be worked out by hand, and the reference engine's days as a table.

`quiet()` costs nothing, pays no fee, moves no market and nobody asks for anything: a test then switches on the one
thing it is about. Every table has its equity bridge held to 1e-9 of the balance sheet on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any

import pandas as pd

from gramlib.params.issuer import Costs, Issuer, Market, PegModel, Redemption, Terms, Treasury
from gramlib.simulation.day import Day
from gramlib.simulation.drivers import PathDrivers
from gramlib.simulation.events import Events
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.reference import walk

TOKENS_G = 1_000_000.0
PRICE = 100.0


def asking(share_a_day: float) -> Redemption:
    """Holders of whom the same share asks every day, whatever happens."""
    return Redemption(base_rate=share_a_day, max_rate=max(share_a_day, 1e-9), a_return=0.0, a_discount=0.0,
                      a_queue=0.0, a_shortfall=0.0, a_event=0.0)  # fmt: skip


def quiet(**changes: Any) -> Issuer:
    """A million tokens on a million grams, without cash, costs, fees, frictions or requests, with `changes`."""
    plain: dict[str, Any] = {
        "tokens_g": TOKENS_G,
        "gold_g": TOKENS_G,
        "cash_usd": 0.0,
        "bills_usd": 0.0,
        "redemption": asking(0.0),
        "terms": Terms(fee=0.0),
        "market": Market(spread=0.0, impact=0.0),
        "peg_model": PegModel(secondary_share=0.0),
        "treasury": Treasury(bill_haircut=0.0, bill_yield=0.0),
        "costs": Costs(opex_usd_year=0.0, custody_rate_year=0.0),
    }
    return Issuer(**(plain | changes))


def walked(
    issuer: Issuer, prices: Sequence[float], drivers: PathDrivers | None = None, **events: Mapping[int, float]
) -> list[Day]:
    """Days 0 to n of the reference; each event is given as {day: value}."""
    n = len(prices)
    given = {spec.name: [1.0 if spec.name == "liquidity_multiplier" else 0.0] * n for spec in fields(Events)}
    for name, by_day in events.items():
        for day, value in by_day.items():
            given[name][day] = value
    return walk(issuer, list(prices), given, OwnFundsRule(), drivers)


def table(
    issuer: Issuer, prices: Sequence[float], drivers: PathDrivers | None = None, **events: Mapping[int, float]
) -> pd.DataFrame:
    """The same as a table with every field of `Day`, indexed by day; holds the equity bridge."""
    days = walked(issuer, prices, drivers, **events)
    for before, after in pairwise(days):
        size_usd = abs(after.equity_usd) + after.tokens_before_g * max(before.price_usd_per_g, after.price_usd_per_g)
        assert abs(after.equity_usd - before.equity_usd - after.bridge_usd()) <= 1e-9 * (size_usd + 1.0), after.day
    names = [spec.name for spec in fields(Day)]
    return pd.DataFrame([[getattr(day, name) for name in names] for day in days], columns=names).set_index("day")


def flat(n_days: int, price: float = PRICE) -> list[float]:
    """A price that stands still for `n_days` days."""
    return [price] * (n_days + 1)
