"""Measures about where gold and cash are held and what is held against them; `levers` puts all measures together."""

from __future__ import annotations

from math import ceil

from gramlib.params.issuer import MAX_BANKS, MAX_CUSTODIANS, Issuer
from gramlib.recommend.measure import Measure, changed
from gramlib.recommend.prices import Figures

LARGEST_ACCESS = 0.5
LARGEST_COLLATERAL_RATIO = 4.0
ONLY_USD = "a token that promises grams owes no dollars that collateral would have to cover"


def split(largest: float, most: int) -> list[float]:
    """Shares of as few parties as `largest` allows, the others equal; no more than `most` of them."""
    parties = min(most, ceil(1.0 / largest - 1e-9))
    if parties == 1:
        return [1.0]
    rest = (1.0 - largest) / (parties - 1)
    return [largest, *([rest] * (parties - 1))]


def counterparties(figures: Figures) -> tuple[Measure, ...]:
    """Custodians, banks and access to the gold market."""
    price = figures.price

    def parties(on: bool, shares: list[float]) -> list[float]:
        return shares if on else [1.0]

    def custodians(issuer: Issuer) -> list[float]:
        return parties(issuer.custodians.on, issuer.custodians.shares)

    def banks(issuer: Issuer) -> list[float]:
        return parties(issuer.banks.on, issuer.banks.shares)

    return (
        Measure(
            "largest_custodian", "Largest custodian", "share of gold", ("custodians.on", "custodians.shares"), "custody",
            1.0 / MAX_CUSTODIANS, 1.0, "down", "a yearly price for each custodian more",
            "more custodians are more that can fail: losses are smaller and come more often",
            lambda issuer: max(custodians(issuer)),
            lambda issuer, number: changed(
                issuer, {"custodians.on": True, "custodians.shares": split(number, MAX_CUSTODIANS)}
            ),
            lambda issuer, number: price.custodian_usd_year
            * (len(split(number, MAX_CUSTODIANS)) - len(custodians(issuer))),
        ),
        Measure(
            "largest_bank", "Largest bank", "share of cash", ("banks.on", "banks.shares"), "banks", 1.0 / MAX_BANKS, 1.0,
            "down", "a yearly price for each bank more",
            "more banks are more that can fail: losses are smaller and come more often",
            lambda issuer: max(banks(issuer)),
            lambda issuer, number: changed(issuer, {"banks.on": True, "banks.shares": split(number, MAX_BANKS)}),
            lambda issuer, number: price.bank_usd_year * (len(split(number, MAX_BANKS)) - len(banks(issuer))),
        ),
        Measure(
            "market_access", "Share of the daily gold volume that can be sold", "share of volume",
            ("market.capacity_share",), "market", 0.01, LARGEST_ACCESS, "up", "dealing lines, in proportion to the share",
            "larger sales move the price further: slippage grows with the root of the sale",
            lambda issuer: issuer.market.capacity_share,
            lambda issuer, number: changed(issuer, {"market.capacity_share": number}),
            lambda issuer, number: price.market_access_usd_year * (number - issuer.market.capacity_share),
        ),
    )  # fmt: skip


def positions(issuer: Issuer, gold_usd_per_g: float, figures: Figures) -> tuple[Measure, ...]:
    """Lease, hedge and collateral."""
    price = figures.price

    def leased(issuer: Issuer) -> float:
        return issuer.lease.gold_g / issuer.opening_gold_g if issuer.lease.on and issuer.opening_gold_g else 0.0

    def lease(issuer: Issuer, number: float) -> Issuer:
        now_g = issuer.lease.gold_g if issuer.lease.on else 0.0
        grams = number * issuer.opening_gold_g
        return changed(
            issuer, {"lease.on": grams > 0.0, "lease.gold_g": grams, "gold_g": issuer.gold_g + now_g - grams}
        )

    def short(issuer: Issuer) -> float:
        return issuer.hedge.short_g if issuer.hedge.on else 0.0

    def ratio(issuer: Issuer) -> float:
        return issuer.opening_gold_g / issuer.tokens_g

    def collateralised(issuer: Issuer, number: float) -> Issuer:
        return changed(issuer, {"gold_g": issuer.gold_g + (number - ratio(issuer)) * issuer.tokens_g})

    return (
        Measure(
            "leased_share", "Gold on lease", "share of gold", ("lease.on", "lease.gold_g", "gold_g"), "lease", 0.0, 0.5,
            "down", "lease income given up",
            "gold in the vault earns nothing",
            leased, lease,
            lambda issuer, number: (leased(issuer) - number) * issuer.opening_gold_g * gold_usd_per_g * issuer.lease.income_year,
            lambda issuer: "" if issuer.lease.on else "no gold is leased out",
        ),
        Measure(
            "hedge", "Gold sold short in futures", "g", ("hedge.on", "hedge.short_g"), "hedge", 0.0, 0.5 * issuer.tokens_g,
            "up", "roll and commissions on the futures held; less of them saves it",
            "margin is cash that leaves when gold rises",
            short, lambda issuer, number: changed(issuer, {"hedge.on": number > 0.0, "hedge.short_g": max(0.0, number)}),
            lambda issuer, number: price.roll_cost_year * gold_usd_per_g * (number - short(issuer)),
        ),
        Measure(
            "collateral_ratio", "Collateral ratio", "1", ("gold_g",), "collateral", 1.0, LARGEST_COLLATERAL_RATIO, "up",
            "cost of capital on the gold put in", "capital is tied up in gold that pays nothing",
            ratio, collateralised,
            lambda issuer, number: price.capital_cost_year * (number - ratio(issuer)) * issuer.tokens_g * gold_usd_per_g,
            lambda issuer: "" if issuer.peg == "usd" else ONLY_USD,
        ),
    )  # fmt: skip
