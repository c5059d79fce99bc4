from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gramlib.backtests import critical_values, shortfall_tests, z1_z2
from gramlib.backtests.shortfall import DEGREES, degrees_of_ratio
from gramlib.models.tails import student_t_var_es

NORMAL = float(DEGREES[-1])


def test_both_by_hand():
    loss = np.array([1.0, 3.0, -1.0, 5.0, 0.0, 1.9, 0.0, 0.0, 0.0, 0.0])
    z1, z2 = z1_z2(loss, np.full(10, 2.0), np.full(10, 4.0), 0.9)
    assert z1 == pytest.approx(1 - (3 / 4 + 5 / 4) / 2)
    assert z2 == pytest.approx(1 - (3 / 4 + 5 / 4) / (10 * 0.1))


def test_critical_values_of_the_source():
    """Acerbi and Szekely (2014): -0.7 at 250 days and 5%, much the same for Student-t laws; about -0.16 at 5,000 (D.3)."""
    assert critical_values(250, 0.975, NORMAL)[1] == pytest.approx(-0.70, abs=0.02)
    assert critical_values(250, 0.975, degrees_of_ratio_of(5.0))[1] == pytest.approx(-0.74, abs=0.03)
    assert critical_values(5000, 0.975, NORMAL)[1] == pytest.approx(-0.155, abs=0.01)


def degrees_of_ratio_of(nu: float) -> float:
    var, shortfall = student_t_var_es(nu, 0.975)
    return degrees_of_ratio(shortfall / var, 0.975)


@pytest.mark.parametrize("nu", [3.0, 5.0, 10.0])
def test_the_tail_is_recognised_by_its_ratio(nu):
    assert degrees_of_ratio_of(nu) == pytest.approx(nu, rel=0.05)


def test_true_forecasts_are_rejected_about_one_time_in_twenty_and_wrong_ones_as_often_as_the_power_says():
    rng = np.random.default_rng(9)
    var, shortfall = (np.full(1000, x) for x in student_t_var_es(5.0, 0.975, unit_variance=False))
    losses = rng.standard_t(5.0, (400, 1000))
    right = [shortfall_tests(loss, var, shortfall, 0.975, 1.25) for loss in losses]
    larger = [shortfall_tests(1.25 * loss, var, shortfall, 0.975, 1.25) for loss in losses]
    beyond = [shortfall_tests(np.where(loss > var, 1.25, 1.0) * loss, var, shortfall, 0.975, 1.25) for loss in losses]
    for kind, wrong in ((0, beyond), (1, larger)):
        assert 0.025 < np.mean([pair[kind].p_value < 0.05 for pair in right]) < 0.08
        rejected = np.mean([pair[kind].p_value < 0.05 for pair in wrong])
        assert right[0][kind].power == pytest.approx(rejected, abs=0.06) and rejected > 0.4


def test_overstated_risk_is_not_rejected():
    loss = stats.norm.rvs(size=1000, random_state=2)
    _, z2 = shortfall_tests(loss, np.full(1000, 3.0), np.full(1000, 3.6), 0.975, 1.25)
    assert z2.statistic > 0 and z2.p_value > 0.5


def test_the_same_numbers_every_time():
    loss = stats.norm.rvs(size=500, random_state=3)
    pairs = [shortfall_tests(loss, np.full(500, 1.96), np.full(500, 2.338), 0.975, 1.25) for _ in range(2)]
    assert pairs[0] == pairs[1]
