"""Paths of our own do what they say."""

from __future__ import annotations

import numpy as np

from gramlib.params.issuer import Banks, Custodians, Issuer
from gramlib.recommend import stresses
from gramlib.simulation import simulate

ISSUER = Issuer(banks=Banks(on=True, shares=[0.3, 0.7]), custodians=Custodians(on=True, shares=[0.2, 0.5, 0.3]))


def test_gold_stands_still_and_a_run_fades() -> None:
    for stress in (
        stresses.calm(100.0),
        stresses.run(100.0),
        stresses.stressed_run(100.0, 4.0),
        stresses.lease_default(100.0),
    ):
        assert set(stress.prices_usd_per_g) == {100.0}
    assert stresses.run(100.0).events.event[:7].tolist() == [0.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.0]
    assert not stresses.calm(100.0).events.event.any()


def test_a_stressed_market_lasts_twice_as_long_as_the_run() -> None:
    multiplier = stresses.stressed_run(100.0, 4.0).events.liquidity_multiplier
    assert multiplier[:12].tolist() == [1.0, *[4.0] * 10, 1.0]


def test_the_largest_bank_and_the_two_largest_custodians_are_hit() -> None:
    assert stresses.bank_failure(ISSUER, 100.0).events.bank_failed[1] == 2.0
    events = stresses.freezes(ISSUER, 100.0).events
    assert events.custodian[:4].tolist() == [0.0, 2.0, 3.0, 0.0]
    assert events.frozen_days[1:3].tolist() == [20.0, 20.0]
    assert stresses.freezes(Issuer(), 100.0).events.custodian[:3].tolist() == [0.0, 1.0, 0.0]


def test_a_custody_loss_takes_its_share() -> None:
    stress = stresses.custody_loss(100.0, 0.02)
    lost = simulate(ISSUER, stress.prices_usd_per_g, stress.events).event_loss_usd[0]
    assert np.isclose(lost, 0.02 * ISSUER.gold_g * 100.0)


def test_everybody_leaves_as_fast_as_holders_can() -> None:
    stress = stresses.redemption_of_all(100.0, 60, 1.0)
    left = simulate(ISSUER, stress.prices_usd_per_g, stress.events).end_tokens_share[0]
    assert np.isclose(left, (1.0 - ISSUER.redemption.max_rate) ** 60, rtol=1e-3)
