"""Quantiles of counts by bin: as fine as they say, exact at nought, the same in whatever parts they were counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.simulation.fan import QUANTILES, VARIABLES, FanCounts, bin_edges
from gramlib.simulation.fan_bins import BINS, HALF, PARTS, SCALES
from gramlib.simulation.kernel.fan import bin_of, counted_days

OPENING = (128.0, 1e7, 39e6, 1.28e9)


def counted(x: np.ndarray, variable: int) -> FanCounts:
    """Counts of one day of one variable, x as it is binned."""
    counts = np.zeros((1, len(SCALES), BINS), np.int64)
    for value in x:
        counts[0, variable, bin_of(value, 1.0 / SCALES[variable])] += 1
    return FanCounts(counts, np.array([0]), OPENING, len(x))


def in_units(variable: int, x: np.ndarray) -> np.ndarray:
    """`x` in the units of the variable."""
    price, _, equity, liabilities = OPENING
    return [price * (1.0 + x), 1.0 + x, x, x, equity + liabilities * x][variable]


def width_in_units(variable: int, x: float) -> float:
    """Width of the bin of x, doubled where a doubling of f begins."""
    unit = (OPENING[0], 1.0, 1.0, 1.0, OPENING[3])[variable]
    return unit * (abs(x) + SCALES[variable]) / PARTS * 1.02


@pytest.mark.parametrize("variable", range(len(SCALES)))
def test_every_value_lies_within_the_edges_of_its_bin(variable: int) -> None:
    edges = bin_edges(variable)
    assert len(edges) == BINS + 1
    assert (np.diff(edges) >= 0.0).all()
    assert (edges[:-1] == edges[1:]).sum() == 2, "nought, and the last one, which holds what lies beyond"
    rng = np.random.default_rng(variable)
    x = np.concatenate([SCALES[variable] * rng.standard_normal(2000) * 10.0 ** rng.uniform(-6, 1.5, 2000), [0.0, -0.0]])
    for value in x:
        place = bin_of(value, 1.0 / SCALES[variable])
        if value == 0.0:
            assert place == HALF
        else:
            assert edges[place] - 1e-15 <= value <= edges[place + 1] + 1e-15


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32), n=st.integers(1, 400), spread=st.floats(1e-3, 20.0),
    variable=st.integers(0, len(SCALES) - 1), zeros=st.booleans(),
)  # fmt: skip
def test_a_quantile_is_off_by_no_more_than_its_bin(
    seed: int, n: int, spread: float, variable: int, zeros: bool
) -> None:
    """Where np.quantile interpolates between two paths, any value between their bins will do."""
    rng = np.random.default_rng(seed)
    x = SCALES[variable] * spread * rng.standard_t(4, n).clip(-10, 10)
    x[: n // 3 if zeros else 0] = 0.0
    found = counted(x, variable).quantiles(VARIABLES[variable])[0]
    assert (np.diff(found) >= -1e-9 * np.abs(found).max()).all()
    for level, value in zip(QUANTILES, found, strict=True):
        below, above = (np.quantile(x, level, method=method) for method in ("lower", "higher"))
        low = in_units(variable, below) - width_in_units(variable, below)
        high = in_units(variable, above) + width_in_units(variable, above)
        assert low <= value <= high, (level, value)


def test_quantiles_of_many_paths_are_those_of_numpy() -> None:
    x = 0.15 * np.random.default_rng(1).standard_normal(20_000)
    found = counted(x, 0).quantiles("price_usd_per_g")[0]
    np.testing.assert_allclose(found, np.quantile(in_units(0, x), QUANTILES), atol=128.0 * 0.002)


def test_queues_that_are_mostly_empty_have_quantiles_of_exactly_nought() -> None:
    x = np.concatenate([np.zeros(980), np.full(20, 0.3)])
    found = counted(x, 2).quantiles("queue_share")[0]
    assert (found[:-1] == 0.0).all()
    assert found[-1] == pytest.approx(0.3, abs=0.31 / PARTS)


def test_counts_of_parts_add_up_to_those_of_the_whole() -> None:
    x = np.random.default_rng(2).standard_normal(300)
    whole, parts = counted(x, 4), counted(x[:100], 4) + counted(x[100:], 4)
    assert (whole.counts == parts.counts).all()
    assert (parts.quantiles("equity_usd") == whole.quantiles("equity_usd")).all()
    assert parts.n_paths == 300


def test_days_counted_are_the_first_every_fourth_and_the_last() -> None:
    assert counted_days(10).tolist() == [0, 4, 8, 10]
    assert counted_days(8).tolist() == [0, 4, 8]
    assert counted_days(1).tolist() == [0, 1]
