"""Sections of an issuer that go beyond the core model, one an extension (gramlib/simulation/MODEL.md, section 8).

Each has a switch `on`, off by default: an issuer that names none of them runs on the core model alone.
`Collateral` has none, since `peg: usd` is its switch.
"""

from __future__ import annotations

from math import fsum
from typing import Annotated

from pydantic import AfterValidator, model_validator

from gramlib.params.fields import Section, param, refusal
from gramlib.params.quoting import shown

MAX_CUSTODIANS = 4
"""Most custodians the engine keeps apart; each has random streams of its own."""

MAX_BANKS = 4
"""Most banks the engine keeps apart; each has random streams of its own."""

MAX_HOLDERS = 10
"""Most large holders the engine keeps apart; each has a random stream of its own."""

_ONE = 1e-9
"""How far from one a list of shares may add up: they are decimal fractions, typed by hand."""


def _shares(most: int) -> AfterValidator:
    """A list of at most `most` shares, each above zero, that add up to one."""

    def check(shares: list[float]) -> list[float]:
        expected = f"1 to {most} shares above 0 that add up to 1"
        if not 1 <= len(shares) <= most:
            raise refusal(expected, f"a list of {len(shares)}")
        for share in shares:
            if not share > 0.0:
                raise refusal(expected, f"a list with {shown(share)}")
        if abs(fsum(shares) - 1.0) > _ONE:
            raise refusal(expected, f"a list that adds up to {fsum(shares):.12g}")
        return shares

    return AfterValidator(check)


def _switch(meaning: str) -> bool:
    return param(False, meaning)


class Minting(Section):
    """New tokens against gold that settles first (E2, E6): mu0, b1, b2, the onboarding cap and the mint fee."""

    on: bool = _switch("whether new tokens are minted")
    base_rate: float = param(0.002, "tokens ordered on a calm day as a share of all (mu0)", "1/day", ge=0.0, lt=1.0)
    return_sensitivity: float = param(
        2.0, "growth of orders per unit of gold's twenty-day return (b1)", "1", ge=0.0, le=1000.0
    )
    premium_sensitivity: float = param(20.0, "growth of orders per unit of premium (b2)", "1", ge=0.0, le=1000.0)
    max_rate: float = param(0.02, "most that onboarding takes, as a share of all tokens", "1/day", gt=0.0, le=1.0)
    fee: float = param(0.0025, "mint fee", "1", ge=0.0, lt=0.5)

    @model_validator(mode="after")
    def _rates_in_order(self) -> Minting:
        if self.base_rate > self.max_rate:
            raise refusal("base_rate at most max_rate", f"base_rate {self.base_rate:g}, max_rate {self.max_rate:g}")
        return self


class Custodians(Section):
    """Several vaults (E4): shares, frozen gold, gold that failed assay, insurance. Off means one vault."""

    on: bool = _switch("whether gold is kept apart by custodian")
    shares: Annotated[list[float], _shares(MAX_CUSTODIANS)] = param([0.6, 0.4], "gold at each custodian", "1")
    frozen_haircut: float = param(0.2, "policy discount on frozen gold in assets", "1", ge=0.0, le=1.0)
    remelt_days: int = param(8, "days until bars that failed assay are back", "business days", ge=1, le=60)
    insured_share: float = param(0.0, "share of a loss that insurance pays", "1", ge=0.0, le=1.0)
    insurance_cap_usd: float = param(0.0, "most that insurance pays for one loss", "USD", ge=0.0, le=1e13)
    insurance_lag_days: int = param(180, "days from a loss to the payout", "business days", ge=1, le=252)


class Banks(Section):
    """Several banks that hold the cash (E4). Off means one bank that does not fail."""

    on: bool = _switch("whether banks can fail")
    shares: Annotated[list[float], _shares(MAX_BANKS)] = param([0.5, 0.5], "cash at each bank", "1")
    freeze_days: int = param(5, "days a failed bank's cash is frozen", "business days", ge=1, le=60)
    recovery: float = param(0.9, "share of a failed bank's cash that comes back", "1", ge=0.0, le=1.0)


class Transit(Section):
    """Gold on its way to the vault on day 0 (E2): counted in assets, not for sale."""

    on: bool = _switch("whether gold is in transit at the start")
    gold_g: float = param(0.0, "gold in transit at the start", "g", ge=0.0, le=1e11)
    days: int = param(2, "days until it arrives", "business days", ge=1, le=60)


class Lease(Section):
    """Leased gold (E3, E4, E9): earns income, is called back when a queue stands, and can be lost."""

    on: bool = _switch("whether gold is leased out")
    gold_g: float = param(0.0, "gold leased out at the start", "g", ge=0.0, le=1e11)
    calm_rate_year: float = param(0.005, "hazard of the lessee's default when calm", "1/year", ge=0.0, le=250.0)
    stressed_rate_year: float = param(0.10, "the same when markets are stressed", "1/year", ge=0.0, le=250.0)
    stressed_multiplier: float = param(
        2.0, "liquidity multiplier from which markets count as stressed", "1", ge=1.0, le=1000.0
    )
    recovery: float = param(0.3, "share of the leased grams that comes back after a default", "1", ge=0.0, le=1.0)
    recall_days: int = param(5, "days from recall, or from default, to the vault", "business days", ge=1, le=60)
    income_year: float = param(0.0, "lease rate earned", "1/year", ge=0.0, le=0.5)


class InKind(Section):
    """Redemption in kind (E6, E8): whole bars of terms.minimum_oz, handed over a few a day."""

    on: bool = _switch("whether bars can be redeemed")
    share: float = param(0.1, "share of requests that ask for bars", "1", ge=0.0, le=1.0)
    bars_per_day: int = param(20, "bars that can be handed over a day", "bars/day", ge=0, le=1_000_000)
    fee: float = param(0.0025, "fee on the value of the bars", "1", ge=0.0, lt=0.5)


class Weekends(Section):
    """The half-step between Friday and Monday: requests arrive and the token trades while nothing is paid."""

    on: bool = _switch("whether weekends exist")
    first_monday: int = param(1, "day of the path that is the first Monday", "day", ge=1, le=5)
    price_share: float = param(
        1.0, "share of gold's move to Monday that the token market already sees", "1", ge=0.0, le=1.0
    )


class Holders(Section):
    """Large holders who redeem everything or nothing (E6); sizes follow a Pareto law."""

    on: bool = _switch("whether large holders act as blocks")
    top_share: float = param(0.4, "tokens of the large holders together", "1", ge=0.0, le=1.0)
    count: int = param(10, "large holders", "holders", ge=1, le=MAX_HOLDERS)
    pareto_alpha: float = param(1.2, "tail index of their sizes; smaller means less equal", "1", gt=0.0, le=100.0)
    load: float = param(0.5, "how much more readily than others they redeem", "1", ge=0.0, le=100.0)


class SwingFee(Section):
    """A redemption fee that rises with what the day's redemptions cost to sell (E6)."""

    on: bool = _switch("whether the fee swings")
    threshold: float = param(0.01, "share of tokens asked for in a day above which it does", "1", ge=0.0, le=1.0)
    factor: float = param(1.0, "part of the expected selling cost that is charged", "1", ge=0.0, le=100.0)
    max_fee: float = param(0.02, "highest fee it reaches", "1", ge=0.0, lt=0.5)


class Hedge(Section):
    """Short gold futures (E3): their daily margin takes cash when gold rises."""

    on: bool = _switch("whether futures are sold short")
    short_g: float = param(0.0, "gold sold short in futures", "g", ge=0.0, le=1e11)
    basis_shock: float = param(0.044, "futures above spot during a squeeze, share of spot", "1", ge=0.0, lt=1.0)


class HoldingFee(Section):
    """A yearly fee on tokens (E3), taken daily in grams from holders' claims."""

    on: bool = _switch("whether holders pay for holding")
    rate_year: float = param(0.0025, "holding fee", "1/year", ge=0.0, lt=0.5)


class Collateral(Section):
    """Liquidation of a USD-pegged token's gold (E4); used with peg usd only."""

    liquidation_ratio: float = param(4 / 3, "collateral ratio below which gold is seized", "1", ge=1.0, le=100.0)
    target_ratio: float = param(1.4, "collateral ratio that a liquidation restores", "1", gt=1.0, le=100.0)
    bonus: float = param(0.05, "what a liquidator receives on top", "1", ge=0.0, lt=1.0)

    @model_validator(mode="after")
    def _ratios_in_order(self) -> Collateral:
        if self.target_ratio < self.liquidation_ratio:
            raise refusal(
                "target_ratio at least liquidation_ratio",
                f"target_ratio {self.target_ratio:g}, liquidation_ratio {self.liquidation_ratio:g}",
            )
        if not self.target_ratio > 1.0 + self.bonus:
            raise refusal(
                "target_ratio above 1 + bonus, or seizing gold makes the ratio worse",
                f"target_ratio {self.target_ratio:g}, bonus {self.bonus:g}",
            )
        return self
