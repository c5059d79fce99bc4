from __future__ import annotations

import math

import numpy as np
import pytest
from arch import arch_model
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.models.arch_fit import sp500_reference_returns
from gramlib.models.garch import LARGEST_DAILY_MOVE, GarchParameters, filter_variance, forecast_sums, simulate_growth

GOLD = GarchParameters(mean=3e-4, omega=1.4e-6, alpha=0.054, beta=0.936)


def test_forecast_closed_forms():
    """MODELS_AND_CHECKS Part 2, number 6."""
    garch = GarchParameters(0.0, 0.01, 0.05, 0.93)
    assert garch.variance_forecast(2.0, 5) == pytest.approx(1.883552, abs=5e-7)
    assert garch.variance_forecast(2.0, 20) == pytest.approx(1.521849, abs=5e-7)
    assert garch.variance_of_sum(2.0, 10) == pytest.approx(18.719539, abs=5e-7)
    assert garch.half_life_days == pytest.approx(34.3096, abs=5e-5)
    assert garch.long_run_variance == pytest.approx(0.5)


def test_integrated_variance_grows_by_omega_a_day():
    garch = GarchParameters(0.0, 0.01, 0.07, 0.93)
    assert garch.variance_forecast(2.0, 11) == pytest.approx(2.1)
    assert garch.long_run_variance == math.inf


def test_filter_equals_arch():
    returns = sp500_reference_returns()
    result = arch_model(returns, rescale=False).fit(disp="off")
    mean, omega, alpha, beta = result.params
    ours = filter_variance(GarchParameters(mean, omega, alpha, beta), returns)
    # arch starts from residuals about the sample mean, we from those about the fitted one: forgotten within a year
    assert np.sqrt(ours[:-1]) == pytest.approx(np.asarray(result.conditional_volatility), rel=3e-3)
    assert np.sqrt(ours[250:-1]) == pytest.approx(np.asarray(result.conditional_volatility)[250:], rel=1e-5)
    assert ours[-1] == pytest.approx(result.forecast(horizon=1).variance.to_numpy()[-1, 0], rel=1e-9)


@settings(deadline=None, max_examples=50)
@given(
    returns=st.lists(st.floats(-0.2, 0.2), min_size=2, max_size=200),
    alpha=st.floats(0.0, 0.3),
    beta=st.floats(0.0, 0.69),
    factor=st.floats(0.01, 100.0),
)
def test_filter_is_positive_and_scales_with_the_square_of_the_unit(returns, alpha, beta, factor):
    log_return = np.array(returns)
    variance = filter_variance(GarchParameters(0.0, 1e-6, alpha, beta), log_return)
    scaled = filter_variance(GarchParameters(0.0, 1e-6 * factor**2, alpha, beta), factor * log_return)
    assert len(variance) == len(returns) + 1
    assert (variance > 0).all()
    assert scaled == pytest.approx(factor**2 * variance, rel=1e-9)


def test_simulated_variance_follows_the_closed_form():
    rng = np.random.default_rng(4)
    growth, volatility = simulate_growth(GOLD, 4e-4, rng.standard_normal, n_paths=200_000, n_days=10)
    assert growth.shape == volatility.shape == (200_000, 11)
    assert (growth[:, 0] == 0).all()
    assert (volatility[:, 0] == 0.02).all()
    for day in (1, 5, 10):
        expected = GOLD.variance_forecast(4e-4, day)
        squared = (np.diff(growth[:, day - 1 : day + 1])[:, 0] - GOLD.mean) ** 2
        assert squared.mean() == pytest.approx(expected, abs=4 * squared.std() / math.sqrt(len(squared)))
        known_before = volatility[:, day - 1] ** 2
        assert known_before.mean() == pytest.approx(
            expected, abs=4 * known_before.std() / math.sqrt(len(squared)) + 1e-12
        )


def test_no_day_moves_further_than_the_bound():
    growth, _ = simulate_growth(GOLD, 4e-4, lambda n: np.full(n, 1e6), n_paths=3, n_days=2)
    assert np.diff(growth) == pytest.approx(LARGEST_DAILY_MOVE + GOLD.mean)


def test_forecast_samples_are_sorted_sums_with_the_right_variance():
    innovations = np.random.default_rng(5).standard_normal((40_000, 10))
    next_variance = np.array([1e-4, 9e-4])
    samples = forecast_sums(GOLD, next_variance, innovations, [1, 10])
    assert sorted(samples) == [1, 10]
    assert samples[1] == pytest.approx(np.sort(GOLD.mean + np.sqrt(next_variance)[:, None] * innovations[:, 0]))
    for origin in (0, 1):
        assert (np.diff(samples[10][origin]) >= 0).all()
        assert samples[10][origin].var() == pytest.approx(GOLD.variance_of_sum(next_variance[origin], 10), rel=0.03)
