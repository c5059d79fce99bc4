"""Paths through published facts keep the facts."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramlib.scenarios import load_scenarios
from gramlib.scenarios.reconstruction import annual_volatility, reconstruct
from gramlib.scenarios.scenario import Published, weekdays_between

WINDOWED = (
    "H74", "H80a", "H80b", "H81", "H83", "H88", "H96", "H99a", "H99b", "H06", "H08", "H11", "H11_15", "H13a", "H13b", "H16",
    "H20a", "H20b", "H20c", "H21", "H22", "H24", "H25O", "H25D", "H26J", "H26Q", "H26U",
)  # fmt: skip


def prices_of(published: Published, returns: np.ndarray) -> np.ndarray:
    return published.points[0].usd_per_oz * np.exp(np.concatenate([[0.0], np.cumsum(returns)]))


def day_of(published: Published, date: str) -> int:
    return weekdays_between(published.points[0].date, date)


def hold_the_facts(published: Published) -> np.ndarray:
    returns = reconstruct(published)
    prices = prices_of(published, returns)
    for point in published.points:
        assert prices[day_of(published, point.date)] == pytest.approx(point.usd_per_oz, rel=1e-9)
    sharpest = day_of(published, published.sharpest_day.date)
    assert np.expm1(returns[sharpest - 1]) == pytest.approx(published.sharpest_day.simple_return, rel=1e-9)
    levels = [point.usd_per_oz for point in published.points]
    before = prices[[sharpest - 1, sharpest]]
    assert prices.min() >= min(*levels, *before) * (1 - 1e-9)
    assert prices.max() <= max(*levels, *before) * (1 + 1e-9)
    return returns


@pytest.mark.parametrize("name", WINDOWED)
def test_shipped_windows_keep_their_facts(workbench_root, name):
    published = load_scenarios([name], workbench_root)[0].published
    returns = hold_the_facts(published)
    prices = prices_of(published, returns)
    drawdown = 1 - (prices / np.maximum.accumulate(prices)).min()
    assert drawdown == pytest.approx(published.max_drawdown, abs=0.008)
    rises = published.sharpest_day.simple_return > 0
    extreme = np.expm1(returns).max() if rises else np.expm1(returns).min()
    assert extreme == pytest.approx(published.sharpest_day.simple_return, abs=1e-9)


@pytest.mark.parametrize(
    "name",
    ["H74", "H80a", "H80b", "H81", "H83", "H88", "H96", "H99a", "H99b", "H08", "H13b", "H11_15", "H21", "H22", "H26Q"],
)
def test_long_windows_reach_the_published_volatility(workbench_root, name):
    """Windows of two to eight days have too few free days to reach it; their notes say what they have."""
    published = load_scenarios([name], workbench_root)[0].published
    assert annual_volatility(reconstruct(published)) == pytest.approx(published.annual_volatility, rel=0.01)


@st.composite
def facts(draw):
    """Published facts that do not contradict each other: a sharp day larger than the other days' even share."""
    lengths = draw(st.lists(st.integers(2, 30), min_size=1, max_size=4))
    totals = [draw(st.floats(-0.01, 0.01)) * n for n in lengths]
    sharp = draw(st.sampled_from([-1, 1])) * draw(st.floats(0.03, 0.15))
    calendar = [dt.date(2013, 1, 1) + dt.timedelta(days=i) for i in range(300)]
    weekdays = [day.isoformat() for day in calendar if day.weekday() < 5]
    at = draw(st.integers(1, sum(lengths)))
    ends = np.cumsum([0, *lengths])
    segment = int(np.searchsorted(ends, at)) - 1
    totals[segment] += np.log1p(sharp)
    levels = 1500 * np.exp(np.cumsum([0.0, *totals]))
    return Published.model_validate(
        {
            "series": "invented",
            "points": [
                {"date": weekdays[end], "usd_per_oz": float(level)} for end, level in zip(ends, levels, strict=True)
            ],
            "sharpest_day": {"date": weekdays[at], "simple_return": sharp},
            "max_drawdown": 0.5,
            "annual_volatility": draw(st.floats(0.05, 0.9)),
        }
    )


@given(facts())
@settings(deadline=None, max_examples=50)
def test_any_consistent_facts_are_kept(published):
    returns = hold_the_facts(published)
    np.testing.assert_array_equal(returns, reconstruct(published))


@given(st.integers(0, 400), st.integers(1, 400))
@settings(deadline=None, max_examples=50)
def test_weekdays_are_numpy_s(offset, length):
    first = dt.date(2012, 1, 2) + dt.timedelta(days=offset)
    last = first + dt.timedelta(days=length)
    day = dt.timedelta(days=1)
    assert weekdays_between(first.isoformat(), last.isoformat()) == np.busday_count(first + day, last + day)
