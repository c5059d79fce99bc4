"""Risk held against how often each failure may happen."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from small_run import bench_of

from gramlib.metrics import one_year
from gramlib.params.issuer import Issuer
from gramlib.recommend.appetite import FailureLimit, any_failure, limits_of, residual_of
from gramlib.simulation.outcomes import NEVER

LIMITS = (FailureLimit("F3", "liquidity", 0.01), FailureLimit("F4", "liquidity", 0.0))


def test_a_year_of_a_year_is_itself_and_three_years_compound() -> None:
    assert one_year(0.2, 252) == pytest.approx(0.2)
    assert 1.0 - (1.0 - one_year(0.3, 756)) ** 3 == pytest.approx(0.3)
    assert one_year(1.0, 756) == 1.0


def test_limits_are_those_of_the_failures_a_peg_can_have() -> None:
    each = SimpleNamespace(book="liquidity", max_one_year_probability=0.02)
    profile = SimpleNamespace(appetite=SimpleNamespace(**{f"F{k}": each for k in range(1, 8)}))
    assert [limit.predicate for limit in limits_of(profile, "gold")] == ["F1", "F2", "F3", "F4", "F5", "F7"]
    assert limits_of(profile, "usd")[4] == FailureLimit("F6", "liquidity", 0.02)


def test_ratios_misses_and_the_share_on_which_anything_fails(gram: Issuer) -> None:
    outcomes = bench_of(gram).tried(gram)
    residual = residual_of({"liquidity": outcomes}, {"liquidity": 252}, LIMITS, 0.95)
    f3 = float((outcomes.f3_day != NEVER).mean())
    assert residual.ratio["F3"] == pytest.approx(f3 / 0.01)
    assert residual.largest_ratio == np.inf
    assert residual.binding == "F4"
    assert residual.interval["F4"].lower <= residual.probability["F4"] <= residual.interval["F4"].upper
    either = (outcomes.f3_day != NEVER) | (outcomes.f4_day != NEVER)
    np.testing.assert_array_equal(any_failure(outcomes, ("F3", "F4")), either)
    assert residual.any_failure == either.mean()
    assert set(residual.missed()) == {name for name, ratio in residual.ratio.items() if ratio > 1.0}
