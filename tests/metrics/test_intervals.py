"""Intervals against published examples, exact laws and their own promise: coverage."""

import math

import numpy as np
import pytest
from scipy import stats

from gramlib.errors import DataContractError, ParameterError
from gramlib.metrics import (
    bootstrap_interval,
    expected_shortfall,
    paired_difference_interval,
    quantile_interval,
    value_at_risk,
    wilson_interval,
)
from gramlib.metrics.tail_bootstrap import tail_bootstrap_intervals


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_published_examples(successes, trials, lower, upper):
    """Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3."""
    found = wilson_interval(successes, trials)
    assert found == (pytest.approx(lower, abs=5e-5), pytest.approx(upper, abs=5e-5))


def test_wilson_is_symmetric_and_refuses_nonsense():
    low, high = wilson_interval(3, 40)
    mirror = wilson_interval(37, 40)
    assert (1 - mirror.upper, 1 - mirror.lower) == (pytest.approx(low), pytest.approx(high))
    assert wilson_interval(40, 40).upper == 1.0
    for successes, trials in ((-1, 10), (11, 10), (0, 0)):
        with pytest.raises(DataContractError):
            wilson_interval(successes, trials)
    with pytest.raises(ParameterError, match="confidence"):
        wilson_interval(1, 10, 95)


def test_paired_difference_covers_and_beats_independence():
    """Agresti and Min 2005 report coverage near nominal also for small n; pairing must shorten the interval."""
    n, p10, p01, p11 = 60, 0.10, 0.02, 0.20
    rng = np.random.default_rng(5)
    cells = rng.multinomial(n, [p10, p01, p11, 1 - p10 - p01 - p11], size=4000)
    ends = np.array([paired_difference_interval(int(a), int(b), n) for a, b, *_ in cells])
    coverage = np.mean((ends[:, 0] <= p10 - p01) & (p10 - p01 <= ends[:, 1]))
    assert 0.935 <= coverage <= 0.985
    paired = paired_difference_interval(100, 20, 10_000)
    rates = np.array([0.30, 0.292])
    unpaired_half = 1.96 * math.sqrt((rates * (1 - rates) / 10_000).sum())
    assert (paired.upper - paired.lower) / 2 < unpaired_half / 4
    assert paired.lower > 0


def test_paired_difference_without_discordance_is_not_certain():
    low, high = paired_difference_interval(0, 0, 1000)
    assert low < 0 < high < 0.003
    with pytest.raises(DataContractError):
        paired_difference_interval(6, 5, 10)


def test_quantile_interval_covers():
    rng = np.random.default_rng(7)
    truth = stats.norm.ppf(0.9)
    ends = np.array([quantile_interval(rng.normal(size=300), 0.9) for _ in range(1500)])
    assert 0.93 <= np.mean((ends[:, 0] <= truth) & (truth <= ends[:, 1])) <= 0.985


def test_quantile_interval_says_when_it_cannot():
    low, high = quantile_interval(np.arange(20.0), 0.99)
    assert low == pytest.approx(18.0, abs=1.0)
    assert math.isnan(high)
    assert all(math.isnan(end) for end in quantile_interval([], 0.5))


def test_bootstrap_of_a_mean_covers():
    """Percentile bootstrap of a normal mean, n = 60: true coverage a little below nominal."""
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(300):
        low, high = bootstrap_interval(rng.normal(size=60), np.mean, rng, n_samples=200)
        hits += low <= 0.0 <= high
    assert 0.89 <= hits / 300 <= 0.98


def test_bootstrap_depends_on_its_generator_alone():
    sample = np.random.default_rng(1).normal(size=50)
    first, second = (bootstrap_interval(sample, np.mean, np.random.default_rng(9), 50) for _ in range(2))
    assert first == second
    assert all(math.isnan(end) for end in bootstrap_interval([], np.mean, np.random.default_rng(1)))


def test_tail_bootstrap_has_the_exact_law_of_a_resampled_quantile():
    """P(VaR* <= x_(j)) = P(Binomial(n, j/n) >= k): the interval's ends are quantiles of that law."""
    n, level = 400, 0.95
    losses = np.arange(1.0, n + 1)
    rank = math.ceil(n * level)
    at_most = stats.binom.sf(rank - 1, n, np.arange(1, n + 1) / n)
    exact = [float(losses[np.searchsorted(at_most, p)]) for p in (0.025, 0.975)]
    var, _ = tail_bootstrap_intervals(losses, level, np.random.default_rng(2), 4000)
    assert list(var) == pytest.approx(exact, abs=1.0)


def test_tail_bootstrap_agrees_with_whole_resamples():
    losses = np.random.default_rng(4).standard_t(4, size=500)
    both = tail_bootstrap_intervals(losses, 0.93, np.random.default_rng(5), 3000)
    for found, figure in zip(both, (value_at_risk, expected_shortfall), strict=True):
        plain = bootstrap_interval(losses, lambda x, f=figure: f(x, 0.93), np.random.default_rng(6), 3000)
        # Monte Carlo error of a 2.5% quantile of 3,000 resamples is about a tenth of the interval's half width.
        assert list(found) == pytest.approx(list(plain), abs=0.12 * (plain.upper - plain.lower))


def test_tail_bootstrap_of_nothing():
    for sample in ([], [1.0, math.nan]):
        var, shortfall = tail_bootstrap_intervals(sample, 0.975, np.random.default_rng(1), 10)
        assert all(math.isnan(end) for end in (*var, *shortfall))
