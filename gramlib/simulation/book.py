"""The issuer's state between two days, for the reference engine (MODEL.md, section 2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from gramlib.params.issuer import Issuer

ONE_HOLDS_ALL = (1.0,)


def custodian_shares(issuer: Issuer) -> tuple[float, ...]:
    """Shares of the gold by custodian; one vault while the extension is off."""
    return tuple(issuer.custodians.shares) if issuer.custodians.on else ONE_HOLDS_ALL


def bank_shares(issuer: Issuer) -> tuple[float, ...]:
    """Shares of the cash by bank; one bank while the extension is off."""
    return tuple(issuer.banks.shares) if issuer.banks.on else ONE_HOLDS_ALL


def block_sizes_g(issuer: Issuer) -> tuple[float, ...]:
    """Tokens of each large holder, largest first: Pareto quantiles scaled to their joint share; none while off."""
    holders = issuer.holders
    if not holders.on:
        return ()
    weights = [(rank + 1) ** (-1.0 / holders.pareto_alpha) for rank in range(holders.count)]
    return tuple(holders.top_share * issuer.tokens_g * weight / sum(weights) for weight in weights)


@dataclass(slots=True)
class Claims:
    """One queue, first in first out: what was asked for and what was met, both counted from the first day on."""

    asked_until_g: list[float] = field(default_factory=lambda: [0.0])
    met_until_g: float = 0.0

    def oldest_days(self, dust_g: float) -> int:
        """Age of the oldest request of which more than `dust_g` is open, on the day of the last entry; 0 if none."""
        for asked_on, asked_g in enumerate(self.asked_until_g):
            if asked_g - self.met_until_g > dust_g:
                return len(self.asked_until_g) - 1 - asked_on
        return 0


@dataclass(slots=True)
class Book:
    """Positions at the end of a day; what falls due later is kept by the day it is due on.

    Grams by custodian; tokens, the queue and requests in kind in grams; money in USD. `token_value_usd` is what one token
    is worth: the gold price, or for peg usd the first day's price on every day.
    """

    tokens_g: float
    gold_by_custodian_g: list[float]
    cash_usd: float
    bills_usd: float
    price_usd_per_g: float
    token_value_usd: float
    futures_usd_per_g: float
    leased_g: float = 0.0
    receivables_usd: dict[int, float] = field(default_factory=dict)
    bank_frozen_usd: dict[int, float] = field(default_factory=dict)
    insurance_usd: dict[int, float] = field(default_factory=dict)
    transit_g: dict[int, float] = field(default_factory=dict)
    mint_orders_g: dict[int, float] = field(default_factory=dict)
    frozen_until: list[int] = field(default_factory=list)
    blocks_g: list[float] = field(default_factory=list)
    credit_drawn_usd: float = 0.0
    queue_g: float = 0.0
    queue_fixed_usd: float = 0.0
    kind_queue_g: float = 0.0
    discount: float = 0.0
    backing: float = 1.0
    freeze_haircut_usd: float = 0.0
    coverage: float = 1.0
    event: float = 0.0
    fee: float = 0.0
    claims: Claims = field(default_factory=Claims)
    kind_claims: Claims = field(default_factory=Claims)

    @property
    def gold_g(self) -> float:
        """G: allocated grams at all custodians, frozen ones included."""
        return sum(self.gold_by_custodian_g)

    @property
    def all_gold_g(self) -> float:
        """G + Gtr + Gl."""
        return self.gold_g + sum(self.transit_g.values()) + self.leased_g

    @property
    def waiting_g(self) -> float:
        """Unpaid requests of both kinds."""
        return self.queue_g + self.kind_queue_g

    def frozen_g(self, day: int) -> float:
        """Grams that cannot move on `day`."""
        return sum(g for g, until in zip(self.gold_by_custodian_g, self.frozen_until, strict=True) if day <= until)

    def assets_usd(self) -> float:
        """V: gold at today's price less the policy haircut on what is frozen, cash, bills and what is due."""
        due_usd = sum(self.receivables_usd.values()) + sum(self.bank_frozen_usd.values())
        gold_usd = self.price_usd_per_g * self.all_gold_g - self.freeze_haircut_usd
        return gold_usd + self.cash_usd + self.bills_usd + due_usd

    def liabilities_usd(self, issuer: Issuer) -> float:
        """W: tokens at their value; in principal mode the queue at the prices of its requests."""
        if issuer.terms.mode == "principal":
            return self.token_value_usd * (self.tokens_g - self.queue_g) + self.queue_fixed_usd
        return self.token_value_usd * self.tokens_g

    def take_gold(self, grams: float, day: int) -> None:
        """Take `grams` from the custodians that are not frozen, pro rata; all of them leaves exactly nothing."""
        free_g = self.gold_g - self.frozen_g(day)
        for k, held_g in enumerate(self.gold_by_custodian_g):
            if day > self.frozen_until[k] and held_g > 0.0:
                self.gold_by_custodian_g[k] = held_g - (held_g if grams >= free_g else grams * (held_g / free_g))

    def add_gold(self, grams: float, issuer: Issuer) -> None:
        """Allocate arriving `grams` over the custodians by their shares."""
        for k, share in enumerate(custodian_shares(issuer)):
            self.gold_by_custodian_g[k] += share * grams
