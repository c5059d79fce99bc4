from __future__ import annotations

import numpy as np
import pytest
from arch.univariate import EGARCH, ConstantMean, SkewStudent
from scipy import integrate

from gramlib.models import egarch_fit
from gramlib.models.egarch import LARGEST_LOG_VARIANCE, EgarchParameters, EgarchSkewT, EgarchT, filter_log_variance
from gramlib.models.egarch_fit import fit_egarch
from gramlib.models.returns import Returns
from gramlib.models.skew_t import SkewT
from gramlib.models.window import TrainingWindow

TRUE = EgarchParameters(mean=3e-4, omega=-0.18, alpha=0.12, gamma=0.03, beta=0.98)


@pytest.mark.parametrize(("nu", "skew"), [(4.8, -0.06), (3.0, 0.3), (12.0, 0.0)])
def test_skew_t_equals_archs(nu, skew):
    law, probability = SkewT(nu, skew), np.linspace(1e-4, 1 - 1e-4, 401)
    assert law.inverse(probability) == pytest.approx(SkewStudent().ppf(probability, [nu, skew]), rel=1e-9)
    z = law.inverse((np.arange(200_000) + 0.5) / 200_000)
    assert z.mean() == pytest.approx(0.0, abs=5e-4)
    drawn = np.sort(law.draw(np.random.default_rng(2), 200_000))
    for q in (0.01, 0.3, 0.5, 0.9, 0.99):
        assert np.searchsorted(drawn, law.inverse(np.array([q]))[0]) / 200_000 == pytest.approx(q, abs=0.004)


@pytest.mark.parametrize("level", [0.975, 0.99, 0.6])
def test_skew_t_shortfall_is_the_mean_quantile_beyond(level):
    law = SkewT(4.5, -0.2)
    var, shortfall = law.loss_var_es(level)
    assert var == pytest.approx(-law.inverse(np.array([1 - level]))[0])
    mean, _ = integrate.quad(lambda p: -law.inverse(np.array([p]))[0], 0.0, 1 - level, limit=200)
    assert shortfall == pytest.approx(mean / (1 - level), rel=1e-4)


def egarch_returns(n: int, seed: int, law: SkewT) -> np.ndarray:
    innovations = law.draw(np.random.default_rng(seed), n)
    log_variance, returns = TRUE.omega / (1 - TRUE.beta), np.empty(n)
    for t, z in enumerate(innovations):
        returns[t] = TRUE.mean + np.exp(0.5 * log_variance) * z
        news = TRUE.alpha * (abs(z) - np.sqrt(2 / np.pi)) + TRUE.gamma * z
        log_variance = TRUE.omega + news + TRUE.beta * log_variance
    return returns


def test_fit_finds_the_law_it_was_drawn_from():
    law = SkewT(5.0, -0.1)
    found, fitted_law, estimate = fit_egarch(egarch_returns(12_000, 8, law), skewed=True)
    assert estimate.converged
    values = {**found.record(), "nu": fitted_law.nu, "skew": fitted_law.skew}
    for name, truth in {**TRUE.record(), "nu": 5.0, "skew": -0.1}.items():
        assert abs(values[name] - truth) < 3 * estimate.standard_errors[name], name


def test_filter_equals_arch():
    returns = egarch_returns(3000, 3, SkewT(5.0))
    model = ConstantMean(100 * returns, volatility=EGARCH(1, 1, 1), distribution=SkewStudent(), rescale=False)
    result = model.fit(disp="off", show_warning=False)
    ours, _, estimate = fit_egarch(returns, skewed=True)
    assert estimate.log_likelihood == pytest.approx(result.loglikelihood, abs=1e-6)
    sigma = 100 * np.exp(0.5 * filter_log_variance(ours, returns))
    assert sigma[300:-1] == pytest.approx(np.asarray(result.conditional_volatility)[300:], rel=3e-5)
    assert sigma[-1] ** 2 == pytest.approx(result.forecast(horizon=1).variance.to_numpy()[-1, 0], rel=6e-5)


def test_forecast_day_by_day_is_the_filter():
    """One sample, whose innovations are given: the loop over days and the filter must agree."""
    returns = egarch_returns(400, 5, SkewT(5.0))
    dates = np.arange(400).astype("datetime64[D]")
    model = EgarchT.fit(TrainingWindow(Returns(dates, returns), 0, 0.999, 0.05))
    uniform = np.full((1, 3), 0.9)
    sums = [model.forecast(Returns(dates, returns), np.array([399]), [h], uniform)[h][0, 0] for h in (1, 2, 3)]
    days = np.diff([0.0, *sums])
    log_variance = filter_log_variance(model.parameters, np.concatenate([returns, days]))
    z = (days - model.mean) / np.exp(0.5 * log_variance[400:403])
    assert z == pytest.approx(np.full(3, model.law.inverse(np.array([0.9]))[0]), rel=1e-9)


@pytest.mark.parametrize(
    ("start", "gamma", "beta", "skew"),
    [("1975-01-03", 0.0286, 0.9923, -0.021), ("2000-01-05", 0.0246, 0.9925, -0.013)],
)
def test_gold_fits_are_the_published_ones(gold_prices, start, gamma, beta, skew):
    """MODELS_AND_CHECKS D.2, PM fix to April 2018, to the printed digits."""
    window = gold_prices[(gold_prices["date"] >= start) & (gold_prices["date"] <= "2018-04-05")]
    found, law, estimate = fit_egarch(window["log_return"].to_numpy(), skewed=True)
    assert estimate.converged
    assert (found.gamma, found.beta) == pytest.approx((gamma, beta), abs=1e-4)
    assert law.skew == pytest.approx(skew, abs=6e-4)


def test_spot_years_are_near_the_published_ones(gold_prices):
    """Third column, from another feed: gamma +.0278, beta .9877, lambda -.060."""
    window = gold_prices[gold_prices["date"] >= "2011-01-01"]["log_return"].to_numpy()
    found, law, _ = fit_egarch(window, skewed=True)
    assert found.beta == pytest.approx(0.9877, abs=0.002)
    assert found.gamma == pytest.approx(0.0278, rel=0.25)
    assert -0.07 < law.skew < -0.02


def test_t_is_the_skewed_law_without_skew():
    returns = egarch_returns(2000, 4, SkewT(5.0))
    window = TrainingWindow(Returns(np.arange(2000).astype("datetime64[D]"), returns), 0, 0.999, 0.05)
    plain, skewed = EgarchT.fit(window), EgarchSkewT.fit(window)
    assert plain.law.skew == 0.0
    assert skewed.estimate.log_likelihood >= plain.estimate.log_likelihood - 1e-6
    assert "skew" in skewed.card()["parameters"] and "skew" not in plain.card()["parameters"]


def test_cap_and_failure_are_said(monkeypatch):
    returns = egarch_returns(1500, 4, SkewT(5.0))
    found, _, estimate = fit_egarch(returns, skewed=False, persistence_cap=0.9)
    assert found.beta == pytest.approx(0.9, abs=1e-6)
    assert found.beta <= 0.9
    assert "held at 0.9" in estimate.note
    assert estimate.standard_errors == {}
    monkeypatch.setattr(egarch_fit, "_maximise", lambda *_: None)
    found, _, estimate = fit_egarch(returns, skewed=True)
    assert not estimate.converged
    assert estimate.log_likelihood is None
    assert np.exp(found.omega / (1 - found.beta)) == pytest.approx(returns.var(), rel=1e-6)


def test_volatility_is_bounded():
    wild = EgarchParameters(0.0, 0.0, 2.0, 0.0, 0.99)
    ahead = wild.following(np.full(3, -4.0), np.array([0.5, -0.5, 0.0]))
    assert ahead.max() == LARGEST_LOG_VARIANCE
