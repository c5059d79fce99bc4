"""Value at risk, expected shortfall and drawdown against closed forms and against each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gramlib.errors import DataContractError, ParameterError
from gramlib.metrics import expected_shortfall, max_drawdown, value_at_risk

LOSSES = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60)
LEVELS = st.floats(0.01, 0.999)


def _quantile_grid(law, n=200_000):
    """The sample whose empirical law is closest to `law`: its quantiles at the midpoints of n equal parts."""
    return law.ppf((np.arange(n) + 0.5) / n)


@pytest.mark.parametrize(
    ("law", "var", "es"),
    [
        (stats.norm(), 1.959964, 2.337803),
        (stats.t(4), 2.776445, 3.993557),
        (stats.t(4, scale=math.sqrt(2 / 4)), 1.963243, 2.823871),
    ],
    ids=["normal", "t4", "t4 of unit variance"],
)
def test_closed_forms_at_975(law, var, es):
    """ES of a t is pdf(q)/(1-a) * (nu+q^2)/(nu-1), times the scale; the grid cuts the last half cell off."""
    sample = _quantile_grid(law)
    assert value_at_risk(sample, 0.975) == pytest.approx(var, abs=2e-3)
    assert expected_shortfall(sample, 0.975) == pytest.approx(es, abs=4e-3)


def test_fractional_weight_of_the_quantile():
    """Ten losses at 85%: the tail of 1.5 observations is 10 and half of 9."""
    losses = np.arange(1.0, 11.0)
    assert value_at_risk(losses, 0.85) == 9.0
    assert expected_shortfall(losses, 0.85) == pytest.approx((10 + 0.5 * 9) / 1.5)


def test_whole_tail_is_the_plain_mean():
    """At 90% of ten losses the tail is exactly the largest one; 0.9 * 10 must not be rounded up to the next rank."""
    losses = np.arange(1.0, 11.0)
    assert value_at_risk(losses, 0.9) == 9.0
    assert expected_shortfall(losses, 0.9) == pytest.approx(10.0)


@given(LOSSES, LEVELS)
@settings(deadline=None, max_examples=50)
def test_shortfall_is_the_mean_of_the_quantile_function(losses, level):
    """ES = 1/(1-a) * integral of VaR_u du from a to 1, and never below VaR (Acerbi and Tasche 2002)."""
    ordered, n = np.sort(losses), len(losses)
    edges = np.maximum(np.arange(n + 1) / n, level)
    integral = float((np.diff(edges) * ordered).sum()) / (1 - level)
    shortfall = expected_shortfall(losses, level)
    assert shortfall == pytest.approx(integral, rel=1e-6, abs=1e-3)
    assert shortfall >= value_at_risk(losses, level)


@given(LOSSES, LEVELS, st.floats(0.001, 1000))
@settings(deadline=None, max_examples=50)
def test_scaling_losses_scales_both(losses, level, factor):
    scaled = np.array(losses) * factor
    assert value_at_risk(scaled, level) == pytest.approx(factor * value_at_risk(losses, level), rel=1e-9, abs=1e-9)
    expected = factor * expected_shortfall(losses, level)
    assert expected_shortfall(scaled, level) == pytest.approx(expected, rel=1e-6, abs=1e-6 * factor)


@pytest.mark.parametrize("figure", [value_at_risk, expected_shortfall])
def test_what_cannot_be_answered(figure):
    assert math.isnan(figure([], 0.975))
    assert math.isnan(figure([1.0, math.nan], 0.975))
    assert figure([7.0], 0.975) == 7.0
    for level in (0.0, 1.0, 97.5, math.nan):
        with pytest.raises(ParameterError, match="level"):
            figure([1.0], level)
    with pytest.raises(DataContractError, match="2 dimensions"):
        figure([[1.0, 2.0]], 0.975)


def test_drawdown_of_known_paths():
    assert max_drawdown([100.0, 120.0, 90.0, 130.0, 117.0]) == pytest.approx(0.25)
    assert max_drawdown([1.0, 2.0, 3.0]) == 0.0
    assert max_drawdown([5.0]) == 0.0
    assert math.isnan(max_drawdown([]))
    assert math.isnan(max_drawdown([1.0, math.nan, 0.5]))
    np.testing.assert_allclose(max_drawdown([[1.0, 0.5], [1.0, 2.0]]), [0.5, 0.0])
    with pytest.raises(DataContractError, match="price of -1"):
        max_drawdown([1.0, -1.0])


def test_expected_drawdown_of_a_driftless_walk():
    """sqrt(pi/2) s sqrt(T) is the continuous limit; 252 steps at s = 0.16 give .18876 in log units, by Monte Carlo."""
    steps = np.random.default_rng(11).normal(scale=0.16 / math.sqrt(252), size=(20_000, 252))
    levels = np.cumsum(steps, axis=1)
    log_drawdown = -np.log1p(-max_drawdown(np.exp(np.column_stack([np.zeros(len(levels)), levels]))))
    assert log_drawdown.mean() == pytest.approx(0.18876, abs=4 * log_drawdown.std() / math.sqrt(20_000))
