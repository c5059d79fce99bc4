from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate
from scipy.special import stdtr, stdtrit
from scipy.stats import t as student_t

from gramlib.models.network_cell import (
    LANES_AT_ONCE,
    GruWeights,
    Mixture,
    gru_step,
    t6_density,
    t6_probability,
    t6_quantile,
)

UNITS, INPUTS = 16, 3


@pytest.fixture(scope="module")
def weights() -> GruWeights:
    rng = np.random.default_rng(2)
    shapes = ((INPUTS, 3 * UNITS), (UNITS, 3 * UNITS), (2, 3 * UNITS), (UNITS, 9), (9,))
    return GruWeights(*(rng.normal(0.0, 0.4, shape).astype(np.float32) for shape in shapes))


@pytest.fixture(scope="module")
def states(weights) -> np.ndarray:
    rng = np.random.default_rng(3)
    state = np.zeros((700, UNITS), dtype=np.float32)
    for _ in range(5):
        state = gru_step(weights, rng.normal(size=(700, INPUTS)).astype(np.float32), state)
    return state


def test_six_degrees_of_freedom_are_those_of_scipy():
    t = np.array([-80.0, -6.0, -1.0, 0.0, 0.4, 7.0])
    assert t6_probability(t) == pytest.approx(stdtr(6, t), rel=1e-11)
    assert t6_density(t) == pytest.approx(student_t.pdf(t, 6), rel=1e-12)
    p = np.array([2.0**-53, 1e-9, 0.001, 0.2, 0.4999, 0.6, 0.999, 1 - 1e-9])
    assert t6_quantile(p) == pytest.approx(stdtrit(6, p), rel=1e-10)


def test_the_cell_is_the_textbooks(weights):
    rng = np.random.default_rng(4)
    x, h = rng.normal(size=(1, INPUTS)), rng.uniform(-1, 1, (1, UNITS))
    w, u = (getattr(weights, name).astype(float).reshape(-1, 3, UNITS) for name in ("kernel", "recurrent"))
    b, b_kept = weights.bias.astype(float).reshape(2, 3, UNITS)
    given, kept = np.einsum("nf,fgu->gu", x, w) + b, np.einsum("nf,fgu->gu", h, u) + b_kept
    update, reset = 1.0 / (1.0 + np.exp(-(given[:2] + kept[:2])))
    expected = update * h + (1.0 - update) * np.tanh(given[2] + reset * kept[2])
    assert gru_step(weights, x.astype(np.float32), h.astype(np.float32)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("n", [1, 7, LANES_AT_ONCE, LANES_AT_ONCE + 1, 700])
def test_a_row_does_not_depend_on_its_company(weights, states, n):
    inputs = np.random.default_rng(5).normal(size=(700, INPUTS)).astype(np.float32)
    together, alone = gru_step(weights, inputs, states), gru_step(weights, inputs[-n:], states[-n:])
    assert (together[-n:] == alone).all()
    assert (Mixture.of(weights, together).deviation[-n:] == Mixture.of(weights, alone).deviation).all()


def test_mixture_moments_quantiles_and_draws(weights, states):
    law = Mixture.of(weights, states[:3])
    for row in range(3):
        one = Mixture(law.weight[row : row + 1], law.place[row : row + 1], law.scale[row : row + 1])

        def moment(power, one=one):
            value = integrate.quad(lambda x: x**power * one.density(np.array([x]))[0], -np.inf, np.inf, limit=200)
            return value[0]

        assert [moment(k) for k in range(3)] == pytest.approx([1.0, 0.0, one.deviation[0] ** 2], abs=1e-4)
        p = np.array([0.0001, 0.01, 0.3, 0.5, 0.99])
        assert one.probability(one.quantiles(p))[0] == pytest.approx(p, rel=5e-3)
        uniform = (np.arange(400_000) + 0.5) / 400_000
        many = Mixture(*(np.repeat(part, len(uniform), axis=0) for part in (one.weight, one.place, one.scale)))
        drawn = many.draw(uniform)
        assert np.quantile(drawn, p) == pytest.approx(one.quantiles(p)[0], rel=0.01, abs=2e-3)
        for level in (0.975, 0.995):
            var, shortfall = one.var_es(level)
            assert one.probability(np.array([[-var]]))[0, 0] == pytest.approx(1 - level, rel=1e-9)
            beyond = integrate.quad(lambda x, one=one: x * one.density(np.array([x]))[0], -np.inf, -var, limit=200)[0]
            assert shortfall == pytest.approx(-beyond / (1 - level), rel=1e-6)


def test_weights_survive_json_bit_for_bit(weights):
    again = GruWeights.from_record(weights.record())
    for name, value in vars(weights).items():
        read = getattr(again, name)
        assert read.dtype == np.float32
        assert read.tobytes() == value.tobytes()
