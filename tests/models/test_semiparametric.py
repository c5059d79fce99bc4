from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.models.semiparametric import fit_tails, make_law

RESIDUALS = np.random.default_rng(8).standard_t(5, 2000) * np.sqrt(0.6)


@settings(deadline=None, max_examples=20)
@given(xi=st.floats(-0.3, 0.3), beta=st.floats(0.2, 1.0), share=st.floats(0.01, 0.2))
def test_joined_law_has_mean_zero_and_variance_one(xi, beta, share):
    law = make_law(RESIDUALS, share, (xi, beta), (0.1, 0.5))
    uniform = (np.arange(4_000_000) + 0.5) / 4_000_000
    value = law.inverse(uniform)
    assert value.mean() == pytest.approx(0.0, abs=1e-4)
    assert value.var() == pytest.approx(1.0, abs=3e-3)  # the strata cut the far tail off


def test_inverse_never_falls_and_reaches_beyond_the_record():
    law = make_law(RESIDUALS, 0.05, (0.15, 0.6), (0.1, 0.6))
    value = law.inverse(np.linspace(0.0, 1.0 - 2.0**-53, 100_001))
    assert (np.diff(value) >= 0).all()
    assert np.isfinite(value).all()
    assert value[0] < 2 * RESIDUALS.min()
    assert law.inverse(np.array([1e-6]))[0] < RESIDUALS.min()


def test_body_is_the_bootstrap_of_the_residuals():
    law = make_law(RESIDUALS, 0.05, (0.15, 0.6), (0.1, 0.6))
    middle = law.inverse(np.random.default_rng(1).uniform(0.06, 0.94, 1000))
    assert np.isin(middle, law.table[law.k : -law.k]).all()
    assert np.corrcoef(law.table[law.k : -law.k], np.sort(RESIDUALS)[law.k : -law.k])[0, 1] == pytest.approx(1.0)


@pytest.mark.parametrize("level", [0.9, 0.975, 0.99, 0.999])
def test_closed_form_var_and_es_equal_those_of_many_draws(level):
    law = make_law(RESIDUALS, 0.05, (0.15, 0.6), (0.1, 0.6))
    losses = -law.inverse(np.random.default_rng(2).random(4_000_000))
    var, shortfall = law.loss_var_es(level)
    quantile = np.quantile(losses, level)
    assert var == pytest.approx(quantile, rel=0.01)
    assert shortfall == pytest.approx(losses[losses >= quantile].mean(), rel=0.01)


def test_tails_take_threshold_from_the_window_and_shape_from_the_long_history():
    long_history = np.concatenate((RESIDUALS, np.random.default_rng(9).standard_t(3, 8000)))
    short, long = (fit_tails(RESIDUALS, history, 0.05) for history in (RESIDUALS, long_history))
    assert short["lower"]["threshold"] == long["lower"]["threshold"] == pytest.approx(-np.sort(RESIDUALS)[100])
    assert long["lower"]["n_exceed"] > short["lower"]["n_exceed"] == 100
    assert long["lower"]["xi_standard_error"] < short["lower"]["xi_standard_error"]
