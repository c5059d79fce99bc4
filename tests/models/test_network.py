"""The recurrent network, TensorFlow's part included; fits are on small synthetic histories."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from synthetic_garch import price_table

from gramlib.errors import DataContractError
from gramlib.models.garch import GarchParameters, filter_variance
from gramlib.models.network import MEMORY_DAYS, RecurrentNetwork
from gramlib.models.network_cell import Mixture, gru_step
from gramlib.models.returns import Returns, usable_returns
from gramlib.models.scores import crps
from gramlib.models.window import TrainingWindow

N, STOP = 6000, 5300
ORIGINS = np.arange(STOP - 1, N - 1)


TRUTH = GarchParameters(2e-4, 5e-6, 0.15, 0.80)


def returns_unlike_the_filter(n: int, seed: int) -> np.ndarray:
    """A GARCH(1,1) with normal innovations that reacts faster than the network's filter, so that there is something to learn."""
    innovations = np.random.default_rng(seed).normal(size=n)
    variance, returns = TRUTH.long_run_variance, np.empty(n)
    for t in range(n):
        shock = np.sqrt(variance) * innovations[t]
        returns[t] = TRUTH.mean + shock
        variance = TRUTH.omega + TRUTH.alpha * shock**2 + TRUTH.beta * variance
    return returns


def window(returns: Returns, stop: int = STOP, first: int = 100) -> TrainingWindow:
    return TrainingWindow(returns.until(stop), first, persistence_cap=0.999, tail_share=0.05)


@pytest.fixture(scope="module")
def returns() -> Returns:
    return usable_returns(price_table(returns_unlike_the_filter(N, seed=21)))


@pytest.fixture(scope="module")
def network(returns) -> RecurrentNetwork:
    return RecurrentNetwork.fit(window(returns))


@pytest.fixture(scope="module")
def uniform() -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.permuted(np.tile(((np.arange(2000) + 0.5) / 2000)[:, None], (1, 10)), axis=0)


def test_it_learns_the_conditional_scale(returns, network, uniform):
    """On days it has not seen the forecast beats the unconditional law, and its volatility follows the true one."""
    realised = returns.log_return[ORIGINS + 1]
    forecast = network.forecast(returns, ORIGINS, [1], uniform)[1]
    unconditional = np.tile(np.sort(returns.log_return[100:STOP]), (len(ORIGINS), 1))
    gain = crps(unconditional, realised) - crps(forecast, realised)
    assert gain.mean() > 2.0 * gain.std() / np.sqrt(len(gain))
    truth = filter_variance(TRUTH, returns.log_return)
    sigma = forecast.std(axis=1)
    assert np.corrcoef(np.log(sigma), 0.5 * np.log(truth[ORIGINS + 1]))[0, 1] > 0.9
    assert sigma.mean() == pytest.approx(np.sqrt(truth[ORIGINS + 1]).mean(), rel=0.12)


def test_its_density_scores_no_worse_than_the_filter_alone(returns, network):
    t = network.training
    assert t["validation_loss"] < t["filter_loss"]
    assert t["note"] == ""
    assert 1 <= t["best_epoch"] <= t["epochs"]
    density = network.log_density(returns, ORIGINS, 1, returns.log_return[ORIGINS + 1])
    unconditional = returns.log_return[100:STOP]
    normal = -0.5 * np.log(2 * np.pi * unconditional.var()) - 0.5 * (
        (returns.log_return[ORIGINS + 1] - unconditional.mean()) ** 2 / unconditional.var()
    )
    assert density.mean() > normal.mean()
    assert network.log_density(returns, ORIGINS, 5, returns.log_return[ORIGINS + 1]) is None


def test_two_fits_are_equal_bit_for_bit_whatever_was_drawn_before(returns, network):
    import tensorflow as tf

    tf.random.set_seed(5)
    tf.random.stateless_uniform([3], seed=[1, 2])
    again = RecurrentNetwork.fit(window(returns))
    assert json.dumps(again.record()) == json.dumps(network.record())
    other = RecurrentNetwork.fit(window(returns), seed=7)
    assert json.dumps(other.record()) != json.dumps(network.record())


def test_keras_file_holds_the_same_network_and_the_cell_speaks_as_keras_does(network, tmp_path):
    from gramlib.models.network_fit import load_keras, save_keras

    path = tmp_path / "network.keras"
    save_keras(network.weights, path)
    assert set(zipfile.ZipFile(path).namelist()) == {"config.json", "metadata.json", "model.weights.h5"}
    read = load_keras(path)
    for name, value in vars(network.weights).items():
        assert getattr(read, name).tobytes() == value.tobytes()

    import tensorflow as tf

    model = tf.keras.models.load_model(path, compile=False, safe_mode=True)
    inputs = np.random.default_rng(8).normal(0.0, 1.5, (50, MEMORY_DAYS, 3)).astype(np.float32)
    state = np.zeros((50, network.weights.units), dtype=np.float32)
    expected = model(inputs, training=False).numpy()
    for day in range(MEMORY_DAYS):
        state = gru_step(network.weights, inputs[:, day], state)
        head = state @ network.weights.head + network.weights.head_bias
        assert head == pytest.approx(expected[:, day], abs=1e-5)


def test_shuffling_the_future_changes_nothing(returns, network, uniform):
    later = np.random.default_rng(3).permutation(returns.log_return[STOP:]) * 3.0
    other = Returns(returns.dates, np.concatenate([returns.log_return[:STOP], later]))
    origins = np.arange(STOP - 30, STOP)
    before = network.forecast(returns, origins, [1, 2, 10], uniform)
    after = network.forecast(other, origins, [1, 2, 10], uniform)
    for horizon, samples in before.items():
        assert (samples == after[horizon]).all()
        assert (np.diff(samples, axis=1) >= 0).all()
    assert json.dumps(RecurrentNetwork.fit(window(other)).record()) == json.dumps(network.record())


def test_an_origin_is_forecast_as_if_it_were_alone(returns, network, uniform):
    together = network.forecast(returns, ORIGINS[:40], [1, 10], uniform)
    for place in (0, 17, 39):
        known = returns.until(ORIGINS[place] + 1)
        alone = network.forecast(known, ORIGINS[place : place + 1], [1, 10], uniform)
        for horizon in (1, 10):
            assert (alone[horizon][0] == together[horizon][place]).all()


def test_paths_start_where_the_data_end_and_do_not_run_away(network):
    growth, volatility = network.simulate(4000, 504, np.random.default_rng(1))
    assert growth.shape == volatility.shape == (4000, 505)
    assert growth.flags.f_contiguous
    law = Mixture.of(network.weights, network.state)
    assert volatility[:, 0] == pytest.approx(np.sqrt(network.next_variance) * law.deviation[0])
    daily = np.diff(growth, axis=1)
    first, last = daily[:, :20].std(), daily[:, -60:].std()
    sample = np.sqrt(TRUTH.long_run_variance)
    assert last == pytest.approx(sample, rel=0.25)
    assert first > 0
    assert growth[:, -1].mean() == pytest.approx(504 * network.mean, abs=5 * growth[:, -1].std() / np.sqrt(4000))
    size = np.abs(daily - daily.mean())
    centred = size - size.mean()
    assert (centred[:, 1:] * centred[:, :-1]).mean() / (centred**2).mean() > 0.05


def test_next_day_and_forecast_agree_with_the_paths(returns, network, uniform):
    growth, _ = network.simulate(200_000, 1, np.random.default_rng(2))
    losses = -growth[:, 1]
    day = network.forecast(returns.until(STOP), np.array([STOP - 1]), [1], uniform)[1][0]
    for level in (0.975, 0.99):
        var, shortfall = network.next_day(level)
        quantile = np.quantile(losses, level)
        assert var == pytest.approx(quantile, rel=0.02)
        assert shortfall == pytest.approx(losses[losses >= quantile].mean(), rel=0.03)
        assert -np.quantile(day, 1 - level) == pytest.approx(var, rel=0.01)
    ten = network.simulate(40_000, 10, np.random.default_rng(4))[0][:, 10]
    forecast = network.forecast(returns.until(STOP), np.array([STOP - 1]), [10], uniform)[10][0]
    assert np.quantile(forecast, [0.05, 0.95]) == pytest.approx(np.quantile(ten, [0.05, 0.95]), rel=0.1)


def test_a_record_needs_no_tensorflow(network, tmp_path):
    path = tmp_path / "record.json"
    path.write_text(json.dumps(network.record(), allow_nan=False))
    growth, volatility = network.simulate(50, 30, np.random.default_rng(1))
    code = f"""
import json, sys
import numpy as np
from gramlib.models.network import RecurrentNetwork
model = RecurrentNetwork.from_record(json.load(open({str(path)!r})), np.empty(0))
growth, volatility = model.simulate(50, 30, np.random.default_rng(1))
assert not any(name in sys.modules for name in ("tensorflow", "keras", "arch", "sklearn"))
assert json.dumps(model.record()) == open({str(path)!r}).read()
print(growth.tobytes().hex()[:4000], volatility[:, -1].tobytes().hex())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [growth.tobytes().hex()[:4000], volatility[:, -1].tobytes().hex()]


def test_scaling_the_returns_scales_the_law(returns, network):
    twice = RecurrentNetwork.fit(window(Returns(returns.dates, 2.0 * returns.log_return)))
    assert twice.next_day(0.975) == pytest.approx([2.0 * x for x in network.next_day(0.975)], rel=0.02)


def test_pure_noise_falls_back_to_the_filter_or_gains_almost_nothing():
    noise = np.random.default_rng(9).normal(0.0, 0.01, 900)
    fitted = RecurrentNetwork.fit(window(usable_returns(price_table(noise)), stop=900, first=0))
    t = fitted.training
    assert t["validation_loss"] <= t["filter_loss"]
    if t["note"]:
        assert "is used instead" in fitted.card()["what"]
        assert Mixture.of(fitted.weights, fitted.state).deviation == pytest.approx(1.0)


def test_card_and_refusal(network, returns):
    card = network.card()
    assert set(card) == {"title", "what", "parameters", "fails_when"}
    assert "seed" in card["parameters"]
    assert "Another seed gives another network" in card["fails_when"]
    with pytest.raises(DataContractError, match="too few for a network"):
        RecurrentNetwork.fit(window(returns, stop=250, first=0))
