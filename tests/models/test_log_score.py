from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gramlib.models.log_score import place, placed

MIDPOINTS = (np.arange(4000) + 0.5) / 4000
PLACES = np.array([0.001, 0.005, 0.02, 0.04, 0.06, 0.2, 0.5, 0.8, 0.94, 0.99, 0.999])


@pytest.mark.parametrize("law", [stats.norm(0, 0.01), stats.t(4, 0, 0.01)], ids=["normal", "t4"])
def test_place_and_density_of_a_known_law(law):
    y = law.ppf(PLACES)
    p, log_density = placed(np.tile(law.ppf(MIDPOINTS), (len(y), 1)), y)
    middle = (PLACES > 0.05) & (PLACES < 0.95)
    assert p[middle] == pytest.approx(PLACES[middle], abs=2e-4)
    assert log_density[middle] == pytest.approx(law.logpdf(y[middle]), abs=0.03)
    tail = np.minimum(PLACES, 1 - PLACES) >= 0.005
    assert np.abs(log_density - law.logpdf(y))[tail].max() < 0.16
    assert np.minimum(p, 1 - p)[~middle] == pytest.approx(np.minimum(PLACES, 1 - PLACES)[~middle], rel=0.6)


def test_mean_error_of_the_log_score_is_small():
    law = stats.t(4, 0, 0.01)
    rng = np.random.default_rng(3)
    y = law.rvs(3000, random_state=rng)
    _, log_density = placed(np.sort(law.rvs((3000, 1000), random_state=rng), axis=1), y)
    assert (log_density - law.logpdf(y)).mean() == pytest.approx(0.0, abs=0.04)


def test_a_true_forecast_scores_better_than_a_wide_a_narrow_and_a_shifted_one():
    law = stats.t(4, 0, 0.01)
    y = law.rvs(2000, random_state=np.random.default_rng(4))
    sample = np.tile(law.ppf(MIDPOINTS), (len(y), 1))
    true = placed(sample, y)[1].mean()
    for wrong in (1.3 * sample, 0.75 * sample, sample + 0.004):
        assert placed(wrong, y)[1].mean() < true - 0.01


def test_an_outcome_beyond_every_draw_is_improbable_not_impossible():
    sample = np.tile(np.linspace(-0.01, 0.01, 1000), (2, 1))
    p, log_density = placed(sample, np.array([-0.5, 0.5]))
    assert np.isfinite(log_density).all() and (log_density < 0).all()
    assert 0 < p[0] < 1e-3 and 1e-3 > 1 - p[1] > 0


def test_repeated_draws_and_ties_stay_finite():
    sample = np.sort(np.tile(np.repeat([-0.02, 0.0, 0.01, 0.03], 250), (4, 1)), axis=1)
    y = np.array([-0.02, 0.0, 0.01, 0.02])
    assert place(sample, y) == pytest.approx([0.125, 0.375, 0.625, 0.75], abs=1e-3)
    assert np.isfinite(placed(sample, y)[1]).all()


def test_scaling_forecast_and_outcome_moves_the_log_density_by_the_log_of_the_scale():
    rng = np.random.default_rng(8)
    sample, y = np.sort(0.01 * rng.standard_t(4, (20, 2000)), axis=1), 0.01 * rng.standard_t(4, 20)
    p, log_density = placed(sample, y)
    scaled_p, scaled = placed(2.0 * sample, 2.0 * y)
    assert scaled_p == pytest.approx(p) and scaled == pytest.approx(log_density - np.log(2.0), abs=1e-6)
