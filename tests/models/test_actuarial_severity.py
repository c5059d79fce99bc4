from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import fixed_quad

from gramlib.errors import ParameterError
from gramlib.models.actuarial.severity import FixedLoss, LognormalLoss, ParetoLoss, exponential_loss
from gramlib.simulation.drivers import pareto_size

LAWS = [
    FixedLoss(3.0),
    exponential_loss(2.0),
    ParetoLoss(2.0, 0.3),
    ParetoLoss(2.0, 0.5, cap=9.0),
    ParetoLoss(2.0, 0.0, cap=5.0),
    ParetoLoss(2.0, 0.8, cap=30.0),
    LognormalLoss(2.0, 1.0),
]


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_moments_are_the_integrals_of_the_survival_function(law):
    end = 3.0 if isinstance(law, FixedLoss) else min(1e5, getattr(law, "cap", 1e5))
    survival = lambda x: 1.0 - law.cdf(np.asarray(x))  # noqa: E731
    edges = [0.0, *(edge for edge in (1.0, 10.0, 100.0, 1e3, 1e4) if edge < end), end]
    integral = lambda f: sum(fixed_quad(f, a, b, n=200)[0] for a, b in pairwise(edges))  # noqa: E731
    assert law.mean == pytest.approx(integral(survival), rel=1e-6)
    assert law.second_moment == pytest.approx(integral(lambda x: 2.0 * x * survival(x)), rel=1e-5)
    for limit in (0.0, 0.5, 2.0, 4.0):
        assert float(law.limited_mean(limit)) == pytest.approx(
            fixed_quad(survival, 0.0, min(limit, end), n=400)[0], abs=1e-6
        )
    assert float(law.limited_mean(1e12)) == pytest.approx(law.mean, rel=1e-6)


def test_laws_are_those_of_scipy():
    x = np.linspace(0.0, 40.0, 101)
    assert ParetoLoss(2.0, 0.3).cdf(x) == pytest.approx(stats.genpareto.cdf(x, 0.3, scale=1.4), abs=1e-12)
    law = LognormalLoss(2.0, 1.5)
    assert law.cdf(x) == pytest.approx(stats.lognorm.cdf(x, law.sigma, scale=math.exp(law.mu)), abs=1e-12)
    assert law.mean == pytest.approx(stats.lognorm.mean(law.sigma, scale=math.exp(law.mu)))
    assert (np.asarray(ParetoLoss(2.0, 0.3).cdf(np.array([-1.0]))) == 0.0).all()


@settings(deadline=None, max_examples=50)
@given(u=st.floats(0.0, 0.999999), xi=st.floats(0.0, 0.95), mean=st.floats(0.01, 1e8))
def test_the_severity_is_the_one_that_the_drivers_draw(u, xi, mean):
    assert float(ParetoLoss(mean, xi).quantile(np.array(u))) == pytest.approx(pareto_size(u, mean, xi), rel=1e-9)


@pytest.mark.parametrize("law", LAWS[1:], ids=repr)
def test_the_quantile_inverts_the_distribution(law):
    uniform = np.linspace(0.001, 0.9, 50)
    loss = law.quantile(uniform)
    inside = loss < getattr(law, "cap", math.inf)
    assert law.cdf(loss)[inside] == pytest.approx(uniform[inside], abs=1e-9)


def test_the_default_custody_loss_has_the_mean_that_the_cap_leaves():
    """MODEL.md, section 8: capped at all of the grams, 5% becomes 4.8%."""
    assert ParetoLoss(0.05, 0.5, 1.0).mean == pytest.approx(0.0476, abs=5e-5)


@pytest.mark.parametrize(
    "make", [lambda: FixedLoss(0.0), lambda: ParetoLoss(1.0, 1.0), lambda: ParetoLoss(-1.0, 0.2), lambda: LognormalLoss(1.0, 0.0)]
)  # fmt: skip
def test_what_is_no_law_is_refused(make):
    with pytest.raises(ParameterError):
        make()


def test_without_a_variance_the_second_moment_is_infinite():
    assert math.isinf(ParetoLoss(1.0, 0.5).second_moment) and math.isinf(ParetoLoss(1.0, 0.9).second_moment)
