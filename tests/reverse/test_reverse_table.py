"""Reverse stress of the model page's issuer, against the figures of MODEL.md sections 1, 6, 7 and 9."""

import numpy as np
import pytest

from gramlib.artefacts import check_table
from gramlib.params.issuer import Issuer
from gramlib.params.stages import AnalyseParams
from gramlib.reverse import Line, failing_intervals, reverse_table
from gramlib.reverse.shocks import shocks
from gramlib.simulation import OwnFundsRule, simulate
from gramlib.units import GRAMS_PER_TROY_OUNCE

START_USD_PER_G = 4000 / GRAMS_PER_TROY_OUNCE
RULE = OwnFundsRule(reserve_share=0.02)
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def table():
    params = AnalyseParams(reverse_tolerance=TOLERANCE)
    return check_table("reverse", reverse_table(Issuer(), START_USD_PER_G, RULE, params, simulate), "test")


def only_row(table, predicate, shock):
    rows = table[(table["predicate"] == predicate) & (table["shock"] == shock)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_queue_forms_for_middling_falls_only(table):
    """Section 7: a queue forms for falls in [14.173%, 84.028%]."""
    row = only_row(table, "queue", "price_fall")
    assert (row["lower"], row["upper"]) == (pytest.approx(0.14173, abs=1.5e-5), pytest.approx(0.84028, abs=1.5e-5))


def test_an_event_moves_the_near_edge_only(table):
    """Section 7: [4.9%, 84.0%] with an event on day 1."""
    row = only_row(table, "queue", "price_fall_with_event")
    assert (row["lower"], row["upper"]) == (pytest.approx(0.049, abs=5e-4), pytest.approx(0.840, abs=5e-4))


def test_two_event_days_need_no_fall(table):
    """Section 7: from 0% with an event of two days or more."""
    row = only_row(table, "queue", "event_days")
    assert (row["lower"], row["upper"], row["unit"]) == (2.0, 10.0, "day")


def test_no_rise_forms_a_queue(table):
    """Section 7: without an event no rise up to 200% forms one."""
    row = only_row(table, "queue", "price_rise")
    assert not row["found"]
    assert row["interval"] == 0
    assert np.isnan(row["lower"])
    assert (row["scan_from"], row["scan_to"]) == (0.0, 2.0)


def test_peg_breaks_from_a_fall_of_ten_percent(table):
    """Section 6: any one-day fall of 10.2% or more breaks F4."""
    row = only_row(table, "F4", "price_fall")
    assert row["lower"] == pytest.approx(0.102, abs=0.0015)
    assert row["upper"] == 0.9


def test_loss_that_wipes_out_equity(table):
    """Section 9: E / P grams, 3.03% of the tokens at $4,000/oz; ten days of costs take less than 0.01% of them."""
    issuer = Issuer()
    equity_usd = (
        issuer.gold_g * START_USD_PER_G + issuer.cash_usd + issuer.bills_usd - issuer.tokens_g * START_USD_PER_G
    )
    row = only_row(table, "F2", "custody_loss")
    assert row["lower"] == pytest.approx(equity_usd / START_USD_PER_G / issuer.tokens_g, abs=1e-4)


def test_a_narrow_set_needs_the_fine_scan():
    """The market's estimate of the wait passes five days for falls of about 25% to 29% only (sections 6 and 7).

    A scan in steps of 5% sees nothing there, one in steps of 1% does. True age, which F3 judges, stays at three days.
    """
    fall = next(s for s in shocks(Issuer(), START_USD_PER_G, AnalyseParams()) if s.name == "price_fall")

    def late(sizes):
        outcomes = simulate(Issuer(), *fall.days(sizes))
        return {"wait": outcomes.longest_wait_days > 5, "F3": outcomes.f3_day != -1}

    fine = failing_intervals(late, Line(0.0, 0.9, 0.01, 1e-4))
    (wait,) = fine["wait"]
    assert (wait.lower, wait.upper) == (pytest.approx(0.25, abs=0.01), pytest.approx(0.29, abs=0.01))
    assert fine["F3"] == []
    assert failing_intervals(late, Line(0.0, 0.9, 0.05, 1e-4))["wait"] == []


def test_shocks_do_what_they_say():
    issuer, sizes = Issuer(), np.array([0.0, 0.25])
    axes = {shock.name: shock for shock in shocks(issuer, 100.0, AnalyseParams(reverse_horizon_days=3))}
    prices, events = axes["price_fall_with_event"].days(sizes)
    assert prices.tolist() == [[100.0] * 4, [100.0, 75.0, 75.0, 75.0]]
    assert events.event.tolist() == [[0.0, 1.0, 0.0, 0.0]] * 2
    assert axes["custody_loss"].days(sizes)[1].lost_g[1].tolist() == [0.0, 0.25 * issuer.gold_g, 0.0, 0.0]
    assert axes["liquidity_multiplier"].days(np.array([3.0]))[1].liquidity_multiplier.tolist() == [[1.0, 3.0, 3.0, 3.0]]
    assert axes["event_days"].days(np.array([2.0]))[1].event.tolist() == [[0.0, 1.0, 1.0, 0.0, 0.0, 0.0]]


def test_progress_and_own_funds_reach_the_engine():
    seen, told = [], []

    def spy(issuer, paths, events, **settings):
        seen.append(settings["own_funds"])
        return simulate(issuer, paths, events, **settings)

    params = AnalyseParams(reverse_step=0.1, reverse_tolerance=0.01)
    reverse_table(Issuer(), START_USD_PER_G, RULE, params, spy, lambda done, total, text: told.append((done, total)))
    assert set(seen) == {RULE}
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
