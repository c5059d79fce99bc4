from __future__ import annotations

import numpy as np
import pytest
from arch import arch_model

from gramlib.models import arch_fit
from gramlib.models.arch_fit import fit_garch_t, sp500_reference_returns
from gramlib.models.garch import GarchParameters, filter_variance, forecast_sums, simulate_growth
from gramlib.models.gjr_t import GjrT
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow

GOLD = GarchParameters(mean=3e-4, omega=1.3e-6, alpha=0.072, beta=0.936, gamma=-0.034)


def test_our_gjr_fit_has_the_published_likelihood_on_the_sp500():
    """MODELS_AND_CHECKS Part 2, number 12."""
    fit = fit_garch_t(sp500_reference_returns() / 100, persistence_cap=1.0, asymmetric=True)
    assert fit.log_likelihood == pytest.approx(-6744.43, abs=0.005)
    assert fit.nu == pytest.approx(7.6907, abs=5e-4)
    assert fit.parameters.gamma > 0.1  # shares: falls raise volatility


def test_filter_equals_arch():
    returns = sp500_reference_returns()
    result = arch_model(returns, o=1, dist="t", rescale=False).fit(disp="off")
    mean, omega, alpha, gamma, beta, _ = result.params
    ours = filter_variance(GarchParameters(mean, omega, alpha, beta, gamma), returns)
    assert np.sqrt(ours[250:-1]) == pytest.approx(np.asarray(result.conditional_volatility)[250:], rel=1e-5)
    assert ours[-1] == pytest.approx(result.forecast(horizon=1).variance.to_numpy()[-1, 0], rel=1e-9)
    ahead = result.forecast(horizon=20).variance.to_numpy()[-1]
    closed = GarchParameters(mean, omega, alpha, beta, gamma)
    assert [closed.variance_forecast(ours[-1], day) for day in (1, 5, 20)] == pytest.approx(ahead[[0, 4, 19]], rel=1e-9)


def test_paths_and_forecasts_follow_the_closed_form_and_the_sign_of_the_shock():
    rng = np.random.default_rng(4)
    growth, volatility = simulate_growth(GOLD, 2e-4, rng.standard_normal, n_paths=100_000, n_days=10)
    squared = volatility**2
    for day in (1, 5, 10):
        expected = GOLD.variance_forecast(2e-4, day)
        spread = squared[:, day - 1].std() / np.sqrt(100_000)
        assert squared[:, day - 1].mean() == pytest.approx(expected, abs=4 * spread + 1e-15)
    shock = growth[:, 1] - GOLD.mean
    weight = np.where(shock < 0, GOLD.alpha + GOLD.gamma, GOLD.alpha)
    assert squared[:, 1] == pytest.approx(GOLD.omega + weight * shock**2 + GOLD.beta * 2e-4)
    innovations = rng.standard_normal((20_000, 10))
    sums = forecast_sums(GOLD, np.array([2e-4]), innovations, [10])[10][0]
    assert sums.var() == pytest.approx(GOLD.variance_of_sum(2e-4, 10), rel=0.04)
    # rises raise volatility, so that the right tail is the longer one
    assert growth[:, 10].std() and np.mean((growth[:, 10] - growth[:, 10].mean()) ** 3) > 0


@pytest.mark.parametrize(
    ("start", "n", "alpha", "gamma", "beta"),
    [("1975-01-03", 10_853, 0.0863, -0.0358, 0.9316), ("2000-01-05", 4_576, 0.0618, -0.0230, 0.9420)],
)
def test_gold_fits_are_the_published_ones(gold_prices, start, n, alpha, gamma, beta):
    """MODELS_AND_CHECKS D.2, PM fix to April 2018, to the printed digits: gamma is negative."""
    window = gold_prices[(gold_prices["date"] >= start) & (gold_prices["date"] <= "2018-04-05")]
    fit = fit_garch_t(window["log_return"].to_numpy(), persistence_cap=1.0, asymmetric=True)
    assert fit.n == n
    assert (fit.parameters.alpha, fit.parameters.gamma, fit.parameters.beta) == pytest.approx(
        (alpha, gamma, beta), abs=1e-4
    )


def test_spot_years_have_the_published_sign_and_persistence(gold_prices):
    """MODELS_AND_CHECKS D.2, third column, from another feed: alpha .0613, gamma -.0343, beta .9491."""
    window = gold_prices[gold_prices["date"] >= "2011-01-01"]["log_return"].to_numpy()
    found = fit_garch_t(window, persistence_cap=1.0, asymmetric=True).parameters
    assert found.alpha == pytest.approx(0.0613, rel=0.15)
    assert found.beta == pytest.approx(0.9491, rel=0.15)
    assert -0.05 < found.gamma < -0.01
    assert found.persistence == pytest.approx(0.0613 - 0.0343 / 2 + 0.9491, abs=0.005)


def test_persistence_is_capped_with_half_of_gamma_in_it(gold_prices):
    window = gold_prices[gold_prices["date"] <= "2018-04-05"]["log_return"].dropna().to_numpy()
    fit = fit_garch_t(window, persistence_cap=0.999, asymmetric=True)
    assert fit.constrained
    assert fit.standard_errors == {}
    assert fit.parameters.gamma < -0.02
    assert fit.parameters.persistence <= 0.999
    assert fit.parameters.long_run_variance <= 1.5 * window.var() * (1 + 1e-6)


def test_failure_to_converge_is_said_in_record_and_card(monkeypatch):
    monkeypatch.setattr(arch_fit, "_maximise", lambda *_: None)
    rng = np.random.default_rng(1)
    returns = Returns(np.arange(600).astype("datetime64[D]"), 0.01 * rng.standard_normal(600))
    model = GjrT.fit(TrainingWindow(returns, 0, 0.999, 0.05))
    record = model.record()["estimate"]
    assert not record["converged"]
    assert record["log_likelihood"] is None
    assert model.parameters.gamma == 0.0
    assert model.card()["parameters"].startswith("Arch did not converge")
