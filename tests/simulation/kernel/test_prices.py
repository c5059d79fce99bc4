"""Prices of the kernel against the reference, path by path, for every kind of price model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from price_records import RECORDS, driver, law

from gramlib.simulation.draws import normal
from gramlib.simulation.kernel.lanes import LANES, aligned
from gramlib.simulation.kernel.philox import key_words
from gramlib.simulation.kernel.prices import (
    PRICE_STATE,
    PRICES,
    draw_only,
    price_terms,
    prices_only,
)
from gramlib.simulation.price_driver import PriceDriver
from gramlib.simulation.price_models import price_paths


def walk(model: PriceDriver, seed: int, first_path: int, replicate: int, n_days: int,
         n_paths: int = LANES) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Prices and volatilities of paths, (n_paths, n_days + 1) each."""
    prices, sigma = np.zeros((2, n_paths, n_days + 1))
    state, drawn = aligned(1, PRICE_STATE), aligned(1, PRICES)
    # What a block before has left behind must not matter.
    state.view(np.float64)[:] = 7.0
    address = (key_words(seed), replicate, first_path)
    total = prices_only(price_terms(model), state, drawn, address, 60.0, n_paths, n_days, prices, sigma)
    assert n_paths % LANES or total == pytest.approx(prices[:, -1].sum())
    return prices, sigma


CASES = {
    **{kind: driver(kind) for kind in RECORDS},
    "gjr_garch of infinite nu": driver("gjr_garch_t", nu=math.inf),
    "gjr_garch_t beyond the largest move": driver("gjr_garch_t", next_variance=0.1),
    "fhs with light tails": PriceDriver.from_record("fhs", RECORDS["fhs"], law((0.0, 0.6), (-0.2, 0.5))),
    "bootstrap of single days": driver("bootstrap", mean_block_days=1, log_return=[0.01, -0.02, 0.005]),
    "regime, normal, two states": driver("regime", mean=[0.0, 1e-3], sigma=[0.01, 0.02], start=[0.0, 1.0],
                                         transition=[[0.9, 0.1], [0.0, 1.0]], nu=math.inf),
    "jump without jumps": driver("jump", rate_year=0.0),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_paths_are_those_of_the_reference(case: str) -> None:
    rng = np.random.default_rng(len(case))
    n_days, seed, first_path, replicate = 90, int(rng.integers(2**40)), int(rng.integers(2**31)), int(rng.integers(5))
    prices, sigma = walk(CASES[case], seed, first_path, replicate, n_days)
    expected = price_paths(CASES[case], 60.0, LANES, n_days, seed, first_path, replicate)
    np.testing.assert_allclose(prices, expected[0], rtol=1e-9)
    np.testing.assert_allclose(sigma, expected[1], rtol=1e-9)


def test_given_prices_are_taken_and_the_last_path_repeated() -> None:
    rng = np.random.default_rng(1)
    prices, sigma = rng.uniform(50.0, 60.0, (3, 11)), rng.uniform(0.0, 0.02, (3, 11))
    got = walk(PriceDriver.given(prices, sigma), seed=1, first_path=1, replicate=0, n_days=10)
    assert (got[0][:2] == prices[1:]).all() and (got[0][2:] == prices[2]).all()
    assert (got[1][:2] == sigma[1:]).all() and (got[1][2:] == sigma[2]).all()
    assert (walk(PriceDriver.given(prices[0]), 1, 0, 0, 10)[1] == 0.0).all()


def test_a_path_does_not_depend_on_its_block() -> None:
    for case in ("gjr_garch_t", "fhs", "regime", "jump", "bootstrap"):
        prices, sigma = walk(CASES[case], 5, 1000, 0, 9)
        shifted = walk(CASES[case], 5, 1000 - 37, 0, 9)
        assert (shifted[0][37:] == prices[:-37]).all() and (shifted[1][37:] == sigma[:-37]).all()


def test_paths_of_several_blocks_and_a_part_of_one() -> None:
    prices, sigma = walk(CASES["gjr_garch_t"], 5, 0, 0, 9, n_paths=2 * LANES + 3)
    expected = price_paths(CASES["gjr_garch_t"], 60.0, 2 * LANES + 3, 9, 5)
    np.testing.assert_allclose(prices, expected[0], rtol=1e-12)
    np.testing.assert_allclose(sigma, expected[1], rtol=1e-12)


def test_draws_alone_are_those_of_the_paths() -> None:
    state, address = aligned(1, PRICE_STATE), (key_words(5), 0, 0)
    total = draw_only(price_terms(CASES["jump without jumps"]), state, address, 2 * LANES, 9)
    shocks = [0.01 * normal(5, "price", block, day) for block in (0, LANES) for day in (3, 7, 11)]
    assert total == pytest.approx(sum(shocks), rel=1e-12)
