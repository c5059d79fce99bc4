from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.backtests import crps_normal, crps_sample, pinball_loss
from gramlib.errors import ParameterError


def test_published_values():
    """MODELS_AND_CHECKS Part 2, number 7."""
    assert crps_normal(0.0, 0.0, 1.0) == pytest.approx(0.233695, abs=5e-7)
    assert crps_normal(2.0, 0.0, 1.0) == pytest.approx(1.452792, abs=5e-7)
    assert pinball_loss(-3.0, -1.645, 0.05) == pytest.approx(1.28725)


def test_sample_score_of_many_normal_draws_is_the_closed_form():
    draws = np.random.default_rng(3).normal(1.0, 2.0, 200_000)
    assert crps_sample(0.3, draws) == pytest.approx(crps_normal(0.3, 1.0, 2.0), rel=0.01)


@settings(deadline=None, max_examples=50)
@given(sample=st.lists(st.floats(-5, 5), min_size=1, max_size=30), y=st.floats(-5, 5))
def test_sample_score_is_the_definition_over_all_pairs(sample, y):
    x = np.array(sample)
    expected = np.abs(x - y).mean() - 0.5 * np.abs(x[:, None] - x[None, :]).mean()
    assert crps_sample(y, sample) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(sample=st.lists(st.floats(-5, 5), min_size=1, max_size=30), y=st.floats(-5, 5), factor=st.floats(0.01, 100))
def test_scores_scale_with_the_unit(sample, y, factor):
    scaled = crps_sample(factor * y, factor * np.array(sample))
    assert scaled == pytest.approx(factor * crps_sample(y, sample), rel=1e-9, abs=1e-9)


def test_pinball_is_least_at_the_true_quantile():
    draws = np.random.default_rng(4).normal(size=100_000)
    candidates = np.linspace(-2.5, -1.0, 151)
    best = candidates[np.argmin([pinball_loss(draws, q, 0.05).mean() for q in candidates])]
    assert best == pytest.approx(-1.645, abs=0.03)


def test_arrays_give_arrays_and_scalars_floats():
    assert isinstance(pinball_loss(1.0, 0.0, 0.5), float)
    assert isinstance(crps_normal(1.0, 0.0, 1.0), float)
    assert crps_normal([0.0, 2.0], 0.0, 1.0).shape == (2,)
    assert crps_sample([0.0, 1.0], [[0.0, 1.0, 2.0], [1.0, 1.0, 1.0]]) == pytest.approx([1.0 - 4 / 9, 0.0])


def test_forecasts_without_a_density_are_refused():
    with pytest.raises(ParameterError, match="standard deviation 0"):
        crps_normal(1.0, 0.0, 0.0)
    with pytest.raises(ParameterError, match="empty sample"):
        crps_sample(1.0, [])
