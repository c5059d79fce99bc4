from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import norm, poisson

from gramlib.models.jump import JumpDiffusion, JumpParameters, jump_weights, merton_moments
from gramlib.models.jump_fit import fit_jump, log_likelihood
from gramlib.models.normal_mixture import NormalMixture
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow

RARE = JumpParameters(mean=4e-4, sigma=0.008, rate_year=12.0, jump_mean=-0.01, jump_sd=0.03)


def drawn(parameters: JumpParameters, n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    jumps = rng.poisson(parameters.rate_year / 252, n)
    size = jumps * parameters.jump_mean + np.sqrt(jumps) * parameters.jump_sd * rng.standard_normal(n)
    return parameters.mean + parameters.sigma * rng.standard_normal(n) + size


def test_moments():
    """MODELS_AND_CHECKS Part 2, number 8."""
    variance, skewness, kurtosis = merton_moments(0.14, 3.0, -0.02, 0.04)
    assert variance == pytest.approx(0.0256)
    assert skewness == pytest.approx(-0.0761719, abs=5e-8)
    assert kurtosis == pytest.approx(0.0534668, abs=5e-8)


def test_paths_have_the_closed_moments():
    days = np.diff(
        JumpDiffusion(RARE, fit_jump(drawn(RARE, 500, 1))[1]).simulate(10_000, 100, np.random.default_rng(4))[0]
    )
    variance, skewness, kurtosis = merton_moments(RARE.sigma, RARE.rate_year / 252, RARE.jump_mean, RARE.jump_sd)
    off = days - days.mean()
    assert off.var() == pytest.approx(variance, rel=0.01)
    assert (off**3).mean() / off.std() ** 3 == pytest.approx(skewness, abs=0.15)
    assert (off**4).mean() / off.var() ** 2 - 3 == pytest.approx(kurtosis, rel=0.08)


def test_weights_are_poisson_with_the_rest_in_the_last():
    assert jump_weights(0.4) == pytest.approx([*poisson.pmf([0, 1, 2], 0.4), poisson.sf(2, 0.4)])


def test_likelihood_is_that_of_the_mixture_and_its_gradient_is_right():
    z = np.random.default_rng(1).standard_t(4, 300)
    theta = np.array([0.02, -0.3, -1.5, -0.1, 0.4])
    jumps = np.arange(4)
    sd = np.sqrt(np.exp(-0.6) + jumps * np.exp(0.8))
    density = norm.pdf(z[:, None], 0.02 - 0.1 * jumps, sd) @ jump_weights(np.exp(-1.5))
    value, gradient = log_likelihood(theta, z)
    assert value == pytest.approx(np.log(density).sum())
    assert gradient == pytest.approx(
        approx_fprime(theta, lambda at: log_likelihood(at, z)[0], 1e-7), rel=1e-3, abs=1e-3
    )


@pytest.mark.parametrize("truth", [RARE, JumpParameters(5e-4, 0.006, 90.0, -5e-4, 0.014)], ids=["rare", "often"])
def test_fit_finds_the_law_it_was_drawn_from(truth):
    found, estimate = fit_jump(drawn(truth, 10_000, seed=2))
    assert estimate.converged
    for name, error in estimate.standard_errors.items():
        assert abs(getattr(found, name) - getattr(truth, name)) < 3 * error, name
    assert len(estimate.standard_errors) == 5


def test_likelihood_on_gold_beats_the_normal_by_far(gold_prices):
    returns = gold_prices[gold_prices["date"] >= "2000-01-01"]["log_return"].to_numpy()
    found, estimate = fit_jump(returns)
    assert estimate.converged
    assert estimate.log_likelihood > norm.logpdf(100 * returns, 100 * returns.mean(), 100 * returns.std()).sum() + 500
    variance, _, _ = merton_moments(found.sigma, found.rate_year / 252, found.jump_mean, found.jump_sd)
    assert variance == pytest.approx(returns.var(), rel=0.05)


def test_no_jumps_in_the_data_is_not_passed_over():
    rng = np.random.default_rng(8)
    log_return = 0.01 * rng.standard_normal(1500)
    returns = Returns(np.arange(1500).astype("datetime64[D]"), log_return)
    model = JumpDiffusion.fit(TrainingWindow(returns, 0, 0.999, 0.05))
    assert model.parameters.of_a_day().inverse(np.array([0.025]))[0] == pytest.approx(-0.0196, rel=0.08)
    if not model.estimate.converged:
        assert model.card()["parameters"].startswith("The optimiser found no proper maximum")


def test_mixture_quantiles_and_shortfall():
    law = NormalMixture(np.array([0.9, 0.1]), np.array([0.1, -1.0]), np.array([1.0, 3.0]))
    u = np.random.default_rng(3).random((50, 4))
    assert law.cdf(law.inverse(u)) == pytest.approx(u, abs=1e-12)
    var, shortfall = law.loss_var_es(0.975)
    fine = (np.arange(20_000) + 0.5) / 20_000 * 0.025
    assert var == pytest.approx(-law.inverse(np.array([0.025]))[0])
    assert shortfall == pytest.approx(-law.inverse(fine).mean(), rel=1e-4)
    single = NormalMixture(np.ones(1), np.zeros(1), np.ones(1))
    assert single.loss_var_es(0.975) == pytest.approx((1.959964, 2.337803), abs=5e-7)
