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
class Slider:
    """One slider: `before` and `unit` stand around its number, `at_zero` in place of a 0 that means something else."""

    name: str
    label: str
    before: str
    unit: str
    low: float
    high: float
    step: float
    help: str
    at_zero: str = ""

    def text(self, value: float) -> str:
        """A value with its unit."""
        if self.at_zero and value == 0.0:
            return self.at_zero
        return f"{self.before}{round(value, 6):,.10g}{self.unit}"


@dataclass(frozen=True)
class Lever:
    """A slider that changes the issuer: `own` reads an issuer's value, in the slider's unit, `changes` gives the keys for another."""

    slider: Slider
    own: Callable[[Issuer], float]
    changes: Callable[[Issuer, float], dict[str, Any]]

    @property
    def name(self) -> str:
        """The slider's name."""
        return self.slider.name

    def moved(self, issuer: Issuer, value: float) -> bool:
        """Whether the slider stands elsewhere than at the issuer's own value, by half a step."""
        return abs(value - self.own(issuer)) >= 0.5 * self.slider.step

    def span(self, own: float) -> tuple[float, float]:
        """Ends of the slider: on whole steps from the run's own value, so that it can be put back, and around it."""
        least, highest, step = self.slider.low, self.slider.high, self.slider.step
        low = own - step * math.floor((own - least) / step + 1e-9) if own >= least else own
        steps = math.floor((max(highest, own) - low) / step + 1e-9)
        return round(low, 9), round(low + step * steps, 9)


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
    Lever(Slider("fee", "Redemption fee", "", "%", 0.0, 2.0, 0.05, "of what is redeemed"),
          lambda issuer: 100.0 * issuer.terms.fee, _share_of("terms.fee")),
    Lever(Slider("gate", "Gate", "", "% of tokens a day", 0.0, 20.0, 1.0, "most that is admitted a day", "no gate"),
          lambda issuer: 100.0 * (issuer.terms.gate or 0.0),
          lambda issuer, value: {"terms.gate": value / 100.0 if value > 0.0 else None}),
    Lever(Slider("cash", "Cash", "USD\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}m", 0.0, 200.0, 1.0, "paid out at once; more of it is new money of the owners"),
          lambda issuer: issuer.cash_usd / _MILLION, _millions_of("cash_usd")),
    Lever(Slider("bills", "Treasury bills", "USD\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}m", 0.0, 300.0, 1.0, "sold within a day; more of them is new money too"),
          lambda issuer: issuer.bills_usd / _MILLION, _millions_of("bills_usd")),
    Lever(Slider("custody", "Gold at the largest custodian", "", "%", 25.0, 95.0, 5.0, "the others share the rest equally"),
          lambda issuer: 100.0 * max(custodian_shares(issuer)), _custody),
    Lever(Slider("depth", "Depth of the token's market", "USD\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}m", 0.5, 50.0, 0.5, "sales that move the token by 1%"),
          lambda issuer: issuer.peg_model.depth_usd / _MILLION, _millions_of("peg_model.depth_usd")),
)  # fmt: skip


def changes_of(issuer: Issuer, asked: Mapping[str, float]) -> dict[str, Any]:
    """What the sliders change: nothing where one stands at the issuer's own value."""
    changes: dict[str, Any] = {}
    for lever in LEVERS:
        value = asked.get(lever.name)
        if value is not None and lever.moved(issuer, value):
            changes |= lever.changes(issuer, value)
    return changes


FALL = Slider("fall", "Gold falls in a day by", "", "%", 0.0, 60.0, 1.0, "and stays there", "it stands still")
HOLDERS = Slider("holders", "Holders who ask that day", "", "% of free tokens", 0.0, 50.0, 1.0,
                 "at least so many; more where the model's holders would", "as the model has it")  # fmt: skip


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
