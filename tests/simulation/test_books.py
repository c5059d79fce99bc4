"""Model-generated books: catalogue tables, common random numbers, no dependence on how many paths there are, one path alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import check_table
from gramlib.errors import ParameterError
from gramlib.params.issuer import CustodyDriver, Drivers, Issuer
from gramlib.params.stages import PredictParams
from gramlib.simulation import Books, Events, Listed, Market, OwnFundsRule, books, failures, run_books, scenario_odds
from gramlib.simulation.fan import QUANTILES, VARIABLES
from gramlib.simulation.outcomes import of_ledger
from gramlib.simulation.price_models import price_paths

MODELS = {
    "garch_t": {
        "kind": "gjr_garch_t", "parameters": {"mean": 1e-4, "omega": 1e-6, "alpha": 0.05, "beta": 0.94}, "nu": 5.0, "next_variance": 1.2e-4,
    },
    "walk": {"kind": "a law of its own"},
}  # fmt: skip
CALIBRATION: dict[str, Any] = {
    "last_price_usd_per_g": 130.0, "sigma_sample": 0.011, "champion": "garch_t", "models": MODELS,
}  # fmt: skip
RULE = OwnFundsRule(reserve_share=0.02)
ISSUER = Issuer(drivers=Drivers(custody=CustodyDriver(rate_year=0.2)))
DRIVERS = ["confidence", "liquidity", "custody"]


class OutsideModels:
    """A price model that the kernel does not know: normal returns of 1.1% a day."""

    def residual_law(self, calibration: dict, residuals: pd.DataFrame, model: str) -> None:
        return None

    def simulate_prices(
        self, calibration: dict, residuals: pd.DataFrame, model: str, start: float, n_paths: int, n_days: int,
        rng: np.random.Generator, drift_year: float | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        shocks = 0.011 * rng.standard_normal((n_days, n_paths))
        growth = np.vstack([np.zeros(n_paths), np.cumsum(shocks, axis=0)])
        return (start * np.exp(growth)).T, np.full((n_days + 1, n_paths), 0.011).T


def run(issuer: Issuer = ISSUER, model: str = "champion", **changes: Any) -> Books:
    """Small books, 40 and 60 days; model `walk` comes in from outside."""
    settings: dict[str, Any] = {
        "n_paths": 320, "horizon_days": 40, "solvency_n_paths": 50, "solvency_horizon_days": 60, "fan_paths": 80,
        "drivers": DRIVERS,
    }  # fmt: skip
    return run_books(market(PredictParams(**(settings | changes)), issuer, model))


def market(params: PredictParams, issuer: Issuer = ISSUER, model: str = "champion") -> Market:
    """The market of these tests; model `walk` comes in from outside."""
    calibration = CALIBRATION | ({"champion": model} if model != "champion" else {})
    return Market(issuer, calibration, pd.DataFrame(), params, RULE, OutsideModels())


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 paths from outside, so that every book has several and a last one that is not full."""
    monkeypatch.setattr(books, "OUTSIDE_BLOCK_PATHS", 64)


@pytest.mark.parametrize("model", ["champion", "walk"])
def test_tables_fit_the_catalogue(model: str) -> None:
    found = run(model=model)
    for name in ("outcomes", "days", "driver_effects", "path_ledgers"):
        check_table(name, getattr(found, name), "test")
    sizes = found.outcomes.groupby("book").size().to_dict()
    assert sizes == {"liquidity": 320, "liquidity_price_only": 320, "solvency": 50}
    assert set(found.days["variable"]) == set(VARIABLES)
    assert found.days.query("book == 'solvency'")["day"].max() == 60
    assert len(found.days) == (11 + 11 + 16) * len(VARIABLES) * len(QUANTILES), "days 0, 4, 8 ... and the last"


@pytest.mark.parametrize("model", ["champion", "walk"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(model: str) -> None:
    one, again = run(model=model), run(model=model)
    for name in ("outcomes", "days", "driver_effects", "path_ledgers"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(again, name), check_exact=True)
    assert not one.outcomes.equals(run(model=model, seed=1).outcomes)


def test_the_first_two_books_share_their_prices_and_the_third_does_not() -> None:
    found = run()
    by_book = {book: part["end_price_usd_per_g"].to_numpy() for book, part in found.outcomes.groupby("book")}
    assert (by_book["liquidity"] == by_book["liquidity_price_only"]).all()
    at_40 = found.days.query("variable == 'price_usd_per_g' and day == 40 and quantile == 0.5")
    price = at_40.set_index("book")["value"]
    assert price["liquidity"] == price["liquidity_price_only"] != price["solvency"]


def test_without_drivers_the_liquidity_book_is_the_price_only_book() -> None:
    found = run(drivers=[])
    assert set(found.path_ledgers["book"]) == {"liquidity", "solvency"}
    outcomes = found.outcomes
    columns = [c for c in outcomes if c != "book"]
    first, second = (outcomes[outcomes["book"] == book][columns].reset_index(drop=True)
                     for book in ("liquidity", "liquidity_price_only"))  # fmt: skip
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    calm_loss = outcomes.query("book == 'liquidity_price_only'")["event_loss_usd"]
    assert (calm_loss == 0).all() and (run().outcomes.query("book == 'liquidity'")["event_loss_usd"] > 0).any()


@pytest.mark.parametrize("model", ["champion", "walk"])
@pytest.mark.parametrize("n_paths", [1, 63, 65, 129, 319])
def test_a_path_is_the_same_path_whatever_the_number_of_paths(n_paths: int, model: str) -> None:
    more = run(model=model).outcomes.query("book == 'liquidity' and path < @n_paths").reset_index(drop=True)
    fewer = run(model=model, n_paths=n_paths).outcomes.query("book == 'liquidity'").reset_index(drop=True)
    pd.testing.assert_frame_equal(more, fewer, check_exact=True)


@pytest.mark.parametrize("model", ["champion", "walk"])
def test_chosen_paths_walked_again_by_the_reference_end_as_the_kernel_said(model: str) -> None:
    found = run(model=model)
    for (book, choice, place), days in found.path_ledgers.groupby(["book", "choice", "path"]):
        again = of_ledger(days, failures(days, ISSUER), ISSUER)
        outcomes = found.outcomes
        row = outcomes[(outcomes["book"] == book) & (outcomes["path"] == place)].iloc[0]
        for name in ("min_equity_usd", "end_price_usd_per_g", "end_tokens_share", "event_loss_usd", "worst_discount"):
            assert row[name] == pytest.approx(getattr(again, name)[0], rel=1e-5), (book, choice, name)
        assert row["status"] == again.status[0]
        assert [row[f"f{k}_cause"] for k in range(1, 8)] == [again.cause(f"F{k}")[0] for k in range(1, 8)]


def test_the_worst_path_is_the_one_with_the_lowest_own_funds() -> None:
    found = run()
    liquidity = found.outcomes.query("book == 'liquidity'")
    worst = found.path_ledgers.query("book == 'liquidity' and choice == 'worst'")
    assert worst["path"].iloc[0] == liquidity["path"].iloc[int(np.argmin(liquidity["min_equity_usd"]))]
    assert worst["equity_usd"].min() == pytest.approx(liquidity["min_equity_usd"].min(), rel=1e-6)


@pytest.mark.parametrize("model", ["champion", "walk"])
def test_any_path_can_be_looked_at_from_its_address(model: str) -> None:
    found = run(model=model)
    settings = PredictParams(
        n_paths=320, horizon_days=40, solvency_n_paths=50, solvency_horizon_days=60, drivers=DRIVERS
    )
    same = market(settings, model=model)
    for book, path in (("liquidity", 217), ("liquidity_price_only", 217), ("solvency", 49)):
        days = books.path_ledger(same, book, path)
        table = found.outcomes
        row = table[(table["book"] == book) & (table["path"] == path)].iloc[0]
        assert row["end_equity_usd"] == pytest.approx(days["equity_usd"].iloc[-1], rel=1e-6)
        assert row["end_price_usd_per_g"] == pytest.approx(days["price_usd_per_g"].iloc[-1], rel=1e-6)
    with pytest.raises(ParameterError, match="liquidity 0 to 319"):
        books.path_ledger(same, "liquidity", 320)


def test_fan_quantiles_are_numpy_s_over_the_first_paths() -> None:
    days = run(fan_paths=300).days
    driver = books.PriceDriver.from_calibration(CALIBRATION, None, "champion", PredictParams().drift_year)
    prices, _ = price_paths(driver, 130.0, 300, 40, PredictParams().seed)
    fan = days.query("book == 'liquidity' and variable == 'price_usd_per_g'").pivot(
        index="day", columns="quantile", values="value"
    )
    expected = np.quantile(prices[:, ::4], QUANTILES, axis=0).T
    # The outermost percent is three paths far apart, and counts do not know where between them they lie.
    np.testing.assert_allclose(fan.to_numpy()[:, 1:-1], expected[:, 1:-1], rtol=0.01)
    assert (days.query("day == 0 and variable == 'queue_share'")["value"] == 0).all()
    assert days.query("day == 0 and variable == 'equity_usd'")["value"].to_numpy() == pytest.approx(39e6)


def test_driver_effects_compare_the_same_draws() -> None:
    found = run()
    effects = found.driver_effects.set_index(["case", "driver", "predicate"])["failed"]
    liquidity = found.outcomes.query("book == 'liquidity'")
    alone = found.outcomes.query("book == 'liquidity_price_only'")
    for predicate in ("F1", "F2", "F3", "F4", "F5", "F7"):
        column = f"{predicate.lower()}_day"
        assert effects["all", "", predicate] == (liquidity[column] >= 0).sum()
        assert effects["none", "", predicate] == (alone[column] >= 0).sum()
    assert set(found.driver_effects["driver"]) == {"", *DRIVERS}
    assert effects["all", "", "F2"] > effects["without", "custody", "F2"], (
        "losses of gold are what breaks solvency here"
    )


def test_a_driver_that_the_issuer_has_not_is_not_compared() -> None:
    effects = run(drivers=["custody", "bank", "lease", "custody_freeze"]).driver_effects
    assert set(effects["driver"]) == {"", "custody"}


def test_the_start_price_comes_from_the_parameters_or_the_calibration() -> None:
    def opening(**changes: float) -> float:
        return run(**changes).days.query("day == 0 and variable == 'price_usd_per_g'")["value"].iloc[0]

    assert opening() == pytest.approx(130.0)
    assert opening(start_gold_usd_per_oz=3110.34768) == pytest.approx(100.0)


def test_progress_never_passes_its_total_and_says_what_is_done() -> None:
    seen: list[tuple[int, int, str]] = []
    params = PredictParams(n_paths=65, horizon_days=2, solvency_n_paths=1, solvency_horizon_days=2)
    run_books(market(params), lambda *step: seen.append(step))
    assert seen and all(0 <= done <= total and text for done, total, text in seen)


def test_scenarios_with_chance_on_top_fail_at_least_as_often_as_listed_events_alone() -> None:
    listed = [Listed("X1", "A fall", "mild", 130.0 * np.r_[1.0, np.full(20, 0.8)], Events.calm(20))]
    odds = scenario_odds(ISSUER, listed, DRIVERS, 300, seed=5)
    check_table("scenario_odds", odds, "test")
    calm = scenario_odds(ISSUER, listed, [], 300, seed=5)
    assert (odds["failed"] >= calm["failed"]).all()
    assert set(calm["failed"]) <= {0, 300}, "without drivers every path is the listed one"
    assert odds.set_index("predicate")["failed"]["F4"] == 300, "a fall of a fifth breaks the peg by itself"


@pytest.mark.parametrize("model", ["champion", "walk"])
def test_a_market_is_had_again_from_its_record_and_walked_by_another_issuer(model: str) -> None:
    settings = PredictParams(
        n_paths=320, horizon_days=40, solvency_n_paths=50, solvency_horizon_days=60, drivers=DRIVERS
    )
    first = market(settings, model=model)
    calibration = CALIBRATION | ({"champion": model} if model != "champion" else {})
    second = Market.again(first.record(), ISSUER, calibration, pd.DataFrame(), RULE, OutsideModels())
    rich = ISSUER.model_copy(update={"cash_usd": ISSUER.cash_usd * 10})
    mine, again = (each.outcomes("liquidity", 100) for each in (first, second))
    richer = second.with_issuer(rich).outcomes("liquidity", 100)
    whole = run(model=model).outcomes.query("book == 'liquidity'")
    assert np.array_equal(mine.end_equity_usd, again.end_equity_usd)
    assert mine.min_equity_usd.astype(np.float32).tolist() == whole["min_equity_usd"].tolist()[:100]
    assert np.array_equal(mine.end_price_usd_per_g, richer.end_price_usd_per_g)
    assert (richer.peak_queue_share <= mine.peak_queue_share).all()
    assert len(second.outcomes("solvency", 1_000)) == 50
    with pytest.raises(ParameterError, match="liquidity_price_only"):
        second.outcomes("insolvency")
