"""Figures of a listed scenario: from its own ledger through the engine, and its odds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from gramlib.metrics import survival_days, wilson_interval
from gramlib.metrics.scenario_figures import odds_figures, scenario_figures
from gramlib.params.issuer import Issuer
from gramlib.simulation import Events, OwnFundsRule, failures, ledger


@pytest.fixture(scope="module")
def found() -> dict[str, tuple]:
    issuer = Issuer()
    events = Events.calm(20)
    events.event[2:6] = 1.0
    path = 130.0 * np.array([1, 0.95, 0.8645, 0.8818, 0.87, 0.86, 0.88, 0.89, *[0.9] * 13])
    days = ledger(issuer, path, events, OwnFundsRule(reserve_share=0.02))
    failed = failures(days, issuer)
    rows = {name: row for name, *row in scenario_figures(days, failed, issuer)}
    return {"days": days, "failed": failed, **rows}


def test_days_of_failures_are_those_of_the_replay(found):
    failed = found["failed"][found["failed"]["first_day"] != -1]
    assert len(failed) > 0
    for row in failed.itertuples(index=False):
        assert found[f"days_to_{row.predicate}"][0] == row.first_day
    assert sum(name.startswith("days_to_F") for name in found) == len(failed)


def test_losses_and_ladder_are_the_ledger_s(found):
    days = found["days"]
    start_usd = 39e6
    moved = days["equity_usd"].iloc[-1] - start_usd - days["price_effect_usd"].sum() - days["hedge_usd"].sum()
    assert found["nonprice_loss"][0] == pytest.approx(-moved, rel=1e-6)
    owed = days["tokens_g"] * days["price_usd_per_g"]
    assert found["min_liquid_5d_share"][0] == pytest.approx((days["liquid_5d_usd"] / owed).min())
    assert found["days_to_exhaustion"][0] == days.loc[days["liquid_1d_usd"] <= 0.0, "day"].iloc[0]


def test_survival_is_the_closed_form_at_the_worst_rate(found):
    issuer, days = Issuer(), found["days"]
    liquid = issuer.cash_usd + issuer.bills_usd * (1 - issuer.treasury.bill_haircut)
    share = liquid / (issuer.tokens_g * 130.0 * 0.95)
    assert found["survival_days"][0] == pytest.approx(survival_days(share, days["redemption_rate"].max()))
    assert found["survival_days_with_sales"][0] >= math.floor(found["survival_days"][0])
    assert f"day {int(days['redemption_rate'].idxmax()) + 1}" in found["survival_days"][3]


def test_cash_that_is_never_used_up_says_for_how_long():
    issuer = Issuer()
    days = ledger(issuer, np.full(6, 130.0))
    rows = {name: row for name, *row in scenario_figures(days, failures(days, issuer), issuer)}
    assert math.isnan(rows["days_to_exhaustion"][0]) and "outlast its 5 days" in rows["days_to_exhaustion"][3]
    assert rows["failures"][0] == 0.0 and not any(name.startswith("days_to_F") for name in rows)


def test_odds_have_wilson_intervals():
    odds = pd.DataFrame({"scenario": ["S1"] * 2, "predicate": ["F3", "F4"], "n": [400, 400], "failed": [0, 37]})
    made = {name: row for name, *row in odds_figures(odds, 0.9)}
    assert made["odds_F4"][0] == 37 / 400 and made["odds_F4"][1] == wilson_interval(37, 400, 0.9)
    assert made["odds_F3"][1].upper > 0.0 and "Wilson 90%" in made["odds_F3"][3]
