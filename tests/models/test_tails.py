from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gramlib.errors import DataContractError, ParameterError
from gramlib.models.tails import fit_gpd, gpd_excess, gpd_var_es, student_t_var_es

shapes = st.floats(-0.4, 0.44).map(lambda xi: round(xi, 6))  # scipy loses the limit below 1e-300
scales = st.floats(0.1, 10.0)


def test_danish_fire_losses_of_mcneil_1997():
    var, shortfall = gpd_var_es(threshold=10, xi=0.497, beta=6.98, n=2167, n_exceed=109, level=0.99)
    assert var == pytest.approx(27.301445, abs=5e-7)
    assert shortfall == pytest.approx(58.273251, abs=5e-7)


@pytest.mark.parametrize(
    ("nu", "unit_variance", "expected"),
    [(math.inf, True, (1.959964, 2.337803)), (4, False, (2.776445, 3.993557)), (4, True, (1.963243, 2.823871))],
)
def test_published_student_t_values(nu, unit_variance, expected):
    assert student_t_var_es(nu, 0.975, unit_variance) == pytest.approx(expected, abs=5e-7)


@settings(deadline=None, max_examples=50)
@given(nu=st.floats(2.1, 200.0), level=st.floats(0.9, 0.9999))
def test_shortfall_of_the_t_is_the_mean_beyond_its_quantile(nu, level):
    var, shortfall = student_t_var_es(nu, level, unit_variance=False)
    assert stats.t.sf(var, nu) == pytest.approx(1 - level, rel=1e-6)
    assert shortfall > var
    # d/dq of E[(X - q)+] is -P(X > q): the shortfall integral, differentiated numerically
    step = 1e-4 * var
    beyond = [
        (1 - p) * (student_t_var_es(nu, p, False)[1] - student_t_var_es(nu, p, False)[0])
        for p in (stats.t.cdf(var - step, nu), stats.t.cdf(var + step, nu))
    ]
    assert (beyond[0] - beyond[1]) / (2 * step) == pytest.approx(1 - level, rel=1e-3)


@settings(deadline=None, max_examples=50)
@given(xi=shapes, beta=scales, survival=st.floats(1e-6, 1.0))
def test_gpd_excess_inverts_the_survival_function_of_scipy(xi, beta, survival):
    excess = gpd_excess(survival, xi, beta)
    assert stats.genpareto.sf(excess, xi, scale=beta) == pytest.approx(survival, rel=1e-6, abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(
    xi=shapes, beta=scales, threshold=st.floats(0.0, 20.0), level=st.floats(0.95, 0.9999), factor=st.floats(0.01, 100)
)
def test_shortfall_exceeds_var_and_both_scale_with_the_unit(xi, beta, threshold, level, factor):
    var, shortfall = gpd_var_es(threshold, xi, beta, 1000, 50, level)
    assert shortfall >= var >= threshold - 1e-9
    scaled = gpd_var_es(factor * threshold, xi, factor * beta, 1000, 50, level)
    assert scaled == pytest.approx((factor * var, factor * shortfall), rel=1e-9)


def test_level_below_the_threshold_is_refused():
    with pytest.raises(ParameterError, match=r"0\.9500"):
        gpd_var_es(1.0, 0.1, 1.0, 1000, 50, 0.94)


def test_fit_finds_the_law_it_was_drawn_from():
    excesses = stats.genpareto.rvs(0.2, scale=0.6, size=20_000, random_state=3)
    fit = fit_gpd(excesses)
    assert abs(fit.xi - 0.2) < 3 * fit.xi_standard_error
    assert abs(fit.beta - 0.6) < 3 * fit.beta_standard_error


def test_shape_without_a_variance_is_held_and_said():
    fit = fit_gpd(stats.genpareto.rvs(0.9, scale=1.0, size=2000, random_state=3))
    assert fit.xi == 0.45
    assert "held at 0.45" in fit.note


def test_too_few_exceedances_are_refused():
    with pytest.raises(DataContractError, match="19 exceedances"):
        fit_gpd(np.linspace(0.1, 1.0, 19))


@pytest.mark.parametrize(("start", "xi", "beta"), [("1975-01-03", 0.167, 0.927), ("2000-01-05", 0.112, 0.835)])
def test_gold_left_tail_has_the_published_shape(gold_prices, start, xi, beta):
    """MODELS_AND_CHECKS D.2, left tail at u = 95%, PM fix to April 2018, percent."""
    window = gold_prices[(gold_prices["date"] >= start) & (gold_prices["date"] <= "2018-04-05")]
    losses = -100 * window["log_return"].to_numpy()
    threshold = np.quantile(losses, 0.95)
    fit = fit_gpd(losses[losses > threshold] - threshold)
    assert (fit.xi, fit.beta) == pytest.approx((xi, beta), abs=6e-4)
