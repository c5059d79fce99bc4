"""The run's own books and scenarios again: the same paths, whatever the issuer."""

import numpy as np
import pandas as pd
import pytest
from test_books import CALIBRATION, OutsideModels

from gramlib.errors import ParameterError
from gramlib.params.issuer import CustodyDriver, Drivers, Issuer
from gramlib.params.stages import PredictParams
from gramlib.scenarios import Change
from gramlib.simulation import Market, OwnFundsRule, simulate
from gramlib.simulation.events import Events
from gramlib.simulation.replays import Listed
from gramlib.simulation.rerun import Rerun

ISSUER = Issuer(drivers=Drivers(custody=CustodyDriver(rate_year=2.0)))
PARAMS = PredictParams(
    n_paths=300, horizon_days=40, solvency_n_paths=60, solvency_horizon_days=80, drivers=["confidence", "custody"]
)


@pytest.fixture(scope="module")
def rerun() -> Rerun:
    market = Market(ISSUER, CALIBRATION, pd.DataFrame(), PARAMS, OwnFundsRule(reserve_share=0.02), OutsideModels())
    prices = np.full(21, market.start_usd_per_g)
    prices[1:] *= 0.8
    dearer = (Change(key="costs.opex_usd_year", factor=10.0, why="ten times the cost, to be seen"),)
    return Rerun(market, (
        Listed("fall", "A fall", "severe", prices, Events.calm(20)),
        Listed("costly", "The same, with costs", "severe", prices, Events.calm(20), dearer),
    ))  # fmt: skip


def test_the_untouched_issuer_walks_the_run_s_own_paths(rerun: Rerun) -> None:
    whole = rerun.book(ISSUER, "liquidity")
    part = rerun.book(ISSUER, "liquidity", 120)
    assert len(whole) == 300 and len(rerun.book(ISSUER, "solvency", 10_000)) == 60
    assert np.array_equal(whole.min_equity_usd[:120], part.min_equity_usd)
    assert np.array_equal(rerun.market.outcomes("liquidity").min_equity_usd, whole.min_equity_usd)


def test_another_issuer_meets_the_same_draws(rerun: Rerun) -> None:
    """Twice the dollars everywhere and twice the grams: every share and day is the same."""
    twice = ISSUER.model_copy(update={
        "tokens_g": 2 * ISSUER.tokens_g, "gold_g": 2 * ISSUER.gold_g, "cash_usd": 2 * ISSUER.cash_usd,
        "bills_usd": 2 * ISSUER.bills_usd,
        "market": ISSUER.market.model_copy(update={"adv_usd": 2 * ISSUER.market.adv_usd}),
        "peg_model": ISSUER.peg_model.model_copy(update={"depth_usd": 2 * ISSUER.peg_model.depth_usd}),
        "costs": ISSUER.costs.model_copy(update={"opex_usd_year": 2 * ISSUER.costs.opex_usd_year}),
    })  # fmt: skip
    one, two = rerun.book(ISSUER), rerun.book(twice)
    assert np.array_equal(one.end_price_usd_per_g, two.end_price_usd_per_g)
    assert np.allclose(two.min_equity_usd, 2 * one.min_equity_usd, rtol=1e-9)
    for name in ("f1_day", "f2_day", "f4_day", "f7_day"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


def test_a_driver_left_out_changes_no_other(rerun: Rerun) -> None:
    without = rerun.book(ISSUER, drivers=["custody"])
    everything = rerun.book(ISSUER)
    assert np.array_equal(without.event_loss_usd > 0, everything.event_loss_usd > 0)
    assert (rerun.book(ISSUER, drivers=["confidence"]).event_loss_usd == 0).all()


def test_a_listed_scenario_changes_the_issuer_it_meets(rerun: Rerun) -> None:
    found = rerun.scenarios(ISSUER)
    assert list(found) == ["fall", "costly"]
    plain = simulate(ISSUER, rerun.listed[0].prices, own_funds=rerun.market.own_funds)
    assert found["fall"].end_equity_usd == plain.end_equity_usd
    lost = found["fall"].end_equity_usd - found["costly"].end_equity_usd
    assert lost == pytest.approx(9 * ISSUER.costs.opex_usd_year * 20 / 252, rel=0.05)


def test_what_there_is_not_is_refused(rerun: Rerun) -> None:
    with pytest.raises(ParameterError, match="fall, costly"):
        rerun.scenario(ISSUER, "rise")
    with pytest.raises(ParameterError, match="liquidity_price_only"):
        rerun.book(ISSUER, "equity")
