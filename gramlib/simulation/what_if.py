"""One shock, many issuers: what a few levers do to the day ledger, while prices and luck stay as they are.

The shock begins on FIRST_DAY and lasts SHOCK_DAYS: gold moves by `price_fall` in equal log steps, holders ask for at least
`run_share` of the free tokens on each of these days, and on the first of them one custodian loses `lost_share` of its gold.
Once it is walked on a path without chance, whose ledger is kept, and once on given price paths, each multiplied by the
same move; beside prices nothing is drawn, so that every figure is that of `simulate` for the same issuer and paths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gramlib.artefacts import PREDICATES
from gramlib.errors import DataContractError
from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.simulation.engine import ledger, simulate
from gramlib.simulation.events import Events
from gramlib.simulation.fan import FanCounts
from gramlib.simulation.kernel import launch
from gramlib.simulation.outcomes import Outcomes
from gramlib.simulation.own_funds import OwnFundsRule
from gramlib.simulation.price_driver import PriceDriver

FIRST_DAY, SHOCK_DAYS = 5, 4
"""The fan is counted on every fourth day: it stands on the day before the shock and on its last."""


@readable
@dataclass(frozen=True)
class Levers:
    """What may be moved: five terms of the issuer, three sizes of the shock; bare shares are fractions.

    `gate` [1/day] is None for no gate, `cash_usd` and `bills_usd` [USD] the buffers, `custodian_share` that part of the
    allocated gold which lies with the custodian that is hit, 1 for a single vault. `price_fall` below 0 is a rise.
    """

    fee: float
    gate: float | None
    cash_usd: float
    bills_usd: float
    custodian_share: float
    price_fall: float = 0.10
    run_share: float = 0.005
    lost_share: float = 0.0

    @classmethod
    def of(cls, issuer: Issuer) -> Levers:
        """`issuer` as its file has it, under the default shock; its largest custodian is the one hit."""
        shares, hit = _vaults(issuer)
        return cls(issuer.terms.fee, issuer.terms.gate, issuer.cash_usd, issuer.bills_usd, shares[hit])

    def applied(self, issuer: Issuer) -> Issuer:
        """`issuer` with these terms; raises pydantic's ValidationError for terms that no issuer can have."""
        record = issuer.to_record()
        record["terms"] |= {"fee": self.fee, "gate": self.gate}
        record |= {"cash_usd": self.cash_usd, "bills_usd": self.bills_usd}
        record["custodians"] |= self._custodians(issuer)
        return Issuer.from_record(record)

    def _custodians(self, issuer: Issuer) -> dict[str, object]:
        if self.custodian_share >= 1.0:
            return {"on": False}
        own, hit = _vaults(issuer)
        rest = [share for number, share in enumerate(own) if number != hit] or [1.0]
        shares = [share * (1.0 - self.custodian_share) / sum(rest) for share in rest]
        shares.insert(hit, self.custodian_share)
        return {"on": True, "shares": shares}

    def events(self, issuer: Issuer, n_days: int) -> Events:
        """The run and the loss of gold as daily events; `issuer` is the one that the levers are applied to."""
        events = {name: np.zeros(n_days + 1) for name in ("redeem_share", "lost_share", "custodian")}
        events["redeem_share"][FIRST_DAY : FIRST_DAY + SHOCK_DAYS] = self.run_share
        if self.lost_share:
            events["lost_share"][FIRST_DAY] = self.lost_share
            events["custodian"][FIRST_DAY] = _vaults(issuer)[1] + 1 if self.custodian_share < 1.0 else 0
        calm = np.zeros(n_days + 1)
        return Events(calm, np.ones(n_days + 1), calm, **events)

    def price_factors(self, n_days: int) -> np.ndarray:
        """What the shock multiplies prices by, (n_days + 1,): 1 before it, 1 - `price_fall` from its last day on."""
        steps = np.clip(np.arange(n_days + 1) - FIRST_DAY + 1, 0, SHOCK_DAYS) / SHOCK_DAYS
        return (1.0 - self.price_fall) ** steps


def _vaults(issuer: Issuer) -> tuple[list[float], int]:
    """Gold by custodian as shares, and which of them is hit: the largest."""
    shares = issuer.custodians.shares if issuer.custodians.on else [1.0]
    return shares, shares.index(max(shares))


@readable
@dataclass(frozen=True, eq=False)
class Answer:
    """What came of it: `days` and `failed` of the path without chance, `outcomes` and `fan` of the given paths."""

    levers: Levers
    issuer: Issuer
    days: pd.DataFrame
    failed: pd.DataFrame
    outcomes: Outcomes
    fan: FanCounts

    def failing_share(self, predicate: str) -> float:
        """Share of the given paths on which failure `predicate` ("F1" ... "F7") happens."""
        return float((self.outcomes.first_day(predicate) >= 0).mean())


@readable
@dataclass(frozen=True, eq=False)
class WhatIf:
    """The issuer to start from and the price paths to try it on, (n_paths, n_days + 1) [USD/g], column 0 today.

    `own_funds` is the rule of F1 (default: none). Raises DataContractError for paths shorter than the shock.
    """

    issuer: Issuer
    paths: np.ndarray
    own_funds: OwnFundsRule | None = None

    def __post_init__(self) -> None:
        if self.paths.ndim != 2 or self.n_days < FIRST_DAY + SHOCK_DAYS:
            raise DataContractError(f"prices of shape {self.paths.shape}",
                                    expected=f"(n_paths, n_days + 1), at least {FIRST_DAY + SHOCK_DAYS} days",
                                    origin="WhatIf")  # fmt: skip

    @property
    def n_days(self) -> int:
        """Days walked."""
        return self.paths.shape[1] - 1

    def shocked(self, levers: Levers) -> np.ndarray:
        """The paths that `answer` walks, with the move of `levers`."""
        return self.paths * levers.price_factors(self.n_days)

    def answer(self, levers: Levers) -> Answer:
        """The compiled engine over every path, and the ledger of the one without chance.

        Raises pydantic's ValidationError for terms that no issuer can have.
        """
        issuer = levers.applied(self.issuer)
        events = levers.events(self.issuer, self.n_days)
        certain = self.paths[0, 0] * levers.price_factors(self.n_days)
        days = ledger(issuer, certain, events, self.own_funds, engine="kernel")
        outcomes, fan = launch.run(issuer, PriceDriver.given(self.shocked(levers)), len(self.paths), self.n_days,
                                   drivers=None, events=events, own_funds=self.own_funds, fan_paths=None)  # fmt: skip
        assert fan is not None
        alone = simulate(issuer, certain, events, own_funds=self.own_funds)
        return Answer(levers, issuer, days, _failed(alone), outcomes, fan)


def _failed(alone: Outcomes) -> pd.DataFrame:
    """What `failures` reads off the ledger of a single path, as the kernel has judged it: four times as quick."""
    rows = [(name, alone.first_day(name)[0], alone.cause(name)[0]) for name in PREDICATES]
    frame = pd.DataFrame(rows, columns=["predicate", "first_day", "cause"])
    return frame.astype({"predicate": "str", "first_day": "int32", "cause": "str"})
