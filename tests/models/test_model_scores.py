from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.backtests import crps_normal, crps_sample, pinball_loss
from gramlib.models.scores import crps, newey_west_variance, pinball, sample_quantile, sample_shortfall
from gramlib.models.tails import student_t_var_es


def normal_quantiles(m: int) -> np.ndarray:
    return np.array([student_t_var_es(math.inf, p)[0] for p in (np.arange(m) + 0.5) / m])


@settings(deadline=None, max_examples=50)
@given(
    sample=st.lists(st.floats(-10, 10), min_size=2, max_size=60),
    outcome=st.floats(-12, 12),
    tau=st.floats(0.01, 0.99),
)
def test_vectorised_scores_equal_the_textbook_ones(sample, outcome, tau):
    ordered = np.sort(np.array([sample, sample]), axis=1)
    outcomes = np.array([outcome, 0.0])
    assert crps(ordered, outcomes) == pytest.approx([crps_sample(y, sample) for y in outcomes], abs=1e-12)
    quantile = sample_quantile(ordered, tau)
    assert pinball(quantile, outcomes, tau) == pytest.approx(pinball_loss(outcomes, quantile, tau), abs=1e-12)


def test_stratified_normal_sample_scores_as_the_normal_does():
    ordered = normal_quantiles(2000)[None, :]
    for outcome in (0.0, 2.0):
        assert crps(ordered, np.array([outcome]))[0] == pytest.approx(crps_normal(outcome, 0, 1), abs=2e-4)
    assert -sample_quantile(ordered, 0.025)[0] == pytest.approx(1.959964, abs=1e-3)
    assert sample_shortfall(ordered, 0.975)[0] == pytest.approx(2.337803, abs=6e-3)


def test_shortfall_counts_the_last_loss_in_part():
    ordered = np.array([[-4.0, -2.0, 0.0, 1.0, 3.0]])
    assert sample_shortfall(ordered, 0.7)[0] == pytest.approx((4.0 + 0.5 * 2.0) / 1.5)


def test_newey_west_sees_what_plain_standard_errors_miss():
    rng = np.random.default_rng(6)
    means, claimed = [], []
    for _ in range(400):
        overlapping = np.convolve(rng.standard_normal(1009), np.ones(10), mode="valid")
        means.append(overlapping.mean())
        claimed.append(newey_west_variance(overlapping, 9))
    plain = 10 / 1000
    assert np.mean(claimed) > 5 * plain
    assert np.mean(claimed) == pytest.approx(np.var(means), rel=0.45)  # Bartlett weights are known to fall short


def test_without_lags_it_is_the_variance_of_the_mean():
    values = np.random.default_rng(1).normal(size=50)
    assert newey_west_variance(values, 0) == pytest.approx(values.var() / 50)
