from __future__ import annotations

import numpy as np
import pytest
from arch.univariate import GARCH, ConstantMean, SkewStudent

from gramlib.models import arch_fit
from gramlib.models.arch_fit import fit_garch_t, sp500_reference_returns
from gramlib.models.garch import GarchParameters, filter_variance, simulate_growth
from gramlib.models.garch_skewt import GarchSkewT, GjrSkewT
from gramlib.models.gjr_t import GjrT
from gramlib.models.returns import Returns
from gramlib.models.skew_t import SkewT
from gramlib.models.window import TrainingWindow

TRUE, LAW = GarchParameters(mean=3e-4, omega=1.5e-6, alpha=0.06, beta=0.91, gamma=0.02), SkewT(6.0, -0.15)


def window_of(log_return: np.ndarray) -> TrainingWindow:
    return TrainingWindow(Returns(np.arange(len(log_return)).astype("datetime64[D]"), log_return), 0, 0.999, 0.05)


@pytest.mark.parametrize("asymmetric", [False, True])
def test_fit_filter_and_forecast_are_archs_on_the_sp500(asymmetric):
    percent = sp500_reference_returns()
    model = ConstantMean(percent, volatility=GARCH(1, int(asymmetric), 1), distribution=SkewStudent(), rescale=False)
    theirs = model.fit(disp="off", show_warning=False)
    ours = fit_garch_t(percent / 100, 1.0, asymmetric, skewed=True)
    assert ours.log_likelihood == pytest.approx(theirs.loglikelihood, abs=1e-6)
    assert (ours.nu, ours.skew) == pytest.approx((theirs.params["eta"], theirs.params["lambda"]))
    assert ours.skew < -0.05
    assert ours.standard_errors["skew"] == pytest.approx(theirs.std_err["lambda"])
    variance = 1e4 * filter_variance(ours.parameters, percent / 100)
    assert np.sqrt(variance[250:-1]) == pytest.approx(np.asarray(theirs.conditional_volatility)[250:], rel=1e-5)
    assert variance[-1] == pytest.approx(theirs.forecast(horizon=1).variance.to_numpy()[-1, 0], rel=1e-6)
    symmetric = fit_garch_t(percent / 100, 1.0, asymmetric)
    assert 2 * (ours.log_likelihood - symmetric.log_likelihood) > 10.8  # chi-squared of one degree at 0.1%


@pytest.mark.parametrize("model", [GarchSkewT, GjrSkewT])
def test_gold_fit_is_archs_and_its_skew_is_small(model, gold_prices):
    gold = gold_prices[gold_prices["date"] >= "2011-01-01"]["log_return"].to_numpy()
    fitted = model.fit(window_of(gold))
    theirs = ConstantMean(
        100 * gold, volatility=GARCH(1, int(model.asymmetric), 1), distribution=SkewStudent(), rescale=False
    ).fit(disp="off", show_warning=False)
    assert fitted.estimate.converged
    assert fitted.estimate.log_likelihood == pytest.approx(theirs.loglikelihood, abs=1e-3)
    assert -0.09 < fitted.law.skew < 0.0
    assert (fitted.parameters.gamma < -0.01) if model.asymmetric else (fitted.parameters.gamma == 0.0)


def test_fit_finds_the_law_it_was_drawn_from():
    rng = np.random.default_rng(7)
    growth, _ = simulate_growth(TRUE, TRUE.long_run_variance, lambda n: LAW.draw(rng, n), 1, 20_000)
    model = GjrSkewT.fit(window_of(np.diff(growth[0])))
    assert model.estimate.converged
    found = {**model.parameters.record(), "nu": model.law.nu, "skew": model.law.skew}
    for name, truth in {**TRUE.record(), "nu": LAW.nu, "skew": LAW.skew}.items():
        assert abs(found[name] - truth) < 3 * model.estimate.standard_errors[name], name
    assert f"skew {model.law.skew:.4f} (s.e." in model.card()["parameters"]


def test_next_day_is_what_the_one_day_forecast_says():
    rng = np.random.default_rng(3)
    growth, _ = simulate_growth(TRUE, TRUE.long_run_variance, lambda n: LAW.draw(rng, n), 1, 1500)
    window = window_of(np.diff(growth[0]))
    for model in (GarchSkewT.fit(window), GjrSkewT.fit(window)):
        uniform = ((np.arange(40_000) + 0.5) / 40_000)[:, None]
        sample = model.forecast(window.returns, np.array([1499]), [1], uniform)[1][0]
        var, shortfall = model.next_day(0.975)
        assert var == pytest.approx(-sample[1000], rel=1e-3)
        assert shortfall == pytest.approx(-sample[:1000].mean(), rel=1e-2)


def test_without_skew_it_is_the_symmetric_model():
    rng = np.random.default_rng(4)
    symmetric = SkewT(5.0)
    growth, _ = simulate_growth(TRUE, TRUE.long_run_variance, lambda n: symmetric.draw(rng, n), 1, 4000)
    window = window_of(np.diff(growth[0]))
    plain, skewed = GjrT.fit(window), GjrSkewT.fit(window)
    assert plain.estimate.log_likelihood <= skewed.estimate.log_likelihood + 1e-6
    assert abs(skewed.law.skew) < 3 * skewed.estimate.standard_errors["skew"]
    assert skewed.parameters.alpha == pytest.approx(plain.parameters.alpha, abs=0.01)


def test_failure_to_converge_is_said_in_record_and_card(monkeypatch):
    monkeypatch.setattr(arch_fit, "_maximise", lambda *_: None)
    window = window_of(0.01 * np.random.default_rng(1).standard_normal(600))
    for model in (GarchSkewT.fit(window), GjrSkewT.fit(window)):
        estimate = model.record()["estimate"]
        assert not estimate["converged"]
        assert estimate["log_likelihood"] is None
        assert (model.law.skew, model.parameters.gamma) == (0.0, 0.0)
        assert model.card()["parameters"].startswith("Arch did not converge")


def test_a_skewed_law_counts_falls_as_a_little_more_than_half():
    """The figure in arch_fit's docstring."""
    z = SkewT(4.8, -0.05).inverse((np.arange(1_000_000) + 0.5) / 1_000_000)
    assert (z[z < 0] ** 2).sum() / (z**2).sum() == pytest.approx(0.52, abs=0.01)
