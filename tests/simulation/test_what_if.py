"""What levers do is what `simulate` gives for the issuer and the shock they stand for."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from gramlib.errors import DataContractError
from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, Outcomes, OwnFundsRule, failures, ledger, simulate
from gramlib.simulation.what_if import Levers, WhatIf

N_DAYS = 20
MOVED = Levers(0.01, 0.02, 5e6, 9e6, 0.3, price_fall=0.2, run_share=0.03, lost_share=0.05)


def issuer(**changed: object) -> Issuer:
    record = Issuer().to_record()
    record["custodians"] |= {"on": True, "shares": [0.25, 0.6, 0.15]}
    return Issuer.from_record(record | changed)


def prices(n_paths: int = 40) -> np.ndarray:
    steps = np.random.default_rng(3).normal(0.0, 0.01, (n_paths, N_DAYS))
    return 130.0 * np.exp(np.cumsum(np.hstack([np.zeros((n_paths, 1)), steps]), axis=1))


def by_hand() -> tuple[Issuer, np.ndarray, Events]:
    """MOVED, written out: the issuer, what prices are multiplied by, and the events."""
    record = issuer().to_record()
    record["terms"] |= {"fee": 0.01, "gate": 0.02}
    record |= {"cash_usd": 5e6, "bills_usd": 9e6}
    record["custodians"]["shares"] = [0.7 * 0.25 / 0.4, 0.3, 0.7 * 0.15 / 0.4]
    factors = np.ones(N_DAYS + 1)
    factors[5:9], factors[9:] = 0.8 ** np.array([0.25, 0.5, 0.75, 1.0]), 0.8
    zeros, run, lost, who = np.zeros((4, N_DAYS + 1))
    run[5:9], lost[5], who[5] = 0.03, 0.05, 2
    return Issuer.from_record(record), factors, Events(zeros, zeros + 1.0, zeros, lost, custodian=who, redeem_share=run)


def test_outcomes_are_those_of_simulate_to_the_bit():
    rule = OwnFundsRule(reserve_share=0.02)
    changed, factors, events = by_hand()
    expected = simulate(changed, prices() * factors, events, own_funds=rule)
    found = WhatIf(issuer(), prices(), rule).answer(MOVED)
    assert found.issuer.to_record() == changed.to_record()
    for spec in fields(Outcomes):
        np.testing.assert_array_equal(getattr(found.outcomes, spec.name), getattr(expected, spec.name))
    assert found.failing_share("F3") == (expected.f3_day >= 0).mean()


def test_the_ledger_is_that_of_the_reference_engine_on_the_path_without_chance():
    changed, factors, events = by_hand()
    expected = ledger(changed, 130.0 * factors, events)
    found = WhatIf(issuer(), prices()).answer(MOVED)
    pd.testing.assert_frame_equal(found.days, expected, rtol=1e-9, atol=1e-6)
    pd.testing.assert_frame_equal(found.failed, failures(expected, changed))
    assert (found.failed["first_day"] >= 0).any()


def test_the_fan_counts_every_path_on_the_day_before_the_shock_and_on_its_last():
    found = WhatIf(issuer(), prices()).answer(MOVED)
    assert found.fan.n_paths == 40 and {4, 8} <= set(found.fan.days.tolist())


def test_levers_of_an_issuer_change_nothing_about_it():
    start = Levers.of(issuer())
    assert start.custodian_share == 0.6 and start.applied(issuer()).to_record() == issuer().to_record()
    alone = Issuer()
    assert Levers.of(alone).custodian_share == 1.0 and Levers.of(alone).applied(alone).to_record() == alone.to_record()


@pytest.mark.parametrize(("own", "number"), [(issuer(), 2), (Issuer(), 1)], ids=["of three", "of one"])
def test_the_custodian_that_is_hit_stays_the_same_however_small_it_becomes(own: Issuer, number: int):
    small = replace(Levers.of(own), custodian_share=0.1, lost_share=0.5)
    shares = small.applied(own).custodians.shares
    assert shares[number - 1] == 0.1 and sum(shares) == pytest.approx(1.0, abs=1e-12)
    assert small.events(own, N_DAYS).custodian[5] == number
    lost_g = WhatIf(own, prices()).answer(small).days["lost_g"].sum()
    assert lost_g == pytest.approx(0.5 * 0.1 * own.gold_g, rel=0.01)


def test_a_single_vault_loses_from_all_it_has():
    levers = replace(Levers.of(issuer()), custodian_share=1.0, lost_share=0.5, run_share=0.0, price_fall=0.0)
    assert not levers.applied(issuer()).custodians.on and levers.events(issuer(), N_DAYS).custodian[5] == 0
    assert WhatIf(issuer(), prices()).answer(levers).days["lost_g"].sum() == pytest.approx(5e6, rel=0.01)


@pytest.mark.parametrize("fall", [0.3, 0.0, -0.25])
def test_prices_end_where_the_fall_says_and_do_not_move_before_it(fall: float):
    factors = replace(MOVED, price_fall=fall).price_factors(N_DAYS)
    assert (factors[:5] == 1.0).all() and factors[8:] == pytest.approx(1.0 - fall, rel=1e-15)
    np.testing.assert_allclose(np.diff(np.log(factors))[4:8], np.log(1.0 - fall) / 4, atol=1e-15)


def test_more_cash_shortens_no_less_a_queue():
    walked = [
        WhatIf(issuer(), prices()).answer(replace(MOVED, cash_usd=usd)).days["queue_g"] for usd in (0.0, 1e7, 1e9)
    ]
    assert walked[0].max() >= walked[1].max() >= walked[2].max()


def test_terms_that_no_issuer_can_have_are_refused():
    with pytest.raises(ValidationError, match="fee"):
        WhatIf(issuer(), prices()).answer(replace(MOVED, fee=0.6))


def test_paths_shorter_than_the_shock_are_refused():
    with pytest.raises(DataContractError, match="at least 9 days"):
        WhatIf(issuer(), prices()[:, :9])
