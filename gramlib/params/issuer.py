"""The issuer: balance sheet, terms, market access, holders' behaviour and what may happen to it.

Names, units, defaults and ranges are those of the issuer model's parameter table (gramlib/simulation/MODEL.md,
sections 4 and 8; symbols in brackets below). Extensions stand in issuer_extensions.py, random drivers in
issuer_drivers.py, its own record in issuer_record.py; all can be imported from here. Bare `fee`, `share`, `spread`,
`rate` are fractions; rates are per day unless the name says `_year`. Each value keeps its `Basis`: disclosed by the
issuer, or assumed by us.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from gramlib.params.fields import Section, one_of, param, refusal
from gramlib.params.issuer_drivers import (
    BankDriver,
    ConfidenceDriver,
    CustodyDriver,
    CustodyFreezeDriver,
    CyberDriver,
    Drivers,
    LiquidityDriver,
    OperationsDriver,
)
from gramlib.params.issuer_extensions import (
    MAX_BANKS,
    MAX_CUSTODIANS,
    MAX_HOLDERS,
    Banks,
    Collateral,
    Custodians,
    Hedge,
    Holders,
    HoldingFee,
    InKind,
    Lease,
    Minting,
    SwingFee,
    Transit,
    Weekends,
)
from gramlib.params.issuer_record import OwnRecord

__all__ = [
    "MAX_BANKS", "MAX_CUSTODIANS", "MAX_HOLDERS", "BankDriver", "Banks", "Basis", "Collateral", "ConfidenceDriver",
    "Costs", "Custodians", "CustodyDriver", "CustodyFreezeDriver", "CyberDriver", "Drivers", "Hedge", "Holders",
    "HoldingFee", "InKind", "Issuer", "Lease", "LiquidityDriver", "Market", "Minting", "OperationsDriver", "OwnRecord", "PegModel",
    "Redemption", "SwingFee", "Terms", "Transit", "Treasury", "Weekends",
]  # fmt: skip


class Redemption(Section):
    """How fast holders ask for their money (E6): rho0, rhomax and the logit coefficients a0..a5."""

    base_rate: float = param(0.002, "share of free tokens redeemed on a calm day (rho0)", "1/day", ge=0.0, lt=1.0)
    max_rate: float = param(0.10, "share of free tokens redeemed on the worst day (rhomax)", "1/day", gt=0.0, le=1.0)
    a0: float = param(-5.0, "intensity on a calm day", "1", ge=-30.0, le=5.0)
    a_return: float = param(20.0, "weight of a five-day fall of gold (a1)", "1", ge=0.0, le=1000.0)
    a_discount: float = param(30.0, "weight of the token's discount (a2)", "1", ge=0.0, le=1000.0)
    a_queue: float = param(8.0, "weight of the queue as a share of tokens (a3)", "1", ge=0.0, le=1000.0)
    a_shortfall: float = param(80.0, "weight of coverage below one (a4)", "1", ge=0.0, le=10_000.0)
    a_event: float = param(3.0, "weight of a confidence event (a5)", "1", ge=0.0, le=1000.0)

    @model_validator(mode="after")
    def _rates_in_order(self) -> Redemption:
        if self.base_rate > self.max_rate:
            raise refusal("base_rate at most max_rate", f"base_rate {self.base_rate:g}, max_rate {self.max_rate:g}")
        return self


class Terms(Section):
    """What a holder may ask for: fr, gate g, smallest physical redemption, pricing mode."""

    fee: float = param(0.0025, "redemption fee (fr)", "1", ge=0.0, lt=0.5)
    gate: float | None = param(
        None, "largest share of tokens admitted a day (g); null means none", "1/day", gt=0.0, le=1.0
    )
    minimum_oz: float = param(430.0, "smallest redemption in physical gold", "oz", ge=0.0, le=1e6)
    mode: Annotated[str, one_of("agency", "principal")] = param(
        "agency", "price paid: that of the day of payment (agency) or of the day of the request (principal)"
    )


class Market(Section):
    """Selling gold (E9): lag, kappa, ADV, spread, Y, sig."""

    lag_days: int = param(2, "days from selling gold to cash (lag)", "business days", ge=1, le=60)
    capacity_share: float = param(0.10, "own share of the daily volume (kappa)", "1", gt=0.0, le=1.0)
    adv_usd: float = param(500e6, "daily volume the issuer can reach (ADV)", "USD/day", gt=0.0, le=1e13)
    spread: float = param(0.0005, "full bid-ask spread", "1", ge=0.0, lt=0.5)
    impact: float = param(0.7, "square-root impact constant (Y)", "1", ge=0.0, le=10.0)
    daily_vol: float = param(0.012, "daily volatility in band and impact (sig)", "1/sqrt(day)", ge=0.0, le=0.5)


class PegModel(Section):
    """The token's market price (E10): depth, eta, zeta, carb, lam."""

    depth_usd: float = param(5e6, "net sales that move the token price by 1%", "USD", gt=0.0, le=1e12)
    persistence: float = param(0.5, "share of yesterday's discount left (eta)", "1", ge=0.0, lt=1.0)
    secondary_share: float = param(0.5, "secondary sales per excess redemption (zeta)", "1", ge=0.0, le=100.0)
    arbitrage_cost: float = param(0.001, "cost of one arbitrage (carb)", "1", ge=0.0, lt=0.5)
    risk_price: float = param(1.0, "price of waiting risk per root day (lam)", "1", ge=0.0, le=100.0)


class Treasury(Section):
    """Cash and bills (E3, E8): hB, yB, cash floor, credit line."""

    bill_haircut: float = param(0.002, "loss when bills are sold before maturity (hB)", "1", ge=0.0, lt=0.5)
    bill_yield: float = param(0.04, "yield of bills a year (yB)", "1/year", ge=-0.05, le=0.5)
    cash_floor_usd: float = param(0.0, "cash not used for redemptions", "USD", ge=0.0, le=1e13)
    credit_line_usd: float = param(0.0, "committed credit line", "USD", ge=0.0, le=1e13)
    credit_rate_year: float = param(0.07, "interest on what is drawn of it", "1/year", ge=0.0, le=1.0)


class Costs(Section):
    """What it costs to exist (E3)."""

    opex_usd_year: float = param(3e6, "operating cost", "USD/year", ge=0.0, le=1e12)
    custody_rate_year: float = param(
        0.001, "custody and insurance as a share of the gold's value", "1/year", ge=0.0, lt=0.5
    )


_NO_MEANING_USD = "has no meaning for a token that promises dollars, not grams"


class Basis(Section):
    """Where a value comes from: disclosed by the issuer, or assumed."""

    basis: Literal["disclosed", "assumed"] = "assumed"
    source: str = "default of the model page"
    date: str = ""


class Issuer(Section):
    """One issuer, complete; `basis` says for each dotted key where its value comes from."""

    name: str = param("Gram", "name in the report", min_length=1)
    peg: Annotated[str, one_of("gold", "usd")] = param(
        "gold", "what one token is worth: a gram of gold, or a dollar (usd)"
    )
    tokens_g: float = param(
        10e6, "tokens outstanding (N0); with peg usd dollars owed, counted in grams of the first day's price",
        "g", gt=0.0, le=1e11,
    )  # fmt: skip
    gold_g: float = param(10e6, "allocated gold held (G0)", "g", ge=0.0, le=1e11)
    cash_usd: float = param(13e6, "cash (C0)", "USD", ge=0.0, le=1e13)
    bills_usd: float = param(26e6, "T-bills (B0)", "USD", ge=0.0, le=1e13)
    redemption: Redemption = Redemption()
    terms: Terms = Terms()
    market: Market = Market()
    peg_model: PegModel = PegModel()
    treasury: Treasury = Treasury()
    costs: Costs = Costs()
    minting: Minting = Minting()
    custodians: Custodians = Custodians()
    banks: Banks = Banks()
    transit: Transit = Transit()
    lease: Lease = Lease()
    in_kind: InKind = InKind()
    weekends: Weekends = Weekends()
    holders: Holders = Holders()
    swing_fee: SwingFee = SwingFee()
    hedge: Hedge = Hedge()
    holding_fee: HoldingFee = HoldingFee()
    collateral: Collateral = Collateral()
    drivers: Drivers = Drivers()
    own_record: OwnRecord = OwnRecord()
    basis: dict[str, Basis] = Field(default_factory=dict)

    # Field validators, not one over the whole: each refusal then names the section and the line it stands on.
    @field_validator("terms")
    @classmethod
    def _mode_fits_peg(cls, terms: Terms, info: ValidationInfo) -> Terms:
        if terms.mode == "principal" and info.data.get("peg") == "usd":
            raise refusal("mode agency with peg usd", "mode principal", f"that {_NO_MEANING_USD}")
        return terms

    @field_validator("minting")
    @classmethod
    def _minting_fits_peg(cls, minting: Minting, info: ValidationInfo) -> Minting:
        if minting.on and info.data.get("peg") == "usd":
            raise refusal("minting off with peg usd", "on", f"that {_NO_MEANING_USD}")
        return minting

    @field_validator("in_kind")
    @classmethod
    def _bars_fit_peg_and_terms(cls, in_kind: InKind, info: ValidationInfo) -> InKind:
        if in_kind.on and info.data.get("peg") == "usd":
            raise refusal("in_kind off with peg usd", "on", f"that {_NO_MEANING_USD}")
        terms = info.data.get("terms")
        if in_kind.on and terms is not None and not terms.minimum_oz > 0.0:
            raise refusal(
                "a bar size above 0 oz in terms.minimum_oz", f"on while terms.minimum_oz is {terms.minimum_oz:g}"
            )
        return in_kind

    @property
    def opening_gold_g(self) -> float:
        """All grams on the first day: allocated, in transit and leased out."""
        transit_g = self.transit.gold_g if self.transit.on else 0.0
        return self.gold_g + transit_g + (self.lease.gold_g if self.lease.on else 0.0)

    def basis_of(self, key: str) -> Basis:
        """Basis of the dotted `key` ("terms.fee"); a key without a statement is assumed."""
        return self.basis.get(key, Basis())

    def to_record(self) -> dict[str, Any]:
        """Everything, as JSON-able plain values; `Issuer.from_record` is its inverse."""
        return self.model_dump(mode="json")

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Issuer:
        """The issuer that `to_record` wrote."""
        return cls.model_validate(record)
