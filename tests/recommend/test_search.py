"""The weakest number that holds, whatever the shape of the set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gramlib.recommend.search import weakest


@given(edge=st.floats(0.0, 1.0), flip=st.booleans())
def test_an_edge_is_found_from_either_side(edge: float, flip: bool) -> None:
    def holds(x: float) -> bool:
        return (1.0 - x if flip else x) >= edge

    found = weakest(holds, 1.0 if flip else 0.0, 0.0 if flip else 1.0)
    assert holds(found.number)
    assert found.everywhere
    assert (1.0 - found.number if flip else found.number) == pytest.approx(edge, abs=1e-3)


def test_what_stops_holding_says_so() -> None:
    found = weakest(lambda x: 0.2 <= x <= 0.5, 0.0, 1.0)
    assert found.number == pytest.approx(0.2, abs=1e-3)
    assert found.until == pytest.approx((8 / 12) ** 2)
    assert not found.everywhere


def test_nothing_holds() -> None:
    found = weakest(lambda x: False, 0.0, 1.0)
    assert not found.reached


def test_where_everything_holds_the_weak_end_is_the_answer_and_nothing_is_bisected() -> None:
    calls = []
    found = weakest(lambda x: calls.append(x) or True, 3.0, 1.0, steps=5)
    assert (found.number, found.until, len(calls)) == (3.0, 1.0, 6)
