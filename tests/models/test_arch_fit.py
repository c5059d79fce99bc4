from __future__ import annotations

import numpy as np
import pytest
from arch import arch_model
from synthetic_garch import TRUE_ALPHA, TRUE_BETA, TRUE_MEAN, TRUE_NU, TRUE_OMEGA, garch_returns

from gramlib.errors import DataContractError
from gramlib.models import arch_fit
from gramlib.models.arch_fit import fit_garch_t, sp500_reference_returns
from gramlib.models.garch import GarchParameters, filter_variance


def test_arch_reproduces_its_published_sp500_fits():
    """MODELS_AND_CHECKS Part 2, number 12: the library under us is the one the figures came from."""
    returns = sp500_reference_returns()
    assert len(returns) == 5030
    garch = arch_model(returns, rescale=False).fit(disp="off")
    assert garch.loglikelihood == pytest.approx(-6936.72, abs=0.005)
    assert np.asarray(garch.params) == pytest.approx([0.0564, 0.0175, 0.1022, 0.8852], abs=6e-5)
    gjr = arch_model(returns, o=1, rescale=False).fit(disp="off")
    assert gjr.loglikelihood == pytest.approx(-6822.88, abs=0.005)
    gjr_t = arch_model(returns, o=1, dist="t", rescale=False).fit(disp="off")
    assert gjr_t.loglikelihood == pytest.approx(-6744.43, abs=0.005)
    assert gjr_t.params["nu"] == pytest.approx(7.6907, abs=5e-4)


def test_our_filter_gives_the_published_likelihood_at_the_published_estimates():
    returns = sp500_reference_returns()
    variance = filter_variance(GarchParameters(0.0564, 0.0175, 0.1022, 0.8852), returns)[:-1]
    log_likelihood = -0.5 * np.sum(np.log(2 * np.pi * variance) + (returns - 0.0564) ** 2 / variance)
    assert log_likelihood == pytest.approx(-6936.72, abs=0.01)


def test_fit_finds_the_law_it_was_drawn_from():
    fit = fit_garch_t(garch_returns(20_000, seed=2))
    assert fit.converged
    assert not fit.constrained
    found = {**fit.parameters.record(), "nu": fit.nu}
    truth = {"mean": TRUE_MEAN, "omega": TRUE_OMEGA, "alpha": TRUE_ALPHA, "beta": TRUE_BETA, "nu": TRUE_NU}
    for name, true_value in truth.items():
        assert abs(found[name] - true_value) < 3 * fit.standard_errors[name], name


@pytest.mark.parametrize(
    ("start", "n", "omega", "alpha", "beta", "nu"),
    [("1975-01-03", 10_853, 0.0050, 0.0694, 0.9306, 4.76), ("2000-01-05", 4_576, 0.0123, 0.0491, 0.9424, 4.90)],
)
def test_gold_fits_are_the_published_ones(gold_prices, start, n, omega, alpha, beta, nu):
    """MODELS_AND_CHECKS D.2, PM fix to April 2018: printed digits of alpha, beta, omega; nu to 0.01."""
    window = gold_prices[(gold_prices["date"] >= start) & (gold_prices["date"] <= "2018-04-05")]
    fit = fit_garch_t(window["log_return"].to_numpy(), persistence_cap=1.0)
    assert fit.n == n
    assert 1e4 * fit.parameters.omega == pytest.approx(omega, abs=1e-4)
    assert (fit.parameters.alpha, fit.parameters.beta) == pytest.approx((alpha, beta), abs=1e-4)
    assert fit.nu == pytest.approx(nu, abs=0.01)
    assert 0.985 <= fit.parameters.persistence <= 1.0


def test_gold_on_the_edge_is_refitted_with_a_long_run_volatility_near_the_samples(gold_prices):
    window = gold_prices[gold_prices["date"] <= "2018-04-05"]["log_return"].dropna().to_numpy()
    fit = fit_garch_t(window, persistence_cap=0.999)
    assert fit.constrained
    assert "1.00000" in fit.note
    assert fit.parameters.persistence <= 0.999
    assert fit.parameters.long_run_variance <= 1.5 * window.var() * (1 + 1e-6)
    free = fit_garch_t(window, persistence_cap=1.0)
    assert 0 < free.log_likelihood - fit.log_likelihood < 10


def test_cap_is_kept_when_it_binds():
    returns = garch_returns(3000, seed=4)
    fit = fit_garch_t(returns, persistence_cap=0.9)
    assert fit.constrained
    assert fit.parameters.persistence == pytest.approx(0.9, abs=1e-6)
    assert fit.parameters.persistence <= 0.9
    assert fit.standard_errors == {}


def test_failure_to_converge_is_said_and_falls_back(monkeypatch):
    monkeypatch.setattr(arch_fit, "_maximise", lambda *_: None)
    returns = garch_returns(500, seed=4)
    fit = fit_garch_t(returns)
    assert not fit.converged
    assert "did not converge" in fit.note
    assert fit.parameters.long_run_variance == pytest.approx(returns.var())
    assert fit.parameters.mean == pytest.approx(returns.mean())


@pytest.mark.parametrize("returns", [np.zeros(500), garch_returns(99, seed=1)])
def test_nothing_to_fit_is_refused(returns):
    with pytest.raises(DataContractError, match="nothing to fit"):
        fit_garch_t(returns)
