from __future__ import annotations

import numpy as np
import pytest

from gramlib.models.bootstrap import StationaryBootstrap, ar1_block_days, optimal_block_days
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow


def window_of(log_return: np.ndarray) -> TrainingWindow:
    return TrainingWindow(Returns(np.arange(len(log_return)).astype("datetime64[D]"), log_return), 0, 0.999, 0.05)


@pytest.mark.parametrize(("correlation", "days"), [(0.5, 12.1141), (0.7, 19.6052)])
def test_block_length_of_an_autoregression(correlation, days):
    """MODELS_AND_CHECKS Part 2, number 10, and its estimate from one long sample."""
    assert ar1_block_days(correlation, 1000) == pytest.approx(days, abs=5e-5)
    noise = np.random.default_rng(6).standard_normal(20_000)
    values = np.zeros(20_000)
    for t in range(1, 20_000):
        values[t] = correlation * values[t - 1] + noise[t]
    assert optimal_block_days(values) == pytest.approx(ar1_block_days(correlation, 20_000), rel=0.25)


@pytest.mark.parametrize(
    ("start", "end", "published", "digits"),
    [
        ("1975-01-03", "2018-04-05", (0.8, 248, 234), (0.05, 0.5, 0.5)),
        ("2000-01-05", "2018-04-05", (1.3, 138, 134), (0.05, 0.5, 0.5)),
        ("2011-01-01", "2026-12-31", (1.1, 114, 42), (0.8, 12, 20)),  # another feed
    ],
)
def test_gold_block_lengths_are_the_published_ones(gold_prices, start, end, published, digits):
    """MODELS_AND_CHECKS D.2: on returns the length is about one, on their size over a hundred."""
    window = gold_prices[(gold_prices["date"] >= start) & (gold_prices["date"] <= end)]
    returns = 100 * window["log_return"].to_numpy()
    for values, days, tolerance in zip((returns, np.abs(returns), returns**2), published, digits, strict=True):
        assert optimal_block_days(values) == pytest.approx(days, abs=tolerance)


def test_block_is_capped(gold_prices):
    window = window_of(gold_prices["log_return"].to_numpy()[1:])
    model = StationaryBootstrap.fit(window)
    assert model.wanted_block_days > 100
    assert model.mean_block_days == 60.0
    assert "held at 60" in model.card()["parameters"]


def test_paths_are_runs_of_days_that_happened():
    model = StationaryBootstrap(0.001 * np.arange(1.0, 201.0), 8.0, 8.0)
    growth, sigma = model.simulate(2000, 50, np.random.default_rng(1))
    rows = np.rint(np.diff(growth, axis=1) / 0.001).astype(int) - 1
    assert rows.min() == 0 and rows.max() == 199
    assert np.diff(growth, axis=1) == pytest.approx(model.log_return[rows])
    continues = (rows[:, 1:] - rows[:, :-1]) % 200 == 1
    assert continues.mean() == pytest.approx(1 - 1 / 8 + 1 / 8 / 200, abs=0.005)
    assert np.bincount(rows[:, -1], minlength=200).min() > 0
    shocks = np.diff(growth, axis=1) - model.mean
    assert sigma[:, 0] == pytest.approx(model.log_return.std(ddof=1))
    assert sigma[:, 1] ** 2 == pytest.approx(0.94 * sigma[:, 0] ** 2 + 0.06 * shocks[:, 0] ** 2)


def test_forecast_draws_blocks_of_the_same_mean_length():
    log_return = 10.0 ** np.arange(-4, 4)  # a sum of up to eight days shows which days are in it
    model = StationaryBootstrap(log_return, 4.0, 4.0)
    uniform = np.random.default_rng(2).random((100_000, 2))
    returns = Returns(np.arange(8).astype("datetime64[D]"), log_return)
    sums = model.forecast(returns, np.array([7]), [1, 2], uniform)[2][0]
    following = np.isin(np.round(sums, 4), np.round(log_return + np.roll(log_return, -1), 4))
    # neighbours come in either order in a sum: first and then next, or by a new block
    assert following.mean() == pytest.approx(3 / 4 + 2 / 4 / 8, abs=0.01)


def test_clusters_survive_where_single_days_lose_them():
    rng = np.random.default_rng(3)
    sigma = np.where(np.arange(4000) // 200 % 2 == 0, 0.5, 2.0) / 100
    model = StationaryBootstrap.fit(window_of(sigma * rng.standard_normal(4000)))
    growth, _ = model.simulate(400, 500, np.random.default_rng(4))
    size = np.abs(np.diff(growth, axis=1))
    correlation = np.corrcoef(size[:, :-1].ravel(), size[:, 1:].ravel())[0, 1]
    assert correlation > 0.2
