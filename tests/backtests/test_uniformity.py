from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from gramlib.backtests import anderson_darling, berkowitz, kolmogorov_smirnov
from gramlib.backtests.uniformity import UNIFORMITY, anderson_darling_limit


def test_kolmogorov_smirnov_is_scipys():
    pit = np.random.default_rng(1).uniform(size=700) ** 1.1
    statistic, p_value = kolmogorov_smirnov(pit)
    reference = stats.kstest(pit, "uniform")
    assert statistic == pytest.approx(reference.statistic) and p_value == pytest.approx(reference.pvalue, rel=0.02)


def test_anderson_darling_percentage_points():
    """Case 0 of Stephens (1974): 1.933, 2.492 and 3.857 at 10, 5 and 1%."""
    assert 1 - anderson_darling_limit(np.array([1.933, 2.492, 3.857])) == pytest.approx([0.10, 0.05, 0.01], abs=3e-4)


def test_anderson_darling_statistic_by_definition():
    pit = np.array([0.1, 0.4, 0.7])
    total = sum((2 * i - 1) * (np.log(pit[i - 1]) + np.log(1 - pit[3 - i])) for i in (1, 2, 3))
    assert anderson_darling(pit)[0] == pytest.approx(-3 - total / 3)


def test_berkowitz_against_a_numerical_maximum():
    z = stats.norm.rvs(0.1, 1.2, size=300, random_state=4)
    statistic, p_value = berkowitz(ndtr(z))
    slope, intercept, *_ = stats.linregress(z[:-1], z[1:])
    left = z[1:] - intercept - slope * z[:-1]
    best = stats.norm.logpdf(left, 0, left.std()).sum()
    expected = 2 * (best - stats.norm.logpdf(z[1:]).sum())
    assert statistic == pytest.approx(expected) and p_value == pytest.approx(stats.chi2.sf(expected, 3))


@pytest.mark.parametrize("name", UNIFORMITY)
def test_size_and_what_each_notices(name):
    rng = np.random.default_rng(7)
    z = rng.standard_normal((1500, 250))
    assert 0.035 < (UNIFORMITY[name](ndtr(z))[1] < 0.05).mean() < 0.07
    assert (UNIFORMITY[name](ndtr(0.6 * z + 0.3))[1] < 0.05).mean() > 0.95


def test_only_berkowitz_sees_dependence():
    rng = np.random.default_rng(8)
    z = stats.norm.rvs(size=(300, 400), random_state=rng)
    for day in range(1, 400):
        z[:, day] = 0.3 * z[:, day - 1] + np.sqrt(1 - 0.09) * z[:, day]
    assert (berkowitz(ndtr(z))[1] < 0.05).mean() > 0.95
