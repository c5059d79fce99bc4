from __future__ import annotations

import numpy as np
import pytest

from gramlib.backtests import power


def test_basel_power_is_the_binomial_tail():
    """Yellow begins with 5 exceptions of 250 at 99%: 1 - P(X <= 4) at a true 2% is 0.5613 (exact)."""
    assert power.basel_power(250, 0.99, 0.02) == pytest.approx(0.5613, abs=5e-4)
    assert power.basel_power(250, 0.99, 0.01) == pytest.approx(1 - 0.892188, abs=1e-6)


def test_clusters_keep_the_rate_and_have_the_chance_that_is_said():
    hits = power.clustered(1000, 0.025)
    assert hits.mean() == pytest.approx(0.025, abs=0.001)
    assert hits[:, 1:][hits[:, :-1]].mean() == pytest.approx(power.CLUSTER_CHANCE, abs=0.01)


def test_power_grows_with_the_sample_and_is_a_property_of_the_test():
    short, long = (power.dynamic_quantile_power(n, 0.025) for n in (250, 1000))
    assert short < 0.5 < long
    power.dynamic_quantile_power.cache_clear()
    assert power.dynamic_quantile_power(250, 0.025) == short
    assert np.all(np.array(power.christoffersen_power(250, 0.025)) < power.christoffersen_power(1000, 0.025))
    assert all(power.uniformity_power(125)[k] < v for k, v in power.uniformity_power(1000).items())
