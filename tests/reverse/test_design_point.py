"""Likelihoods of scenarios against closed forms, and the likeliest failing one against a portfolio that is known."""

from __future__ import annotations

from dataclasses import replace
from math import exp, expm1

import numpy as np
import pytest

from gramlib.metrics.intervals import wilson_interval
from gramlib.params.issuer import (
    Banks,
    Collateral,
    ConfidenceDriver,
    Costs,
    Custodians,
    CustodyDriver,
    Drivers,
    Issuer,
    PegModel,
    Redemption,
    Treasury,
)
from gramlib.reverse.design_point import Scenario, effective_interval, likeliest_failures, rate_of
from gramlib.reverse.factors import (
    EVENT_DAYS,
    WINDOW_DAYS,
    Mishap,
    event_days_beyond,
    event_days_chances,
    mishaps_of,
    windows_of,
)
from gramlib.simulation import DRIVERS, OwnFundsRule, simulate
from gramlib.simulation.drivers import volatility_multiplier

ALL = tuple(DRIVERS)
NOTHING = Mishap("", 1.0, 1.0)
START = 130.0


def paths(n: int = 400, n_days: int = 60, sigma: float = 0.01, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    shocks = sigma * np.random.default_rng(seed).standard_normal((n, n_days))
    prices = START * np.exp(np.pad(np.cumsum(shocks, axis=1), ((0, 0), (1, 0))))
    return prices, np.full(prices.shape, sigma)


def test_windows_hold_the_largest_moves_inside_them():
    prices = np.full((1, 41), 100.0)
    prices[0, 10:] = 90.0
    prices[0, 20:] = 99.0
    windows = windows_of(prices, np.full(prices.shape, 0.01), Issuer(), (), 0.01)
    assert windows.moves[-1, 1][0] == pytest.approx([0.1, 0.0])
    assert windows.moves[-1, 5][0] == pytest.approx([0.1, 0.0])
    assert windows.moves[-1, 20][0] == pytest.approx([0.01, 0.0])
    assert windows.moves[1, 1][0] == pytest.approx([0.1, 0.0])
    assert not windows.event_chance.any() and (windows.multiplier == 1.0).all()


def test_a_flat_price_brings_events_at_the_calm_rate():
    """1 - exp(-rate x 20 / 252), whatever b is; a steady fall multiplies the hazard by exp(b x five-day fall)."""
    issuer = Issuer(drivers=Drivers(confidence=ConfidenceDriver(rate_year=0.5, return_sensitivity=20.0)))
    flat = np.full((1, 21), 100.0)
    sigma = np.full(flat.shape, 0.01)
    calm = windows_of(flat, sigma, issuer, ALL, 0.01).event_chance[0, 0]
    assert calm == pytest.approx(-expm1(-0.5 * 20 / 252), rel=1e-12)
    falling = 100.0 * 0.99 ** np.arange(21.0)[None]
    falls = [1 - 0.99 ** min(day, 5) for day in range(1, 21)]
    expected = -expm1(-sum(0.5 / 252 * exp(20.0 * fall) for fall in falls))
    assert windows_of(falling, sigma, issuer, ALL, 0.01).event_chance[0, 0] == pytest.approx(expected, rel=1e-12)


def test_market_multiplier_is_the_drivers():
    issuer = Issuer()
    prices, sigma = paths(n=3)
    sigma[:, 5] = 0.03
    multiplier = windows_of(prices, sigma, issuer, ALL, 0.011).multiplier
    assert multiplier[0, 0] == pytest.approx(volatility_multiplier(0.03, 1 / 0.011, issuer.drivers.liquidity.cap))
    assert multiplier[0, 1] == 1.0


def test_event_lengths_are_geometric():
    issuer = Issuer()
    days = np.arange(1, 400)
    chances = (1 / 3) * (2 / 3) ** (days - 1)
    assert event_days_beyond(issuer, 4) == pytest.approx(chances[days >= 4].sum())
    classes = event_days_chances(issuer)
    assert classes.sum() == pytest.approx(1.0)
    assert classes[EVENT_DAYS.index(5) - 1] == pytest.approx(chances[(days >= 5) & (days < 7)].sum())


def test_mishaps_add_up_and_only_those_there_are_come():
    rich = Issuer(custodians=Custodians(on=True), banks=Banks(on=True))
    mishaps = mishaps_of(rich, ALL)
    arrivals = [m for m in mishaps if m.name.startswith("loss at custodian 1")]
    rate = rich.drivers.custody.rate_year
    assert sum(m.chance for m in arrivals) == pytest.approx(-expm1(-rate * WINDOW_DAYS / 252), rel=1e-9)
    assert [m.chance_beyond for m in arrivals] == sorted((m.chance_beyond for m in arrivals), reverse=True)
    names = {m.name for m in mishaps}
    assert {"failure of bank 2", "freeze at custodian 2", "squeeze", "cyber loss"} <= names
    assert {m.name for m in mishaps_of(Issuer(), ())} == {""}
    assert not any("bank" in m.name or "freeze" in m.name for m in mishaps_of(Issuer(), ALL))


def test_rates_are_those_of_the_laws():
    issuer = Issuer()
    windows = windows_of(*paths(), issuer, ALL, 0.01)
    fall = Scenario(-1, 0.02, 1, 0, 1.0, NOTHING, 0.0)
    hits = (windows.moves[-1, 1] >= 0.02).mean()
    assert rate_of(fall, windows, issuer, 0.95).per_year == pytest.approx(252 / 20 * hits)
    both = replace(fall, event_days=2)
    expected = ((windows.moves[-1, 1] >= 0.02) * windows.event_chance).mean() * (2 / 3)
    assert rate_of(both, windows, issuer, 0.95).per_year == pytest.approx(252 / 20 * expected)
    bank = Scenario(0, 0.0, 1, 3, 1.0, Mishap("failure of bank 1", 0.001, 0.001, brings_event=True), 0.0)
    exact = rate_of(bank, windows, issuer, 0.95)
    assert exact.per_year == pytest.approx(252 / 20 * 0.001 * (2 / 3) ** 2)
    assert exact.lower == exact.upper == exact.per_year


@pytest.mark.parametrize("hits", [0, 1, 7, 100])
def test_the_effective_interval_of_noughts_and_ones_is_wilsons(hits):
    chances = np.repeat([1.0, 0.0], [hits, 100 - hits])
    assert effective_interval(chances, 0.95) == wilson_interval(hits, 100)


def test_the_effective_interval_widens_with_unequal_chances():
    """A few paths that carry the whole chance are known less well than many that share it."""
    few, many = np.zeros(1000), np.full(1000, 0.004)
    few[:4] = 1.0
    narrow, wide = effective_interval(many, 0.95), effective_interval(few, 0.95)
    assert narrow.lower < 0.004 < narrow.upper and wide.lower < 0.004 < wide.upper
    assert narrow.upper - narrow.lower < wide.upper - wide.lower


def known() -> Issuer:
    """Nobody redeems and nothing costs anything: only lost gold breaks it, from E/P = 3% of the grams on."""
    return Issuer(
        redemption=Redemption(base_rate=0.0, max_rate=1e-12), costs=Costs(opex_usd_year=0.0, custody_rate_year=0.0),
        treasury=Treasury(bill_yield=0.0, bill_haircut=0.0), cash_usd=0.0, bills_usd=0.03 * START * 10e6 * 0.999,
        peg_model=PegModel(depth_usd=1e12), drivers=Drivers(custody=CustodyDriver(rate_year=0.01)),
    )  # fmt: skip


def test_the_likeliest_failure_of_a_known_portfolio():
    """Only the class of losses from 3% on fails: its log-likelihood is that of a custody loss of 3% to 5% in a window."""
    issuer = known()
    windows, mishaps = windows_of(*paths(), issuer, ["custody"], 0.01), mishaps_of(issuer, ["custody"])
    found, least = likeliest_failures(issuer, START, OwnFundsRule(), windows, mishaps, 0.01, 5, simulate)
    assert set(found) == {"F2", "F1", "F5"}
    scenario = found["F2"]
    assert (scenario.way, scenario.mishap.lost_share, scenario.sign) == ("confidence event + custody loss", 0.03, 0)
    assert found["F5"].mishap.lost_share == 0.01
    loss = next(m for m in mishaps if m.lost_share == 0.03)
    one_day = event_days_chances(issuer)[0]
    assert scenario.log_likelihood == pytest.approx(np.log(loss.chance * one_day / mishaps[0].chance), abs=1e-9)
    assert scenario.event_days == 1
    assert least < scenario.log_likelihood


def test_a_portfolio_that_only_a_gap_breaks():
    """Peg usd at a ratio of 1.0505, liquidated at par: a slow fall is outrun, a one-day fall breaks F6 from 5% on."""
    issuer = known().model_copy(update={
        "peg": "usd", "gold_g": 10.505e6, "bills_usd": 0.0, "collateral": Collateral(bonus=0.0),
    })  # fmt: skip
    windows = windows_of(*paths(sigma=0.02), issuer, (), 0.02)
    found, _ = likeliest_failures(issuer, START, OwnFundsRule(), windows, mishaps_of(issuer, ()), 0.01, 5, simulate)
    scenario = found["F6"]
    assert (scenario.sign, scenario.move_days, scenario.move) == (-1, 1, pytest.approx(0.05))
    assert (scenario.event_days, scenario.multiplier, scenario.way) == (0, 1.0, "fall of gold")
    steps = np.floor(windows.moves[-1, 1] / 0.01 + 1e-9).astype(int)
    merged = np.where(steps <= np.floor(np.median(steps)), 0, steps)
    of_calm = (merged == 5).mean() / (np.bincount(merged.ravel()).max() / merged.size)
    assert scenario.log_likelihood == pytest.approx(np.log(of_calm))


def test_no_class_fails_an_issuer_that_nothing_moves():
    issuer = known()
    windows = windows_of(*paths(), issuer, (), 0.01)
    found, least = likeliest_failures(issuer, START, OwnFundsRule(), windows, mishaps_of(issuer, ()), 0.01, 5, simulate)
    assert found == {}
    assert least < 0.0
