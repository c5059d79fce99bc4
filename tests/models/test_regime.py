from __future__ import annotations

import numpy as np
import pytest

from gramlib.models import regime_fit
from gramlib.models.hidden_chain import BLOCK_DAYS, filter_states, smooth_states, stationary
from gramlib.models.regime import Regime, Regime3
from gramlib.models.regime_fit import fit_regimes
from gramlib.models.regime_law import Regimes
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow

TWO = Regimes(3e-4, np.array([0.0075, 0.0180]), np.array([[0.98, 0.02], [0.07, 0.93]]))
THREE = Regimes(
    3e-4, np.array([0.004, 0.010, 0.025]), np.array([[0.97, 0.03, 0.0], [0.02, 0.96, 0.02], [0.01, 0.05, 0.94]])
)


def drawn(law: Regimes, n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    state, returns = 0, np.empty(n)
    for t in range(n):
        state = rng.choice(len(law.sigma), p=law.transition[state])
        returns[t] = law.mean + law.sigma[state] * rng.standard_normal()
    return returns


def window_of(log_return: np.ndarray) -> TrainingWindow:
    return TrainingWindow(Returns(np.arange(len(log_return)).astype("datetime64[D]"), log_return), 0, 0.999, 0.05)


def test_closed_forms():
    """MODELS_AND_CHECKS Part 2, number 9."""
    law = Regimes(0.0, np.array([0.8, 2.0]), np.array([[0.985, 0.015], [0.06, 0.94]]))
    assert law.shares == pytest.approx([0.8, 0.2])
    assert law.durations_days == pytest.approx([66.67, 16.67], abs=5e-3)
    assert law.variance == pytest.approx(1.312)


@pytest.mark.parametrize("n", [1, 2, BLOCK_DAYS, 3 * BLOCK_DAYS + 17])
def test_filter_and_smoother_are_the_recursions_one_day_at_a_time(n):
    log_density = THREE.log_density(drawn(THREE, n, seed=1))
    transition, start = THREE.transition, np.array([0.5, 0.3, 0.2])
    row, filtered, log_likelihood = start, np.empty((n, 3)), 0.0
    for t in range(n):
        row = (row if t == 0 else row @ transition) * np.exp(log_density[t])
        log_likelihood += np.log(row.sum())
        filtered[t] = row = row / row.sum()
    found, value = filter_states(log_density, transition, start)
    assert found == pytest.approx(filtered, rel=1e-9, abs=1e-14)
    assert value == pytest.approx(log_likelihood, rel=1e-10)
    after, probability, transitions = np.ones(3), np.empty((n, 3)), np.zeros((3, 3))
    for t in range(n - 1, -1, -1):
        probability[t] = filtered[t] * after / (filtered[t] @ after)
        if t:
            ahead = np.exp(log_density[t]) * after
            pair = filtered[t - 1][:, None] * transition * ahead
            transitions += pair / pair.sum()
            after = transition @ ahead
            after /= after.sum()
    smoothed = smooth_states(log_density, transition, start)
    assert smoothed.probability == pytest.approx(probability, rel=1e-8, abs=1e-13)
    assert smoothed.transitions == pytest.approx(transitions, rel=1e-8, abs=1e-12)


def test_filter_and_fit_equal_those_of_statsmodels():
    from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

    returns = 100 * drawn(TWO, 2500, seed=2)
    theirs = MarkovRegression(returns, 2, switching_trend=False, switching_variance=True)
    fitted = theirs.fit(disp=False)
    p00, p10, mean, low, high = np.asarray(fitted.params)
    law = Regimes(mean, np.sqrt([low, high]), np.array([[p00, 1 - p00], [p10, 1 - p10]]))
    filtered, log_likelihood = filter_states(law.log_density(returns), law.transition, stationary(law.transition))
    assert log_likelihood == pytest.approx(fitted.llf, abs=1e-6)
    assert filtered == pytest.approx(np.asarray(fitted.filtered_marginal_probabilities), abs=1e-8)
    ours, estimate = fit_regimes(returns / 100, 2)
    assert 100 * ours.sigma == pytest.approx(law.sigma, rel=2e-3)
    assert ours.transition == pytest.approx(law.transition, abs=2e-3)
    assert estimate.log_likelihood == pytest.approx(fitted.llf, abs=0.7)  # they start in the long run, we anywhere
    errors = estimate.standard_errors
    assert [errors["p_00"], errors["p_10"]] == pytest.approx(np.asarray(fitted.bse)[:2], rel=0.1)


@pytest.mark.parametrize("law", [TWO, THREE], ids=["two", "three"])
def test_fit_finds_the_law_it_was_drawn_from(law):
    k = len(law.sigma)
    found, estimate = fit_regimes(drawn(law, 6000, seed=5), k)
    assert estimate.converged
    assert (np.diff(found.sigma) > 0).all()
    errors = estimate.standard_errors
    assert abs(found.mean - law.mean) < 3 * errors["mean"]
    for j in range(k):
        assert abs(found.sigma[j] - law.sigma[j]) < 3.5 * errors[f"sigma_{j}"], j
        assert abs(found.transition[j, j] - law.transition[j, j]) < 3.5 * errors[f"p_{j}{j}"], j


def test_gold_has_the_published_regimes(gold_prices):
    """MODELS_AND_CHECKS D.2: variances .561 / 3.051 in percent^2, p00 .981, p10 .075, on another feed: within 15%."""
    returns = gold_prices[gold_prices["date"] >= "2011-01-01"]["log_return"].to_numpy()
    law, estimate = fit_regimes(returns, 2)
    assert estimate.converged
    assert 1e4 * law.sigma**2 == pytest.approx([0.561, 3.051], rel=0.15)
    assert law.transition[0, 0] == pytest.approx(0.981, abs=0.005)
    assert law.transition[1, 0] == pytest.approx(0.075, rel=0.15)
    assert law.durations_days == pytest.approx([52, 13], rel=0.15)
    assert law.shares[1] == pytest.approx(0.20, abs=0.02)


def test_em_climbs_to_the_same_top():
    returns = drawn(TWO, 3000, seed=3)
    z = returns / returns.std()
    law, estimate = fit_regimes(returns, 2)
    start = regime_fit._natural(regime_fit._working(0.0, np.array([0.7, 1.8]), np.array([0.98, 0.94])), 2)
    by_em, log_likelihood = regime_fit._expectation_maximisation(start, z)
    assert by_em.sigma * returns.std() == pytest.approx(law.sigma, rel=0.02)
    best = estimate.log_likelihood + len(z) * np.log(100 * returns.std())
    assert best - 0.1 < log_likelihood <= best + 1e-6


def test_what_does_not_converge_falls_back_and_says_so(monkeypatch):
    honest = regime_fit.minimize

    def gives_up_on(parameters: int):
        def minimize(function, start, *args, **kwargs):
            result = honest(function, start, *args, **kwargs)
            if len(start) == parameters:
                result.success = False
            return result

        return minimize

    window = window_of(drawn(TWO, 1500, seed=6))
    monkeypatch.setattr(regime_fit, "minimize", gives_up_on(10))
    three = Regime3.fit(window)
    assert len(three.record()["sigma"]) == 2
    assert not three.record()["estimate"]["converged"]
    assert "two regimes stands instead" in three.card()["parameters"]
    monkeypatch.setattr(regime_fit, "minimize", gives_up_on(5))
    two = Regime.fit(window)
    assert "steps of the EM algorithm" in two.record()["estimate"]["note"]
    assert two.card()["parameters"].startswith("The optimiser did not converge")
    assert two.law.sigma == pytest.approx(Regime.fit(window).law.sigma, rel=0.05)


def test_no_regimes_in_the_data_is_not_passed_over():
    rng = np.random.default_rng(7)
    model = Regime.fit(window_of(0.01 * rng.standard_normal(1500)))
    assert model.law.variance == pytest.approx(1e-4, rel=0.1)
    spread = model.law.sigma[1] / model.law.sigma[0]
    assert spread < 1.3 or not model.estimate.converged


def test_storms_in_the_paths_last_as_long_as_in_the_law():
    model = Regime(TWO, np.array([1.0, 0.0]), Regime.fit(window_of(drawn(TWO, 500, seed=1))).estimate)
    growth, sigma = model.simulate(4000, 500, np.random.default_rng(2))
    storm = sigma > sigma.min() * 1.001
    assert not storm[:, 0].any()
    assert storm[:, 300:].mean() == pytest.approx(TWO.shares[1], abs=0.01)
    ends = (storm[:, :-1] & ~storm[:, 1:]).sum() / storm[:, :-1].sum()
    assert 1 / ends == pytest.approx(TWO.durations_days[1], rel=0.03)
    assert np.diff(growth[:, 300:], axis=1).var() == pytest.approx(TWO.variance, rel=0.02)
