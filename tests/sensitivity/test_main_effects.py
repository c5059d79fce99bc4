"""Main effects against designs whose answer is known, and the frontier."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from gramlib.sensitivity.main_effects import frontier, main_effects


def test_in_a_full_grid_without_interaction_the_shares_add_up_to_one() -> None:
    grid = [{"a": a, "b": b} for a, b in itertools.product([None, 1, 2], [10.0, 20.0])]
    figure = [(one["a"] or 0) * 2 + one["b"] / 10 - 1 for one in grid]
    found, left = main_effects(grid, figure)
    assert [(effect.key, effect.rank) for effect in found] == [("a", 1), ("b", 2)]
    assert sum(effect.share for effect in found) == pytest.approx(1.0) and left == pytest.approx(0.0)
    assert found[0].levels == ((1, 2.5), (2, 4.5), (None, 0.5)) and found[0].span == 4.0


def test_a_pure_interaction_is_left_over() -> None:
    grid = [{"a": a, "b": b} for a, b in itertools.product([0, 1], repeat=2)]
    found, left = main_effects(grid, [0.0, 1.0, 1.0, 0.0])
    assert [effect.share for effect in found] == [0.0, 0.0] and left == 1.0


def test_in_a_hypercube_a_monotone_effect_is_all_of_it() -> None:
    x = np.linspace(0.0, 1.0, 30)
    settings = [{"x": float(a), "noise": float(b)} for a, b in zip(x, np.cos(40 * x), strict=True)]
    found, _ = main_effects(settings, np.exp(5 * x))
    assert found[0].key == "x" and found[0].share == pytest.approx(1.0)
    assert found[1].share < 0.2
    assert [round(level, 2) for level, _ in found[0].levels] == [0.16, 0.5, 0.84]


def test_a_figure_that_stands_still_or_is_missing_has_no_effects() -> None:
    settings = [{"a": k} for k in range(5)]
    for values in ([1.0] * 5, [1.0, 2.0, math.nan, math.nan, math.nan]):
        found, left = main_effects(settings, values)
        assert found == [] and math.isnan(left)
    assert main_effects([], [])[0] == []


def test_names_of_members_explain_nothing() -> None:
    found, _ = main_effects([{"member": name, "a": k % 2} for k, name in enumerate("wxyz")], [1.0, 2.0, 1.0, 2.0])
    assert [effect.key for effect in found] == ["a"]


def test_nobody_on_the_frontier_is_beaten() -> None:
    costs, benefits = [3.0, 1.0, 2.0, 2.0, 1.0], [5.0, 1.0, 4.0, 3.0, 1.0]
    assert frontier(costs, benefits) == [1, 2, 0]
    assert frontier([1.0, 2.0], [2.0, 2.0]) == [0]
