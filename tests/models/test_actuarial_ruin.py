from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from gramlib.errors import ParameterError
from gramlib.models.actuarial.aggregate import LossLine
from gramlib.models.actuarial.ruin import (
    adjustment_coefficient,
    integrated_tail,
    loading,
    lundberg_bound,
    ruin_bounds,
    ruin_exponential,
    ruin_heavy_tail,
    simulate_ruin,
)
from gramlib.models.actuarial.severity import FixedLoss, LognormalLoss, ParetoLoss, exponential_loss

ONE = [LossLine("exponential", 2.0, exponential_loss(1.0))]


def test_exponential_losses_have_the_textbook_solution():
    assert adjustment_coefficient(ONE, 3.0) == pytest.approx(1 / 3, rel=1e-9)  # R = 1/m - lambda/c
    assert ruin_exponential(2.0, 1.0, 3.0, 5.0) == pytest.approx(2 / 3 * math.exp(-5 / 3), rel=1e-12)
    for funds in (0.0, 0.5, 5.0, 20.0):
        exact = ruin_exponential(2.0, 1.0, 3.0, funds)
        low, high = ruin_bounds(ONE, 3.0, funds)
        assert low - 1e-12 <= exact <= high + 1e-12
        assert exact <= lundberg_bound(ONE, 3.0, funds)


def test_a_mixture_of_exponentials_by_partial_fractions():
    """Losses of rates 3 and 7, evenly, loading 2/5: psi(u) = 24/35 exp(-u) + 1/35 exp(-6u).

    With psi = sum C_i exp(-r_i u) the exponents solve Lundberg's equation, and the integral equation of psi leaves, for each
    rate b of the mixture, sum C_i b / (b - r_i) = 1: two linear equations for two weights.
    """
    rates, roots, weights = np.array([3.0, 7.0]), np.array([1.0, 6.0]), np.array([24 / 35, 1 / 35])
    generating = (0.5 * rates / (rates - roots[:, None])).sum(axis=1)
    assert generating - 1.0 == pytest.approx(1.4 * (0.5 / rates).sum() * roots)
    assert (weights * rates[:, None] / (rates[:, None] - roots)).sum(axis=1) == pytest.approx([1.0, 1.0])
    lines = [LossLine("a", 0.5, exponential_loss(1 / 3)), LossLine("b", 0.5, exponential_loss(1 / 7))]
    income = 1.4 * sum(line.mean for line in lines)
    assert adjustment_coefficient(lines, income) == pytest.approx(1.0, rel=1e-9)
    for funds in (0.0, 0.5, 1.0, 3.0):
        low, high = ruin_bounds(lines, income, funds)
        exact = 24 / 35 * math.exp(-funds) + math.exp(-6 * funds) / 35
        assert low - 1e-12 <= exact <= high + 1e-12 and high - low < 2e-3


def test_the_mixture_in_xplore():
    """XploRe's manual page of INSexactmix2exps (P. Mista, sfb649.wiwi.hu-berlin.de): exponential rates 0.2 and 1.5 with weights 0.3 and 0.7, loading 0.3."""
    published = [0.76923, 0.70156, 0.65634, 0.61893, 0.58507, 0.55346, 0.52367, 0.49552, 0.46890, 0.44370, 0.41986]
    lines = [LossLine("a", 0.3, exponential_loss(5.0)), LossLine("b", 0.7, exponential_loss(1 / 1.5))]
    income = 1.3 * sum(line.mean for line in lines)
    for funds, value in enumerate(published):
        low, high = ruin_bounds(lines, income, float(funds), 1000)
        assert low - 5e-6 <= value <= high + 5e-6


def test_the_adjustment_coefficient_solves_lundbergs_equation():
    for law in (FixedLoss(2.0), ParetoLoss(1.0, 0.5, cap=10.0), ParetoLoss(1.0, 0.0, cap=4.0)):
        line = LossLine("x", 1.5, law)
        r = adjustment_coefficient([line], 1.3 * line.mean)
        uniform = (np.arange(400_000) + 0.5) / 400_000
        generating = np.exp(r * law.quantile(uniform)).mean()
        assert 1.5 * (generating - 1) == pytest.approx(1.3 * line.mean * r, rel=1e-4)


def test_heavy_tails_approach_their_asymptote_from_the_exact_bounds():
    line = [LossLine("heavy", 1.0, ParetoLoss(1.0, 0.5))]
    gaps = []
    for funds in (50.0, 400.0, 1600.0):
        low, high = ruin_bounds(line, 2.0, funds, 3000)
        gaps.append(abs((low + high) / 2 / ruin_heavy_tail(line, 2.0, funds) - 1))
    assert gaps[0] > gaps[1] > gaps[2] and gaps[2] < 0.03
    with pytest.raises(ParameterError, match="no exponential moment"):
        adjustment_coefficient(line, 2.0)
    with pytest.raises(ParameterError, match="no exponential moment"):
        adjustment_coefficient([LossLine("l", 1.0, LognormalLoss(1.0, 1.0))], 2.0)


def test_simulation_over_a_long_time_meets_the_exact_probability():
    estimate = simulate_ruin(ONE, 3.0, 2.0, 60.0, 20_000, np.random.default_rng(4))
    exact = ruin_exponential(2.0, 1.0, 3.0, 2.0)
    spread = 4 * math.sqrt(exact * (1 - exact) / 20_000)
    assert estimate.probability == pytest.approx(exact, abs=spread + 1e-3)  # 1e-3: ruin after 60 years
    assert estimate.lower <= estimate.probability <= estimate.upper


def test_simulation_of_one_fixed_loss_is_a_poisson_tail():
    """Funds 2.5 without income, losses of one: ruin within 3 years is three losses or more."""
    estimate = simulate_ruin([LossLine("f", 0.4, FixedLoss(1.0))], 0.0, 2.5, 3.0, 40_000, np.random.default_rng(9))
    exact = stats.poisson.sf(2, 1.2)
    assert estimate.probability == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 40_000))
    assert estimate.n_paths == 40_000 and estimate.n_ruined == round(estimate.probability * 40_000)


def test_own_funds_that_are_burnt_run_out_without_any_loss():
    rare = [LossLine("rare", 1e-6, FixedLoss(1e-6))]
    assert simulate_ruin(rare, -1.0, 2.0, 1.9, 500, np.random.default_rng(1)).n_ruined == 0
    burnt = simulate_ruin(rare, -1.0, 2.0, 2.1, 500, np.random.default_rng(1))
    assert burnt.n_ruined == 500 and burnt.upper == pytest.approx(1.0)


def test_more_own_funds_never_ruin_more():
    funds = [ruin_bounds(ONE, 3.0, u)[0] for u in (0.0, 1.0, 2.0, 4.0)]
    assert funds == sorted(funds, reverse=True)
    assert ruin_bounds(ONE, 3.0, -1.0) == (1.0, 1.0)
    assert float(integrated_tail(ONE, 1.0)) == pytest.approx(1 - math.exp(-1.0))


def test_losses_that_income_does_not_cover_are_refused():
    with pytest.raises(ParameterError, match="only a matter of time"):
        loading(ONE, 2.0)
    with pytest.raises(ParameterError, match="above zero"):
        simulate_ruin(ONE, 1.0, 1.0, 0.0, 10, np.random.default_rng(1))
