"""No model escapes: whatever in the package can fit and forecast is registered, blind to the future, judged and described.

What is asked of models of one kind stands in test_path_models and test_quantile_models; here the loop is over the registry, so that
a model added later is held to it without anybody's remembering.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from synthetic_garch import garch_returns, price_table

import gramlib.models
from gramlib.models.acceptance import MEANING, acceptance_table
from gramlib.models.evaluation import stratified_uniform
from gramlib.models.protocol import Forecaster, PathModel
from gramlib.models.quantile_model import QuantileModel
from gramlib.models.registry import BASELINES, FORECASTERS, PATH_MODELS
from gramlib.models.returns import Returns, usable_returns
from gramlib.models.window import TrainingWindow

EVERYONE = {model.name: model for model in (*BASELINES, *PATH_MODELS.values(), *FORECASTERS.values())}
DEAR = ("network", "ensemble", "regime3", "boosted")
NAMES = [pytest.param(name, marks=pytest.mark.slow) if name in DEAR else name for name in EVERYONE]
MEMORYLESS = ("bootstrap", "jump")
"""Their forecast is the fitted law whatever the last days were."""

N, STOP = 1300, 1250


@pytest.fixture(scope="module")
def returns() -> Returns:
    return usable_returns(price_table(garch_returns(N, seed=12)))


def window(returns: Returns) -> TrainingWindow:
    return TrainingWindow(returns.until(STOP), 100, persistence_cap=0.999, tail_share=0.05)


@pytest.fixture(scope="module")
def fitted(returns) -> Callable[[str], tuple[Any, TrainingWindow]]:
    shared = window(returns)
    return functools.cache(lambda name: (EVERYONE[name].fit(shared), shared))


def test_whatever_can_fit_and_forecast_is_registered():
    found = set()
    for module in pkgutil.walk_packages(gramlib.models.__path__, "gramlib.models."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name and hasattr(kind, "forecast") and hasattr(kind, "fit"):
                found.add(kind)
    # The protocols and the base of the quantile models are no models.
    assert found - {Forecaster, PathModel, QuantileModel} == set(EVERYONE.values())
    assert len(EVERYONE) == len(BASELINES) + len(PATH_MODELS) + len(FORECASTERS)


@pytest.mark.parametrize("name", NAMES)
def test_the_future_shuffled_changes_neither_fit_nor_forecast(name, returns, fitted):
    future = 3.0 * np.random.default_rng(8).permutation(returns.log_return[STOP:])
    other = Returns(returns.dates, np.concatenate((returns.log_return[:STOP], future)))
    uniform = stratified_uniform(np.random.default_rng(5), 500, 10)
    origins = np.arange(STOP - 10, STOP)
    model, _ = fitted(name)
    before = model.forecast(returns, origins, [1, 10], uniform)
    # The fit is made on the same days whatever follows: it cannot see more than its window holds.
    assert (window(other).returns.log_return == window(returns).returns.log_return).all()
    after = model.forecast(other, origins, [1, 10], uniform)
    for horizon in (1, 10):
        assert (before[horizon] == after[horizon]).all()
    later = np.array([N - 11])
    shifted = [model.forecast(series, later, [1], uniform)[1] for series in (returns, other)]
    assert (shifted[0] != shifted[1]).any() == (name not in MEMORYLESS), (
        "the shuffled days do matter once they are past"
    )


@pytest.mark.parametrize("name", NAMES)
def test_card_says_what_with_errors_and_where_it_fails(name, fitted):
    card = fitted(name)[0].card()
    assert set(card) == {"title", "what", "parameters", "fails_when"}
    assert all(card[key].strip() for key in card)
    assert card["what"].endswith(".") and card["fails_when"].endswith(".")
    assert re.search(r"s\.e\.|errors?\b|tails xi", card["parameters"]), card["parameters"]


@pytest.mark.parametrize("dear", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_acceptance_judges_every_path_model_by_every_check(returns, fitted, dear):
    models = {name: fitted(name)[0] for name in PATH_MODELS if (name in DEAR) == dear}
    table, reasons = acceptance_table(models, returns.log_return[100:STOP], np.random.default_rng(3))
    assert set(zip(table["model"], table["check"], strict=True)) == {(m, c) for m in models for c in MEANING}
    assert set(reasons) == set(table[~table["ok"]]["model"])
