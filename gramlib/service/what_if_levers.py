"""The sliders of the what-if page: what each changes about an issuer, and the path that is walked day by day."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gramlib.params.issuer import Issuer
from gramlib.report import numbers
from gramlib.reverse.days import ShockDays
from gramlib.simulation import OwnFundsRule, ledger
from gramlib.simulation.book import custodian_shares

PATH_DAYS = 20
_MILLION = 1e6


@dataclass(frozen=True)
class Lever:
    """One slider, in the unit that a reader sees; `own` reads an issuer's value, `changes` gives the keys for another.

    `at_zero` is what 0 means, where it means something else than a small number.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    help: str
    own: Callable[[Issuer], float]
    changes: Callable[[Issuer, float], dict[str, Any]]
    at_zero: str = ""

    def span(self, own: float) -> tuple[float, float]:
        """Ends of the slider: on whole steps from the run's own value, so that it can be put back, and around it."""
        low = own - self.step * math.floor((own - self.low) / self.step + 1e-9) if own >= self.low else own
        steps = math.ceil((max(self.high, 2.0 * own) - low) / self.step - 1e-9)
        high = low + self.step * steps
        return round(low, 9), round(min(high, self.high) if own <= self.high else high, 9)

    def text(self, value: float) -> str:
        """A value with its unit."""
        if self.at_zero and value == 0.0:
            return self.at_zero
        return f"{value:,.10g}{self.unit}"


def _share_of(key: str) -> Callable[[Issuer, float], dict[str, Any]]:
    return lambda issuer, value: {key: value / 100.0}


def _millions_of(key: str) -> Callable[[Issuer, float], dict[str, Any]]:
    return lambda issuer, value: {key: value * _MILLION}


def _custody(issuer: Issuer, percent: float) -> dict[str, Any]:
    """The largest custodian holds so much; the others share the rest equally, and none holds more than it."""
    largest = percent / 100.0
    others = max(len(custodian_shares(issuer)), math.ceil(1.0 / largest - 1e-9)) - 1
    shares = [largest, *([(1.0 - largest) / others] * others)]
    shares[-1] = 1.0 - sum(shares[:-1])
    return {"custodians.on": True, "custodians.shares": shares}


LEVERS = (
    Lever("fee", "Redemption fee", "%", 0.0, 2.0, 0.05, "of what is redeemed",
          lambda issuer: 100.0 * issuer.terms.fee, _share_of("terms.fee")),
    Lever("gate", "Gate", "% of tokens a day", 0.0, 20.0, 1.0, "most that is admitted a day; 0 is no gate",
          lambda issuer: 100.0 * (issuer.terms.gate or 0.0),
          lambda issuer, value: {"terms.gate": value / 100.0 if value > 0.0 else None}, "no gate"),
    Lever("cash", "Cash", " USD m", 0.0, 200.0, 1.0, "paid out at once; more of it is new money of the owners",
          lambda issuer: issuer.cash_usd / _MILLION, _millions_of("cash_usd")),
    Lever("bills", "Treasury bills", " USD m", 0.0, 300.0, 1.0, "sold within a day; more of them is new money of the owners",
          lambda issuer: issuer.bills_usd / _MILLION, _millions_of("bills_usd")),
    Lever("custody", "Gold at the largest custodian", "%", 20.0, 95.0, 5.0, "the others share the rest equally",
          lambda issuer: 100.0 * max(custodian_shares(issuer)), _custody),
    Lever("depth", "Depth of the token's market", " USD m", 0.5, 50.0, 0.5, "what moves the token by 1%",
          lambda issuer: issuer.peg_model.depth_usd / _MILLION, _millions_of("peg_model.depth_usd")),
)  # fmt: skip


def changes_of(issuer: Issuer, asked: Mapping[str, float]) -> dict[str, Any]:
    """What the sliders change: nothing where one stands at the issuer's own value, to half a step."""
    changes: dict[str, Any] = {}
    for lever in LEVERS:
        value = asked.get(lever.name)
        if value is not None and abs(value - lever.own(issuer)) >= 0.5 * lever.step:
            changes |= lever.changes(issuer, value)
    return changes


@dataclass(frozen=True)
class StatedPath:
    """What happens on the path that is shown day by day: gold falls at once and stays, and tokens are asked for."""

    fall: float = 0.10
    run: float = 0.05

    @property
    def words(self) -> str:
        """The path in words."""
        fall = f"gold falls by {numbers.exact_percent(self.fall)} in a day" if self.fall else "gold stands still"
        return f"{fall} and holders of {numbers.exact_percent(self.run)} of free tokens ask for their money that day" if self.run else fall  # fmt: skip

    def ledger(self, issuer: Issuer, start_usd_per_g: float, own_funds: OwnFundsRule) -> pd.DataFrame:
        """Every day of it for an issuer, nothing drawn."""
        path = ShockDays(issuer, start_usd_per_g, PATH_DAYS)
        prices, events = path.days(1, fall=self.fall, redeem_share=self.run)
        return ledger(issuer, prices[0], events, own_funds)
