"""Paths of our own, on which a measure is held against one thing that happens: gold stands still, nothing is drawn.

calm            nothing
run             a confidence event of three days that fades over two, after scenario confidence_run
stressed_run    the same while the market takes less
bank_failure    the largest bank fails, and holders hear of it
lease_default   the lessee fails while holders run
freezes         the vaults of the two largest custodians are closed, one day after the other
custody_loss    a share of all gold is lost, and holders hear of it
redemption_of_all   everybody leaves as fast as holders can
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gramlib.params.issuer import Issuer
from gramlib.readable import readable
from gramlib.simulation import Events

RUN_LEVELS = (1.0, 1.0, 1.0, 0.5, 0.5)
RUN_DAYS = 30
FREEZE_DAYS = 20
"""As in scenario S6 of the catalogue of hypothetical scenarios, and in a squeeze."""

ALL_LEAVE = 30.0
"""Level of an event at which holders ask for what they can at most in a day."""


@readable
@dataclass(frozen=True, eq=False)
class Stress:
    """Prices [USD/g], shape (n_days + 1,), with events; `title` names it in a row."""

    title: str
    prices_usd_per_g: np.ndarray
    events: Events


def calm(gold_usd_per_g: float) -> Stress:
    """Nothing happens."""
    return _flat("a calm day", gold_usd_per_g, RUN_DAYS)


def run(gold_usd_per_g: float) -> Stress:
    """Holders run in a calm market."""
    return _flat("a run of five days, gold flat", gold_usd_per_g, RUN_DAYS, event=RUN_LEVELS)


def stressed_run(gold_usd_per_g: float, multiplier: float) -> Stress:
    """Holders run while the market is `multiplier` times as hard to sell into, for as long as the run and as much again."""
    title = f"the same run in a market {multiplier:g} times as hard to sell into"
    return _flat(title, gold_usd_per_g, RUN_DAYS, event=RUN_LEVELS, multiplier=[multiplier] * (2 * len(RUN_LEVELS)))


def bank_failure(issuer: Issuer, gold_usd_per_g: float) -> Stress:
    """Bank number one of those with the largest share fails on day 1, with the run that this starts."""
    number = 1 + int(np.argmax(issuer.banks.shares))
    return _flat("the largest bank fails, and holders run", gold_usd_per_g, RUN_DAYS, event=RUN_LEVELS,
                 bank_failed=[float(number)])  # fmt: skip


def lease_default(gold_usd_per_g: float) -> Stress:
    """The lessee fails on day 1, with the run that this starts."""
    return _flat("the lessee fails, and holders run", gold_usd_per_g, RUN_DAYS, event=RUN_LEVELS, lease_default=[1.0])


def freezes(issuer: Issuer, gold_usd_per_g: float) -> Stress:
    """The two custodians with the largest shares are closed from day 1 and day 2 on; one alone where there are no more."""
    shares = issuer.custodians.shares if issuer.custodians.on else [1.0]
    largest = 1.0 + np.argsort(-np.asarray(shares), kind="stable")[:2]
    days = [float(FREEZE_DAYS)] * len(largest)
    return _flat("the two largest custodians are frozen, and holders run", gold_usd_per_g, RUN_DAYS, event=RUN_LEVELS,
                 custodian=largest.tolist(), frozen_days=days)  # fmt: skip


def custody_loss(gold_usd_per_g: float, lost_share: float) -> Stress:
    """`lost_share` of the gold is lost on day 1, with the run that this starts."""
    return _flat(f"{lost_share:.1%} of the gold is lost, and holders run", gold_usd_per_g, RUN_DAYS, event=RUN_LEVELS,
                 lost_share=[lost_share])  # fmt: skip


def redemption_of_all(gold_usd_per_g: float, n_days: int, multiplier: float) -> Stress:
    """Everybody asks from day 1 on, in a market `multiplier` times as hard to sell into."""
    return _flat(
        "everybody redeems", gold_usd_per_g, n_days, event=[ALL_LEAVE] * n_days, multiplier=[multiplier] * n_days
    )


def _flat(title: str, gold_usd_per_g: float, n_days: int, **from_day_one: Any) -> Stress:
    """What happens is given from day 1 on; afterwards nothing does."""
    named = {"multiplier": "liquidity_multiplier"}
    columns = {
        "event": np.zeros(n_days + 1),
        "liquidity_multiplier": np.ones(n_days + 1),
        "lost_g": np.zeros(n_days + 1),
    }
    for name, values in from_day_one.items():
        column = columns.setdefault(named.get(name, name), np.zeros(n_days + 1))
        column[1 : 1 + len(values)] = values
    return Stress(title, np.full(n_days + 1, gold_usd_per_g), Events(**columns))
