"""Sliders: where they stand, what they change, and the path that is shown day by day."""

from __future__ import annotations

import math

import pytest

from gramlib.params.issuer_file import issuer_names, load_issuer
from gramlib.service.what_if_issuer import asked_issuer, own_value
from gramlib.service.what_if_levers import LEVERS, PATH_DAYS, StatedPath, changes_of
from gramlib.simulation import OwnFundsRule, failures

BY_NAME = {lever.name: lever for lever in LEVERS}


@pytest.fixture(params=["gram", "gram_usd", "worked_vector"])
def issuer(request, workbench_root):
    assert request.param in issuer_names(workbench_root)
    return load_issuer(request.param, workbench_root)


def test_a_slider_can_be_put_back_to_the_issuers_own_value(issuer):
    for lever in LEVERS:
        own = lever.own(issuer)
        low, high = lever.span(own)
        steps = (own - low) / lever.slider.step
        assert low <= own <= high + 1e-9 and high > low
        assert steps == pytest.approx(round(steps), abs=1e-6), lever.name


def test_sliders_that_stand_at_the_issuers_own_values_change_nothing(issuer):
    assert changes_of(issuer, {lever.name: lever.own(issuer) for lever in LEVERS}) == {}
    assert changes_of(issuer, {}) == {}


def test_every_slider_changes_what_it_names_and_reads_it_back(issuer):
    for lever in LEVERS:
        for value in lever.span(lever.own(issuer)):
            if not lever.moved(issuer, value):
                continue
            changed = asked_issuer(issuer, changes_of(issuer, {lever.name: value}))
            assert lever.own(changed) == pytest.approx(value, abs=1e-6), lever.name


def test_no_gate_is_a_gate_switched_off(workbench_root):
    gated = asked_issuer(load_issuer("gram", workbench_root), {"terms.gate": 0.05})
    assert changes_of(gated, {"gate": 0.0}) == {"terms.gate": None}
    assert asked_issuer(gated, {"terms.gate": None}).terms.gate is None
    assert BY_NAME["gate"].slider.text(0.0) == "no gate"


@pytest.mark.parametrize("percent", [25, 35, 60, 95])
def test_custody_shares_add_up_and_none_exceeds_the_largest(workbench_root, percent):
    shares = changes_of(load_issuer("gram", workbench_root), {"custody": float(percent)}).get(
        "custodians.shares", [0.6, 0.4]
    )
    assert math.isclose(sum(shares), 1.0, abs_tol=1e-12) and len(shares) >= 2
    assert max(shares) == pytest.approx(percent / 100)


def test_a_changed_value_is_assumed_whatever_it_was(workbench_root):
    issuer = load_issuer("gram", workbench_root)
    changed = asked_issuer(issuer, {"market.lag_days": 5, "cash_usd": 7})
    assert (changed.market.lag_days, changed.cash_usd) == (5, 7.0)
    assert own_value(changed, "market.lag_days") == 5
    assert changed.basis_of("cash_usd").source == "asked in a what-if"
    assert changed.basis_of("cash_usd").basis == "assumed"


def test_the_path_is_what_its_words_say(workbench_root):
    issuer = load_issuer("gram", workbench_root)
    path = StatedPath(0.12, 0.08)
    assert path.words == "gold falls by 12% in a day and holders of 8% of free tokens ask for their money that day"
    days = path.ledger(issuer, 130.0, OwnFundsRule())
    assert len(days) == PATH_DAYS
    assert days["price_usd_per_g"].to_numpy() == pytest.approx([130.0 * 0.88] * PATH_DAYS)
    assert days["requested_g"].iloc[0] >= 0.08 * issuer.tokens_g * 0.999
    calm = StatedPath(0.0, 0.0)
    assert calm.words == "gold stands still"
    assert not (failures(calm.ledger(issuer, 130.0, OwnFundsRule()), issuer)["first_day"] >= 0).any()
