"""Model-generated books: catalogue tables, common random numbers, and no dependence on how many paths there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gramlib.artefacts import check_table
from gramlib.params.issuer import CustodyDriver, Drivers, Issuer
from gramlib.params.stages import PredictParams
from gramlib.simulation import OwnFundsRule, books, draw_events, generator, run_books, simulate
from gramlib.simulation.fan import QUANTILES, VARIABLES

CALIBRATION: dict[str, Any] = {"last_price_usd_per_g": 130.0, "sigma_sample": 0.011}
RULE = OwnFundsRule(reserve_share=0.02)
ISSUER = Issuer(drivers=Drivers(custody=CustodyDriver(rate_year=0.2)))


def random_walk(
    calibration: dict, residuals: pd.DataFrame, model: str, start: float, n_paths: int, n_days: int,
    rng: np.random.Generator, drift_year: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """A price model small enough to know: normal returns of 1.1% a day."""
    shocks = 0.011 * rng.standard_normal((n_days, n_paths))
    growth = np.vstack([np.zeros(n_paths), np.cumsum(shocks, axis=0)])
    return (start * np.exp(growth)).T, np.full((n_days + 1, n_paths), 0.011).T


def run(issuer: Issuer = ISSUER, **changes: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Small books, 40 and 60 days."""
    settings = {
        "n_paths": 120,
        "horizon_days": 40,
        "solvency_n_paths": 50,
        "solvency_horizon_days": 60,
        "fan_paths": 80,
    }
    return run_books(issuer, CALIBRATION, pd.DataFrame(), PredictParams(**(settings | changes)), RULE, random_walk)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 paths, so that every book has several and a last one that is not full."""
    monkeypatch.setattr(books, "BLOCK_PATHS", 64)


def test_tables_fit_the_catalogue() -> None:
    outcomes, days = run()
    check_table("outcomes", outcomes, "test")
    check_table("days", days, "test")
    assert outcomes.groupby("book").size().to_dict() == {"liquidity": 120, "liquidity_price_only": 120, "solvency": 50}
    assert set(days["variable"]) == set(VARIABLES)
    assert days.query("book == 'solvency'")["day"].max() == 60
    assert len(days) == (41 + 41 + 61) * len(VARIABLES) * len(QUANTILES)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    one, again = run(), run()
    for first, second in zip(one, again, strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert not one[0].equals(run(seed=1)[0])


def test_the_first_two_books_share_their_prices_and_the_third_does_not() -> None:
    outcomes, days = run()
    by_book = {book: part["end_price_usd_per_g"].to_numpy() for book, part in outcomes.groupby("book")}
    assert (by_book["liquidity"] == by_book["liquidity_price_only"]).all()
    price = days.query("variable == 'price_usd_per_g' and day == 40 and quantile == 0.5").set_index("book")["value"]
    assert price["liquidity"] == price["liquidity_price_only"] != price["solvency"]


def test_without_drivers_the_liquidity_book_is_the_price_only_book() -> None:
    outcomes, _ = run(drivers=[])
    columns = [c for c in outcomes if c != "book"]
    first, second = (outcomes[outcomes["book"] == book][columns].reset_index(drop=True)
                     for book in ("liquidity", "liquidity_price_only"))  # fmt: skip
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    calm_loss = outcomes.query("book == 'liquidity_price_only'")["event_loss_usd"]
    assert (calm_loss == 0).all() and (run()[0].query("book == 'liquidity'")["event_loss_usd"] > 0).any()


@pytest.mark.parametrize("n_paths", [1, 63, 64, 65, 119])
def test_a_path_is_the_same_path_whatever_the_number_of_paths(n_paths: int) -> None:
    more = run()[0].query("book == 'liquidity' and path < @n_paths").reset_index(drop=True)
    fewer = run(n_paths=n_paths)[0].query("book == 'liquidity'").reset_index(drop=True)
    pd.testing.assert_frame_equal(more, fewer, check_exact=True)


def test_a_path_can_be_recomputed_alone_by_the_reference_engine() -> None:
    """Path 70 of the liquidity book: block 1, column 6 of the addressed draws."""
    prices, sigma = random_walk({}, pd.DataFrame(), "", 130.0, 64, 40, generator(PredictParams().seed, "price", 1))
    events = draw_events(prices, sigma, 0.011, ISSUER, ["confidence", "liquidity", "custody"], PredictParams().seed, 1)
    alone = simulate(ISSUER, prices[6:7], events.block(6, 7), engine="reference", own_funds=RULE).to_table(
        "liquidity", 70
    )
    row = run()[0].query("book == 'liquidity' and path == 70").reset_index(drop=True)
    pd.testing.assert_frame_equal(row, alone, rtol=1e-6)


def test_fan_quantiles_are_numpy_s_over_the_first_paths() -> None:
    _, days = run()
    prices = np.vstack([random_walk({}, pd.DataFrame(), "", 130.0, 64, 40, generator(PredictParams().seed, "price", b))[0]
                        for b in range(2)])[:80]  # fmt: skip
    fan = days.query("book == 'liquidity' and variable == 'price_usd_per_g'").pivot(
        index="day", columns="quantile", values="value"
    )
    expected = np.quantile(prices, QUANTILES, axis=0).T
    np.testing.assert_allclose(fan.to_numpy(), expected, rtol=1e-6)
    opening = days.query("day == 0 and variable == 'queue_share'")["value"]
    assert (opening == 0).all()
    assert days.query("day == 0 and variable == 'equity_usd'")["value"].to_numpy() == pytest.approx(39e6)


def test_the_start_price_comes_from_the_parameters_or_the_calibration() -> None:
    def opening(**changes: float) -> float:
        return run(**changes)[1].query("day == 0 and variable == 'price_usd_per_g'")["value"].iloc[0]

    assert opening() == pytest.approx(130.0)
    assert opening(start_gold_usd_per_oz=3110.34768) == pytest.approx(100.0)


def test_progress_counts_up_to_its_total() -> None:
    seen: list[tuple[int, int, str]] = []
    params = PredictParams(n_paths=65, horizon_days=2, solvency_n_paths=1, solvency_horizon_days=2)
    run_books(ISSUER, CALIBRATION, pd.DataFrame(), params, None, random_walk, lambda *step: seen.append(step))
    assert [step[:2] for step in seen] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert all(text for _, _, text in seen)
