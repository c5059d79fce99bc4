from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gramlib.backtests import chance_forecasts as chances


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=25))
def test_the_law_of_a_count_has_the_mean_and_variance_of_unlike_coins(p):
    law, k = chances.count_law(np.array(p)), np.arange(len(p) + 1)
    assert law.sum() == pytest.approx(1.0)
    assert law @ k == pytest.approx(sum(p), abs=1e-9)
    assert law @ (k - law @ k) ** 2 == pytest.approx(sum(q * (1 - q) for q in p), abs=1e-9)


@pytest.mark.parametrize(("found", "n", "p"), [(3, 12, 0.1), (0, 40, 0.05), (30, 207, 0.1), (7, 7, 0.5)])
def test_with_equal_chances_it_is_the_exact_binomial_test(found, n, p):
    result = chances.count_test(found, np.full(n, p), np.full(n, 2 * p))
    assert result.p_value == pytest.approx(stats.binomtest(found, n, p).pvalue)
    assert result.statistic == pytest.approx(found - n * p)


def test_power_at_the_hypothesis_is_the_size_and_grows_with_the_error():
    p = np.full(200, 0.1)
    size, near, far = (chances.count_test(20, p, factor * p).power for factor in (1.0, 1.5, 2.0))
    assert size <= 0.05 < near < far
    assert far > 0.95


def test_power_of_the_count_is_the_share_of_samples_that_are_rejected():
    rng = np.random.default_rng(3)
    p = rng.uniform(0.0, 0.2, 60)
    truly = 2 * p
    stated = chances.count_test(0, p, truly).power
    counts = (rng.random((2000, 60)) < truly).sum(axis=1)
    rejected = [chances.count_test(int(count), p, truly).p_value <= 0.05 for count in counts[:400]]
    assert np.mean(rejected) == pytest.approx(stated, abs=0.08)


def test_what_no_path_did_is_not_impossible():
    assert chances.seen_chance(np.array([0.0, 1.0]), 4999) == pytest.approx([1e-4, 1 - 1e-4])


def test_brier_rejects_chances_that_are_far_too_small_and_rarely_those_that_made_the_outcomes():
    rng = np.random.default_rng(1)
    p = rng.uniform(0.02, 0.3, 100)
    found = [chances.brier_test(came, p, 2 * p) for came in rng.random((60, 100)) < p]
    # Of 60 true hypotheses tested at 5% more than nine are rejected once in a thousand times.
    assert sum(each.p_value <= 0.05 for each in found) <= 9
    came = rng.random(100) < p
    wrong = chances.brier_test(came, p / 10, p)
    assert wrong.statistic == pytest.approx(np.mean((p / 10 - came) ** 2))
    assert wrong.p_value < 0.01
    assert wrong.power > 0.9
    assert chances.brier_test(came, p, p).power < 0.1


def test_brier_without_anything_to_see_is_never_a_rejection():
    nothing = chances.brier_test(np.zeros(30, dtype=bool), np.full(30, 1e-4), np.full(30, 2e-4))
    assert nothing.p_value == 1.0


@pytest.mark.parametrize(
    ("hits", "alarms", "missed", "quiet"), [(4, 3, 2, 21), (0, 5, 3, 12), (3, 0, 0, 17), (1, 9, 1, 9)]
)
def test_a_warning_is_judged_by_fisher_s_exact_test(hits, alarms, missed, quiet):
    warned = np.repeat([True, True, False, False], [hits, alarms, missed, quiet])
    came = np.repeat([True, False, True, False], [hits, alarms, missed, quiet])
    found = chances.warning_test(came, np.where(warned, 0.5, 0.1), 0.3)
    assert (found.hits, found.false_alarms, found.missed) == (hits, alarms, missed)
    assert found.test.p_value == pytest.approx(stats.fisher_exact([[hits, alarms], [missed, quiet]], "greater").pvalue)
    assert found.test.statistic == pytest.approx(hits / (hits + missed) - alarms / (alarms + quiet))
    assert found.expected_hits == pytest.approx((hits + alarms) * (hits + missed) / len(came))


def test_a_warning_nothing_followed_proves_nothing_and_has_no_score():
    found = chances.warning_test(np.zeros(50, dtype=bool), np.linspace(0.0, 0.1, 50), 0.05)
    assert np.isnan(found.test.statistic)
    assert found.test.p_value == 1.0
    assert found.false_alarms == 25


def test_chances_that_tell_months_apart_give_a_warning_power_and_equal_ones_give_none():
    apart = np.where(np.arange(200) < 20, 0.6, 0.01)
    assert chances.warning_test(np.zeros(200, dtype=bool), apart, 0.3).test.power > 0.95
    assert chances.warning_test(np.zeros(200, dtype=bool), np.full(200, 0.05), 0.3).test.power <= 0.05
