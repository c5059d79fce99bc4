"""Sensitivities: the base is the run's own, ends move what they should, flips are where a closed form puts them."""

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import check_table
from gramlib.params.issuer import ConfidenceDriver, CustodyDriver, Drivers, Issuer
from gramlib.params.sensitivity import Range, load_ranges
from gramlib.params.stages import PredictParams
from gramlib.sensitivity import Headlines, decision_flips, screen_table, tornado_table
from gramlib.sensitivity.response import LOSS, own_size
from gramlib.simulation import Market, OwnFundsRule
from gramlib.simulation.rerun import Rerun
from gramlib.verdicts import load_profile

GARCH = {
    "kind": "gjr_garch_t", "parameters": {"mean": 0.0, "omega": 1e-6, "alpha": 0.05, "beta": 0.94}, "nu": 5.0,
    "next_variance": 1.2e-4,
}  # fmt: skip
CALIBRATION = {
    "last_price_usd_per_g": 130.0, "sigma_sample": 0.011, "champion": "garch_t", "models": {"garch_t": GARCH},
}  # fmt: skip
ISSUER = Issuer(
    drivers=Drivers(custody=CustodyDriver(rate_year=0.05), confidence=ConfidenceDriver(rate_year=0.3, mean_days=4.0))
)
PARAMS = PredictParams(
    n_paths=400, horizon_days=60, solvency_n_paths=200, solvency_horizon_days=120,
    drivers=["confidence", "custody", "liquidity"],
)  # fmt: skip


def entry(name: str, keys: list[str], how: str, low: float, high: float, screen: bool = True) -> Range:
    return Range(
        **{"name": name, "title": name.replace("_", " "), "unit": "1", "keys": keys, "as": how, "low": low, "high": high,
           "screen": screen, "why": "a test of it"}
    )  # fmt: skip


class Models:
    """The kernel draws this price model by itself."""

    def residual_law(self, calibration: dict, residuals: pd.DataFrame, model: str) -> None:
        return None


BUFFER = entry("buffer", ["cash_usd", "bills_usd"], "factor", 0.6, 20.0)
DOUBT = entry("doubt", ["drivers.confidence.rate_year"], "value", 0.0, 1.0)
VOLATILITY = entry("volatility", [], "factor", 0.5, 2.0)
IDLE = entry("minimum", ["terms.minimum_oz"], "value", 1.0, 1000.0)


@pytest.fixture(scope="module")
def headlines(workbench_root) -> Headlines:
    market = Market(ISSUER, CALIBRATION, pd.DataFrame(), PARAMS, OwnFundsRule(reserve_share=0.02), Models())
    return Headlines(Rerun(market, ()), load_profile("internal", workbench_root), 0.975, 0.95, 400)


@pytest.fixture(scope="module")
def tornado(headlines: Headlines) -> pd.DataFrame:
    return check_table("tornado", tornado_table(headlines, ISSUER, (BUFFER, DOUBT, VOLATILITY, IDLE)), "test")


def row(table: pd.DataFrame, metric: str, parameter: str) -> pd.Series:
    return table[(table["metric"] == metric) & (table["parameter"] == parameter)].iloc[0]


def test_the_base_is_the_run_s_own(headlines: Headlines, tornado: pd.DataFrame) -> None:
    book = headlines.rerun.book(ISSUER, "liquidity")
    share = float((book.f7_day >= 0).mean())
    assert row(tornado, "F7", "buffer")["base"] == pytest.approx(1 - (1 - share) ** (252 / 60))


def test_ends_move_what_they_should(tornado: pd.DataFrame) -> None:
    buffer = row(tornado, "F7", "buffer")
    assert buffer["at_low"] > buffer["base"] > buffer["at_high"] == 0.0
    assert buffer["low_lower"] > 0 and buffer["high_upper"] <= 0.01
    assert buffer["low_lower"] < buffer["at_low"] - buffer["base"] <= buffer["low_upper"]
    doubt = row(tornado, "F4", "doubt")
    assert doubt["at_low"] < doubt["base"] < doubt["at_high"]
    assert row(tornado, LOSS, "volatility")["swing"] > 0


def test_what_moves_nothing_has_no_swing_and_comes_last(tornado: pd.DataFrame) -> None:
    idle = tornado[tornado["parameter"] == "minimum"]
    assert (idle["swing"] == 0).all()
    for _, rows in tornado.groupby("metric"):
        assert rows["swing"].is_monotonic_decreasing


def test_an_impossible_end_is_said_and_does_not_stop_the_rest(headlines: Headlines) -> None:
    beyond = entry("base", ["redemption.base_rate"], "value", 0.001, 0.9)
    table = check_table("tornado", tornado_table(headlines, ISSUER, (beyond, IDLE)), "test")
    told = table[table["parameter"] == "base"]
    assert told["note"].str.startswith("not possible for this issuer").all() and told["swing"].isna().all()
    assert (table.loc[table["parameter"] == "minimum", "note"] == "").all()


def test_a_flip_is_between_two_sizes_of_other_status(headlines: Headlines, tornado: pd.DataFrame) -> None:
    flips = check_table("decision_flips", decision_flips(headlines, ISSUER, (BUFFER, IDLE), tornado), "test")
    idle = flips[flips["parameter"] == "minimum"]
    assert len(idle) == 1 and not idle["found"].iloc[0]
    found = flips[(flips["parameter"] == "buffer") & flips["found"]]
    assert len(found)
    for flip in found.itertuples():
        there = headlines.moved(ISSUER, BUFFER, flip.flips_at)
        inner = flip.flips_at + flip.tolerance * (1 if flip.side == "below" else -1)
        here = headlines.moved(ISSUER, BUFFER, inner)
        states = [{**each.status, "overall": each.overall}[flip.requirement] for each in (there, here)]
        assert states == [flip.status_there, flip.status_base]
        assert (flip.flips_at < flip.own_size) == (flip.side == "below")


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_a_screen_ranks_the_buffer_first_and_the_idle_last(headlines: Headlines, method: str, monkeypatch) -> None:
    from gramlib.sensitivity import screen

    monkeypatch.setattr(screen, "BASE_SAMPLES", 8)
    chosen = (BUFFER, DOUBT, IDLE)
    table = check_table("screen", screen_table(headlines, ISSUER, chosen, method, 7), "test")
    again = screen_table(headlines, ISSUER, chosen, method, 7)
    assert table.equals(again)
    f7 = table[table["metric"] == "F7"].set_index("parameter")
    assert f7.loc["minimum", "importance"] == pytest.approx(0.0, abs=1e-12)
    assert f7.loc["minimum", "rank"] == 3


def test_no_screen_has_no_rows(headlines: Headlines) -> None:
    assert screen_table(headlines, ISSUER, (BUFFER, DOUBT), "none", 1).empty


def test_shipped_ranges_hold_the_issuer_s_own_values(workbench_root) -> None:
    """Section 4's defaults lie inside the plausible ranges, so that both ends are a move."""
    ranges = load_ranges(workbench_root)
    assert 9 <= sum(each.screen for each in ranges) <= 11
    for each in ranges:
        assert each.low <= own_size(Issuer(), each) <= each.high, each.name
    assert len({each.name for each in ranges}) == len(ranges)
    assert np.isfinite([each.low for each in ranges]).all()
