"""The table of likely failures: how often, which ways, what is needed, and bounds where nothing was seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts.analyse_reverse import ARTEFACTS
from gramlib.artefacts.checking import _schema
from gramlib.metrics.intervals import wilson_interval
from gramlib.params.issuer import CustodyDriver, Drivers, Issuer
from gramlib.params.stages import AnalyseParams, PredictParams
from gramlib.reverse import likely_failures
from gramlib.simulation import Market, run_books

ENTRY = next(entry for entry in ARTEFACTS if entry.name == "likely_failures")
GARCH = {"kind": "gjr_garch_t", "parameters": {"mean": 0.0, "omega": 1e-6, "alpha": 0.05, "beta": 0.94}, "nu": 5.0,
         "next_variance": 1.2e-4}  # fmt: skip
WILD = GARCH | {"parameters": GARCH["parameters"] | {"omega": 4e-6}, "next_variance": 5e-4}
CALIBRATION: dict[str, Any] = {
    "last_price_usd_per_g": 130.0, "sigma_sample": 0.011, "champion": "calm", "models": {"calm": GARCH, "wild": WILD},
}  # fmt: skip
N_PATHS, HORIZON_DAYS = 1500, 126
DRIVERS = ["confidence", "liquidity", "custody"]


class NoModels:
    def residual_law(self, calibration: dict, residuals: pd.DataFrame, model: str) -> None:
        return None

    def simulate_prices(self, *args: Any) -> tuple[np.ndarray, np.ndarray]:
        raise AssertionError("the kernel knows these models")


@pytest.fixture(scope="module")
def run() -> tuple[pd.DataFrame, pd.DataFrame, Market]:
    issuer = Issuer(drivers=Drivers(custody=CustodyDriver(rate_year=0.3)))
    params = PredictParams(n_paths=N_PATHS, horizon_days=HORIZON_DAYS, solvency_n_paths=10, solvency_horizon_days=20, fan_paths=10,
                           drivers=DRIVERS)  # fmt: skip
    market = Market(issuer, CALIBRATION, pd.DataFrame(), params, None, NoModels())
    books = run_books(market)
    return books.outcomes, books.driver_effects, market


@pytest.fixture(scope="module")
def table(run) -> pd.DataFrame:
    return _schema(ENTRY).validate(likely_failures(*run, AnalyseParams(search_n_paths=1500)))


def of(table: pd.DataFrame, predicate: str, basis: str = "book", rank: int = 0) -> pd.Series:
    rows = table[(table["predicate"] == predicate) & (table["basis"] == basis) & (table["rank"] == rank)]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize("predicate", ["F1", "F2", "F3", "F4", "F5", "F7"])
def test_chances_are_wilsons_brought_to_a_year(run, table, predicate):
    """Half a year of paths: a chance p over it is 1 - (1 - p)^2 a year; a return period is one over that."""
    outcomes = run[0][run[0]["book"] == "liquidity"]
    failed = int((outcomes[f"{predicate.lower()}_day"] != -1).sum())
    ends = wilson_interval(failed, N_PATHS)
    row = of(table, predicate)
    assert [row["probability_year"], row["lower"], row["upper"]] == pytest.approx(
        [1 - (1 - p) ** 2 for p in (failed / N_PATHS, *ends)]
    )
    assert row["return_lower_years"] == pytest.approx(1 / row["upper"])
    assert failed and row["return_period_years"] == pytest.approx(1 / row["probability_year"])


def test_ways_are_parts_of_the_whole(table):
    for predicate in ("F2", "F4"):
        whole = of(table, predicate)
        ways = table[(table["predicate"] == predicate) & (table["basis"] == "book") & (table["rank"] > 0)]
        assert 1 <= len(ways) <= 3 and ways["way"].is_unique
        assert ways["way_share"].is_monotonic_decreasing and ways["way_share"].sum() <= 1 + 1e-12
        assert (ways["probability_year"] <= whole["probability_year"] + 1e-12).all()
        assert (ways["upper"] >= ways["probability_year"]).all() and (ways["lower"] <= ways["probability_year"]).all()


def test_insolvency_comes_from_lost_gold_and_needs_it(table):
    """With losses at 0.3 a year nothing else makes this issuer insolvent, and the typical path lost more than E/P = 3%."""
    row = of(table, "F2")
    assert "custody loss" in row["way"]
    assert row["necessary"] == "custody" and "custody" in row["sufficient"]
    assert row["lost_share"] > 0.02
    scenario = of(table, "F2", "scenario")
    assert scenario["way"].endswith("custody loss") and scenario["lost_share"] == pytest.approx(0.03)
    assert scenario["lower"] == scenario["upper"] == scenario["probability_year"]
    assert 0.0 < scenario["probability_year"] < of(table, "F2")["upper"]


def test_what_never_failed_is_rarer_than_a_bound(run):
    outcomes, effects, market = run
    sound = outcomes.assign(f3_day=-1, f3_cause="")
    table = _schema(ENTRY).validate(likely_failures(sound, effects, market, AnalyseParams(search_n_paths=200)))
    row = of(table, "F3")
    assert (row["probability_year"], row["lower"], row["walked"]) == (0.0, 0.0, 0)
    assert np.isnan(row["return_period_years"]) and np.isnan(row["return_upper_years"])
    assert row["return_lower_years"] == pytest.approx(1 / (1 - (1 - wilson_interval(0, N_PATHS).upper) ** 2))
    assert table[(table["predicate"] == "F3") & (table["basis"] == "book")].shape[0] == 1


@pytest.fixture(scope="module")
def priced(run) -> pd.DataFrame:
    """The same issuer's table in a wild market without drivers."""
    params = run[2].params.model_copy(update={"drivers": [], "model": "wild"})
    market = Market(Issuer(), CALIBRATION, pd.DataFrame(), params, None, NoModels())
    books = run_books(market)
    found = likely_failures(books.outcomes, books.driver_effects, market, AnalyseParams(search_n_paths=1500))
    return _schema(ENTRY).validate(found)


def test_the_range_over_models_holds_the_models_own_answer(priced):
    """The calm model is the other end of the range, or sees no such fall at all."""
    scenarios = priced[(priced["basis"] == "scenario") & (priced["price_move"].abs() > 0)]
    assert "F4" in set(scenarios["predicate"])
    for row in scenarios.itertuples(index=False):
        assert row.models_lower_years == pytest.approx(row.return_period_years)
        assert np.isnan(row.models_upper_years) or row.return_period_years < row.models_upper_years


def test_a_scenario_that_was_not_found_bounds_no_chance(priced):
    """Nothing makes this issuer insolvent among the classes of prices alone: the row says how far it was looked, no more."""
    row = of(priced, "F2", "scenario")
    assert row["way"] == "" and row[["probability_year", "upper", "return_lower_years"]].isna().all()
    assert "no failing class found" in row["method"]


def test_prices_alone_are_told_as_gold_alone(priced):
    """Without drivers, what fails needs none, and its scenario is a move of gold."""
    row = of(priced, "F4")
    assert (row["necessary"], row["sufficient"], row["way"]) == ("", "price", "fall of gold")
    scenario = of(priced, "F4", "scenario")
    assert scenario["way"] == "fall of gold" and scenario["price_move"] < -0.05
    assert scenario["event_days"] == 0.0 and scenario["liquidity_multiplier"] == 1.0


def test_the_same_run_gives_the_same_table(run, table):
    again = likely_failures(*run, AnalyseParams(search_n_paths=1500))
    pd.testing.assert_frame_equal(again, table)


def test_progress_reaches_its_end(run):
    told: list[tuple[int, int]] = []
    likely_failures(*run, AnalyseParams(search_n_paths=100), lambda done, total, text: told.append((done, total)))
    assert told[0][0] == 0 and told[-1][0] == told[-1][1]
