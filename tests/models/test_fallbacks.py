"""A fit that finds no maximum never stops a stage and never passes for one: record and card say what stands instead.

The returns are real numbers on which the optimisers fail: a series that hardly varies but for a few days, on which no
recursion of volatility has a likelihood to climb, and the optimiser itself given up on, where no series does it surely.
"""

from __future__ import annotations

import numpy as np
import pytest

from gramlib.models import arch_fit, egarch_fit
from gramlib.models.ensemble import MEMBERS, Ensemble
from gramlib.models.protocol import PathModel
from gramlib.models.registry import PATH_MODELS
from gramlib.models.returns import Returns
from gramlib.models.window import TrainingWindow

VOLATILITY = ("fhs", "garch_t", "gjr_t", "garch_skewt", "gjr_skewt", "egarch_t", "egarch_skewt")
OTHERS = ("regime", "regime3", "jump")


def window_of(log_return: np.ndarray) -> TrainingWindow:
    return TrainingWindow(Returns(np.arange(len(log_return)).astype("datetime64[D]"), log_return), 0, 0.999, 0.05)


def two_values(n: int) -> np.ndarray:
    """Up or down by one size: normal laws of regimes and of jumps degenerate on it."""
    return 0.01 * np.random.default_rng(2).choice([-1.0, 1.0], n)


def sound(model: PathModel) -> None:
    """It can still be used, and what it says is finite."""
    growth, volatility = model.simulate(50, 20, np.random.default_rng(1))
    assert np.isfinite(growth).all() and (volatility > 0.0).all()
    assert all(np.isfinite(figure) and figure > 0.0 for figure in model.next_day(0.99))


@pytest.mark.parametrize("name", VOLATILITY)
def test_volatility_models_fall_back_and_say_so(name, monkeypatch):
    for module in (arch_fit, egarch_fit):
        monkeypatch.setattr(module, "_maximise", lambda *_: None)
    model = PATH_MODELS[name].fit(window_of(0.01 * np.random.default_rng(3).standard_t(5, 800)))
    estimate = model.record()["estimate"]
    assert (estimate["converged"], estimate["log_likelihood"], estimate["standard_errors"]) == (False, None, {})
    assert model.card()["parameters"].startswith("Arch did not converge on 800 returns")
    sound(model)


@pytest.mark.parametrize("name", OTHERS)
def test_models_without_a_proper_maximum_say_so(name):
    model = PATH_MODELS[name].fit(window_of(two_values(800)))
    estimate = model.record()["estimate"]
    assert not estimate["converged"]
    assert estimate["standard_errors"] == {}
    assert estimate["note"]
    assert model.card()["parameters"].startswith(f"{estimate['note'][0].upper()}{estimate['note'][1:]}")
    sound(model)


def test_an_optimiser_of_arch_that_fails_of_itself():
    """Nearly constant but for two days: arch stops without convergence or says it converged at a mean of 480% a day."""
    returns = 1e-9 * np.random.default_rng(5).standard_normal(400)
    returns[[100, 300]] = 0.2, -0.2
    failed = []
    for name in VOLATILITY[1:]:
        model = PATH_MODELS[name].fit(window_of(returns))
        estimate = model.record()["estimate"]
        assert estimate["converged"] == (estimate["log_likelihood"] is not None)
        assert 0.0 < model.next_day(0.99)[0] < 0.2
        if not estimate["converged"]:
            failed.append(name)
            assert model.card()["parameters"].startswith("Arch did not converge")
    assert "garch_t" in failed and "egarch_skewt" in failed


def test_an_ensemble_names_the_members_that_fell_back(monkeypatch):
    window = window_of(0.01 * np.random.default_rng(3).standard_t(5, 900))
    assert "did not converge" not in Ensemble.fit(window).card()["parameters"]
    monkeypatch.setattr(arch_fit, "_maximise", lambda *_: None)
    said = Ensemble.fit(window_of(window.log_return)).card()["parameters"]
    assert said.startswith("The fit of fhs, garch_t, gjr_t did not converge")
    assert "regime" in MEMBERS


def test_every_model_with_an_optimiser_is_held_to_this():
    without = {"bootstrap", "network", "ensemble"}  # nothing to climb; a note of its own; its members'
    assert set(PATH_MODELS) == {*VOLATILITY, *OTHERS, *without}
