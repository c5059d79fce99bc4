from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from synthetic_garch import garch_returns, price_table

from gramlib.models.ensemble import HISTORICAL, HISTORICAL_FLOOR, MEMBERS, Ensemble, allocated, floored, softmax
from gramlib.models.evaluation import stratified_uniform
from gramlib.models.returns import Returns, usable_returns
from gramlib.models.window import TrainingWindow

N, STOP = 1600, 1500


def window(returns: Returns) -> TrainingWindow:
    return TrainingWindow(returns.until(STOP), 100, persistence_cap=0.999, tail_share=0.05)


@pytest.fixture(scope="module")
def returns() -> Returns:
    return usable_returns(price_table(garch_returns(N, seed=11)))


@pytest.fixture(scope="module")
def ensemble(returns) -> Ensemble:
    return Ensemble.fit(window(returns))


@pytest.fixture(scope="module")
def uniform() -> np.ndarray:
    return stratified_uniform(np.random.default_rng(5), 2000, 10)


def test_weights_sum_to_one_and_follow_the_scores(ensemble):
    assert set(ensemble.weights) == set(MEMBERS) == set(ensemble.mean_log_scores)
    assert sum(ensemble.weights.values()) == pytest.approx(1.0)
    assert sum(ensemble.weights[name] for name in MEMBERS if name in HISTORICAL) >= HISTORICAL_FLOOR - 1e-12
    others = [name for name in MEMBERS if name not in HISTORICAL]
    by_score = sorted(others, key=lambda name: ensemble.mean_log_scores[name])
    assert by_score == sorted(others, key=lambda name: ensemble.weights[name])
    # the data are a GARCH-t: a model with two levels of volatility cannot win
    assert ensemble.weights["regime"] < ensemble.weights["garch_t"]


def test_the_floor_holds_and_keeps_proportions():
    weights = softmax({"fhs": -9.0, "bootstrap": -9.1, "garch_t": 0.0, "gjr_t": -0.001}, 60.0)
    held = floored(weights)
    assert held["fhs"] + held["bootstrap"] == pytest.approx(HISTORICAL_FLOOR)
    assert held["garch_t"] / held["gjr_t"] == pytest.approx(weights["garch_t"] / weights["gjr_t"])
    assert held["fhs"] / held["bootstrap"] == pytest.approx(np.exp(6.0))
    even = floored({"fhs": 0.0, "bootstrap": 0.0, "garch_t": 1.0})
    assert even == pytest.approx({"fhs": 0.125, "bootstrap": 0.125, "garch_t": 0.75})
    assert floored({"fhs": 0.4, "garch_t": 0.6}) == {"fhs": 0.4, "garch_t": 0.6}


def test_no_member_repeats_history(ensemble, returns):
    """The acceptance list refuses paths that copy stretches of the training data."""
    growth, _ = ensemble.simulate(2000, 20, np.random.default_rng(3))
    drawn = np.diff(growth, axis=1)[:, None, :3]
    known = np.lib.stride_tricks.sliding_window_view(window(returns).log_return, 3)
    assert np.abs(drawn - known[None]).max(axis=2).min() > 1e-6


def test_softmax_forgets_a_score_that_is_no_number():
    assert softmax({"a": 1.0, "b": float("nan"), "c": 1.0}, 60.0) == {"a": 0.5, "b": 0.0, "c": 0.5}
    assert softmax({"a": float("-inf"), "b": float("nan")}, 60.0) == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize("n", [1, 7, 1000, 4001])
def test_allocation_is_whole_and_complete(ensemble, n):
    counts = allocated(ensemble.weights, n)
    assert sum(counts.values()) == n
    assert all(abs(counts[name] - weight * n) < 1.0 for name, weight in ensemble.weights.items())


def test_shuffling_the_future_changes_neither_weights_nor_forecasts(returns, ensemble, uniform):
    later = np.random.default_rng(3).permutation(returns.log_return[STOP:]) * 3.0
    other = Returns(returns.dates, np.concatenate([returns.log_return[:STOP], later]))
    again = Ensemble.fit(window(other))
    assert json.dumps(again.record()) == json.dumps(ensemble.record())
    origins = np.arange(STOP - 20, STOP)
    before, after = (ensemble.forecast(known, origins, [1, 10], uniform) for known in (returns, other))
    for horizon in (1, 10):
        assert before[horizon].shape == (20, 2000)
        assert (before[horizon] == after[horizon]).all()
        assert (np.diff(before[horizon], axis=1) >= 0).all()


def test_with_all_weight_on_one_member_it_is_that_member(returns, ensemble, uniform):
    alone = replace(ensemble, weights={name: float(name == "fhs") for name in MEMBERS})
    origins = np.arange(STOP - 3, STOP)
    for horizon, samples in ensemble.members["fhs"].forecast(returns, origins, [1, 10], uniform).items():
        assert (alone.forecast(returns, origins, [1, 10], uniform)[horizon] == samples).all()
    assert alone.next_day(0.99) == pytest.approx(ensemble.members["fhs"].next_day(0.99), rel=1e-4)
    assert alone.mean == ensemble.members["fhs"].mean


def test_next_day_var_and_es_agree_with_the_paths(ensemble):
    growth, _ = ensemble.simulate(300_000, 1, np.random.default_rng(2))
    losses = -growth[:, 1]
    for level in (0.975, 0.99):
        var, shortfall = ensemble.next_day(level)
        quantile = np.quantile(losses, level)
        assert var == pytest.approx(quantile, rel=0.02)
        assert shortfall == pytest.approx(losses[losses >= quantile].mean(), rel=0.03)


def test_every_path_is_one_members_and_all_have_one_drift(ensemble):
    growth, volatility = ensemble.simulate(20_000, 20, np.random.default_rng(4))
    assert growth.shape == volatility.shape == (20_000, 21)
    assert growth.flags.f_contiguous
    assert (growth[:, 0] == 0).all()
    counts = allocated(ensemble.weights, 20_000)
    starts, found = np.unique(np.round(volatility[:, 0], 12), return_counts=True)
    assert sorted(found)[-1] >= max(counts.values())
    assert len(starts) >= 3
    halves = volatility[:10_000, 0].mean(), volatility[10_000:, 0].mean()
    assert halves[0] == pytest.approx(halves[1], rel=0.02)
    assert growth[:, 20].mean() == pytest.approx(20 * ensemble.mean, abs=5 * growth[:, 20].std() / np.sqrt(20_000))


def test_a_record_holds_the_whole_mixture(ensemble, returns):
    text = json.dumps(ensemble.record(), allow_nan=False)
    again = Ensemble.from_record(json.loads(text), window(returns).residuals)
    assert json.dumps(again.record()) == text
    for first, second in zip(
        ensemble.simulate(300, 15, np.random.default_rng(1)),
        again.simulate(300, 15, np.random.default_rng(1)),
        strict=True,
    ):
        assert (first == second).all()


def test_card(ensemble):
    card = ensemble.card()
    assert set(card) == {"title", "what", "parameters", "fails_when"}
    assert "fhs" in card["parameters"]
    assert "before they had seen them" in card["what"]
