from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.special import chdtri
from scipy.stats import chi2

from gramlib.backtests import dynamic_quantile
from gramlib.backtests.dynamic_quantile import dynamic_quantiles
from gramlib.errors import ParameterError

HITS = [t in (3, 9, 10, 24, 31, 32, 33, 47, 58) for t in range(60)]
VALUES_AT_RISK = [2 + (t * t) % 7 for t in range(60)]


def exact_statistic() -> Fraction:
    """DQ of the series above at p = 1/10 in whole fractions, by Gaussian elimination."""
    p = Fraction(1, 10)
    hit = [Fraction(int(h)) - p for h in HITS]
    x = [[Fraction(1), *(hit[t - k] for k in (1, 2, 3, 4)), Fraction(VALUES_AT_RISK[t])] for t in range(4, 60)]
    y = hit[4:]
    size = 6
    system = [
        [sum(r[i] * r[j] for r in x) for j in range(size)] + [sum(r[i] * h for r, h in zip(x, y, strict=True))]
        for i in range(size)
    ]
    for i in range(size):
        pivot = next(r for r in range(i, size) if system[r][i])
        system[i], system[pivot] = system[pivot], system[i]
        system[i] = [value / system[i][i] for value in system[i]]
        for r in range(size):
            if r != i:
                system[r] = [a - system[r][i] * b for a, b in zip(system[r], system[i], strict=True)]
    right = [sum(r[i] * h for r, h in zip(x, y, strict=True)) for i in range(size)]
    return sum(system[i][size] * right[i] for i in range(size)) / (p * (1 - p))


def test_equals_whole_fractions():
    ratio = dynamic_quantile(np.array(HITS), np.array(VALUES_AT_RISK, dtype=float), 0.1)
    assert ratio.statistic == pytest.approx(float(exact_statistic()), rel=1e-10)
    assert ratio.degrees_of_freedom == 6
    assert ratio.p_value == pytest.approx(chi2.sf(ratio.statistic, 6))


def test_the_unit_of_the_value_at_risk_does_not_matter():
    hits, var = np.array(HITS), np.array(VALUES_AT_RISK, dtype=float)
    assert dynamic_quantile(hits, var, 0.1).statistic == pytest.approx(
        dynamic_quantile(hits, 0.01 * var, 0.1).statistic
    )


def test_many_at_once_are_the_same_one_by_one():
    rng = np.random.default_rng(4)
    hits, var = rng.random((5, 400)) < 0.05, rng.uniform(1, 2, (5, 400))
    one_by_one = [dynamic_quantile(h, v, 0.05).statistic for h, v in zip(hits, var, strict=True)]
    assert dynamic_quantiles(hits, var, 0.05) == pytest.approx(one_by_one)


def test_rejects_true_forecasts_a_little_more_often_than_it_says_and_clusters_almost_always():
    rng = np.random.default_rng(5)
    hits, var = rng.random((1000, 1000)) < 0.025, rng.uniform(1, 2, (1000, 1000))
    assert 0.04 < (dynamic_quantiles(hits, var, 0.025) > chdtri(6, 0.05)).mean() < 0.10
    clustered = hits | np.roll(hits, 1, axis=1) & (rng.random(hits.shape) < 0.4)
    assert (dynamic_quantiles(clustered, var, 0.025) > chdtri(6, 0.05)).mean() > 0.9


def test_a_value_at_risk_that_foretells_exceptions_is_found_out():
    rng = np.random.default_rng(6)
    var = rng.uniform(1, 3, 2000)
    hits = rng.random(2000) < np.where(var > 2.0, 0.01, 0.09)
    assert dynamic_quantile(hits, var, 0.05).p_value < 1e-6


def test_a_constant_value_at_risk_costs_a_degree_of_freedom():
    assert dynamic_quantile(np.array(HITS), np.full(60, 0.02), 0.1).degrees_of_freedom == 5


def test_too_few_days_are_refused():
    with pytest.raises(ParameterError, match="39 days"):
        dynamic_quantile(np.zeros(39, dtype=bool), np.ones(39), 0.05)
