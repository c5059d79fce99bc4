from __future__ import annotations

import numpy as np
import pytest

from gramlib.models.hs_age import DECAY, AgeWeightedHistoricalSimulation
from gramlib.models.returns import Returns
from gramlib.models.weighted_sample import equal_weights
from gramlib.models.window import TrainingWindow


def test_equal_weights_repeat_a_value_by_its_weight():
    samples = equal_weights(np.array([1.0, 2.0, 3.0]), np.array([[0.25, 0.5, 0.25], [0.0, 0.0, 1.0]]), 8)
    assert samples.tolist() == [[1, 1, 2, 2, 2, 2, 3, 3], [3] * 8]


def test_quantile_is_where_the_aged_weights_add_up():
    """The authors' recipe by hand: sort the window, add weights up from the worst day."""
    rng = np.random.default_rng(1)
    returns = Returns(np.arange(1400).astype("datetime64[D]"), 0.01 * rng.standard_normal(1400))
    model = AgeWeightedHistoricalSimulation.fit(TrainingWindow(returns, 0, 0.999, 0.05))
    ordered = model.forecast(returns, np.array([1300]), [1], np.empty((2000, 1)))[1][0]
    window = returns.log_return[301:1301]
    weight = DECAY ** np.arange(999, -1, -1)
    weight /= weight.sum()
    for share in (0.01, 0.05, 0.5):
        total, expected = 0.0, None
        for day in np.argsort(window):
            total += weight[day]
            expected = window[day]
            if total >= share:
                break
        assert ordered[round(share * 2000)] == pytest.approx(expected, abs=1e-12)


def test_a_fresh_crash_counts_for_more_than_an_old_one():
    quiet = 0.001 * np.sin(np.arange(1200.0))
    old, fresh = quiet.copy(), quiet.copy()
    old[300], fresh[1195] = -0.1, -0.1
    for values, worst in ((old, 0), (fresh, 30)):
        returns = Returns(np.arange(1200).astype("datetime64[D]"), values)
        model = AgeWeightedHistoricalSimulation.fit(TrainingWindow(returns, 0, 0.999, 0.05))
        ordered = model.forecast(returns, np.array([1199]), [1, 5], np.empty((2000, 5)))
        assert (ordered[1][0] < -0.05).sum() >= worst
        assert (ordered[5][0] < -0.05).sum() >= worst
        if not worst:
            assert (ordered[1][0] > -0.05).all()
