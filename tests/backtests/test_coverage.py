from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from gramlib.backtests import basel_zone, christoffersen, cumulative_probability, kupiec, kupiec_power
from gramlib.errors import ParameterError


@pytest.mark.parametrize(("x", "statistic", "p_value"), [(4, 0.769138, 0.380484), (10, 12.955491, 0.000319)])
def test_kupiec_published_values(x, statistic, p_value):
    ratio = kupiec(x, 250, 0.01)
    assert ratio.statistic == pytest.approx(statistic, abs=5e-7)
    assert ratio.p_value == pytest.approx(p_value, abs=5e-7)


def test_kupiec_without_and_with_nothing_but_exceptions():
    assert kupiec(0, 250, 0.01).statistic == pytest.approx(-2 * 250 * np.log(0.99))
    assert kupiec(250, 250, 0.01).statistic == pytest.approx(-2 * 250 * np.log(0.01))


@settings(deadline=None, max_examples=50)
@given(n=st.integers(1, 5000), share=st.floats(0, 1), p=st.floats(0.001, 0.999))
def test_kupiec_is_zero_only_at_the_nominal_rate_and_p_values_are_probabilities(n, share, p):
    x = round(share * n)
    ratio = kupiec(x, n, p)
    assert ratio.statistic >= 0.0
    assert 0.0 <= ratio.p_value <= 1.0
    assert kupiec(n - x, n, 1 - p).statistic == pytest.approx(ratio.statistic, rel=1e-6, abs=1e-8)


def test_christoffersen_published_values():
    tests = christoffersen(480, 9, 9, 1, 0.01)
    assert tests.unconditional.statistic == pytest.approx(3.933965, abs=5e-7)
    assert tests.independence.statistic == pytest.approx(1.751195, abs=5e-7)
    assert tests.conditional.statistic == pytest.approx(5.685160, abs=5e-7)
    assert tests.conditional.p_value == pytest.approx(0.058275, abs=5e-7)


@settings(deadline=None, max_examples=50)
@given(counts=st.tuples(*[st.integers(0, 500)] * 4))
def test_christoffersen_adds_up_on_any_counts(counts):
    assume(sum(counts) > 0)
    tests = christoffersen(*counts, 0.01)
    assert tests.conditional.statistic == pytest.approx(tests.unconditional.statistic + tests.independence.statistic)
    assert tests.independence.statistic >= 0.0


def test_independence_sees_a_cluster_that_coverage_does_not():
    scattered, clustered = christoffersen(960, 20, 20, 0, 0.02), christoffersen(970, 10, 10, 10, 0.02)
    assert scattered.unconditional.p_value > 0.05
    assert clustered.unconditional.p_value > 0.05
    assert scattered.independence.p_value > 0.05
    assert clustered.independence.p_value < 1e-6


@pytest.mark.parametrize(
    ("x", "zone"), [(0, "green"), (4, "green"), (5, "yellow"), (9, "yellow"), (10, "red"), (250, "red")]
)
def test_basel_zones_at_250_days(x, zone):
    assert basel_zone(x, 250, 0.99) == zone


def test_binomial_probabilities_behind_the_zones():
    assert cumulative_probability(4, 250, 0.99) == pytest.approx(0.892188, abs=5e-7)
    assert cumulative_probability(9, 250, 0.99) == pytest.approx(0.999750, abs=5e-7)


@pytest.mark.parametrize(
    ("n", "p", "true_rate", "power"),
    [(250, 0.025, 0.05, 0.599), (250, 0.025, 0.025, 0.074), (250, 0.01, 0.02, 0.243), (1000, 0.01, 0.02, 0.782)],
)
def test_exact_power_of_kupiec(n, p, true_rate, power):
    """MODELS_AND_CHECKS D.3."""
    assert kupiec_power(n, p, true_rate) == pytest.approx(power, abs=5e-4)


def test_power_is_how_often_the_test_rejects():
    counts = stats.binom.rvs(500, 0.05, size=20_000, random_state=1)
    rejected = np.mean([kupiec(int(x), 500, 0.025).p_value < 0.05 for x in counts])
    assert kupiec_power(500, 0.025, 0.05) == pytest.approx(rejected, abs=0.01)


@pytest.mark.parametrize(("x", "n", "p"), [(5, 4, 0.01), (-1, 4, 0.01), (0, 0, 0.01), (1, 10, 0.0), (1, 10, 1.0)])
def test_impossible_counts_are_refused(x, n, p):
    with pytest.raises(ParameterError, match="exceptions in"):
        kupiec(x, n, p)
