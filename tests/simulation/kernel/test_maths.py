"""The kernel's exp, log, cosine and sine against the C library, over wide ranges and at the ends."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gramlib.simulation.kernel.lanes import LANES, entry
from gramlib.simulation.kernel.maths import EXP_LARGEST, cos_sin_of_turn, exp, expm1, log, normal_pair, uniform_of


@entry
def _apply(x: np.ndarray, out: np.ndarray) -> None:
    """Rows exp, log, cosine, sine, exp - 1 of `x`."""
    for i in range(len(x)):
        out[0, i] = exp(x[i])
    for i in range(len(x)):
        out[1, i] = log(x[i])
    for i in range(len(x)):
        out[2, i], out[3, i] = cos_sin_of_turn(x[i])
    for i in range(len(x)):
        out[4, i] = expm1(x[i])


@entry
def _normals(words: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(words) // 2):
        out[2 * i], out[2 * i + 1] = normal_pair(uniform_of(words[2 * i]), uniform_of(words[2 * i + 1]))


def applied(x: np.ndarray) -> np.ndarray:
    out = np.empty((5, len(x)))
    _apply(x, out)
    return out


def worst_ulps(got: np.ndarray, expected: list[float]) -> float:
    """Largest error in units in the last place of the expected value."""
    return float((np.abs(got - expected) / np.spacing(np.abs(expected))).max())


RNG = np.random.default_rng(7)


@pytest.mark.parametrize(("low", "high"), [(-708.0, 709.78), (-1.0, 1.0), (-1e-3, 1e-3), (-1e-300, 1e-300)])
def test_exp_is_the_library_s_within_two_ulps(low: float, high: float) -> None:
    x = RNG.uniform(low, high, 20_000)
    assert worst_ulps(applied(x)[0], [math.exp(v) for v in x]) < 2.0


@pytest.mark.parametrize(("low", "high"), [(-700.0, 700.0), (-1.0, 1.0), (-1e-3, 1e-3), (-1e-15, 1e-15)])
def test_exp_less_one_keeps_full_precision_near_nought(low: float, high: float) -> None:
    x = RNG.uniform(low, high, 20_000)
    assert worst_ulps(applied(x)[4], [math.expm1(v) for v in x]) < 3.0


def test_exp_saturates_and_keeps_nan() -> None:
    x = np.array([0.0, -0.0, EXP_LARGEST, 709.7827128933841, 1e4, math.inf, -708.01, -1000.0, -math.inf, math.nan])
    expected = [1.0, 1.0, math.exp(EXP_LARGEST), math.inf, math.inf, math.inf, 0.0, 0.0, 0.0, math.nan]
    np.testing.assert_allclose(applied(x)[0], expected, rtol=1e-15, atol=0.0)


@pytest.mark.parametrize(("low", "high"), [(-707.0, 709.0), (-1.0, 1.0), (-1e-3, 1e-3), (-1e-15, 1e-15)])
def test_log_is_the_library_s_within_two_ulps(low: float, high: float) -> None:
    x = np.concatenate([np.exp(RNG.uniform(low, high, 20_000)), [2.3e-308, 1.7976931348623157e308, 0.5, 2.0]])
    assert worst_ulps(applied(x)[1], [math.log(v) for v in x]) < 2.0
    assert applied(np.array([1.0]))[1, 0] == 0.0


def test_cosine_and_sine_of_turns_keep_full_precision_near_their_zeros() -> None:
    near = np.concatenate([quarter / 4.0 + RNG.uniform(-1e-9, 1e-9, 500) for quarter in range(5)])
    u = np.concatenate([RNG.uniform(0.0, 1.0, 20_000), near, [2.0**-33, 1.0 - 2.0**-33]])
    quarter = np.rint(4.0 * u)
    rest = (4.0 * u - quarter) * (math.pi / 2.0)
    cosine, sine = np.array([math.cos(v) for v in rest]), np.array([math.sin(v) for v in rest])
    turn = quarter.astype(int) % 4
    # The tolerance includes an ulp for pi / 2 and one for the product.
    got = applied(u)
    assert worst_ulps(got[2], np.choose(turn, [cosine, -sine, -cosine, sine])) < 4.0
    assert worst_ulps(got[3], np.choose(turn, [sine, cosine, -sine, -cosine])) < 4.0
    exact = applied(np.array([0.0, 0.25, 0.5, 0.75]))
    assert exact[2].tolist() == [1.0, 0.0, -1.0, 0.0] and exact[3].tolist() == [0.0, 1.0, 0.0, -1.0]


def test_normals_are_those_of_box_and_muller_at_every_word() -> None:
    ends = np.array([0, 0, 0, 2**32 - 1, 2**32 - 1, 0, 2**32 - 1, 2**32 - 1], dtype=np.uint64)
    words = np.concatenate([ends, RNG.integers(0, 2**32, 20_000, dtype=np.uint64)])
    got = np.empty(len(words))
    _normals(words, got)
    u, v = ((words[half::2] + 0.5) * 2.0**-32 for half in (0, 1))
    radius = np.sqrt(-2.0 * np.log(u))
    assert np.abs(got[::2] - radius * np.cos(2.0 * np.pi * v)).max() < 1e-14
    assert np.abs(got[1::2] - radius * np.sin(2.0 * np.pi * v)).max() < 1e-14
    assert 6.7 < np.abs(got).max() < 6.8


def test_a_loop_over_lanes_becomes_vector_instructions() -> None:
    """No call of the C library is left, and LLVM's loop holds vectors of doubles."""
    applied(np.ones(LANES))
    (code,) = _apply.inspect_llvm().values()
    assert "x double>" in code
    assert not any(f"call double @{name}" in code for name in ("exp", "log", "cos", "sin"))
